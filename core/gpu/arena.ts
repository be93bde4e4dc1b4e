// Values that all samples share are in one buffer: graphics interfaces allow a kernel few buffers
// (WebGPU eight), and one upload for all parameters is the cheapest.

export interface Arena {
  /** Returns where the numbers of a shared value begin; the first request allocates them. */
  readonly placeOf: (value: number, size: number) => number
  /** Returns where some fixed numbers begin: tables of indices, constants that have no text. */
  readonly fixed: (numbers: readonly number[]) => number
  readonly layout: () => ArenaLayout
}

export interface ArenaLayout {
  readonly length: number
  /** Shared values have these places. */
  readonly values: readonly { readonly value: number; readonly place: number }[]
  readonly fixed: readonly { readonly place: number; readonly numbers: readonly number[] }[]
}

export const newArena = (): Arena => {
  let length = 0
  const values = new Map<number, number>()
  const fixed = new Map<string, { readonly place: number; readonly numbers: readonly number[] }>()
  const take = (size: number): number => {
    const place = length
    length += size
    return place
  }
  return {
    placeOf: (value, size) => {
      const place = values.get(value) ?? take(size)
      values.set(value, place)
      return place
    },
    fixed: (numbers) => {
      const key = numbers.map((x) => (Object.is(x, -0) ? '-0' : `${x}`)).join()
      const known = fixed.get(key) ?? { place: take(numbers.length), numbers }
      fixed.set(key, known)
      return known.place
    },
    layout: () => ({
      length: Math.max(1, length),
      values: [...values].map(([value, place]) => ({ value, place })),
      fixed: [...fixed.values()],
    }),
  }
}
