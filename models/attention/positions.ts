import { largest, smallest, vectorLength } from '../../core/values/index.ts'
import type { PatchGrid } from '../layers/index.ts'

// This file computes relative positions of patches; rows i, columns j, flat [n, n].

/** Returns the coordinates of each patch along every axis. */
const placesOf = ({ grid, tokens }: PatchGrid): number[][] =>
  Array.from({ length: tokens }, (_, i) => {
    const place: number[] = []
    let rest = i
    for (let a = grid.length - 1; a >= 0; a -= 1) {
      place[a] = rest % grid[a]!
      rest = Math.floor(rest / grid[a]!)
    }
    return place
  })

/** Returns f of the displacements i − j along every axis, for each pair of patches. */
const ofPairs = (patches: PatchGrid, f: (along: readonly number[]) => number): number[] => {
  const places = placesOf(patches)
  return places.flatMap((p) => places.map((q) => f(p.map((at, a) => at - q[a]!))))
}

/** Returns the number of displacements along one axis: g around a ring, 2g − 1 on a line. */
const range = ({ boundary }: PatchGrid, g: number): number =>
  boundary === 'periodic' ? g : 2 * g - 1

/** Returns the number of different displacements i − j. */
export const displacements = (patches: PatchGrid): number =>
  patches.grid.reduce((count, g) => count * range(patches, g), 1)

/** Returns the index of the displacement i − j, from 0, for each pair of patches. */
export const relativeIndices = (patches: PatchGrid): number[] => {
  const first = patches.boundary === 'periodic' ? 0 : 1
  return ofPairs(patches, (along) =>
    patches.grid.reduce((index, g, a) => {
      const size = range(patches, g)
      const step = first === 0 ? (along[a]! + g) % g : along[a]! + g - 1
      return index * size + step
    }, 0),
  )
}

/**
 * Returns the numbers of turns around the lattice, along each direction, that may shorten a
 * displacement.
 */
const windings = ({ grid, boundary }: PatchGrid): number[][] => {
  if (boundary === 'open') return [grid.map(() => 0)]
  // Long lattices with oblique directions need as many turns as their ratio of length to width.
  const reach = 1 + Math.ceil(largest(grid) / smallest(grid))
  const turns = Array.from({ length: 2 * reach + 1 }, (_, k) => k - reach)
  return grid.reduce<number[][]>((all) => all.flatMap((w) => turns.map((t) => [...w, t])), [[]])
}

/**
 * Returns the shortest distance between patches, in patches, around the lattice where it is
 * periodic.
 */
export const distances = (patches: PatchGrid): number[] => {
  const { grid, vectors } = patches
  const around = windings(patches)
  const length = (steps: readonly number[]): number =>
    vectorLength(vectors[0]!.map((_, c) => steps.reduce((x, s, a) => x + s * vectors[a]![c]!, 0)))
  const lengths = new Map<string, number>()
  return ofPairs(patches, (along) => {
    const key = along.join()
    const shortest =
      lengths.get(key) ??
      smallest(around.map((turns) => length(along.map((s, a) => s + turns[a]! * grid[a]!))))
    lengths.set(key, shortest)
    return shortest
  })
}
