import { type Sector, sectorDimension } from '../configurations/index.ts'
import { type CompiledOperator, compileOperator, type Operator } from '../operators/index.ts'
import type { IrrepFamily } from './irreps.ts'

/** The cost of a family of sectors, estimated before any orbit is listed. */
export interface OrbitCost {
  readonly orbits: number
  /** Elements of the matrix between them, about. */
  readonly elements: number
  readonly matrixBytes: number
}

/**
 * The share of configurations whose row has the element of a pair of flipped spins: those where the
 * two differ, as far as the number of up spins is kept; else all.
 */
const shareOfRows = ({ flipStart }: CompiledOperator, { sites, up }: Sector): number => {
  const pairs = flipStart.every((start, g) => g === 0 || start === 2 * (g - 1))
  return up === undefined || !pairs ? 1 : (2 * up * (sites - up)) / (sites * (sites - 1))
}

/** Orbits by Burnside's lemma, elements by how many spins differ on average. */
export const orbitCost = (
  { group }: IrrepFamily,
  operator: Operator,
  sector: Sector,
): OrbitCost => {
  const compiled = compileOperator(operator, sector.sites)
  const orbits = sectorDimension(
    group.map((g) => ({ ...g, character: { re: 1, im: 0 } })),
    sector,
  )
  const elements = Math.round(orbits * compiled.maxConnected * shareOfRows(compiled, sector))
  return { orbits, elements, matrixBytes: 4 * elements }
}
