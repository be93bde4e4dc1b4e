import { largest } from '../../core/values/index.ts'
import type { InspectedEquation, Inspection } from './inspect.ts'
import { shownSite } from './nonFinite.ts'

// Large programs fold: equations that follow each other and stand in one layer, or, where no layer
// is known, on one line of the user's code, are drawn as one.

/** Equations that are shown as one; a group of one is an equation. */
export interface Group {
  /** The layer or the line; of a single equation undefined. */
  readonly name: string | undefined
  /** Constants are not among them: they stand beside their users. */
  readonly equations: readonly InspectedEquation[]
}

type Key = (e: InspectedEquation) => string

const isConstant = (e: InspectedEquation): boolean => e.primitive === 'constant'

const groupsBy = (equations: readonly InspectedEquation[], key: Key): readonly Group[] => {
  const runs: { key: string; equations: InspectedEquation[] }[] = []
  for (const e of equations) {
    const last = runs.at(-1)
    if (last?.key === key(e)) last.equations.push(e)
    else runs.push({ key: key(e), equations: [e] })
  }
  const seen = new Map<string, number>()
  return runs.map((run) => {
    if (run.equations.length === 1) return { name: undefined, equations: run.equations }
    const number = (seen.get(run.key) ?? 0) + 1
    seen.set(run.key, number)
    const name = run.key === '' ? 'outside of layers' : run.key
    return { name: number === 1 ? name : `${name}, part ${number}`, equations: run.equations }
  })
}

/** Equations of different depths are told apart by their layers, down to a depth. */
const byLayers =
  (depth: number): Key =>
  ({ layers }) =>
    layers.slice(0, depth).join('/')

const byLine: Key = ({ site }) => (site === undefined ? '' : shownSite(site))

/**
 * Returns the equations of a program in groups, at most so many where layers or lines allow it: the
 * deepest layers that are few enough. A program that is small enough has groups of one.
 *
 * Laws  each equation but constants is in one group; groups follow each other in program order, so
 *       that no two groups need each other.
 */
export const folded = ({ equations }: Inspection, most = 60): readonly Group[] => {
  const drawn = equations.filter((e) => !isConstant(e))
  const alone = drawn.map((e): Group => ({ name: undefined, equations: [e] }))
  const deepest = largest([0, ...drawn.map(({ layers }) => layers.length)])
  const depths = Array.from({ length: deepest }, (_, k) => deepest - k)
  const lines = drawn.some(({ site }) => site !== undefined) ? [byLine] : []
  const keys = deepest > 0 ? depths.map(byLayers) : lines
  const tried = [alone, ...keys.map((key) => groupsBy(drawn, key))]
  return tried.find((groups) => groups.length <= most) ?? tried.at(-1)!
}
