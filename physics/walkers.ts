/** All chains at once: one proposal each, and where they stand. */
export interface Walkers {
  /** One proposal for each chain, from two random words each. */
  readonly propose: (words: Uint32Array) => void
  readonly write: (chain: number, out: Int8Array, offset: number) => void
  readonly tried: () => number
  readonly accepted: () => number
}

const UNIT_32 = 2 ** -32
/** The set of sites that chain c proposes to move, and its number to accept by. */
export const chosen = (words: Uint32Array, c: number, sets: number): number =>
  (words[2 * c]! * UNIT_32 * sets) | 0
export const draw = (words: Uint32Array, c: number): number => words[2 * c + 1]! * UNIT_32
