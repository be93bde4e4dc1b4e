import { readsOf, writesOf } from './kernels.ts'
import type { Lowered } from './lower.ts'

// The memory plan: buffers that are never needed at the same time share memory.

/** The plan locates all buffers, for tiles of so many samples. */
export interface MemoryPlan {
  /** Each variable's buffer starts at this byte. */
  readonly address: ReadonlyMap<number, number>
  /** Each table kernel's table starts at this byte; the key is the index of the kernel. */
  readonly tables: ReadonlyMap<number, number>
  readonly bytes: number
  /** One tile of samples touches so many bytes. */
  readonly tileBytes: number
}

/** The units of a target's flat memory, in bytes. */
export interface MemoryUnits {
  readonly number: number
  /** Every buffer starts at a multiple of this. */
  readonly aligned: number
  /** The bytes of one total over samples. */
  readonly total: number
}

const alignedTo = (unit: number, n: number): number => Math.ceil(n / unit) * unit

interface Life {
  readonly id: number
  readonly bytes: number
  readonly from: number
  readonly to: number
}

/** Finds the first and the last kernel that needs each per-sample buffer. */
const livesOf = (lowered: Lowered, samples: number, units: MemoryUnits): Life[] => {
  const from = new Map<number, number>()
  const to = new Map<number, number>()
  const end = lowered.kernels.length
  const see = (id: number, at: number): void => {
    if (!lowered.varies[id] || lowered.totals.has(id)) return
    from.set(id, Math.min(from.get(id) ?? at, at))
    to.set(id, Math.max(to.get(id) ?? at, at))
  }
  lowered.inputs.forEach((id) => {
    see(id, -1)
  })
  lowered.kernels.forEach((kernel, k) => {
    for (const x of [...readsOf(kernel), ...writesOf(kernel)]) see(x.base, k)
  })
  lowered.outputs.forEach((x) => {
    see(x.base, end)
  })
  const width = units.number * samples
  return [...from].map(([id, start]) => ({
    id,
    bytes: alignedTo(units.aligned, lowered.sizes.get(id)! * width),
    from: start,
    to: to.get(id)!,
  }))
}

/** Places each buffer, in the order of birth, in the first gap between those alive with it. */
export const planMemory = (lowered: Lowered, samples: number, units: MemoryUnits): MemoryPlan => {
  const aligned = (n: number): number => alignedTo(units.aligned, n)
  const address = new Map<number, number>()
  const tables = new Map<number, number>()
  let next = units.aligned
  const shared = new Set(
    [...lowered.kernels.flatMap(readsOf), ...lowered.outputs]
      .filter((x) => !x.varies)
      .map((x) => x.base),
  )
  for (const id of shared) {
    address.set(id, next)
    next += aligned(Math.max(1, lowered.sizes.get(id)!) * units.number)
  }
  // Totals grow from sample to sample.
  for (const id of lowered.totals) {
    address.set(id, next)
    next += units.total * lowered.sizes.get(id)!
  }
  lowered.kernels.forEach((kernel, k) => {
    if (kernel.kind !== 'table') return
    tables.set(k, next)
    next += aligned(4 * kernel.table.length)
  })
  const placed: (Life & { readonly at: number })[] = []
  for (const life of livesOf(lowered, samples, units).sort((a, b) => a.from - b.from)) {
    const others = placed
      .filter((p) => p.from <= life.to && life.from <= p.to)
      .sort((a, b) => a.at - b.at)
    const at = others.reduce(
      (free, p) => (free + life.bytes <= p.at ? free : Math.max(free, p.at + p.bytes)),
      next,
    )
    placed.push({ ...life, at })
    address.set(life.id, at)
  }
  const bytes = placed.reduce((top, p) => Math.max(top, p.at + p.bytes), next)
  return { address, tables, bytes, tileBytes: bytes - next }
}
