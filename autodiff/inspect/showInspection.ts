import {
  outline,
  type Showable as ShowableInCore,
  type Shown,
  shown as shownInCore,
} from '../../core/index.ts'
import { differenceText } from './differenceText.ts'
import type { Inspection } from './inspect.ts'
import { inspectionTable } from './inspectionTable.ts'
import type { ProgramDifference } from './programDifference.ts'

// Inspections and differences are shown as their tables.

/** `show` takes these values; `show` of `psigrad/models` and `psigrad/physics` takes more. */
export type Showable = ShowableInCore | Inspection | ProgramDifference

/** Branches of a tree take four of the 80 columns. */
const columns = 76

const asTree = (text: string): Shown => {
  const [line = '', ...parts] = text.split('\n')
  return { line, parts }
}

/** Returns the line and the parts that `show` prints of a value of core or autodiff. */
export const shown = (x: Showable): Shown => {
  if ('nonFinite' in Object(x)) return asTree(inspectionTable(x as Inspection, { columns }))
  if ('sameOutputs' in Object(x)) return asTree(differenceText(x as ProgramDifference, { columns }))
  return shownInCore(x as ShowableInCore)
}

/**
 * Returns the text of an inspection or of the difference of two programs, and of what `show` of
 * psigrad/core knows.
 *
 * @example show(inspect((x) => mul(x, x), { lines: false })(tensor(3))) // →
 * // function: 1 equation of 1 input
 * // ├──    shape  value  cotangent  equation
 * // ├── a  []         3          6  argument 1
 * // ├── b  []         9          1  mul a a
 * // └── returns b
 */
export const show = (x: Showable): string => outline(shown(x))
