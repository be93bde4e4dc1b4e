// Finds faults in examples/compare/timing.ts.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { cellsOf } from '../../examples/compare/cells.ts'
import { type ComparisonRequest, compare } from '../../examples/compare/compare.ts'
import { formsOf } from '../../examples/compare/comparedForms.ts'
import { comparisonPage } from '../../examples/compare/comparePage.ts'
import { aligned, rowsOf, summaries } from '../../examples/compare/summary.ts'
import type { Screen } from '../../examples/run/train.ts'
import type { StopSignal } from '../../examples/run/unfold.ts'
import { planTraining } from '../../examples/session/planTraining.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'
import { showForm } from '../../models/index.ts'
import { right } from '../expectations.ts'
import { expressions } from '../models/attention/expressions.ts'

const root = mkdtempSync(join(tmpdir(), 'psigrad-compare-'))
const config: TrainConfig = {
  ...defaults,
  lattice: 'chain',
  size: [6],
  j2: 0,
  dim: 4,
  heads: 2,
  samples: 64,
  steps: 4,
  threads: 1,
  memory: 2 ** 30,
}

/** Runs a comparison; gives what it found and which runs it began. */
const compared = async (
  forms: readonly string[],
  out: string,
  more: Partial<ComparisonRequest> = {},
  stopped: () => StopSignal | undefined = () => undefined,
) => {
  const begun: string[] = []
  const screen: Screen = { planned() {}, exact() {}, step() {}, note() {}, end() {} }
  const result = await compare({
    config,
    forms,
    seeds: 2,
    out: join(root, out),
    plan: planTraining,
    note: () => {},
    contextOf: (cell) => {
      begun.push(`${cell.form} ${cell.config.seed}`)
      return { screen, stopped }
    },
    ...more,
  })
  return { result, begun }
}

describe('a comparison of attention forms', () => {
  it('runs every form with every seed, once: what is done is found again, more is added', async () => {
    const first = await compared(['factored', 'decoupled'], 'grows')
    expect(first.begun).toEqual(['factored 1', 'decoupled 1', 'factored 2', 'decoupled 2'])
    const energies = right(first.result).map((c) => c.result.energyPerSite)
    expect(new Set(energies).size).toBe(4)
    const again = await compared(['decoupled', 't5', 'factored'], 'grows')
    expect(again.begun).toEqual(['t5 1', 't5 2'])
    const found = (form: string, seed: number): number | undefined =>
      right(again.result).find((c) => c.form === form && c.result.seed === seed)?.result
        .energyPerSite
    expect([
      found('factored', 1),
      found('decoupled', 1),
      found('factored', 2),
      found('decoupled', 2),
    ]).toEqual(energies)
  })

  it('goes on after a stop, to the same numbers', async () => {
    const whole = right((await compared(['factored'], 'whole')).result)
    let steps = 0
    const stop = (): StopSignal | undefined => {
      steps += 1
      return steps > 2 ? 'SIGINT' : undefined
    }
    const { result } = await compared(['factored'], 'stopped', {}, stop)
    expect(E.isLeft(result) && result.left.code).toBe(130)
    const rest = right((await compared(['factored'], 'stopped')).result)
    expect(rest.map((c) => c.result.energyPerSite)).toEqual(
      whole.map((c) => c.result.energyPerSite),
    )
  })

  it('tells which weights the input drives', async () => {
    const all = right((await compared(['factored', 'decoupled'], 'grows')).result)
    const [factored, decoupled] = summaries(all)
    expect([factored?.inputDrivenBefore, factored?.inputDrivenAfter]).toEqual([0, 0])
    for (const { heads } of all.filter((c) => c.form === 'decoupled').map((c) => c.analysis))
      for (const { before, after } of heads) {
        expect(before).toBeGreaterThan(0)
        expect(after).toBeLessThan(1)
      }
    expect(decoupled?.parameters).toBeGreaterThan(factored!.parameters)
    expect(decoupled?.flops).toBeGreaterThan(factored!.flops)
  })

  it('is a table with means and standard errors over the seeds, and a page with every form', async () => {
    const all = right((await compared(['factored', 'decoupled'], 'grows')).result)
    const [one, two] = all.filter((c) => c.form === 'factored').map((c) => c.result)
    const [summary] = summaries(all)
    expect(summary?.energyPerSite).toBeCloseTo((one!.energyPerSite + two!.energyPerSite) / 2, 14)
    // For two numbers the standard error of the mean is half of their distance.
    expect(summary?.energyError).toBeCloseTo(
      Math.abs(one!.energyPerSite - two!.energyPerSite) / 2,
      14,
    )
    expect(summary?.relativeError).toBe(Math.min(one!.relativeError!, two!.relativeError!))
    const lines = aligned(rowsOf(summaries(all))).split('\n')
    expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual(['form', 'factored', 'decoupled'])
    const page = comparisonPage(all, config, 'psigrad compare')
    for (const text of ['factored', 'decoupled', '</svg>', 'Do the weights depend on the input?'])
      expect(page).toContain(text)
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/)
  })

  it('names folders by all settings but threads and memory', () => {
    const folder = (c: Partial<TrainConfig>, form = 'softmax(content + relative)'): string =>
      cellsOf({ ...config, ...c }, [form], 1)[0]!.folder
    expect(folder({})).toMatch(/^softmax-content-relative-seed-1-[0-9a-f]{8}$/)
    expect(folder({ threads: 7, memory: 2 ** 21 })).toBe(folder({}))
    for (const other of [{ lr: 0.01 }, { seed: 2 }, { steps: 5 }, { samplePower: 1 }])
      expect(folder(other)).not.toBe(folder({}))
    // Runs from before a setting existed are found where it is as it always was.
    const { samplePower: _, ...old } = config
    expect(folder({})).toBe(
      cellsOf(old as TrainConfig, ['softmax(content + relative)'], 1)[0]!.folder,
    )
    expect(folder({}, 'softmax(content * relative)')).not.toBe(folder({}))
    // A name fits any file system, and tells long formulas apart by its end.
    const long = (k: number): string => `content${' + content'.repeat(150)} + ${k} * relative`
    expect(folder({}, long(1)).length).toBeLessThan(120)
    expect(folder({}, long(1))).not.toBe(folder({}, long(2)))
    expect(formsOf(' t5, softmax(content) ,,x')).toEqual(['t5', 'softmax(content)', 'x'])
  })
})

describe('a form nobody has seen', () => {
  it('trains without a change to the code', () => {
    fc.assert(
      fc.property(expressions, fc.nat(1000), (e, seed) => {
        const training = right(planTraining({ ...config, attention: showForm(e), seed }))
        const { state, record } = training.step(training.step(training.initial()).state)
        expect(state.step).toBe(2)
        expect(Number.isFinite(record.energy)).toBe(true)
        training.dispose()
      }),
      { numRuns: 8 },
    )
  })
})
