/** A configuration index is a table from configurations to whole numbers. */
export interface ConfigurationIndex {
  /** The number of the configuration that starts at `offset`, or −1. */
  readonly find: (configurations: Int8Array, offset: number) => number
  readonly set: (configurations: Int8Array, offset: number, place: number) => void
}

/**
 * Up to this number of sites an array over all 2ⁿ patterns is small, and much faster than a map.
 */
export const ARRAY_SITES = 20

/**
 * Returns the spins as bits, with the first site highest; up is 1. For 32 sites the first is the
 * sign bit.
 */
export const bitsOf = (sigma: Int8Array, offset: number, sites: number): number => {
  let bits = 0
  for (let i = 0; i < sites; i += 1) bits = (bits << 1) | ((sigma[offset + i]! + 1) >> 1)
  return bits
}

/** Writes the configuration that has these bits to `out` from `offset`. */
export const spinsOf = (bits: number, sites: number, out: Int8Array, offset: number): void => {
  for (let i = 0; i < sites; i += 1) out[offset + i] = 2 * ((bits >> (sites - 1 - i)) & 1) - 1
}

/**
 * The initial number of slots of a table for any number of sites; it doubles when it is half full.
 */
const SLOTS = 1024

/**
 * Returns a table with open addressing, in which configurations are words of 32 bits. A look-up
 * starts at the slot given by the hash of the configuration and goes on to the right.
 */
const tableOfWords = (sites: number): ConfigurationIndex => {
  const width = Math.ceil(sites / 32)
  const words = new Int32Array(width)
  let keys = new Int32Array(SLOTS * width)
  let places = new Int32Array(SLOTS).fill(-1)
  let used = 0
  /** Returns the slot that holds `words`, or the free slot where they belong. */
  const slotOf = (): number => {
    let mix = 0
    for (let w = 0; w < width; w += 1) {
      mix = Math.imul(mix ^ words[w]!, 0x9e3779b1)
      mix ^= mix >>> 15
    }
    for (let slot = mix & (places.length - 1); ; slot = (slot + 1) & (places.length - 1)) {
      if (places[slot]! < 0) return slot
      let w = 0
      while (w < width && keys[slot * width + w] === words[w]) w += 1
      if (w === width) return slot
    }
  }
  const put = (place: number): void => {
    const slot = slotOf()
    if (places[slot]! < 0) used += 1
    places[slot] = place
    keys.set(words, slot * width)
  }
  const double = (): void => {
    const [oldKeys, oldPlaces] = [keys, places]
    places = new Int32Array(2 * oldPlaces.length).fill(-1)
    keys = new Int32Array(places.length * width)
    used = 0
    oldPlaces.forEach((place, slot) => {
      if (place < 0) return
      words.set(oldKeys.subarray(slot * width, (slot + 1) * width))
      put(place)
    })
  }
  const read = (sigma: Int8Array, offset: number): void => {
    for (let w = 0; w < width; w += 1)
      words[w] = bitsOf(sigma, offset + 32 * w, Math.min(32, sites - 32 * w))
  }
  return {
    find: (c, offset) => {
      read(c, offset)
      return places[slotOf()]!
    },
    set: (c, offset, place) => {
      if (2 * used >= places.length) double()
      read(c, offset)
      put(place)
    },
  }
}

/** Returns an empty table for configurations of ±1 on the given number of sites. */
export const configurationIndex = (sites: number): ConfigurationIndex => {
  if (sites > ARRAY_SITES) return tableOfWords(sites)
  const places = new Int32Array(2 ** sites).fill(-1)
  return {
    find: (c, offset) => places[bitsOf(c, offset, sites)]!,
    set: (c, offset, place) => {
      places[bitsOf(c, offset, sites)] = place
    },
  }
}
