import { fail } from '../../core/values/index.ts'
import type { SymmetryGroup } from '../../models/index.ts'
import { sharedInts } from './sharedArrays.ts'
import { largestSublattice } from './sublattices.ts'

/**
 * Tables that find the representative of a configuration in a few look-ups.
 *
 * A configuration is two integers: `high`, the spins of one sublattice A, and `low`, all others,
 * sublattice after sublattice; bits are 1 where spins are up. Its representative is the image
 * under the group with the least (high, low). The high part of an image gσ is a permutation of the
 * spins on the one sublattice that g moves to A, so the least high part over all g is the least of
 * one table entry for each sublattice. Only the few g that reach it are looked at further.
 *
 * Source  Wietek and Läuchli, Phys. Rev. E 98, 033309 (2018), section III: sublattice coding.
 */
export interface OrbitCode {
  readonly sites: number
  /** The site at each position: bits of `high` from the lowest on, then those of `low`. */
  readonly order: Int32Array
  readonly highBits: number
  readonly lowBits: number
  /** The number of elements of the group. */
  readonly elements: number
  /** Sublattices that some symmetry moves to A, A the first. */
  readonly sublattices: number
  /** Where each sublattice begins in `low`; that of A is not used. */
  readonly offset: Int32Array
  /** The least high part: least[(k << highBits) + spins of sublattice k]. */
  readonly least: Int32Array
  /** The symmetries that reach it: reaching[reachStart[i] .. reachStart[i + 1]], i as above. */
  readonly reachStart: Int32Array
  readonly reaching: Int32Array
  /** Bits of a piece of a configuration, for the low parts of images. */
  readonly pieceBits: number
  /** Pieces of `high`, and of `high` and `low`. */
  readonly highPieces: number
  readonly pieces: number
  /** The low part of gσ is the union of images[((g · pieces + p) << pieceBits) + piece p of σ]. */
  readonly images: Int32Array
}

/** Bits of `high` at most: the tables have an entry for each of their patterns. */
const MOST_HIGH = 18
/** Bits of `low` at most, so that it stays a positive integer of 32 bits. */
const MOST_LOW = 30
const PIECE_BITS = 6

interface Layout {
  readonly order: Int32Array
  readonly highBits: number
  readonly sublattices: readonly (readonly number[])[]
  /** The number of the sublattice that each symmetry moves to A. */
  readonly source: Int32Array
}

const layoutOf = (group: SymmetryGroup, sites: number): Layout => {
  const permutations = [...new Map(group.map((g) => [g.sites.join(), g.sites])).values()]
  const most = Math.min(MOST_HIGH, Math.max(Math.ceil(sites / 2), sites - MOST_LOW))
  const first = largestSublattice(sites, permutations, most)
  if (sites - first.length > MOST_LOW)
    fail(
      'SectorError',
      'orbitCode',
      `of ${sites} sites the symmetries leave together at most ${first.length}, ` +
        `which leaves more than ${MOST_LOW} others.`,
      { fix: `at most ${MOST_LOW} sites, or a lattice of two sublattices of up to ${MOST_HIGH}.` },
    )
  const sublattices: (readonly number[])[] = [first]
  const known = new Map([[first.join(), 0]])
  const source = Int32Array.from(group, (g) => {
    const from = first.map((i) => g.sites[i]!).sort((a, b) => a - b)
    const key = from.join()
    const number = known.get(key) ?? sublattices.push(from) - 1
    known.set(key, number)
    return number
  })
  const placed = sublattices.flat()
  const others = Array.from({ length: sites }, (_, i) => i).filter((i) => !placed.includes(i))
  return {
    order: Int32Array.from([...placed, ...others]),
    highBits: first.length,
    sublattices,
    source,
  }
}

/** The images of all patterns of some bits, each bit going where `to` says; −1: nowhere. */
const fillImages = (to: readonly number[], into: Int32Array, from: number): void => {
  into[from] = 0
  to.forEach((bit, b) => {
    const image = bit < 0 ? 0 : 1 << bit
    for (let v = 0; v < 1 << b; v += 1) into[from + (1 << b) + v] = into[from + v]! | image
  })
}

/** Calls back with each symmetry's high parts, for all patterns of the sublattice it moves to A. */
const eachHighPart = (
  group: SymmetryGroup,
  { highBits, sublattices, source }: Layout,
  seen: (element: number, from: number, high: Int32Array) => void,
): void => {
  const first = sublattices[0]!
  const high = new Int32Array(1 << highBits)
  group.forEach((g, element) => {
    const from = sublattices[source[element]!]!
    const to = from.map((site) => first.findIndex((i) => g.sites[i] === site))
    fillImages(to, high, 0)
    if (g.flip === -1)
      for (let v = 0; v < high.length; v += 1) high[v] = ~high[v]! & (high.length - 1)
    seen(element, source[element]! << highBits, high)
  })
}

const leastHighParts = (group: SymmetryGroup, layout: Layout) => {
  const patterns = layout.sublattices.length << layout.highBits
  const least = sharedInts(patterns).fill(2 ** 30)
  eachHighPart(group, layout, (_, from, high) => {
    for (let v = 0; v < high.length; v += 1)
      if (high[v]! < least[from + v]!) least[from + v] = high[v]!
  })
  const reachStart = sharedInts(patterns + 1)
  eachHighPart(group, layout, (_, from, high) => {
    for (let v = 0; v < high.length; v += 1)
      if (high[v] === least[from + v]) reachStart[from + v + 1]! += 1
  })
  for (let i = 0; i < patterns; i += 1) reachStart[i + 1]! += reachStart[i]!
  const next = reachStart.slice()
  const reaching = sharedInts(reachStart[patterns]!)
  eachHighPart(group, layout, (element, from, high) => {
    for (let v = 0; v < high.length; v += 1)
      if (high[v] === least[from + v]) {
        reaching[next[from + v]!] = element
        next[from + v]! += 1
      }
  })
  return { least, reachStart, reaching }
}

const lowImages = (group: SymmetryGroup, { order, highBits }: Layout) => {
  const lowBits = order.length - highBits
  const highPieces = Math.ceil(highBits / PIECE_BITS)
  const pieces = highPieces + Math.ceil(lowBits / PIECE_BITS)
  const images = sharedInts((group.length * pieces) << PIECE_BITS)
  const position = new Int32Array(order.length)
  order.forEach((site, p) => {
    position[site] = p
  })
  const all = (1 << lowBits) - 1
  group.forEach((g, element) => {
    // The bit at each position of σ moves to this position in the low part of gσ.
    const to = new Array<number>(order.length).fill(-1)
    for (let p = highBits; p < order.length; p += 1)
      to[position[g.sites[order[p]!]!]!] = p - highBits
    for (let piece = 0; piece < pieces; piece += 1) {
      const inHigh = piece < highPieces
      const from = inHigh ? piece * PIECE_BITS : highBits + (piece - highPieces) * PIECE_BITS
      const end = Math.min(inHigh ? highBits : order.length, from + PIECE_BITS)
      const base = (element * pieces + piece) << PIECE_BITS
      fillImages(to.slice(from, end), images, base)
    }
    if (g.flip === 1) return
    // An inverted spin is up where the spin is down: complements of the bits that a piece brings.
    for (let piece = 0; piece < pieces; piece += 1) {
      const base = (element * pieces + piece) << PIECE_BITS
      const whole = images.subarray(base, base + (1 << PIECE_BITS)).reduce((a, b) => a | b, 0)
      for (let v = 0; v < 1 << PIECE_BITS; v += 1)
        images[base + v] = ~images[base + v]! & whole & all
    }
  })
  return { lowBits, highPieces, pieces, images }
}

/**
 * The tables for a group of permutations with or without inversion; characters play no part.
 *
 * Errors  SectorError when more than 30 sites are left outside of the largest sublattice.
 * Cost    O(group · 2^highBits) time; 12 bytes for each pattern of each sublattice, and
 *         1.5 kB for each symmetry.
 */
export const orbitCode = (group: SymmetryGroup, sites: number): OrbitCode => {
  const layout = layoutOf(group, sites)
  const { order, highBits, sublattices } = layout
  return {
    sites,
    order: Int32Array.from(order),
    highBits,
    elements: group.length,
    sublattices: sublattices.length,
    offset: Int32Array.from(sublattices, (_, k) => (k - 1) * highBits),
    pieceBits: PIECE_BITS,
    ...leastHighParts(group, layout),
    ...lowImages(group, layout),
  }
}

/** Finds representatives: writes [high, low, a symmetry that leads there] of (high, low). */
export const representativeFinder = (
  code: OrbitCode,
): ((high: number, low: number, found: Int32Array) => void) => {
  const { highBits, sublattices, offset, least, reachStart, reaching } = code
  const { pieceBits, highPieces, pieces, images } = code
  const patternMask = (1 << highBits) - 1
  const pieceMask = (1 << pieceBits) - 1
  return (high, low, found) => {
    let best = least[high]!
    for (let k = 1; k < sublattices; k += 1) {
      const own = least[(k << highBits) + ((low >> offset[k]!) & patternMask)]!
      if (own < best) best = own
    }
    let bestLow = 0x7fffffff
    let element = 0
    for (let k = 0; k < sublattices; k += 1) {
      const pattern = k === 0 ? high : (k << highBits) + ((low >> offset[k]!) & patternMask)
      if (least[pattern] !== best) continue
      const end = reachStart[pattern + 1]!
      for (let p = reachStart[pattern]!; p < end; p += 1) {
        const g = reaching[p]!
        let base = (g * pieces) << pieceBits
        let image = 0
        for (let q = 0, rest = high; q < highPieces; q += 1, rest >>= pieceBits) {
          image |= images[base + (rest & pieceMask)]!
          base += 1 << pieceBits
        }
        for (let q = highPieces, rest = low; q < pieces; q += 1, rest >>= pieceBits) {
          image |= images[base + (rest & pieceMask)]!
          base += 1 << pieceBits
        }
        if (image < bestLow) {
          bestLow = image
          element = g
        }
      }
    }
    found[0] = best
    found[1] = bestLow
    found[2] = element
  }
}
