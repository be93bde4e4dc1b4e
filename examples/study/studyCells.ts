import { type Cell, cellOf } from '../compare/index.ts'
import type { Block } from './studyPlan.ts'

// The plan has cells, one run each, with names by which to choose them.

export interface StudyCell extends Cell {
  /** The name is block/form/h<heads>-l<layers>/seed-<n>, such as 6x6/t5/h6-l2/seed-1. */
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

/** Returns every cell of a plan: first seeds first, and in them the first sizes. */
export const cellsOfPlan = (plan: readonly Block[]): readonly StudyCell[] =>
  plan.flatMap(blockCells)

/** A pattern matches a part of the name; * stands for any text. */
const matcher = (pattern: string): RegExp =>
  new RegExp(
    pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^$(){}|[\]\\]/g, '\\$&'))
      .join('.*'),
  )

/**
 * Returns the cells whose names match one of the patterns (separated by commas); all cells without
 * any pattern.
 */
export const chosen = (
  cells: readonly StudyCell[],
  only: string | undefined,
): readonly StudyCell[] => {
  const patterns = (only ?? '').split(',').filter((p) => p !== '')
  if (patterns.length === 0) return cells
  const matchers = patterns.map(matcher)
  return cells.filter(({ name }) => matchers.some((m) => m.test(name)))
}
