import { readFileSync } from 'node:fs'
import { either as E } from 'fp-ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { planTraining, suitedTo } from '../../examples/session/index.ts'
import { resolveConfig, type TrainConfig } from '../../examples/settings/index.ts'
import { serve } from '../../examples/studio/index.ts'
import { closeBrowsers, describeInBrowser, PATIENCE_MS } from './chromium.ts'
import { builtStudio, fragment, opened, quickRun, sentence, trained } from './studioPage.ts'

// The studio as a person meets it: opened from a file or from its server, and clicked.
// Finds faults in examples/studio/page/main.tsx, examples/studio/page/trainTab.tsx,
// examples/studio/page/rail.tsx, examples/studio/page/formulaField.tsx,
// examples/studio/page/laterFormula.tsx,
// examples/studio/page/engineLink.ts, examples/studio/page/state/saving.ts,
// examples/studio/page/state/presets.ts, examples/studio/page/figures/figure.tsx,
// examples/studio/page/figures/plotFigure.tsx, examples/studio/page/figures/curvesOfRuns.tsx,
// examples/studio/page/figures/heads.tsx, examples/studio/page/figures/spins.tsx,
// examples/studio/page/figures/orders.tsx, examples/studio/page/figures/colours.ts,
// examples/studio/engine/stepping.ts, examples/studio/engine/planning.ts,
// examples/studio/engine/engineWorker.ts, examples/studio/host/nodeless.ts,
// examples/studio/build.ts.

/** The energy per site of the same settings in Node. */
const energyInNode = (): number => {
  const suited = E.chain((config: TrainConfig) => suitedTo(config, Object.keys(quickRun), {}))(
    resolveConfig({ flags: quickRun }),
  )
  const planned = E.chainW(({ config }: { readonly config: TrainConfig }) =>
    planTraining({ ...config, threads: 1 }),
  )(suited)
  if (E.isLeft(planned)) throw new Error('the settings above fit together')
  const training = planned.right
  let state = training.initial()
  for (let k = 0; k < Number(quickRun.steps); k += 1) state = training.step(state).state
  const { energy } = training.measure(training.settled?.(state) ?? state)
  training.dispose()
  return energy / training.sites
}

let url = ''
let files: ReadonlyMap<string, string> = new Map()
beforeAll(async () => {
  ;({ url, files } = await builtStudio())
}, PATIENCE_MS)
afterAll(closeBrowsers)

describeInBrowser('the studio', () => {
  it('opens from a file, trains, and ends with the numbers of Node', {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await opened(url + fragment)
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

  it('draws what it computes: figures and their numbers agree', {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page } = await opened(url + fragment)
    await page.locator('.lattice').waitFor()
    expect(await page.locator('.lattice .site').count()).toBe(8)
    await trained(page)
    const csv = async (title: string): Promise<readonly (readonly string[])[]> => {
      const figure = page.locator('.figure').filter({ hasText: title })
      await figure.hover()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        figure.getByRole('button', { name: 'CSV' }).click(),
      ])
      const text = readFileSync(await download.path(), 'utf8')
      return text
        .trim()
        .split('\n')
        .map((line) => line.split(','))
    }
    const [, ...energies] = await csv('Energy per site')
    expect(energies.map(([, step]) => step)).toEqual(['1', '2', '3', '4', '5', '6'])
    const [, ...errors] = await csv('Relative error')
    const exact = -0.45638668 // the ring of 8 sites, per site
    errors.forEach(([, , relative], k) => {
      expect(Number(relative)).toBeCloseTo(Math.abs((Number(energies[k]![2]) - exact) / exact), 6)
    })
    const [, ...weights] = await csv('What the heads attend to')
    // Two heads, four patches; the weights depend on the displacement only.
    expect(weights.length).toBe(2 * 4 * 4)
    for (const [, head, i, j, weight] of weights) {
      const same = weights.find(
        ([, h, a, b]) => h === head && a === '0' && Number(b) === (Number(j) - Number(i) + 4) % 4,
      )
      expect(Number(weight)).toBeCloseTo(Number(same![4]), 10)
    }
    const titles = await page.locator('.heads title').allTextContents()
    expect(titles.length).toBe(2 * 4)
    expect(titles[0]).toMatch(/layer 1, head 1: /)
    const [, ...spins] = await csv('Samples')
    for (const [, ...row] of spins) expect(row.reduce((sum, s) => sum + Number(s), 0)).toBe(0)
    expect(await page.locator('.spin.up').count()).toBe(4 * Math.min(8, spins.length))
    const [, ...orders] = await csv('Correlations and structure factor')
    // The bonds of a ring are all alike: S·S of neighbours is E/N. The mean of S(k) is 3/4.
    const near = orders.find(([what, at]) => what === 'S0.Sr' && at?.includes('r = (1'))
    const [, energy = ''] = /E\/N = (\S+) ±/.exec((await sentence(page).textContent()) ?? '') ?? []
    expect(Math.abs(Number(near![2]) - Number(energy.replace('−', '-')))).toBeLessThan(0.05)
    const factor = orders.filter(([what]) => what === 'S(k)').map(([, , value]) => Number(value))
    expect(factor.reduce((a, b) => a + b, 0) / factor.length).toBeCloseTo(0.75, 6)
    await page.close()
  })

  it('fits its fields together, and presets fill them', { timeout: PATIENCE_MS }, async () => {
    const { page } = await opened(url)
    await page.locator('.lattice').waitFor()
    await page.getByLabel('Lattice', { exact: true }).selectOption('kagome')
    await page.waitForFunction('document.querySelectorAll(".lattice .site").length === 12')
    expect(await page.getByLabel('Size').inputValue()).toBe('2x2')
    await page.getByRole('button', { name: 'Dimer state' }).click()
    await page.waitForFunction('document.querySelectorAll(".lattice .site").length === 12')
    expect(await page.getByLabel('Length').inputValue()).toBe('12')
    await page.getByLabel('Dimension').fill('7')
    await page.getByRole('alert').filter({ hasText: 'heads' }).first().waitFor()
    expect(await page.getByRole('button', { name: 'Train', exact: true }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'The default' }).click()
    await page.waitForFunction('document.querySelectorAll(".lattice .site").length === 16')
    expect(await page.evaluate('location.hash')).toBe('')
    await page.close()
  })

  it('marks a mistake in a formula where it is, and keeps the last good state', {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page } = await opened(url + fragment)
    await page.locator('.lattice').waitFor()
    const formula = page.getByLabel('Attention form')
    // A click turns the plain field into its editor, which keeps the focus.
    await formula.click()
    await page.locator('.formula .cm-focused').waitFor()
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
    const { page } = await opened(`${url}${fragment.replace('steps=6', 'steps=5000')}`)
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
