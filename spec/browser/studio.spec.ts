import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { either as E } from 'fp-ts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { planTraining, suited } from '../../examples/session/index.ts'
import { resolveConfig } from '../../examples/settings/index.ts'
import { studioFiles } from '../../examples/studio/build.ts'
import { serve } from '../../examples/studio/index.ts'
import { browserWith, closeBrowsers, describeInBrowser, PATIENCE_MS } from './chromium.ts'

// The studio as a person meets it: opened from a file or from its server, and clicked.
// Finds faults in examples/studio/page/main.tsx, examples/studio/engine/stepping.ts.

const file = join(tmpdir(), `psigrad-studio-${process.pid}.html`)
let files: ReadonlyMap<string, string> = new Map()

const settings = {
  lattice: 'chain',
  size: '8',
  j2: '0',
  heads: '2',
  dim: '4',
  patch: '2',
  steps: '6',
  samples: '512',
}
const fragment = `#${new URLSearchParams(settings)}`

beforeAll(async () => {
  files = await studioFiles()
  writeFileSync(file, files.get('psigrad-studio.html')!)
}, PATIENCE_MS)
afterAll(closeBrowsers)

/** A page is open, with its complaints: uncaught errors, and refusals of its policy. */
interface Opened {
  readonly page: Page
  readonly complaints: readonly string[]
}

const opened = async (url: string): Promise<Opened> => {
  const page = await (await browserWith()).newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(url)
  return { page, complaints }
}

const sentence = (page: Page) => page.locator('.sentence')
const trained = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Train', exact: true }).click()
  await sentence(page).filter({ hasText: /^Done/ }).waitFor()
}

/** The energy per site of the same settings in Node. */
const energyInNode = (): number => {
  const planned = E.chainW((config: Parameters<typeof suited>[0]) =>
    planTraining({ ...suited(config, Object.keys(settings)).config, threads: 1 }),
  )(resolveConfig({ flags: settings }))
  if (E.isLeft(planned)) throw new Error('the settings above fit together')
  const training = planned.right
  let state = training.initial()
  for (let k = 0; k < Number(settings.steps); k += 1) state = training.step(state).state
  const { energy } = training.measure(training.settled?.(state) ?? state)
  training.dispose()
  return energy / training.sites
}

describeInBrowser('the studio', () => {
  it('opens from a file, trains, and ends with the numbers of Node', {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await opened(pathToFileURL(file).href + fragment)
    await page.locator('.lattice').waitFor()
    await trained(page)
    const [, energy = 'none'] =
      /E\/N = (\S+) ±/.exec((await sentence(page).textContent()) ?? '') ?? []
    expect(Number(energy.replace('−', '-'))).toBeCloseTo(energyInNode(), 5)
    expect(await page.locator('.heads .centre').count()).toBe(2)
    expect(await page.locator('.tiles').count()).toBe(2)
    expect(await page.locator('.plot').count()).toBe(2)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('marks a mistake in a formula where it is, and keeps the last good state', {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page } = await opened(pathToFileURL(file).href + fragment)
    await page.locator('.lattice').waitFor()
    const formula = page.getByLabel('Attention form')
    await formula.fill('softmax(contnt)')
    await page.getByRole('alert').filter({ hasText: 'did you mean content?' }).waitFor()
    expect(await page.locator('.cm-lintRange-error').textContent()).toBe('contnt')
    expect(await page.getByRole('button', { name: 'Train', exact: true }).isDisabled()).toBe(true)
    expect(await page.locator('.lattice').count()).toBe(1)
    await formula.fill('softmax(content)')
    await page.waitForFunction('document.querySelector("[role=alert]") === null')
    await trained(page)
    expect(await sentence(page).textContent()).toMatch(/heads listen to the spins/)
    await page.close()
  })

  it('pauses, takes one step, and ends when it is told to', { timeout: PATIENCE_MS }, async () => {
    const { page } = await opened(
      `${pathToFileURL(file).href}${fragment.replace('steps=6', 'steps=5000')}`,
    )
    await page.locator('.lattice').waitFor()
    await page.getByRole('button', { name: 'Train', exact: true }).click()
    await sentence(page)
      .filter({ hasText: /^Step \d/ })
      .waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await sentence(page).filter({ hasText: 'paused' }).waitFor()
    const stepOf = async (): Promise<number> =>
      Number(/^Step (\d+)/.exec((await sentence(page).textContent()) ?? '')?.[1])
    // A step that was under way when the button was pressed still arrives.
    await page.waitForTimeout(500)
    const before = await stepOf()
    await page.getByRole('button', { name: 'One step' }).click()
    await sentence(page)
      .filter({ hasText: `Step ${before + 1} of` })
      .waitFor()
    await page.getByRole('button', { name: 'End and measure' }).click()
    await sentence(page).filter({ hasText: /^Done/ }).waitFor()
    await page.close()
  })

  it('trains in threads where its server isolates it, and links carry its settings', {
    timeout: PATIENCE_MS,
  }, async () => {
    const served = await serve({ page: files, runs: [], port: 0 })
    if (E.isLeft(served)) throw new Error(served.left)
    const { page, complaints } = await opened(served.right.url + fragment)
    await page.locator('.lattice').waitFor()
    expect(await page.evaluate('crossOriginIsolated')).toBe(true)
    await page.getByLabel('Steps').fill('3')
    await page.waitForFunction('location.hash.includes("steps=3")')
    await trained(page)
    expect(await sentence(page).textContent()).toMatch(/digits/)
    expect(complaints).toEqual([])
    await page.close()
    await served.right.close()
  })
})
