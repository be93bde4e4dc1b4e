import { afterAll, beforeAll, expect, it } from 'vitest'
import { closeBrowsers, describeInBrowser, PATIENCE_MS } from './chromium.ts'
import { builtStudio, fragment, opened, sentence } from './studioPage.ts'

// The program in the studio: its equations, folded and unfolded, one step at a time.
// Finds faults in examples/studio/page/programTab.tsx,
// examples/studio/page/figures/programRows.tsx, examples/studio/page/figures/programDetail.tsx,
// examples/studio/page/figures/programNumbers.tsx, examples/studio/engine/programs.ts.

let url = ''
beforeAll(async () => {
  ;({ url } = await builtStudio())
}, PATIENCE_MS)
afterAll(closeBrowsers)

describeInBrowser('the program in the studio', () => {
  it('is a list that unfolds, and is walked forward and backward', {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await opened(url + fragment)
    await page.getByRole('tab', { name: 'Program' }).click()
    const rows = page.getByRole('treeitem')
    await rows.first().waitFor()
    expect(await sentence(page).textContent()).toMatch(/^log ψ is \d+ equations, [\d,]+ FLOPs/)

    // A layer unfolds by a click, and folds by a key.
    const head = rows.filter({ hasText: /^\S*▸head/ })
    const folded = await rows.count()
    await head.click()
    expect(await rows.count()).toBeGreaterThan(folded + 10)
    await page.getByText('returned: log |ψ|').waitFor()
    await page.getByRole('tree').press('ArrowLeft')
    expect(await rows.count()).toBe(folded)

    // Forward: values appear one by one, cotangents do not.
    const count = (what: string): Promise<number> => page.locator(`.equations ${what}`).count()
    const [strips, bars] = [await count('.strip'), await count('.bar')]
    expect(bars).toBeGreaterThan(5)
    await page.getByRole('radio', { name: 'forward' }).check({ force: true })
    expect(await count('.bar')).toBe(0)
    const before = await count('.strip')
    expect(before).toBeLessThan(strips)
    await page.getByRole('button', { name: 'Step', exact: true }).click()
    await page.getByRole('tree').press('ArrowDown')
    expect(await count('.strip')).toBeGreaterThan(before)
    expect(await page.getByRole('treeitem', { selected: true }).count()).toBe(1)
    expect(await page.locator('.equation.operand').count()).toBeGreaterThan(0)
    expect(await page.locator('.equation.user').count()).toBeGreaterThan(0)
    expect(await page.locator('.detail').textContent()).toMatch(/backward.*not yet/)
    await page.getByRole('button', { name: 'Back', exact: true }).click()
    await page.getByRole('button', { name: 'Back', exact: true }).click()
    expect(await count('.strip')).toBe(before)

    // Backward: all values are there, and cotangents appear from the end.
    await page.getByRole('radio', { name: 'backward' }).check({ force: true })
    expect(await count('.strip')).toBe(strips)
    const arrived = await count('.bar')
    await page.getByRole('button', { name: 'Step', exact: true }).click()
    expect(await count('.bar')).toBeGreaterThan(arrived)
    await page.getByRole('radio', { name: 'both passes' }).check({ force: true })
    expect(await count('.bar')).toBe(bars)

    // A variable under the pointer lights what makes it and what uses it.
    await page.locator('.equations var').first().hover()
    await page.locator('.equation.made').first().waitFor()
    await page.locator('.equation.used').first().waitFor()
    expect(complaints).toEqual([])
    await page.close()
  })

  it('shows the gradient, the passes of the compiler, and its loops', {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await opened(url + fragment)
    await page.getByRole('tab', { name: 'Program' }).click()
    await page.getByRole('treeitem').first().waitFor()
    await page.getByText('gradient', { exact: true }).click()
    await sentence(page)
      .filter({ hasText: /^The gradient of log/ })
      .waitFor()
    await page.getByRole('radio', { name: /^inlined/ }).check({ force: true })
    await sentence(page).filter({ hasText: 'The next pass drops' }).waitFor()
    await page.getByRole('button', { name: 'fold all', exact: true }).click()
    await page.getByRole('button', { name: 'unfold all', exact: true }).click()
    const going = await page.locator('.equation .fate').count()
    const [, dropped] = /drops (\d+)/.exec((await sentence(page).textContent()) ?? '') ?? []
    expect(going).toBe(Number(dropped))
    await page.getByRole('radio', { name: /^simplified/ }).check({ force: true })
    await sentence(page).filter({ hasText: 'The compiler makes loops' }).waitFor()
    await page.getByText('The compiled program').click()
    await page.locator('.compiled pre').filter({ hasText: 'loops read' }).waitFor()
    expect(complaints).toEqual([])
    await page.close()
  })
})
