import { largest, sizeOf } from '../values/index.ts'
import type { Access } from './access.ts'
import { type Kernel, readsOf, writesOf } from './kernels.ts'

// Values that are only copied into a larger one are computed in their place there.

interface Move {
  readonly from: number
  readonly to: Access
}

const evenly = (shape: readonly number[], strides: readonly number[]): boolean =>
  shape.reduceRight(
    ({ even, next }, size, d) => ({
      even: even && (size === 1 || strides[d] === next),
      next: next * size,
    }),
    { even: true, next: 1 },
  ).even

/** Recognises the copy of a whole value, its elements in order, into part of another one. */
const moveOf = (kernel: Kernel, sizes: ReadonlyMap<number, number>): Move | undefined => {
  if (kernel.kind !== 'map' || kernel.code.nodes.length !== 1) return undefined
  const [read, write] = [kernel.reads[0], kernel.writes[0]!]
  if (read === undefined || !read.varies || kernel.writes.length > 1) return undefined
  const whole = read.offset === 0 && sizes.get(read.base) === sizeOf(kernel.shape)
  const even = evenly(kernel.shape, read.strides) && evenly(kernel.shape, write.strides)
  return whole && even ? { from: read.base, to: write } : undefined
}

const rebased = (kernel: Kernel, { from, to }: Move): Kernel => {
  const moved = <A extends Access>(x: A): A =>
    x.base === from ? { ...x, base: to.base, offset: x.offset + to.offset } : x
  switch (kernel.kind) {
    case 'map':
      return { ...kernel, reads: kernel.reads.map(moved), writes: kernel.writes.map(moved) }
    case 'contract':
      return { ...kernel, x: moved(kernel.x), y: moved(kernel.y), write: moved(kernel.write) }
    default:
      return { ...kernel, read: moved(kernel.read), write: moved(kernel.write) }
  }
}

/**
 * Removes those copies: the value's own kernels write to where it would be copied.
 *
 * The values in `fixed` have to stay: they are inputs and outputs. A value also stays if other
 * kernels write to its new place between its first write and the copy. A value that is added to
 * one of the `totals` no longer exists for each sample, so it must have no other reader.
 */
export const inPlace = (
  kernels: readonly Kernel[],
  sizes: ReadonlyMap<number, number>,
  fixed: ReadonlySet<number>,
  totals: ReadonlySet<number>,
): Kernel[] => {
  const list: (Kernel | undefined)[] = [...kernels]
  /** The kernels that touch a value, by their places in the list. */
  const users = new Map<number, Set<number>>()
  kernels.forEach((kernel, i) => {
    for (const { base } of [...readsOf(kernel), ...writesOf(kernel)])
      users.set(base, (users.get(base) ?? new Set<number>()).add(i))
  })
  const usersOf = (base: number): number[] => [...(users.get(base) ?? [])].sort((a, b) => a - b)
  const writes = (i: number, base: number): readonly Access[] =>
    writesOf(list[i]!).filter((w) => w.base === base)

  // The order is backwards: a value that moves into a larger one takes its own parts along.
  for (let k = list.length - 1; k >= 0; k -= 1) {
    const move = moveOf(list[k]!, sizes)
    if (move === undefined || fixed.has(move.from) || move.from === move.to.base) continue
    const own = usersOf(move.from)
    const start = own.find((i) => writes(i, move.from).length > 0)!
    // Readers do not matter: before the copy, the place is read only for other moved values.
    const disturbed = usersOf(move.to.base).some(
      (i) =>
        i >= start &&
        i < k &&
        writes(i, move.to.base).some((w) => mayMeet(w, list[i]!, move, sizes)),
    )
    const isRead = own.some((i) => i !== k && readsOf(list[i]!).some((x) => x.base === move.from))
    if (disturbed || (totals.has(move.to.base) && isRead)) continue
    list[k] = undefined
    users.get(move.to.base)!.delete(k)
    for (const i of own) {
      if (i === k) continue
      list[i] = rebased(list[i]!, move)
      users.get(move.to.base)!.add(i)
    }
  }
  return list.filter((kernel) => kernel !== undefined)
}

/** Tells whether a kernel's write could touch the elements that the value moves to. */
const mayMeet = (
  write: Access,
  kernel: Kernel,
  { from, to }: Move,
  sizes: ReadonlyMap<number, number>,
): boolean => {
  const start = write.offset
  const end = start + lengthOf(kernel, write)
  return start < to.offset + sizes.get(from)! && to.offset < end
}

/** Counts the elements from the first that a kernel writes to the last. */
const lengthOf = (kernel: Kernel, write: Access): number => {
  const along = (counts: readonly number[], strides: readonly number[]): number =>
    counts.reduce((sum, n, d) => sum + (n - 1) * strides[d]!, 1)
  switch (kernel.kind) {
    case 'map':
      return along(kernel.shape, write.strides)
    case 'reduce':
      return along(kernel.kept, write.strides)
    case 'contract': {
      const labels = [...kernel.both, ...kernel.xOnly, ...kernel.yOnly]
      return along(
        labels.map((l) => l.size),
        labels.map((l) => l.out),
      )
    }
    case 'table': {
      const most = kernel.add ? largest(kernel.table) + 1 : kernel.table.length
      return along([most, ...kernel.shape], write.strides)
    }
  }
}
