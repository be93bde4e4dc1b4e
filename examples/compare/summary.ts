import { largest, smallest } from '../../core/values/index.ts'
import type { TrainResult } from '../run/index.ts'
import { mean, spreadOf } from '../session/index.ts'
import { showCount, showEnergy, showSmall } from '../settings/index.ts'
import type { Analysis } from './analysis.ts'

// This file makes the table of a comparison: one row for each form, over its seeds.

/** One finished run. */
export interface Entry {
  readonly form: string
  readonly result: TrainResult
  readonly analysis: Analysis
  /** The seconds for log ψ of one configuration among many, on one thread. */
  readonly evaluationSeconds: number
}

/** The output of `--json` for each form; energies per site in units of J. */
export interface FormSummary {
  readonly form: string
  readonly seeds: readonly number[]
  /** The mean over the seeds. */
  readonly energyPerSite: number
  /** The standard error over the seeds; for a single seed, that of its samples. */
  readonly energyError: number
  /** The relative error of the best seed; null without an exact energy. */
  readonly relativeError: number | null
  readonly meanRelativeError: number | null
  readonly vScore: number
  readonly parameters: number
  /** The operations for log ψ of one configuration among many. */
  readonly flops: number
  readonly evaluationSeconds: number
  readonly stepSeconds: number
  /** The means over the heads, layers and seeds: see AttentionMap.inputDriven. */
  readonly inputDrivenBefore: number
  readonly inputDrivenAfter: number
}

const errorOf = (results: readonly TrainResult[]): number => {
  const spread = spreadOf(results.map((r) => r.energyPerSite))
  return spread === null ? results[0]!.energyError : spread / Math.sqrt(results.length)
}

const summaryOf = (form: string, entries: readonly Entry[]): FormSummary => {
  const results = entries.map((e) => e.result)
  const analyses = entries.map((e) => e.analysis)
  const errors = results.flatMap(({ relativeError: r }) => (r === null ? [] : [r]))
  const driven = (when: 'before' | 'after'): number =>
    mean(analyses.flatMap(({ heads }) => heads.map((head) => head[when])))
  return {
    form,
    seeds: results.map((r) => r.seed),
    energyPerSite: mean(results.map((r) => r.energyPerSite)),
    energyError: errorOf(results),
    relativeError: errors.length === 0 ? null : smallest(errors),
    meanRelativeError: errors.length === 0 ? null : mean(errors),
    vScore: mean(results.map((r) => r.vScore)),
    parameters: results[0]!.parameters,
    flops: analyses[0]!.flops,
    evaluationSeconds: entries[0]!.evaluationSeconds,
    stepSeconds: mean(results.map((r) => r.seconds / r.steps)),
    inputDrivenBefore: driven('before'),
    inputDrivenAfter: driven('after'),
  }
}

/** Returns one summary for each form, in the order of their first entries. */
export const summaries = (entries: readonly Entry[]): readonly FormSummary[] =>
  [...new Set(entries.map((e) => e.form))].map((form) =>
    summaryOf(
      form,
      entries.filter((e) => e.form === form),
    ),
  )

const optional = (x: number | null): string => (x === null ? '–' : showSmall(x))
const columns: readonly (readonly [string, (s: FormSummary) => string])[] = [
  ['form', (s) => s.form],
  ['E/N (J)', (s) => `${showEnergy(s.energyPerSite)} ± ${showSmall(s.energyError)}`],
  ['rel. error', (s) => optional(s.meanRelativeError)],
  ['best', (s) => optional(s.relativeError)],
  ['V-score', (s) => showSmall(s.vScore)],
  ['parameters', (s) => showCount(s.parameters)],
  ['FLOP/eval', (s) => showCount(s.flops)],
  ['µs/eval', (s) => (s.evaluationSeconds * 1e6).toPrecision(3)],
  ['ms/step', (s) => (s.stepSeconds * 1e3).toPrecision(3)],
  ['input before', (s) => showSmall(s.inputDrivenBefore)],
  ['input after', (s) => showSmall(s.inputDrivenAfter)],
]

/** Returns heading and rows of text. */
export const rowsOf = (all: readonly FormSummary[]): readonly (readonly string[])[] => [
  columns.map(([name]) => name),
  ...all.map((s) => columns.map(([, show]) => show(s))),
]

/** Returns the rows with their columns aligned. */
export const aligned = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]!.map((_, c) => largest(rows.map((row) => row[c]!.length)))
  return rows
    .map((row) =>
      row
        .map((text, c) => (c === 0 ? text.padEnd(widths[c]!) : text.padStart(widths[c]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
