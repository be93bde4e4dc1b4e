import type { SymmetryGroup } from '../../models/index.ts'
import { identitySymmetry } from '../../models/index.ts'
import { type Sector, sectorDimension } from '../configurations/index.ts'
import { type OrbitCode, orbitCode, representativeFinder } from './orbitCode.ts'
import { sharedInts } from './sharedArrays.ts'

/**
 * The orbits of a sector's configurations under a group, each by its representative, in ascending
 * order of (high, low). Characters play no part: they come with the matrix.
 */
export interface OrbitBasis {
  readonly code: OrbitCode
  readonly dimension: number
  /** The high parts that occur, ascending; those with high part h are start[h] .. start[h + 1]. */
  readonly highs: Int32Array
  readonly start: Int32Array
  /** The number of a high part among those that occur, −1 where it does not. */
  readonly rank: Int32Array
  readonly low: Int32Array
  /** A look-up begins in bucket (rank << bucketBits) + (low >> bucketShift). */
  readonly bucketBits: number
  readonly bucketShift: number
  readonly bucketStart: Int32Array
  /** For each orbit the number of the subgroup that leaves its representative as it is. */
  readonly stabiliser: Int32Array
  /** These subgroups, by numbers of symmetries. */
  readonly stabilisers: readonly (readonly number[])[]
}

/** Representatives in a bucket, about. */
const BUCKET = 8

const bitCount = (bits: number): number => {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1
  return count
}

/** The next larger number with as many bits set; bits > 0. */
const nextWithSameBits = (bits: number): number => {
  const lowest = bits & -bits
  const ripple = bits + lowest
  return ripple | (((bits ^ ripple) / lowest) >> 2)
}

/** Calls back with all low parts that have so many bits, ascending; undefined: any. */
const eachLow = (lowBits: number, up: number | undefined, seen: (low: number) => void): void => {
  const end = 2 ** lowBits
  if (up === undefined) for (let low = 0; low < end; low += 1) seen(low)
  else if (up === 0) seen(0)
  else if (up > 0 && up <= lowBits)
    for (let low = 2 ** up - 1; low < end; low = nextWithSameBits(low)) seen(low)
}

/** The image of a configuration's low part. */
const lowImage = (code: OrbitCode, g: number, high: number, low: number): number => {
  const { pieceBits, highPieces, pieces, images } = code
  const mask = (1 << pieceBits) - 1
  let image = 0
  for (let q = 0, rest = high; q < pieces; q += 1, rest >>= pieceBits) {
    if (q === highPieces) rest = low
    image |= images[((g * pieces + q) << pieceBits) + (rest & mask)]!
  }
  return image
}

/** Is (high, low) a representative? Gives the symmetries that leave it as it is, or undefined. */
const stabiliserTest = (code: OrbitCode) => {
  const { highBits, sublattices, offset, least, reachStart, reaching } = code
  const mask = (1 << highBits) - 1
  const kept: number[] = []
  return (high: number, low: number): readonly number[] | undefined => {
    for (let k = 1; k < sublattices; k += 1)
      if (least[(k << highBits) + ((low >> offset[k]!) & mask)]! < high) return undefined
    kept.length = 0
    for (let k = 0; k < sublattices; k += 1) {
      const pattern = k === 0 ? high : (k << highBits) + ((low >> offset[k]!) & mask)
      if (least[pattern] !== high) continue
      for (let p = reachStart[pattern]!; p < reachStart[pattern + 1]!; p += 1) {
        const g = reaching[p]!
        const image = lowImage(code, g, high, low)
        if (image < low) return undefined
        if (image === low) kept.push(g)
      }
    }
    return kept
  }
}

const bucketsOf = (dimension: number, ranks: number, lowBits: number) => {
  const wanted = Math.ceil(Math.log2(Math.max(1, dimension / BUCKET / Math.max(1, ranks))))
  const bucketBits = Math.max(0, Math.min(lowBits, wanted))
  return { bucketBits, bucketShift: lowBits - bucketBits }
}

/**
 * Lists the orbits of a sector.
 *
 * A representative's high part is the least among the images of itself, so only few are tried:
 * some 1200 of 2^18 on 6x6 sites. For each, the low parts follow in ascending order.
 *
 * Errors  SectorError as `orbitCode`.
 * Cost    O(candidates), a few times as many as there are orbits; 8 bytes an orbit.
 */
export const orbitBasis = (group: SymmetryGroup, sector: Sector): OrbitBasis => {
  const code = orbitCode(group, sector.sites)
  const { highBits, lowBits, least } = code
  const one = identitySymmetry(0).character
  const dimension = sectorDimension(
    group.map((g) => ({ ...g, character: one })),
    sector,
  )
  const low = sharedInts(dimension)
  const stabiliser = sharedInts(dimension)
  const stabilisers = new Map<string, number>()
  const test = stabiliserTest(code)
  const highs: number[] = []
  const start: number[] = []
  let count = 0
  for (let high = 0; high < 1 << highBits; high += 1) {
    if (least[high] !== high) continue
    const before = count
    eachLow(lowBits, sector.up === undefined ? undefined : sector.up - bitCount(high), (bits) => {
      const kept = test(high, bits)
      if (kept === undefined) return
      const key = kept.join()
      let number = stabilisers.get(key)
      if (number === undefined) {
        number = stabilisers.size
        stabilisers.set(key, number)
      }
      low[count] = bits
      stabiliser[count] = number
      count += 1
    })
    if (count === before) continue
    highs.push(high)
    start.push(before)
  }
  const rank = sharedInts(1 << highBits).fill(-1)
  highs.forEach((high, r) => {
    rank[high] = r
  })
  const { bucketBits, bucketShift } = bucketsOf(dimension, highs.length, lowBits)
  const bucketStart = sharedInts((highs.length << bucketBits) + 1)
  highs.forEach((_, r) => {
    for (let i = start[r]!; i < (start[r + 1] ?? count); i += 1)
      bucketStart[(r << bucketBits) + (low[i]! >> bucketShift) + 1]! += 1
  })
  for (let b = 1; b < bucketStart.length; b += 1) bucketStart[b]! += bucketStart[b - 1]!
  const shared = (numbers: readonly number[]): Int32Array => {
    const all = sharedInts(numbers.length)
    all.set(numbers)
    return all
  }
  return {
    code,
    dimension,
    highs: shared(highs),
    start: shared([...start, count]),
    rank,
    low,
    bucketBits,
    bucketShift,
    bucketStart,
    stabiliser,
    stabilisers: [...stabilisers.keys()].map((key) => key.split(',').map(Number)),
  }
}

/** Looks representatives up: the number of the orbit of (high, low), which must be one. */
export const orbitFinder = ({
  rank,
  low,
  bucketBits,
  bucketShift,
  bucketStart,
}: OrbitBasis): ((high: number, bits: number) => number) => {
  return (high, bits) => {
    const bucket = (rank[high]! << bucketBits) + (bits >> bucketShift)
    let from = bucketStart[bucket]!
    let to = bucketStart[bucket + 1]! - 1
    while (from < to) {
      const middle = (from + to) >> 1
      if (low[middle]! < bits) from = middle + 1
      else to = middle
    }
    return from
  }
}

/** Any configuration's orbit: writes [its number, a symmetry that leads to the representative]. */
export const orbitLocator = (basis: OrbitBasis) => {
  const representative = representativeFinder(basis.code)
  const orbit = orbitFinder(basis)
  const found = new Int32Array(3)
  return (high: number, low: number, into: Int32Array): void => {
    representative(high, low, found)
    into[0] = orbit(found[0]!, found[1]!)
    into[1] = found[2]!
  }
}
