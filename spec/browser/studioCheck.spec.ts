import { gzipSync } from 'node:zlib'
import { either as E } from 'fp-ts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serve } from '../../examples/studio/index.ts'
import { closeBrowsers, describeInBrowser, PATIENCE_MS } from './chromium.ts'
import { builtStudio, opened } from './studioPage.ts'

// The tabs Check and Lessons as a person meets them: from a file and from the server.
// Finds faults in examples/studio/page/checkTab.tsx, examples/studio/page/lessonsTab.tsx,
// examples/studio/page/codeField.tsx, examples/studio/page/laterTab.tsx,
// examples/studio/page/runnerLink.ts, examples/studio/host/packages.ts,
// examples/studio/host/nodeless.ts.

let url = ''
let files: ReadonlyMap<string, string> = new Map()
beforeAll(async () => {
  ;({ url, files } = await builtStudio())
}, PATIENCE_MS)
afterAll(closeBrowsers)

const code = (page: Page) => page.getByLabel('Code to check')
const verdict = (page: Page) => page.locator('.code-tab .sentence')
const check = (page: Page) => page.getByRole('button', { name: 'Check', exact: true }).click()
/** The text of the line that has a mark in the gutter, by where both are drawn. */
const markedLines = (page: Page) => page.locator('.cm-line:has(.cm-lintRange-error)')

describeInBrowser('code in the studio', () => {
  it('names a wrong rule and marks its line; once mended, it is right', {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await opened(url)
    await page.getByRole('tab', { name: 'Check' }).click()
    await page.locator('.code-tab').waitFor()
    expect(await verdict(page).textContent()).toContain('Press Check')
    await check(page)
    await verdict(page).filter({ hasText: 'mySine is wrong; the other is right.' }).waitFor()
    const found = page.locator('.found.bad')
    expect(await found.count()).toBe(1)
    expect(await found.locator('h2').textContent()).toMatch(/mySine is wrong: .* 1\.010 times/)
    const ratios = await found.locator('tbody tr td:last-child').allTextContents()
    expect(ratios).toEqual(['1.0100', '1.0100', '1.0100'])
    expect(await page.locator('.found.good').textContent()).toMatch(/^doubled is right: /)
    expect(await markedLines(page).allTextContents()).toEqual([
      expect.stringContaining('mul(1.01, cos(x!))'),
    ])
    expect(await page.locator('.cm-gutter-lint .cm-lint-marker-error').count()).toBe(1)

    const text = (await code(page).locator('.cm-line').allTextContents()).join('\n')
    await code(page).fill(text.replace('mul(1.01, cos(x!))', 'cos(x!)'))
    await page.getByText('The code was edited since.').waitFor()
    await code(page).press('Control+Enter')
    await verdict(page).filter({ hasText: 'All 2 are right.' }).waitFor()
    expect(await markedLines(page).count()).toBe(0)
    expect(await page.locator('.found').count()).toBe(2)

    // Another tab and back: the code is still there.
    await page.getByRole('tab', { name: 'Runs' }).click()
    await page.getByRole('tab', { name: 'Check' }).click()
    expect(await code(page).textContent()).not.toContain('1.01')

    await page
      .getByLabel('Example')
      .selectOption({ label: '1. A rule for x³. Needs lessons 2 and 4.' })
    await check(page)
    await verdict(page).filter({ hasText: 'cube is wrong; a claim does not hold.' }).waitFor()
    expect((await markedLines(page).allTextContents())[0]).toContain('mul(2, square(x!))')
    await code(page).fill('export const f = (x) => {')
    await check(page)
    await verdict(page).filter({ hasText: 'it is no TypeScript' }).waitFor()
    expect(await markedLines(page).count()).toBe(1)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('ends a loop that does not, and goes on with the rest; links run no code', {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await opened(`${url}#code=while(true){}`)
    await page.getByRole('tab', { name: 'Check' }).click()
    await page.locator('.code-tab').waitFor()
    // One engine trains, and one finds exact energies; nothing runs what the link says.
    const workers = () => page.workers().length
    await expect.poll(workers, { timeout: PATIENCE_MS }).toBe(2)
    await page.clock.install()
    await code(page).fill(`import { sin } from 'psigrad/core'
export const forever = (x) => { while (true) sin(x) }
export const after = (x) => sin(x)`)
    await check(page)
    await verdict(page).filter({ hasText: 'Checking forever …' }).waitFor()
    // The clock of the page is moved, those of its threads are not.
    await page.clock.fastForward(20_000)
    const ended = 'forever could not be checked; the other is right.'
    await verdict(page).filter({ hasText: ended }).waitFor()
    expect(await page.locator('.found.bad h2').textContent()).toContain('did not end within 20 s')
    expect(await page.locator('.found.good').textContent()).toMatch(/^after is right/)
    await expect.poll(workers, { timeout: PATIENCE_MS }).toBe(2)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('runs the cells of a lesson, from a server too, with values behind them and errors below', {
    timeout: PATIENCE_MS,
  }, async () => {
    const served = await serve({ page: files, runs: [], port: 0 })
    if (E.isLeft(served)) throw new Error(served.left)
    const { page, complaints } = await opened(served.right.url)
    await page.getByRole('tab', { name: 'Lessons' }).click()
    await page.getByRole('button', { name: /^4\. Your own rule/ }).click()
    const lesson = page.locator('.lesson:visible')
    expect(await lesson.locator('math').count()).toBeGreaterThan(3)
    expect(await page.getByRole('navigation').getByRole('button').count()).toBe(16)
    const cell = (k: number) => lesson.getByLabel(`Cell ${k}`, { exact: true })
    await cell(2).fill(`const mine = mul(2, tensor([1.5, 2]))
mine // => ?
naive(tensor([0, 1000])) // => ?`)
    await lesson.getByRole('button', { name: 'Run cell 2' }).click()
    await cell(2).getByText('// => [3, 4]').waitFor()
    await cell(2).getByText('// => [0.6931472, Infinity]').waitFor()
    await cell(2).fill('const mine = 1\nmine // => ?\nnobody // => ?')
    await lesson.getByRole('button', { name: 'Run cell 2' }).click()
    await lesson.getByRole('alert').filter({ hasText: 'Line 3: ' }).waitFor()
    expect(await lesson.getByRole('alert').textContent()).toContain('nobody is not defined')
    await cell(2).getByText('// => 1').waitFor()
    await lesson.getByRole('button', { name: 'Cells as printed' }).click()
    await cell(2).getByText('softplus(tensor([0, 1000])) // => [0.693147, 1000]').waitFor()
    expect(complaints).toEqual([])
    await page.close()
    await served.right.close()
  })

  it('keeps lessons and editors out of what a server sends first', () => {
    const named = /(?:from|import)\s*"\.\/([\w-]+\.js)"/g
    const first = new Set<string>()
    const follow = (name: string): void => {
      if (first.has(name)) return
      first.add(name)
      for (const [, next] of files.get(name)!.matchAll(named)) follow(next!)
    }
    follow('studio.js')
    follow('engine.js')
    const text = [...first].map((name) => files.get(name)!).join('')
    expect(text).toContain('Train')
    expect(text).not.toContain('Two directions: vjp and jvp')
    expect(text).not.toContain('mySine')
    expect(gzipSync(files.get('psigrad-studio.html')!).length).toBeLessThan(1.5e6)
  })
})
