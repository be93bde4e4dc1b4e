import { median } from '../../../examples/session/timings.ts'
import type { Outcome } from './runCell.ts'

// The outcomes of the grid as a table, with what they say together.

/** An error bar that misses the full sum by more standard errors than this is wrong. */
export const MOST_SIGMAS = 5

/** Tells whether error bar, R-hat and verdict hide a wrong energy. */
export const misleads = ({ sigmas, reliable, rHat, rHatLimit }: Outcome): boolean =>
  sigmas !== null &&
  sigmas > MOST_SIGMAS &&
  reliable === true &&
  (rHat === null || rHatLimit === null || rHat <= rHatLimit)

const small = (x: number | null): string => (x === null ? '–' : x.toExponential(1))

const rowOf = (o: Outcome): string => {
  const cells =
    o.failure === null
      ? [
          small(o.relativeError),
          o.seconds.toFixed(0),
          `${o.steps}, ${o.symmetry}`,
          o.refusals === null ? '–' : String(o.refusals),
          small(o.energyError),
          o.sigmas === null ? '–' : o.sigmas.toFixed(1),
          o.reliable === null ? '–' : o.reliable ? 'yes' : 'no',
          o.rHat === null ? '–' : Number.isFinite(o.rHat) ? o.rHat.toFixed(3) : '∞',
        ]
      : [`failed: ${o.failure.split('\n')[0]!.replaceAll('|', '\\|')}`, '', '', '', '', '', '', '']
  return `| ${[o.name.replaceAll('|', '\\|'), ...cells].join(' | ')} |`
}

const share = (part: readonly unknown[], all: readonly unknown[]): string =>
  `${part.length} of ${all.length}`

/** Says what the outcomes of some cells, of all cells of the grid, show together. */
export const summaryOf = (outcomes: readonly Outcome[], all: number): readonly string[] => {
  const measured = outcomes.flatMap(({ relativeError }) =>
    relativeError === null ? [] : [relativeError],
  )
  const summed = outcomes.filter(({ sigmas }) => sigmas !== null)
  const lines = [
    `${outcomes.length} of the ${all} cells were run; ` +
      `${share(
        outcomes.filter(({ failure }) => failure !== null),
        outcomes,
      )} failed.`,
  ]
  if (measured.length > 0)
    lines.push(
      `${share(
        measured.filter((e) => Math.abs(e) <= 1e-4),
        measured,
      )} end within 1e-4 of the exact energy; the median is ${small(median(measured))}, ` +
        `the worst ${small(Math.max(...measured))}.`,
    )
  if (summed.length > 0)
    lines.push(
      `Full sums at the same parameters: ${share(
        summed.filter(({ sigmas }) => sigmas! <= MOST_SIGMAS),
        summed,
      )} energies are within ${MOST_SIGMAS} of their standard errors; ` +
        `${share(outcomes.filter(misleads), outcomes)} error bars mislead.`,
    )
  return lines
}

const HEADING = [
  'run',
  'rel. error',
  'seconds',
  'steps, symmetries',
  'taken back',
  '± error',
  'off by (±)',
  'reliable',
  'R-hat',
]

/** Returns the page of the table. */
export const pageOf = (outcomes: readonly Outcome[], all: number): string =>
  [
    '# Runs whose flags name only the problem',
    '',
    'This page is written by `npm run robust`. Each row is `psigrad train` with the flags in its',
    'first column and nothing else: size, samples, steps and symmetries follow from the problem.',
    '"off by" is the distance of the sampled energy from full sums over the sector at the same',
    'parameters, in standard errors (which count rounding, too). Seconds are of whatever else the',
    'machine did; they show only the order of magnitude.',
    '',
    ...summaryOf(outcomes, all),
    '',
    `| ${HEADING.join(' | ')} |`,
    `|${' --- |'.repeat(HEADING.length)}`,
    ...outcomes.map(rowOf),
    '',
  ].join('\n')
