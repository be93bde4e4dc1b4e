import {
  type Equation,
  type EquationOf,
  type Program,
  prune,
  type Variable,
} from '../primitives/index.ts'
import { largest, SHORT_SUM } from '../values/index.ts'

// Scattered sums of many terms are split into short ones.

/** The short sums that a long one is made of have so many terms. */
const BLOCK = 64

/** Counts how often each index occurs. */
const countsOf = (indices: readonly number[], size: number): number[] => {
  const counts = new Array<number>(size).fill(0)
  for (const i of indices) counts[i]! += 1
  return counts
}

/** Writes a scattered sum as sums of short ones, whatever the number of terms at one place. */
const shortened = (
  eq: EquationOf<'scatterAdd'>,
  fresh: (shape: readonly number[]) => Variable,
): EquationOf<'scatterAdd'>[] => {
  const { axis, indices, size } = eq.params
  const counts = countsOf(indices, size)
  if (largest(counts) <= SHORT_SUM) return [eq]
  // Every place has as many slots as its terms fill, one next to the other.
  const owners = counts.flatMap((n, i) => new Array<number>(Math.ceil(n / BLOCK)).fill(i))
  const firsts = new Map(owners.map((i, slot) => [i, slot] as const).toReversed())
  const met = new Array<number>(size).fill(0)
  const slots = indices.map((i) => {
    met[i]! += 1
    return firsts.get(i)! + Math.floor((met[i]! - 1) / BLOCK)
  })
  const shape = eq.output.shape.map((d, k) => (k === axis ? owners.length : d))
  const output = fresh(shape)
  const first = { ...eq, params: { axis, indices: slots, size: owners.length }, output }
  const second = { ...eq, params: { axis, indices: owners, size }, inputs: [output] }
  return [first, ...shortened(second, fresh)]
}

/**
 * Rewrites the program so that no place of a scattered sum gets more than SHORT_SUM terms: in
 * float32 a term below 2⁻²⁴ of the sum so far would change nothing.
 *
 * Errors  a sum of n terms: at most BLOCK roundings of Σ|terms| for each factor BLOCK of n.
 */
export const shortScatters = (program: Program): Program => {
  let next = program.inputs.length + program.equations.length
  const fresh = (shape: readonly number[]): Variable => {
    next += 1
    return { id: next - 1, shape }
  }
  const equations = program.equations.flatMap((eq): Equation[] =>
    eq.primitive === 'scatterAdd' ? shortened(eq, fresh) : [eq],
  )
  return equations.length === program.equations.length ? program : prune({ ...program, equations })
}
