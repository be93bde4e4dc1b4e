import * as Plot from '@observablehq/plot'
import { draw, logScale } from '../pictures/index.ts'
import type { StepRecord } from '../session/index.ts'
import type { HeadInput } from './analysis.ts'

// This file draws many runs together: their energies, and how strongly their weights depend on the
// input.

/** The energy per site of a run over its steps. */
export interface Curve {
  readonly form: string
  readonly seed: number
  readonly points: readonly (readonly [step: number, energy: number])[]
}

/** The number of windows of a curve: the noise of single steps would hide the energy reached. */
const WINDOWS = 100

/** Returns energies per site, averaged over windows of equal length. */
export const windowed = (records: readonly StepRecord[], sites: number): Curve['points'] => {
  const length = Math.max(1, Math.ceil(records.length / WINDOWS))
  return Array.from({ length: Math.ceil(records.length / length) }, (_, k) => {
    const within = records.slice(k * length, (k + 1) * length)
    const sum = within.reduce((total, r) => total + r.energy, 0)
    return [within.at(-1)!.step, sum / within.length / sites] as const
  })
}

/**
 * Draws all curves, as relative errors on a logarithmic scale where the exact energy is available.
 */
export const energyCurves = (
  curves: readonly Curve[],
  exact: number | null,
  title = 'Every run over its steps',
): string => {
  const points = curves.flatMap(({ form, seed, points }) =>
    points.map(([step, energy]) => ({
      form,
      run: `${form} ${seed}`,
      step,
      y: exact === null ? energy : Math.abs((energy - exact) / exact),
    })),
  )
  const ends = [...new Map(points.map((p) => [p.form, p])).values()]
  const label =
    exact === null ? '↑ energy per site (units of J)' : '↑ relative error |E − E₀| / |E₀|'
  return draw(title, {
    width: 800,
    height: 340,
    marginLeft: 72,
    marginRight: 24,
    marginTop: 34 + 18 * Math.ceil(ends.length / 3),
    marginBottom: 42,
    x: { label: 'step →', labelAnchor: 'right' },
    y: { label, grid: true, ...(exact === null ? {} : logScale(points.map((p) => p.y))) },
    color: { type: 'categorical', scheme: 'observable10', domain: ends.map((p) => p.form) },
    marks: [
      Plot.lineY(points, { x: 'step', y: 'y', z: 'run', stroke: 'form', strokeWidth: 1.5 }),
      ...legend(ends.map((p) => p.form)),
    ],
  })
}

/**
 * The names stand in their colours above the picture: at the ends of crowded curves they would
 * overlap.
 */
const legend = (forms: readonly string[]): readonly Plot.Markish[] => {
  const rows = Math.ceil(forms.length / 3)
  return forms.map((form, k) =>
    Plot.text([form], {
      frameAnchor: 'top-left',
      dx: 100 + 210 * (k % 3),
      dy: -18 * (rows - Math.floor(k / 3)) - 6,
      textAnchor: 'start',
      fill: () => form,
      fontWeight: 600,
      text: () => `— ${form}`,
    }),
  )
}

/** The heads of the attention form of a run. */
export interface DrivenHeads {
  readonly form: string
  readonly heads: readonly HeadInput[]
}

/** Draws the input-driven fraction of every head, before and after the training. */
export const inputPicture = (all: readonly DrivenHeads[]): string | undefined => {
  const points = all.flatMap(({ form, heads }) =>
    heads.flatMap(({ before, after }) => [
      { form, when: 'before', share: before },
      { form, when: 'after', share: after },
    ]),
  )
  if (points.every(({ share }) => share === 0)) return undefined
  const forms = new Set(points.map((p) => p.form)).size
  return draw('How much the weights depend on the input', {
    width: 800,
    height: 60 + 56 * forms,
    marginLeft: 60,
    marginRight: 240,
    marginBottom: 42,
    x: { label: 'share of the variance of the weights →', domain: [0, 1], grid: true },
    y: { type: 'band', label: null, domain: ['before', 'after'] },
    fy: { label: null },
    color: { domain: ['before', 'after'], range: ['#8a8f98', '#3b82c4'] },
    marks: [Plot.dot(points, { x: 'share', y: 'when', fy: 'form', stroke: 'when', r: 4 })],
  })
}
