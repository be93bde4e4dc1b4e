/** Walkers are all chains together; `propose` makes one proposal for each of them. */
export interface Walkers {
  /** Makes one proposal for each chain, from two random words each. */
  readonly propose: (words: Uint32Array) => void
  readonly write: (chain: number, out: Int8Array, offset: number) => void
  /** Returns log |ψ| of the configuration of a chain. */
  readonly logAmplitude: (chain: number) => number
  readonly tried: () => number
  readonly accepted: () => number
}

const UNIT_32 = 2 ** -32
/** Returns the index of the set of sites that chain c proposes to flip. */
export const chosen = (words: ArrayLike<number>, c: number, sets: number): number =>
  (words[2 * c]! * UNIT_32 * sets) | 0
export const draw = (words: Uint32Array, c: number): number => words[2 * c + 1]! * UNIT_32

/**
 * Returns the acceptance ratio |ψ(σ')/ψ(σ)|^p from the logarithms of |ψ(σ')| and |ψ(σ)|.
 *
 * Special cases  a zero of ψ is left at once, even for another zero: ∞; one is never entered: 0.
 */
export const ratioOf = (next: number, held: number, power: number): number => {
  if (held === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY
  return next === Number.NEGATIVE_INFINITY ? 0 : Math.exp(power * (next - held))
}
