import { readsOf, writesOf } from './kernels.ts'
import { WIDTH } from './lanes/index.ts'
import type { Lowered } from './lower.ts'

// Where every buffer lies: buffers that are never needed at the same time share memory.

export interface MemoryPlan {
  /** Byte address of each variable's buffer. */
  readonly address: ReadonlyMap<number, number>
  /** First byte of each table kernel's table, by the index of the kernel. */
  readonly tables: ReadonlyMap<number, number>
  readonly bytes: number
  /** Bytes that one tile of samples touches. */
  readonly tileBytes: number
}

/** What the target asks of memory, in bytes. */
export interface Alignment {
  /** Every buffer starts at a multiple of a vector. */
  readonly vector: number
  /** What a total over samples takes. */
  readonly total: number
}

const alignedTo = (vector: number, n: number): number => Math.ceil(n / vector) * vector

interface Life {
  readonly id: number
  readonly bytes: number
  readonly from: number
  readonly to: number
}

/** First and last kernel that needs each per-sample buffer. */
const livesOf = (lowered: Lowered, lanes: number, vector: number): Life[] => {
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
  const width = WIDTH[lowered.format] * lanes
  return [...from].map(([id, start]) => ({
    id,
    bytes: alignedTo(vector, lowered.sizes.get(id)! * width),
    from: start,
    to: to.get(id)!,
  }))
}

/** First fit in the order of birth, next to the buffers alive at the same time. */
export const planMemory = (
  lowered: Lowered,
  lanes: number,
  { vector, total }: Alignment,
): MemoryPlan => {
  const aligned = (n: number): number => alignedTo(vector, n)
  const address = new Map<number, number>()
  const tables = new Map<number, number>()
  let next = vector
  const shared = new Set(
    [...lowered.kernels.flatMap(readsOf), ...lowered.outputs]
      .filter((x) => !x.varies)
      .map((x) => x.base),
  )
  for (const id of shared) {
    address.set(id, next)
    next += aligned(Math.max(1, lowered.sizes.get(id)!) * WIDTH[lowered.format])
  }
  // Totals grow from tile to tile.
  for (const id of lowered.totals) {
    address.set(id, next)
    next += total * lowered.sizes.get(id)!
  }
  lowered.kernels.forEach((kernel, k) => {
    if (kernel.kind !== 'table') return
    tables.set(k, next)
    next += aligned(4 * kernel.table.length)
  })
  const placed: (Life & { readonly at: number })[] = []
  for (const life of livesOf(lowered, lanes, vector).sort((a, b) => a.from - b.from)) {
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

/** Bytes after which addresses share lines of the first-level cache, and how many find room. */
const [WAY, WAYS] = [4096, 8]

/**
 * Does a contraction that sums down a column find all of it on the same few lines of the cache?
 * Then every turn of its loop waits; with fewer lanes the rows are shorter, and it may not.
 */
export const collides = ({ kernels, format }: Lowered, lanes: number): boolean =>
  kernels.some(
    (kernel) =>
      kernel.kind === 'contract' &&
      kernel.summed.some(({ size, x, y }) => {
        const apart = [kernel.x.varies ? x : 0, y].map((step) => step * lanes * WIDTH[format])
        return size > WAYS && apart.some((bytes) => bytes > 0 && bytes % WAY === 0)
      }),
  )
