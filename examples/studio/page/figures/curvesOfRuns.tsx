import * as Plot from '@observablehq/plot'
import { largest, smallest } from '../../../../core/values/index.ts'
import { showDecade, showEnergy } from '../../../settings/index.ts'
import type { ShownRun } from '../state/pageState.ts'
import { minus } from '../state/words.ts'
import { PlotFigure } from './plotFigure.tsx'

// The energies of the compared runs over their steps, and their distance from the exact energy.

/** Runs are told apart by the style of their lines first, by their tone second. */
const styles = [
  { stroke: 'var(--accent)', dash: '' },
  { stroke: 'var(--ink)', dash: '5 3' },
  { stroke: 'var(--warm)', dash: '1.5 3' },
  { stroke: 'var(--soft)', dash: '8 3 2 3' },
] as const

/** A run with what its curves need. */
export interface Curve {
  readonly run: ShownRun
  readonly name: string
  readonly exact: number | null | undefined
}

interface Point {
  readonly step: number
  readonly energy: number
  readonly low: number
  readonly high: number
  readonly relative: number
  readonly noise: number
}

/** More points than pixels only take time. */
const MOST = 600

const pointsOf = ({ run, exact }: Curve): readonly Point[] => {
  const sites = run.described.drawing.sites.length
  const every = Math.ceil(run.records.length / MOST)
  return run.records
    .filter((_, i) => i % every === 0 || i === run.records.length - 1)
    .map(({ step, energy, energyError }) => ({
      step,
      energy: energy / sites,
      low: (energy - energyError) / sites,
      high: (energy + energyError) / sites,
      relative: exact == null ? Number.NaN : Math.abs((energy - exact) / exact),
      noise: exact == null ? Number.NaN : Math.abs(energyError / exact),
    }))
}

const frame = (curves: readonly Curve[]): Plot.PlotOptions => ({
  height: 250,
  marginLeft: 62,
  marginRight: 12,
  marginTop: 26,
  marginBottom: 34,
  x: {
    label: 'step',
    labelArrow: 'none',
    domain: [0, largest([1, ...curves.map(({ run }) => run.described.config.steps)])],
    ticks: 6,
  },
})

const isHighest = (
  all: readonly (readonly Point[])[],
  k: number,
  y: 'energy' | 'relative',
): boolean => {
  const ends = all.map((points) => points.at(-1)?.[y] ?? Number.NEGATIVE_INFINITY)
  return ends.every((end) => end <= ends[k]!)
}

const lines = (
  curves: readonly Curve[],
  all: readonly (readonly Point[])[],
  y: 'energy' | 'relative',
): Plot.Markish[] =>
  all.flatMap((points, k): Plot.Markish[] => {
    const { stroke, dash } = styles[k % styles.length]!
    const name = curves.length > 1 ? curves[k]!.name : ''
    return [
      Plot.lineY(points, { x: 'step', y, stroke, strokeWidth: 1.8, strokeDasharray: dash }),
      Plot.text(points.slice(-1), {
        x: 'step',
        y,
        text: () => name,
        textAnchor: 'end',
        // The highest curve has its name above, the others below.
        dy: isHighest(all, k, y) ? -9 : 12,
        fill: stroke,
        stroke: 'var(--panel)',
        strokeWidth: 3,
      }),
    ]
  })

/** The energies worth seeing: the first steps lie far above and would flatten the rest. */
const energyDomain = (
  all: readonly (readonly Point[])[],
  exact: number | undefined,
): [number, number] => {
  const energies = all.flat().map((p) => p.energy)
  const low = smallest([...energies, ...(exact === undefined ? [] : [exact])])
  const high = largest([...energies, ...(exact === undefined ? [] : [exact])])
  const span = Math.max(high - low, 1e-6)
  return [low - 0.08 * span, high + 0.05 * span]
}

/** Energy per site over the steps, with its band of one standard error, and the exact line. */
export const EnergyFigure = ({
  curves,
  exact,
  steps,
}: {
  readonly curves: readonly Curve[]
  /** The exact energy per site of the problem on the page. */
  readonly exact: number | null | undefined
  readonly steps: number
}) => {
  const all = curves.map(pointsOf)
  const line = exact ?? undefined
  const last = all.at(-1)?.at(-1)
  return (
    <PlotFigure
      title="Energy per site"
      hint="The mean local energy of each step, in units of J, with a band of one standard error on either side. The dashed line is the exact ground state: no wave function lies below it, but an estimate may, by its error."
      says={
        last === undefined
          ? 'No step was taken yet.'
          : `Energy per site over the steps; now ${showEnergy(last.energy)}${line === undefined ? '' : `, exact ${showEnergy(line)}`}.`
      }
      rows={() => [
        ['run', 'step', 'energy per site', 'standard error'],
        ...all.flatMap((points, k) =>
          points.map((p) => [curves[k]!.name, p.step, p.energy, p.high - p.energy]),
        ),
      ]}
      on={[curves, exact, steps]}
      options={() => ({
        ...frame(curves),
        x: { ...frame(curves).x, ...(curves.length === 0 ? { domain: [0, steps] } : {}) },
        y: {
          label: 'E/N (J)',
          labelArrow: 'none',
          grid: true,
          ticks: 5,
          domain: all.flat().length === 0 ? [(line ?? -0.5) - 0.05, 0] : energyDomain(all, line),
          tickFormat: (x: number) => minus(Number(x.toPrecision(6)).toString()),
        },
        marks: [
          ...all.map((points, k) =>
            Plot.areaY(points, {
              x: 'step',
              y1: 'low',
              y2: 'high',
              fill: styles[k % styles.length]!.stroke,
              fillOpacity: 0.2,
            }),
          ),
          ...(line === undefined
            ? []
            : [
                Plot.ruleY([line], { stroke: 'var(--exact)', strokeDasharray: '6 4' }),
                Plot.text([line], {
                  y: (y: number) => y,
                  text: (y: number) => minus(`exact ${showEnergy(y)}`),
                  frameAnchor: 'right',
                  dy: 9,
                  fill: 'var(--exact)',
                }),
              ]),
          ...lines(curves, all, 'energy'),
        ],
      })}
    />
  )
}

/** The relative error on a logarithmic axis. Its dotted line is the statistical error. */
export const ErrorFigure = ({ curves }: { readonly curves: readonly Curve[] }) => {
  const all = curves.map((c) => pointsOf(c).filter((p) => p.relative > 0))
  const values = all.flat().map((p) => p.relative)
  const low = values.length === 0 ? -4 : Math.floor(Math.log10(smallest(values)))
  const high = values.length === 0 ? 0 : Math.ceil(Math.log10(largest(values)))
  const last = all.at(-1)?.at(-1)
  return (
    <PlotFigure
      title="Relative error"
      hint="|E − E₀| / |E₀|, by decades: each one further down is one more correct digit. The thin line is the standard error of the same step."
      says={
        last === undefined
          ? 'There is no exact energy, or no step, to compare yet.'
          : `Relative error over the steps; now ${last.relative.toExponential(1)}.`
      }
      rows={() => [
        ['run', 'step', 'relative error', 'relative standard error'],
        ...all.flatMap((points, k) =>
          points.map((p) => [curves[k]!.name, p.step, p.relative, p.noise]),
        ),
      ]}
      on={[curves]}
      options={() => ({
        ...frame(curves),
        y: {
          type: 'log',
          label: '|E − E₀| / |E₀|',
          labelArrow: 'none',
          grid: true,
          domain: [10 ** Math.min(low, high - 1), 10 ** high],
          ticks: Array.from({ length: high - low + 1 }, (_, k) => 10 ** (low + k)),
          tickFormat: showDecade,
        },
        marks: [
          ...all.map((points, k) =>
            Plot.lineY(
              points.filter((p) => p.noise > 10 ** low),
              {
                x: 'step',
                y: 'noise',
                stroke: styles[k % styles.length]!.stroke,
                strokeOpacity: 0.45,
                strokeWidth: 1,
              },
            ),
          ),
          ...lines(curves, all, 'relative'),
        ],
      })}
    />
  )
}
