import { type Cell, cellOf } from '../compare/index.ts'
import type { Block } from './studyPlan.ts'

// The plan's cells, one run each, with names to choose them by.

export interface StudyCell extends Cell {
  /** block/form/h<heads>-l<layers>/seed-<n>, such as 6x6/t5/h6-l2/seed-1 */
  readonly name: string
  readonly block: string
}

const blockCells = ({ name, settings, forms, sizes, seeds }: Block): readonly StudyCell[] =>
  seeds.flatMap((seed) =>
    sizes.flatMap(({ heads, layers }) =>
      forms.map((attention) => ({
        ...cellOf({ ...settings, attention, heads, layers, seed }),
        name: `${name}/${attention}/h${heads}-l${layers}/seed-${seed}`,
        block: name,
      })),
    ),
  )

/** Every cell of a plan: first seeds first, and in them the first sizes. */
export const cellsOfPlan = (plan: readonly Block[]): readonly StudyCell[] =>
  plan.flatMap(blockCells)

/** A pattern is a part of the name; * stands for anything. */
const matcher = (pattern: string): RegExp =>
  new RegExp(
    pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^$(){}|[\]\\]/g, '\\$&'))
      .join('.*'),
  )

/** The cells whose names hold one of the patterns (apart by commas); all without any. */
export const chosen = (
  cells: readonly StudyCell[],
  only: string | undefined,
): readonly StudyCell[] => {
  const patterns = (only ?? '').split(',').filter((p) => p !== '')
  if (patterns.length === 0) return cells
  const matchers = patterns.map(matcher)
  return cells.filter(({ name }) => matchers.some((m) => m.test(name)))
}
