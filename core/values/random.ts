import type { state as S } from 'fp-ts'
import { fail } from '../messages/index.ts'

// Splittable counter-based random numbers: every draw is a pure function of a key and a counter.

/** A key is two unsigned 32-bit words: plain data, so that a run's state is JSON. */
export type Key = readonly [number, number]

const TWO_32 = 2 ** 32
const UNIT_53 = 2 ** -53

// Draws, splits and folds of one key read disjoint counters: the two top bits of the second word
// say which, and an index (below 2^53) or a folded integer (54 bits) never reaches them.
const SPLIT = 0x80000000
const FOLD = 0x40000000
const FOLD_MASK = 0x003fffff

/**
 * Computes a block of Threefry-2x32 with 20 rounds: for a fixed key a bijection of 64-bit counters.
 *
 * Writes two words (signed) to `out` from `at`, so that the loops below allocate nothing.
 * Source  Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11,
 *         doi 10.1145/2063384.2063405; rotations and parity constant of Random123.
 */
const block = (k0: number, k1: number, c0: number, c1: number, out: Int32Array, at = 0): void => {
  const k2 = 0x1bd11bda ^ k0 ^ k1
  let x = (c0 + k0) | 0
  let y = (c1 + k1) | 0
  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  x = (x + k1) | 0
  y = (y + k2 + 1) | 0
  x = (x + y) | 0
  y = ((y << 17) | (y >>> 15)) ^ x
  x = (x + y) | 0
  y = ((y << 29) | (y >>> 3)) ^ x
  x = (x + y) | 0
  y = ((y << 16) | (y >>> 16)) ^ x
  x = (x + y) | 0
  y = ((y << 24) | (y >>> 8)) ^ x
  x = (x + k2) | 0
  y = (y + k0 + 2) | 0
  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  x = (x + k0) | 0
  y = (y + k1 + 3) | 0
  x = (x + y) | 0
  y = ((y << 17) | (y >>> 15)) ^ x
  x = (x + y) | 0
  y = ((y << 29) | (y >>> 3)) ^ x
  x = (x + y) | 0
  y = ((y << 16) | (y >>> 16)) ^ x
  x = (x + y) | 0
  y = ((y << 24) | (y >>> 8)) ^ x
  x = (x + k1) | 0
  y = (y + k2 + 4) | 0
  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  out[at] = x + k2
  out[at + 1] = y + k0 + 5
}

// `block` leaves its words here; the caller reads them at once, so calls share no state.
const words = new Int32Array(2)

/**
 * Returns the two random words (unsigned) of a key and a 64-bit counter.
 *
 * @example threefry2x32([0, 0], 0, 0) // → [0x6b200159, 0x99ba4efe]
 */
export const threefry2x32 = (key: Key, counter0: number, counter1: number): Key => {
  block(key[0] | 0, key[1] | 0, counter0 | 0, counter1 | 0, words)
  return [words[0]! >>> 0, words[1]! >>> 0]
}

const requireInteger = (where: string, name: string, x: number, low: number, high: number) => {
  if (Number.isSafeInteger(x) && x >= low && x <= high) return
  fail('DomainError', where, `${name} is ${x}.`, {
    fix: `an integer from ${low} to ${high}.`,
    data: { [name]: x },
  })
}

const requireSafe = (where: string, name: string, x: number) =>
  requireInteger(where, name, x, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)

const requireCount = (where: string, n: number) => requireInteger(where, 'n', n, 0, TWO_32)

/**
 * Returns the key of a seed: its 64-bit two's complement, high word first; different seeds give
 * different keys.
 *
 * Errors  DomainError unless the seed is a safe integer (negative ones are welcome).
 */
export const keyFrom = (seed: number): Key => {
  requireSafe('keyFrom', 'seed', seed)
  return [Math.floor(seed / TWO_32) >>> 0, seed >>> 0]
}

/**
 * Returns n new keys, distinct from each other and from every `foldIn` of the key. Use a key once,
 * either to draw or to split.
 */
export const split = (key: Key, n = 2): Key[] => {
  requireCount('split', n)
  return Array.from({ length: n }, (_, i) => threefry2x32(key, i, SPLIT))
}

/**
 * Returns the key of one member of a family, such as a chain: different data, different keys.
 *
 * Errors  DomainError unless data is a safe integer.
 */
export const foldIn = (key: Key, data: number): Key => {
  requireSafe('foldIn', 'data', data)
  return threefry2x32(key, data >>> 0, FOLD | (Math.floor(data / TWO_32) & FOLD_MASK))
}

const unit = (k0: number, k1: number, i: number): number => {
  block(k0, k1, i | 0, (i / TWO_32) | 0, words)
  return ((words[0]! >>> 5) * 67108864 + (words[1]! >>> 6)) * UNIT_53
}

/**
 * Returns element i of the key's stream of uniforms in [0, 1), multiples of 2⁻⁵³, at random access:
 * chain c may read i = step·chains + c without any state.
 *
 * Cost  one Threefry block, no allocation.
 * Errors  DomainError unless i is a safe integer >= 0.
 */
export const uniformAt = (key: Key, i: number): number => {
  requireInteger('uniformAt', 'i', i, 0, Number.MAX_SAFE_INTEGER)
  return unit(key[0] | 0, key[1] | 0, i)
}

/** Fills the caller's memory: out[j] = uniformAt(key, offset + j). */
export const fillUniforms = (key: Key, out: Float64Array | Float32Array, offset = 0): void => {
  requireInteger('fillUniforms', 'offset', offset, 0, Number.MAX_SAFE_INTEGER - out.length)
  const k0 = key[0] | 0
  const k1 = key[1] | 0
  for (let j = 0; j < out.length; j += 1) out[j] = unit(k0, k1, offset + j)
}

/** Fills memory with random words: out[2j] and out[2j + 1] are those of counter j of the key. */
export const fillWords = (key: Key, out: Uint32Array): void => {
  const k0 = key[0] | 0
  const k1 = key[1] | 0
  // The same memory as signed words: `block` then sees one type of array only.
  const signed = new Int32Array(out.buffer, out.byteOffset, out.length)
  const pairs = out.length >> 1
  for (let j = 0; j < pairs; j += 1) block(k0, k1, j, 0, signed, 2 * j)
  if (out.length % 2 === 0) return
  block(k0, k1, pairs, 0, words)
  signed[2 * pairs] = words[0]!
}

/** Returns n uniforms in [0, 1): the first n of the stream that `uniformAt` reads. */
export const uniforms = (key: Key, n: number): Float64Array => {
  requireCount('uniforms', n)
  const out = new Float64Array(n)
  fillUniforms(key, out)
  return out
}

/**
 * Returns n independent deviates of mean 0 and variance 1; a longer draw starts with the shorter.
 *
 *   z₂ⱼ = √(−2 ln(1 − u₂ⱼ)) cos 2πu₂ⱼ₊₁      z₂ⱼ₊₁ = the same with sin
 *
 * Special cases  1 − u is in (0, 1], so |z| <= 8.58 and never NaN.
 * Source  Box and Muller, Ann. Math. Stat. 29, 610 (1958).
 */
export const normals = (key: Key, n: number): Float64Array => {
  requireCount('normals', n)
  const out = new Float64Array(n)
  const k0 = key[0] | 0
  const k1 = key[1] | 0
  for (let j = 0; j < n; j += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - unit(k0, k1, j)))
    const angle = 2 * Math.PI * unit(k0, k1, j + 1)
    out[j] = radius * Math.cos(angle)
    if (j + 1 < n) out[j + 1] = radius * Math.sin(angle)
  }
  return out
}

/**
 * Returns element i of the key's stream of integers 0 … below − 1: floor(u·below).
 *
 * No rejection, so the cost is fixed: each value has one of the 2⁵³ equally likely u more or less
 * than its share, a relative bias of at most below·2⁻⁵³ (1e-10 for a million values).
 * Errors  DomainError unless below is an integer from 1 to 2³².
 */
export const integerAt = (key: Key, i: number, below: number): number => {
  requireInteger('integerAt', 'below', below, 1, TWO_32)
  return Math.floor(uniformAt(key, i) * below)
}

/** Returns n integers from 0 to below − 1; element i is `integerAt(key, i, below)`. */
export const integers = (key: Key, n: number, below: number): Uint32Array => {
  requireCount('integers', n)
  requireInteger('integers', 'below', below, 1, TWO_32)
  return Uint32Array.from(uniforms(key, n), (u) => Math.floor(u * below))
}

/** Returns 0 … n − 1 in random order, each equally likely up to the bias of `integerAt`. */
export const permutation = (key: Key, n: number): Uint32Array => {
  requireCount('permutation', n)
  const order = Uint32Array.from({ length: n }, (_, i) => i)
  // Fisher and Yates: position i takes one of the i + 1 elements not placed yet.
  for (let i = n - 1; i > 0; i -= 1) {
    const j = integerAt(key, i, i + 1)
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}

/** Takes a key to use and leaves another for the draws that follow. */
export const nextKey: S.State<Key, Key> = (key) => split(key) as [Key, Key]

/**
 * Makes a draw that threads its key, for initialisers written as one `State`:
 *
 *   pipe(draw((key) => normals(key, 12)), S.bindTo('w'), S.bind('b', () => S.of(zeros)))
 */
export const draw =
  <A>(f: (key: Key) => A): S.State<Key, A> =>
  (key) => {
    const [use, rest] = nextKey(key)
    return [f(use), rest]
  }
