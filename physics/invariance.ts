import type { Symmetry } from '../models/index.ts'
import type { Axis, Operator, PauliString } from './operator.ts'

/** Coefficients are sums of a few couplings, in another order. */
const ROUNDING = 1e-12

const keyOf = (at: readonly (readonly [number, Axis])[]): string =>
  at.map(([site, axis]) => axis + site).join(' ')

/** The string after the symmetry: sites elsewhere; inverted spins turn σʸ and σᶻ over. */
const movedString = (
  { sites, flip }: Symmetry,
  s: PauliString,
): { readonly key: string; readonly sign: number } => {
  const at = s.sites.map((i, k) => [sites[i]!, s.axes[k]!] as const)
  const odd = s.axes.filter((axis) => axis !== 'x').length % 2 === 1
  return {
    key: keyOf([...at].sort((a, b) => a[0] - b[0])),
    sign: flip === -1 && odd ? -1 : 1,
  }
}

/**
 * Which symmetries leave an operator what it is: a test, quick for many of them.
 *
 * Cost  O(strings) each.
 */
export const invariance = (operator: Operator): ((g: Symmetry) => boolean) => {
  const known = new Map(
    operator.strings.map((s) => [keyOf(s.sites.map((i, k) => [i, s.axes[k]!] as const)), s]),
  )
  return (g) =>
    operator.strings.every((s) => {
      const { key, sign } = movedString(g, s)
      const there = known.get(key)
      return (
        there !== undefined &&
        Math.abs(there.re - sign * s.re) < ROUNDING &&
        Math.abs(there.im - sign * s.im) < ROUNDING
      )
    })
}
