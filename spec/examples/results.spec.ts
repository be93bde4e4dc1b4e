import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it, vi } from 'vitest'
import { mapTree, mul } from '../../core/index.ts'
import { progressScreen } from '../../examples/cli/parts/screen.ts'
import { type Analysis, spreadOf } from '../../examples/compare/analysis.ts'
import { windowed } from '../../examples/compare/comparePictures.ts'
import { type Entry, summaries } from '../../examples/compare/summary.ts'
import { invalidStep } from '../../examples/run/health.ts'
import { readJson, toJson } from '../../examples/run/json.ts'
import { resultOf, resultSchema, type TrainResult } from '../../examples/run/result.ts'
import { resultRows } from '../../examples/run/resultRows.ts'
import { spreadOf as deviationOf } from '../../examples/session/spreads.ts'
import type { StepRecord, Training } from '../../examples/session/training.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import { exitCodes } from '../../examples/settings/exitCodes.ts'
import { answers } from '../../examples/study/claims.ts'
import type { CellData } from '../../examples/study/data.ts'
import { fakePlan } from './fakeTraining.ts'

// From records to what a run says of itself: per site or not, over which n, and against what.

const CLOSE = 12

const training = (): Training => {
  const plan = fakePlan()(defaults)
  if (E.isLeft(plan)) throw new Error('no plan')
  return plan.right
}
const recordAt = (step: number, more: Partial<StepRecord> = {}): StepRecord => ({
  ...training().step({ ...training().initial(), step: step - 1 }).record,
  ...more,
})
const negative = fc.double({ min: -90, max: -1, noNaN: true })
const positive = fc.double({ min: 1e-6, max: 9, noNaN: true })

describe('the result of a run', () => {
  it('is per site, the V-score alone is not; its distance from the exact energy has no sign', () => {
    fc.assert(
      fc.property(negative, negative, positive, fc.integer({ min: 2, max: 40 }), (e, e0, x, n) => {
        const final = recordAt(3, { energy: e, energyError: x, variance: 3 * x, vScore: 7 })
        const progress = { state: { ...training().initial(), step: 3 }, records: [], seconds: 9 }
        const sizes = { sites: n, parameters: 5 }
        const r = resultOf(sizes, { ...defaults, seed: 4 }, progress, final, e0, 'folder')
        expect(r.energyPerSite * n).toBeCloseTo(e, CLOSE)
        expect(r.energyError * n).toBeCloseTo(x, CLOSE)
        expect(r.variancePerSite * n).toBeCloseTo(3 * x, CLOSE)
        expect(r.exactPerSite! * n).toBeCloseTo(e0, CLOSE)
        expect([r.vScore, r.steps, r.seconds, r.seed, r.parameters]).toEqual([7, 3, 9, 4, 5])
        expect(r.relativeError! * Math.abs(e0)).toBeCloseTo(Math.abs(e - e0), 9)
        expect(r.relativeError).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('is told on the screen in the same units, with the time that is left', () => {
    let text = ''
    const screen = progressScreen(
      { ...defaults, steps: 1000 },
      { write: (more: string) => (text += more) },
    )
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
    screen.planned(training(), 'folder')
    clock.mockReturnValue(50_000)
    const record = recordAt(250, { energy: -8, energyError: 0.32, acceptance: 0.5 })
    screen.step(record, { state: training().initial(), records: [record], seconds: 50 })
    clock.mockRestore()
    screen.end()
    const line = text.trim().split('\n').at(-1)!.trim().split(/\s+/)
    expect(line.slice(0, 3)).toEqual(['250/1000', '-0.500000', '2.0e-2'])
    // 250 steps in 50 s: 5 a second, 750 to go.
    expect(line.slice(-2)).toEqual(['5.00', '2:30'])
  })

  it('says of chains that stand still what their R-hat, null in files, does not', () => {
    const shown = (over: Partial<TrainResult>): string | undefined => {
      const progress = { state: { ...training().initial(), step: 3 }, records: [], seconds: 9 }
      const sizes = { sites: 8, parameters: 5 }
      const result = resultOf(sizes, defaults, progress, recordAt(3), null, 'folder')
      const rows = resultRows({ ...result, ...over })
      return rows.find(({ name }) => name === 'split R-hat')?.value
    }
    expect(shown({ rHat: 1.25, acceptance: 0 })).toBe('1.2500')
    expect(shown({ rHat: null, acceptance: 0 })).toContain('no chain moved')
    expect(shown({ rHat: null, acceptance: 0.5 })).toContain('too short, or none of them moves')
    expect(shown({ rHat: null, acceptance: null })).toBeUndefined()
  })

  it('says what is infinite, beyond its limit or unreliable, in files and in words', () => {
    const progress = { state: { ...training().initial(), step: 3 }, records: [], seconds: 9 }
    const record = recordAt(3, {
      energyError: Number.POSITIVE_INFINITY,
      vScore: Number.POSITIVE_INFINITY,
      rHat: Number.POSITIVE_INFINITY,
      reliable: false,
      acceptance: 0,
    })
    const sizes = { sites: 8, parameters: 5 }
    const result = resultOf(sizes, defaults, progress, record, null, 'folder')
    expect(readJson(resultSchema)(toJson(result))).toEqual(E.right(result))
    const worded = (over: Partial<TrainResult>, name: string): string | undefined =>
      resultRows({ ...result, ...over }).find((row) => row.name === name)?.value
    expect(worded({}, 'split R-hat')).toBe('∞: no chain moved, each stands where it was')
    expect(worded({ acceptance: 0.5 }, 'split R-hat')).toContain('∞: chains are too short, or each')
    expect(worded({ rHat: 1.5 }, 'split R-hat')).toContain('1.500: the chains disagree')
    expect(worded({}, 'energy per site')).toMatch(
      /± ∞ \(unreliable: too few and too short chains\)$/,
    )
    expect(worded({ vScore: 0.02, vScoreError: 0.003 }, 'V-score')).toBe('2.0e-2 ± 3.0e-3')
    // Files written before these were known.
    const { reliable, varianceError, vScoreError, rHatLimit, effectiveSamples, ...rest } = result
    const { autocorrelationTime, ...old } = { ...rest, energyError: null, rHat: null }
    const back = readJson(resultSchema)(JSON.stringify(old))
    expect(E.isRight(back) && back.right).toMatchObject({
      energyError: Number.POSITIVE_INFINITY,
      rHat: null,
      reliable: null,
      rHatLimit: null,
    })
  })

  it('marks doubts on the screen, and says a doubt that lasts in words, once', () => {
    let text = ''
    const screen = progressScreen(
      { ...defaults, steps: 13, samples: 4096 },
      { write: (more: string) => (text += more) },
    )
    screen.planned(training(), 'folder')
    const step = (k: number, over: Partial<StepRecord>): void => {
      const record = recordAt(k, { effectiveSamples: 4000, ...over })
      screen.step(record, { state: training().initial(), records: [record], seconds: 0 })
    }
    const still = { rHat: Number.POSITIVE_INFINITY, acceptance: 0, reliable: false }
    step(1, still)
    step(2, {})
    step(3, still)
    expect(text).toMatch(/\d\?/)
    expect(text).toContain('∞!')
    expect(text).not.toContain('no chain moved')
    for (const k of [4, 5, 6, 7]) step(k, still)
    step(8, {})
    for (const k of [9, 10, 11, 12, 13]) step(k, { effectiveSamples: 20 })
    screen.end()
    const once = (words: string): void => expect(text.split(words).length).toBe(2)
    once('from step 3 on, split R-hat ∞: no chain moved, each stands where it was')
    once('from step 3 on, the error is unreliable: the chains are too few and too short')
    once('from step 9 on, the weights of the samples are very unequal: they count as 20 of 4096')
  })

  it('ends with the exit codes of signals that shells know', () => {
    expect(exitCodes).toMatchObject({ done: 0, unusable: 2, failed: 3 })
    expect([exitCodes.SIGINT, exitCodes.SIGTERM]).toEqual([128 + 2, 128 + 15])
  })
})

describe('a step that went astray', () => {
  const { state, record } = training().step(training().initial())
  it('is told by energy, variance, and parameters beyond any meaning, finite ones too', () => {
    expect(invalidStep(state, record)).toBeUndefined()
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(invalidStep(state, { ...record, energy: bad })?.what).toContain('the energy is')
      expect(invalidStep(state, { ...record, variance: bad })?.what).toContain('the variance')
    }
    const grown = training()
    const large = grown.step({
      ...grown.initial(),
      params: mapTree(state.params, (leaf) => mul(1e9, leaf)),
    })
    expect(invalidStep(large.state, record)?.kind).toBe('DomainError')
  })
})

describe('a comparison over several seeds', () => {
  const runs = fc.array(fc.record({ e: negative, x: positive, rel: positive, s: positive }), {
    minLength: 2,
    maxLength: 6,
  })
  const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length

  it('has means, the standard error of the mean, and the best where it says so', () => {
    fc.assert(
      fc.property(runs, (list) => {
        const entries = list.map(
          ({ e, x, rel, s }, k): Entry => ({
            form: 'factored',
            result: {
              energyPerSite: e,
              energyError: x,
              relativeError: rel,
              vScore: 2 * rel,
              seconds: s * 50,
              steps: 50,
              parameters: 7,
              seed: k,
            } as TrainResult,
            analysis: { flops: 3, heads: [{ before: x, after: rel }] } as unknown as Analysis,
            evaluationSeconds: 1,
          }),
        )
        const [row] = summaries(entries)
        const energies = list.map(({ e }) => e)
        const squares = energies.map((e) => (e - mean(energies)) ** 2)
        const n = list.length
        const sum = squares.reduce((a, b) => a + b, 0)
        expect(row!.energyPerSite).toBeCloseTo(mean(energies), CLOSE)
        expect(row!.energyError).toBeCloseTo(Math.sqrt(sum / (n - 1) / n), 9)
        expect(deviationOf(energies)).toBeCloseTo(Math.sqrt(sum / (n - 1)), 9)
        expect(row!.relativeError).toBe(Math.min(...list.map(({ rel }) => rel)))
        expect(row!.meanRelativeError).toBeCloseTo(mean(list.map(({ rel }) => rel)), CLOSE)
        expect(row!.vScore).toBeCloseTo(2 * mean(list.map(({ rel }) => rel)), CLOSE)
        expect(row!.stepSeconds).toBeCloseTo(mean(list.map(({ s }) => s)), CLOSE)
        expect(row!.inputDrivenBefore).toBeCloseTo(mean(list.map(({ x }) => x)), CLOSE)
        expect(row!.inputDrivenAfter).toBeCloseTo(mean(list.map(({ rel }) => rel)), CLOSE)
      }),
    )
  })

  it('has curves per site, each window ending where its last step is', () => {
    const records = Array.from({ length: 250 }, (_, k) => recordAt(1, { step: k + 1, energy: -k }))
    const points = windowed(records, 10)
    expect(points.length).toBe(84)
    expect(points[0]).toEqual([3, -0.1])
    expect(points.at(-1)).toEqual([250, -24.9])
  })

  it('has the spread of weights against their size, as a standard deviation', () => {
    fc.assert(
      fc.property(positive, positive, (size, deviation) => {
        const map = { layer: 0, head: 0, inputDriven: 0 }
        const found = spreadOf({
          ...map,
          weights: [
            [size, -size],
            [size, size],
          ],
          deviations: [
            [deviation, deviation],
            [deviation, deviation],
          ],
        })
        expect(found / (deviation / size)).toBeCloseTo(1, CLOSE)
      }),
    )
  })
})

describe('the verdict on two energies', () => {
  const cell = (form: string, energy: number, error: number): CellData =>
    ({
      name: form,
      block: 'b',
      form,
      config: { ...defaults, heads: 2, layers: 1, seed: 1, attention: form },
      energy,
      error,
      exact: -0.5,
      relativeError: 0.1,
      parameters: 1,
      seconds: 1,
      heads: [],
    }) as unknown as CellData
  it('is equal up to two standard errors of their difference, whose squares add', () => {
    for (const [sigmas, word] of [
      [-2.1, 'lower'],
      [-1.9, 'equal within errors'],
      [1.9, 'equal within errors'],
      [2.1, 'higher'],
    ] as const) {
      // Errors of 3 and 4 make 5 together.
      const cells = [cell('factored', -0.4 + sigmas * 5e-3, 3e-3), cell('t5', -0.4, 4e-3)]
      const [energy] = answers({ planned: 2, cells, timings: [], dimer: null })
      expect(energy!.evidence[0]).toContain(`: ${word} (${sigmas.toFixed(1)} standard errors`)
      expect(energy!.verdict).toContain(sigmas > 2 ? 'In none of 1' : 'In all 1')
    }
  })
})
