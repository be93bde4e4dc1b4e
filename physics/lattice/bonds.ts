/**
 * This file finds which sites are near each other: minimum-image distances, bonds by distance
 * shell, sublattices.
 */

import { fail, largest, vectorLength } from '../../core/values/index.ts'
import { addressOf, checkSite, type Lattice, siteAt } from './lattice.ts'

/** A bond is two different sites, the smaller index first. */
export type Bond = readonly [number, number]

/** Two distances that differ by less than this, in lattice constants, belong to one shell. */
const shellTolerance = 1e-9

/**
 * Returns the lattice vectors of the torus that can shorten a displacement already folded into it.
 *
 * After folding, the fractional coordinate f_k along a periodic T_k is at most 1/2 (plus the reach
 * of the unit cell), and the displacement is at most r long; an image that is no longer needs |f_k
 * + n_k| <= r / height_k.
 */
const torusImages = (lat: Lattice): readonly (readonly number[])[] => {
  const [a, b] = lat.vectors.map((v, k) => v.map((c) => c * lat.dims[k]!))
  const cellReach = largest(
    lat.cell.flatMap((p) => lat.cell.map((q) => vectorLength(p.map((c, k) => c - q[k]!)))),
  )
  const half = (k: number): number => (lat.boundary[k] === 'periodic' ? 0.5 : 1)
  const lengths = [vectorLength(a!), b === undefined ? 0 : vectorLength(b)]
  const radius = half(0) * lengths[0]! + half(1) * lengths[1]! + cellReach
  const area = b === undefined ? lengths[0]! : Math.abs(a![0]! * b[1]! - a![1]! * b[0]!)
  const height = b === undefined ? [area, 1] : [area / lengths[1]!, area / lengths[0]!]
  const reach = (k: number): number =>
    lat.boundary[k] === 'periodic' ? Math.floor((radius + cellReach) / height[k]! + 0.5) : 0
  const images: number[][] = []
  for (let m = -reach(0); m <= reach(0); m += 1) {
    for (let n = -reach(1); n <= reach(1); n += 1) {
      images.push(a!.map((c, k) => m * c + n * (b?.[k] ?? 0)))
    }
  }
  return images
}

/**
 * Returns the shortest of d + (lattice vector of the torus); d is first brought near the origin.
 */
const shortestImage = (
  d: readonly number[],
  images: readonly (readonly number[])[],
): readonly number[] => {
  let best = d
  let bestLength = Number.POSITIVE_INFINITY
  for (const image of images) {
    const candidate = d.map((c, k) => c + image[k]!)
    const length = vectorLength(candidate)
    if (length < bestLength - shellTolerance) {
      best = candidate
      bestLength = length
    }
  }
  return best
}

/** Returns the cell steps folded into (-L/2, L/2] along periodic directions. */
const folded = (lat: Lattice, steps: readonly number[]): readonly number[] =>
  steps.map((step, k) => {
    if (lat.boundary[k] === 'open') return step
    const length = lat.dims[k]!
    const up = ((step % length) + length) % length
    return 2 * up > length ? up - length : up
  })

const cartesian = (
  lat: Lattice,
  steps: readonly number[],
  from: number,
  to: number,
): readonly number[] =>
  lat.cell[to]!.map(
    (c, k) =>
      c - lat.cell[from]![k]! + steps.reduce((s, step, d) => s + step * lat.vectors[d]![k]!, 0),
  )

/** Returns the shortest vector from site i to an image of site j. Units: the lattice constant. */
export const displacement = (lat: Lattice, i: number, j: number): readonly number[] => {
  checkSite('displacement', lat, i)
  checkSite('displacement', lat, j)
  const from = addressOf(lat, i)
  const to = addressOf(lat, j)
  const steps = folded(
    lat,
    to.cell.map((x, k) => x - from.cell[k]!),
  )
  return shortestImage(cartesian(lat, steps, from.offset, to.offset), torusImages(lat))
}

/** Returns the minimum-image distance of two sites. Units: the lattice constant. */
export const distance = (lat: Lattice, i: number, j: number): number =>
  vectorLength(displacement(lat, i, j))

interface Step {
  readonly steps: readonly number[]
  readonly from: number
  readonly to: number
  readonly distance: number
}

/** Returns every way to leave a cell, with its minimum-image distance, nearest first. */
const allSteps = (lat: Lattice): readonly Step[] => {
  const images = torusImages(lat)
  const range = lat.dims.map((length, k) =>
    lat.boundary[k] === 'periodic'
      ? Array.from({ length }, (_, x) => x)
      : Array.from({ length: 2 * length - 1 }, (_, x) => x - length + 1),
  )
  const found: Step[] = []
  for (const x of range[0]!) {
    for (const y of range[1] ?? [0]) {
      const steps = [x, y].slice(0, lat.dims.length)
      for (let from = 0; from < lat.cell.length; from += 1) {
        for (let to = 0; to < lat.cell.length; to += 1) {
          if (from === to && steps.every((s) => s === 0)) continue
          const d = shortestImage(cartesian(lat, folded(lat, steps), from, to), images)
          found.push({ steps, from, to, distance: vectorLength(d) })
        }
      }
    }
  }
  return found.sort((p, q) => p.distance - q.distance)
}

const grouped = (steps: readonly Step[]): readonly (readonly Step[])[] => {
  const shells: Step[][] = []
  for (const step of steps) {
    const last = shells.at(-1)
    if (last !== undefined && step.distance - last[0]!.distance < shellTolerance) last.push(step)
    else shells.push([step])
  }
  return shells
}

/**
 * Returns the distinct distances between sites of this lattice in ascending order: shell 1, 2, ...
 */
export const shellDistances = (lat: Lattice): readonly number[] =>
  grouped(allSteps(lat)).map((shell) => shell[0]!.distance)

/**
 * Returns all pairs of sites in one distance shell: 1 = nearest neighbours, 2 = next nearest, ...
 *
 * A pair of sites is one bond, however many images of it are equally near: on a torus of length 2
 * the steps +1 and -1 reach the same site and give one bond, and no site is its own neighbour.
 * (Where the literature counts both, as on the 4-site periodic J1-J2 chain, whose two J2 pairs are
 * then doubled, write the bonds out and use `fromBonds`.) Shells are counted among the distances
 * this finite lattice has, so shell 2 of a 1 x L rectangle is two steps along it.
 *
 * Errors  LatticeError when the lattice has no such shell.
 * Cost    O(sites).
 */
export const bonds = (lat: Lattice, shell = 1): readonly Bond[] => {
  const shells = grouped(allSteps(lat))
  if (!Number.isInteger(shell) || shell < 1 || shell > shells.length) {
    fail(
      'LatticeError',
      'bonds',
      `${lat.name} has no distance shell ${shell}; it has ${shells.length}.`,
      {
        fix:
          shells.length === 0
            ? 'take a lattice of at least two sites.'
            : `ask for a shell from 1 to ${shells.length}, or take a larger lattice.`,
      },
    )
  }
  const pairs: Bond[] = []
  for (let i = 0; i < lat.sites; i += 1) {
    const { cell, offset } = addressOf(lat, i)
    for (const step of shells[shell - 1]!) {
      if (step.from !== offset) continue
      const j = siteAt(lat, { cell: cell.map((x, k) => x + step.steps[k]!), offset: step.to })
      if (j !== undefined && i < j) pairs.push([i, j])
    }
  }
  return pairs.sort((p, q) => p[0] - q[0] || p[1] - q[1])
}

/**
 * Returns the sublattice of every site: 0 (A, the one of site 0) or 1 (B). Nearest neighbours are
 * always on different ones.
 *
 * Errors  LatticeError when the lattice is not bipartite, such as a periodic one of odd length.
 */
export const sublattice = (lat: Lattice): Uint8Array => {
  const unknown = 2
  const colour = new Uint8Array(lat.sites).fill(unknown)
  const neighbours: number[][] = Array.from({ length: lat.sites }, () => [])
  for (const [i, j] of lat.sites > 1 ? bonds(lat, 1) : []) {
    neighbours[i]!.push(j)
    neighbours[j]!.push(i)
  }
  for (let first = 0; first < lat.sites; first += 1) {
    if (colour[first] !== unknown) continue
    colour[first] = 0
    const queue = [first]
    for (const i of queue) {
      for (const j of neighbours[i]!) {
        if (colour[j] === unknown) {
          colour[j] = 1 - colour[i]!
          queue.push(j)
        } else if (colour[j] === colour[i]) {
          fail(
            'LatticeError',
            'sublattice',
            `${lat.name} is not bipartite: sites ${i} and ${j} close a loop of odd length.`,
            { fix: 'give periodic directions an even length, or use open boundaries.' },
          )
        }
      }
    }
  }
  return colour
}
