import type { Outcome } from './trials.ts'

// What became of many trials, counted.

/** A derivative that changed by less than this, relative to its largest number, counts as right. */
export const RESOLUTION = 1e-6

export interface Count {
  readonly what: string
  readonly planted: number
  /** The number that changed a derivative by more than the resolution. */
  readonly changed: number
  readonly wrong: number
  /** The number called wrong of which only guilty equations are blamed. */
  readonly blamed: number
  /** The number called wrong that have a name. */
  readonly nameable: number
  readonly named: number
}

const countOf = (what: string, outcomes: readonly Outcome[]): Count => {
  const changed = outcomes.filter(({ change }) => change > RESOLUTION)
  const wrong = changed.filter((o) => o.wrong)
  const nameable = wrong.filter(({ kinds }) => kinds.length > 0)
  return {
    what,
    planted: outcomes.length,
    changed: changed.length,
    wrong: wrong.length,
    blamed: wrong.filter((o) => o.blamed).length,
    nameable: nameable.length,
    named: nameable.filter((o) => o.named).length,
  }
}

/** Counts by something that trials have in common, and in all. */
export const tallied = (
  outcomes: readonly Outcome[],
  by: (outcome: Outcome) => string,
): readonly Count[] => {
  const groups = new Map<string, Outcome[]>()
  for (const o of outcomes) groups.set(by(o), [...(groups.get(by(o)) ?? []), o])
  return [...[...groups].map(([what, all]) => countOf(what, all)), countOf('all', outcomes)]
}

/** The mistakes that students make in one function only share a row. */
const rowOf =
  (generic: readonly string[]) =>
  ({ trial }: Outcome): string =>
    generic.includes(trial.mistake) ? trial.mistake : 'slips of one function'

const percent = (part: number, whole: number): string =>
  whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)}%`

const tableOf = (title: string, counts: readonly Count[]): string =>
  [
    `| ${title} | planted | changed a number | called wrong | of these blamed rightly | named rightly |`,
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...counts.map(
      (c) =>
        `| ${c.what} | ${c.planted} | ${c.changed} | ${percent(c.wrong, c.changed)} | ${percent(
          c.blamed,
          c.wrong,
        )} | ${percent(c.named, c.nameable)} |`,
    ),
  ].join('\n')

/** Both tables as Markdown. */
export const tablesOf = (outcomes: readonly Outcome[], generic: readonly string[]): string =>
  [
    tableOf(
      'rules',
      tallied(outcomes, ({ trial }) => trial.group),
    ),
    tableOf('mistake', tallied(outcomes, rowOf(generic))),
  ].join('\n\n')

/** Tells whether a mistake that changed a number was missed, or blamed or named wrongly. */
export const amiss = ({ change, kinds, wrong, blamed, named }: Outcome): boolean =>
  change > RESOLUTION && (!wrong || !blamed || (kinds.length > 0 && !named))

/** One line about a trial that went wrong somewhere. */
export const lineOf = ({ trial, change, wrong, blamed, report }: Outcome): string => {
  const found = report.blamed.map(
    (b) => `${b.name ?? b.primitive}.${b.rule}, operand ${b.operand + 1}: ${b.mistake?.kind}`,
  )
  const seen = !wrong ? `called ${report.verdict}` : blamed ? 'named wrongly' : 'blamed wrongly'
  return `${seen}: ${trial.mistake} in ${trial.group} ${trial.where} (changes ${change.toExponential(1)}); blamed ${found.join('; ') || 'nothing'}`
}
