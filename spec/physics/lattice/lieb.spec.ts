import { describe, expect, it } from 'vitest'
import { isBipartite } from '../../../examples/settings/lattices.ts'
import { modelOf } from '../../../examples/settings/model.ts'
import * as physics from '../../../physics/index.ts'

const { lieb } = physics

type Pair = readonly [number, number]

/** Sums of a few hundred terms of order one; the sweeps below stop far under it. */
const ENERGY = 1e-9

/**
 * The Lieb lattice as the text has it, with nothing of `physics`: a corner at (2x, 2y), a site on
 * the bond to its right and one on the bond above; each site on a bond has the two corners there.
 */
const bondsByHand = (lx: number, ly: number, open = false): readonly Pair[] => {
  const corner = (x: number, y: number): number => 3 * ((x % lx) * ly + (y % ly))
  const pairs: Pair[] = []
  for (let x = 0; x < lx; x += 1)
    for (let y = 0; y < ly; y += 1) {
      const here = corner(x, y)
      pairs.push([here, here + 1], [here, here + 2])
      if (!open || x + 1 < lx) pairs.push([here + 1, corner(x + 1, y)])
      if (!open || y + 1 < ly) pairs.push([here + 2, corner(x, y + 1)])
    }
  return pairs
}

type Dense = number[][]

/** Σ S_i · S_j over bonds as a dense matrix over all patterns of `up` spins up, bit by bit. */
const denseHeisenberg = (sites: number, pairs: readonly Pair[], up: number): Dense => {
  const ones = (bits: number): number => [...bits.toString(2)].filter((c) => c === '1').length
  const states = [...Array(2 ** sites).keys()].filter((bits) => ones(bits) === up)
  const place = new Map(states.map((bits, k) => [bits, k]))
  return states.map((bits) => {
    const row = new Array<number>(states.length).fill(0)
    for (const [i, j] of pairs) {
      const unlike = ((bits >> i) & 1) !== ((bits >> j) & 1)
      row[place.get(bits)!]! += unlike ? -0.25 : 0.25
      if (unlike) row[place.get(bits ^ (1 << i) ^ (1 << j))!]! += 0.5
    }
    return row
  })
}

/** Eigenvalues of a symmetric matrix by rotations of Jacobi, ascending. */
const eigenvaluesOf = (given: Dense): number[] => {
  const a = given.map((row) => [...row])
  const n = a.length
  for (let sweep = 0; sweep < 60; sweep += 1) {
    let off = 0
    for (let p = 0; p < n; p += 1)
      for (let q = p + 1; q < n; q += 1) {
        const apq = a[p]![q]!
        off += apq * apq
        if (Math.abs(apq) < 1e-15) continue
        const tau = (a[q]![q]! - a[p]![p]!) / (2 * apq)
        const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.hypot(1, tau))
        const c = 1 / Math.hypot(1, t)
        const s = t * c
        for (const row of a)
          [row[p], row[q]] = [c * row[p]! - s * row[q]!, s * row[p]! + c * row[q]!]
        const [rp, rq] = [a[p]!, a[q]!]
        for (let k = 0; k < n; k += 1)
          [rp[k], rq[k]] = [c * rp[k]! - s * rq[k]!, s * rp[k]! + c * rq[k]!]
      }
    if (off < 1e-22) break
  }
  return a.map((row, k) => row[k]!).sort((x, y) => x - y)
}

const setOf = (pairs: readonly Pair[]): Set<string> =>
  new Set(pairs.map(([i, j]) => `${Math.min(i, j)}-${Math.max(i, j)}`))

describe('the Lieb lattice', () => {
  it('has corners with four neighbours and sites on bonds with two', () => {
    for (const [lx, ly] of [
      [2, 2],
      [3, 2],
      [4, 5],
    ] as const) {
      const lat = lieb(lx, ly)
      const near = physics.bonds(lat)
      expect(lat.sites).toBe(3 * lx * ly)
      expect(setOf(near)).toEqual(setOf(bondsByHand(lx, ly)))
      const count = (i: number): number => near.filter((pair) => pair.includes(i)).length
      expect([0, 1, 2].map((offset) => count(3 + offset))).toEqual([4, 2, 2])
      expect(physics.shellDistances(lat)[0]).toBe(1)
      expect(physics.shellDistances(lat)[1]).toBeCloseTo(Math.SQRT2, 12)
      // Diagonals join sites on bonds alone.
      for (const pair of physics.bonds(lat, 2)) expect(pair.every((i) => i % 3 > 0)).toBe(true)
    }
    expect(physics.bonds(lieb(2, 2, 'open')).length).toBe(4 * 2 + 2 + 2)
    expect(physics.distance(lieb(3, 3), 0, 3 * 8)).toBeCloseTo(2 * Math.SQRT2, 12)
  })

  it('is bipartite, corners against bonds, on a torus of any size', () => {
    for (const [lx, ly] of [
      [2, 2],
      [3, 2],
      [3, 3],
    ] as const) {
      const sides = physics.sublattice(lieb(lx, ly))
      expect([...sides]).toEqual([...sides].map((_, i) => (i % 3 === 0 ? 0 : 1)))
      expect(isBipartite('lieb', [lx, ly], 'periodic')).toBe(true)
    }
  })

  it('keeps its bonds under all motions of the square, times translations by cells', () => {
    const lat = lieb(3, 3)
    const group = physics.symmetriesOf(lat, physics.heisenberg(lat), 'full')
    // Nine translations, eight motions of the square, inversion of all spins.
    expect(group.length).toBe(9 * 8 * 2)
    const near = setOf(physics.bonds(lat))
    for (const { sites } of group)
      expect(setOf(physics.bonds(lat).map(([i, j]) => [sites[i]!, sites[j]!]))).toEqual(near)
    expect(physics.symmetriesOf(lieb(3, 2), physics.heisenberg(lieb(3, 2)), 'full').length).toBe(
      6 * 4 * 2,
    )
  })

  it('moves by whole patches of cells', () => {
    expect(physics.patchTranslations(lieb(4, 2), 2).length).toBe(2)
  })

  it('has the energies of dense matrices made by hand, and the spin of Lieb’s theorem', () => {
    const size = [2, 1] as const
    const lat = lieb(...size, 'open')
    const pairs = bondsByHand(...size, true)
    expect(setOf(physics.bonds(lat))).toEqual(setOf(pairs))
    const lowest = [3, 4, 5].map((up) => {
      const wanted = eigenvaluesOf(denseHeisenberg(lat.sites, pairs, up))
      const sector = physics.upSector(lat.sites, up)
      const { energies } = physics.exactStates(physics.heisenberg(lat), sector, {
        states: wanted.length,
      })
      expect(energies.length).toBe(wanted.length)
      wanted.forEach((e, k) => {
        expect(Math.abs(energies[k]! - e)).toBeLessThan(ENERGY)
      })
      return wanted[0]!
    })
    // Four sites on bonds, two corners: S = 1, so the energy is that of S^z = 0 and 1, not of 2.
    expect(Math.abs(lowest[0]! - lowest[1]!)).toBeLessThan(ENERGY)
    expect(lowest[2]! - lowest[0]!).toBeGreaterThan(0.1)
  })

  it('has the energy of a dense matrix on a torus by the settings of the command line', () => {
    const { lattice: lat, operator } = modelOf({
      lattice: 'lieb',
      size: [3, 1],
      boundary: 'periodic',
      j1: 1,
      j2: 0,
    })
    // Along the side of one cell, the two bonds of a site on a bond are one.
    const pairs = [...setOf(bondsByHand(3, 1))].map(
      (p) => p.split('-').map(Number) as [number, number],
    )
    expect(setOf(physics.bonds(lat))).toEqual(setOf(pairs))
    // Nine spins, five up: 126 states.
    const wanted = eigenvaluesOf(denseHeisenberg(9, pairs, 5))
    const { energies } = physics.exactStates(operator, physics.upSector(9, 5), { states: 3 })
    energies.forEach((e, k) => {
      expect(Math.abs(e - wanted[k]!)).toBeLessThan(ENERGY)
    })
  })
})
