import * as Plot from '@observablehq/plot'
import { largest, smallest } from '../../core/values/index.ts'
import type { StepRecord } from '../session/index.ts'
import { showDecade, showEnergy } from '../settings/index.ts'
import { typeset } from './report.ts'
import { colours, draw } from './svg.ts'

// This file draws the quantities of a run over its steps.

export interface History {
  readonly records: readonly StepRecord[]
  readonly sites: number
  /** The exact ground-state energy of the whole system. */
  readonly exact: number | null
}

const width = 800
/** More points than pixels only enlarge the file. */
const maxPoints = 2000

interface Point {
  readonly step: number
  readonly energy: number
  readonly low: number
  readonly high: number
  readonly vScore: number
  readonly relative: number | null
}

const pointsOf = ({ records, sites, exact }: History): readonly Point[] => {
  const every = Math.ceil(records.length / maxPoints)
  return records
    .filter((_, i) => i % every === 0 || i === records.length - 1)
    .map(({ step, energy, energyError, vScore }) => {
      const error = Number.isFinite(energyError) ? energyError : 0
      return {
        step,
        energy: energy / sites,
        low: (energy - error) / sites,
        high: (energy + error) / sites,
        vScore,
        relative: exact === null || exact === 0 ? null : Math.abs((energy - exact) / exact),
      }
    })
}

/** A single point has no line and is drawn as a dot. */
const line = (points: readonly Point[], y: keyof Point, stroke: string): Plot.Markish =>
  points.length === 1
    ? Plot.dot(points, { x: 'step', y, fill: stroke, r: 4 })
    : Plot.lineY(points, { x: 'step', y, stroke, strokeWidth: 1.75 })

const frame = (points: readonly Point[]): Plot.PlotOptions => ({
  width,
  height: 300,
  marginLeft: 72,
  marginRight: 24,
  marginTop: 34,
  marginBottom: 42,
  x: {
    label: 'step →',
    labelAnchor: 'right',
    domain: [points[0]?.step ?? 0, Math.max(points.at(-1)?.step ?? 1, 2)],
    ticks: Math.min(10, points.length),
    tickFormat: (n: number) => (Number.isInteger(n) ? String(n) : ''),
  },
})

/** Draws the energy per site, its ±1 standard-error band, and the exact line. */
export const energyCurve = (history: History): string => {
  const points = pointsOf(history)
  const { exact, sites } = history
  const exactLine =
    exact === null
      ? []
      : [
          Plot.ruleY([exact / sites], {
            stroke: colours.exact,
            strokeWidth: 1.5,
            strokeDasharray: '6 4',
          }),
          Plot.text([exact / sites], {
            y: (y: number) => y,
            text: (y: number) => typeset(`exact ${showEnergy(y)}`),
            frameAnchor: 'right',
            dy: 10,
            fill: colours.exact,
            fontWeight: 600,
          }),
        ]
  return draw('Energy per site over the steps', {
    ...frame(points),
    insetBottom: exact === null ? 0 : 20,
    y: { label: '↑ energy per site E/N (units of J)', grid: true, nice: true, ticks: 6 },
    marks: [
      Plot.areaY(points, {
        x: 'step',
        y1: 'low',
        y2: 'high',
        fill: colours.run,
        fillOpacity: 0.22,
      }),
      ...exactLine,
      line(points, 'energy', colours.run),
    ],
  })
}

/** Returns the decades that contain all values. */
export const logScale = (values: readonly number[]) => {
  const low = 10 ** Math.floor(Math.log10(smallest(values)))
  const high = 10 ** Math.ceil(Math.log10(largest(values)))
  const count = Math.round(Math.log10(high / low))
  const every = Math.max(1, Math.ceil(count / 8))
  const ticks = Array.from({ length: count + 1 }, (_, k) => low * 10 ** k)
  return {
    type: 'log' as const,
    domain: [low, Math.max(high, low * 10)],
    ticks: ticks.filter((_, k) => k % every === 0),
    tickFormat: showDecade,
    grid: true,
  }
}

const logCurve = (
  title: string,
  label: string,
  all: readonly Point[],
  y: 'vScore' | 'relative',
  marks: readonly Plot.Markish[] = [],
): string | undefined => {
  const points = all.filter((p) => (p[y] ?? 0) > 0 && Number.isFinite(p[y]))
  if (points.length === 0) return undefined
  return draw(title, {
    ...frame(all),
    y: { label: `↑ ${label}`, ...logScale(points.map((p) => p[y] ?? 1)) },
    marks: [...marks, line(points, y, colours.run)],
  })
}

/**
 * Draws |E − E_exact| / |E_exact| on a logarithmic axis; undefined when there is no exact energy.
 */
export const errorCurve = (history: History): string | undefined =>
  logCurve(
    'Relative error of the energy over the steps',
    'relative error |E − E₀| / |E₀|',
    pointsOf(history),
    'relative',
  )

/**
 * Draws the V-score = N Var(E) / E², which is zero for an eigenstate; undefined where it is not
 * positive.
 */
export const vScoreCurve = (history: History): string | undefined =>
  logCurve('V-score over the steps', 'V-score N·Var(E)/E²', pointsOf(history), 'vScore')
