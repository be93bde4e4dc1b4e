import type { Symmetry } from '../../models/index.ts'
import {
  type Axis,
  largestCoefficient,
  type Operator,
  type PauliString,
} from '../operators/index.ts'

/**
 * The tolerance of coefficients, which are sums of a few couplings in another order: relative to a
 * coefficient, or to the largest of the operator where couplings cancel.
 */
const ROUNDING = 1e-12
const CANCELLED = 16 * Number.EPSILON

const keyOf = (at: readonly (readonly [number, Axis])[]): string =>
  at.map(([site, axis]) => axis + site).join(' ')

/**
 * Returns the string after the symmetry: on other sites, and with inverted spins σʸ and σᶻ change
 * sign.
 */
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
 * Returns a test of which symmetries leave an operator unchanged; it is fast for many of them.
 *
 * Laws  the same for c A, c > 0.
 * Cost  O(strings) each.
 */
export const invariance = (operator: Operator): ((g: Symmetry) => boolean) => {
  const strings = new Map(
    operator.strings.map((s) => [keyOf(s.sites.map((i, k) => [i, s.axes[k]!] as const)), s]),
  )
  const floor = CANCELLED * largestCoefficient(operator)
  return (g) =>
    operator.strings.every((s) => {
      const { key, sign } = movedString(g, s)
      const there = strings.get(key) ?? { re: 0, im: 0 }
      const off = Math.hypot(there.re - sign * s.re, there.im - sign * s.im)
      return off <= Math.max(floor, ROUNDING * Math.hypot(s.re, s.im))
    })
}
