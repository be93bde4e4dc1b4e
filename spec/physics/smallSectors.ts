import fc from 'fast-check'
import { keyFrom, normals } from '../../core/index.ts'
import * as physics from '../../physics/index.ts'

// Sectors small enough for the sampler's transition matrix, and random wave functions on them.

export interface Case {
  readonly move: physics.Move
  readonly sector: physics.Sector
}
export const exchange = (lat: physics.Lattice): physics.Move =>
  physics.bondExchange(physics.bonds(lat))
export const cases: Readonly<Record<string, Case>> = {
  'exchange, ring of 4': { move: exchange(physics.chain(4)), sector: physics.szSector(4) },
  'exchange, ring of 5, 2 up': { move: exchange(physics.chain(5)), sector: physics.upSector(5, 2) },
  'exchange, line of 6': { move: exchange(physics.chain(6, 'open')), sector: physics.szSector(6) },
  'exchange, 3x2, 1 up': { move: exchange(physics.square(3, 2)), sector: physics.upSector(6, 1) },
  'exchange, bonds of unequal number': {
    move: physics.bondExchange([
      [0, 1],
      [1, 2],
      [0, 1],
      [2, 3],
    ]),
    sector: physics.szSector(4),
  },
  'single flips, 1 site': { move: physics.spinFlip(1), sector: physics.fullSpace(1) },
  'single flips, 4 sites': { move: physics.spinFlip(4), sector: physics.fullSpace(4) },
}
/** Powers p of the |ψ|^p that is sampled. */
export const anyPower = fc.constantFrom(0.5, 1, 1.5, 2)
export const anyCase = fc.constantFrom(...Object.values(cases))

export const rowsOf = (configurations: Int8Array, sites: number): string[] =>
  Array.from({ length: configurations.length / sites }, (_, s) =>
    configurations.slice(s * sites, (s + 1) * sites).join(),
  )

/** A random complex wave function on a sector: log amplitudes normal, of a given spread. */
export const random = ({ sector }: Case, n: number, spread = 1, zeros: readonly number[] = []) => {
  const { sites } = sector
  const configurations = physics.allConfigurations(physics.basisOf(sector))
  const rows = rowsOf(configurations, sites)
  const places = new Map(rows.map((row, k) => [row, k] as const))
  const z = normals(keyFrom(n), 2 * rows.length)
  const re = rows.map((_, k) => (zeros.includes(k) ? Number.NEGATIVE_INFINITY : spread * z[2 * k]!))
  const asked: number[] = []
  const logPsi: physics.LogPsi = (asking) => {
    const ks = rowsOf(asking, sites).map((row) => places.get(row)!)
    asked.push(...ks)
    return {
      re: Float64Array.from(ks, (k) => re[k]!),
      im: Float64Array.from(ks, (k) => 3 * z[2 * k + 1]!),
    }
  }
  /** |ψ|^p over its sum. */
  const shares = (power: number): number[] => {
    const weights = re.map((a) => Math.exp(power * a))
    const norm = sum(weights)
    return weights.map((w) => w / norm)
  }
  const π = shares(2)
  const place = (c: Int8Array): number[] => rowsOf(c, sites).map((row) => places.get(row)!)
  return { configurations, rows, π, shares, logPsi, asked, place, count: rows.length }
}
export const transitions = (
  { move, sector }: Case,
  psi: ReturnType<typeof random>,
  power?: number,
): number[][] => {
  const t = physics.transitionMatrix(move, psi.configurations, sector.sites, psi.logPsi, power)
  return psi.rows.map((_, k) => [...t.subarray(k * psi.count, (k + 1) * psi.count)])
}
export const sum = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0)
export const product = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]) =>
  a.map((row) => b[0]!.map((_, j) => sum(row.map((x, k) => x * b[k]![j]!))))
