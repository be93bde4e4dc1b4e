/** A table from configurations to whole numbers. */
export interface Places {
  /** The number of the configuration that starts at `offset`, or −1. */
  readonly find: (configurations: Int8Array, offset: number) => number
  readonly note: (configurations: Int8Array, offset: number, place: number) => void
}

/** Up to so many sites an array over all 2ⁿ patterns is small, and much quicker than a map. */
export const ARRAY_SITES = 20

/** The spins as bits, the first site highest; up is 1. For at most 30 sites. */
export const bitsOf = (sigma: Int8Array, offset: number, sites: number): number => {
  let bits = 0
  for (let i = 0; i < sites; i += 1) bits = (bits << 1) | ((sigma[offset + i]! + 1) >> 1)
  return bits
}

/** The configuration that has these bits, written to `out` from `offset`. */
export const spinsOf = (bits: number, sites: number, out: Int8Array, offset: number): void => {
  for (let i = 0; i < sites; i += 1) out[offset + i] = 2 * ((bits >> (sites - 1 - i)) & 1) - 1
}

/** The bits as a number, or as text beyond 53 sites. */
const keyOf = (sigma: Int8Array, offset: number, sites: number): number | string => {
  if (sites <= 53) {
    const low = Math.min(sites, 30)
    return bitsOf(sigma, offset, low) + 2 ** low * bitsOf(sigma, offset + low, sites - low)
  }
  const words = new Array<number>(Math.ceil(sites / 16)).fill(0)
  for (let i = 0; i < sites; i += 1) if (sigma[offset + i] === 1) words[i >> 4]! |= 1 << (i & 15)
  return String.fromCharCode(...words)
}

/** An empty table for configurations of ±1 on so many sites. */
export const emptyPlaces = (sites: number): Places => {
  if (sites <= ARRAY_SITES) {
    const places = new Int32Array(2 ** sites).fill(-1)
    return {
      find: (c, offset) => places[bitsOf(c, offset, sites)]!,
      note: (c, offset, place) => {
        places[bitsOf(c, offset, sites)] = place
      },
    }
  }
  const places = new Map<number | string, number>()
  return {
    find: (c, offset) => places.get(keyOf(c, offset, sites)) ?? -1,
    note: (c, offset, place) => {
      places.set(keyOf(c, offset, sites), place)
    },
  }
}
