import { type Sector, sectorDimension } from '../configurations/index.ts'
import type { Lattice } from '../lattice/index.ts'
import { compileOperator, type Operator } from '../operators/index.ts'
import { type IrrepFamily, momentumIrreps, pointIrreps } from './irreps.ts'

/** Elements of the matrix times sectors, as far as all momenta are looked through unasked. */
const THOROUGH = 1e9

/** A family of sectors, and whether these hold all states. */
export interface Family extends IrrepFamily {
  readonly complete: boolean
}

/**
 * Which family: all momenta where that is affordable, else the one-dimensional representations.
 * Elements are at most one for each orbit and pair of flipped spins.
 */
export const familyFor = (
  lat: Lattice,
  operator: Operator,
  sector: Sector,
  wanted: 'momenta' | 'point' | undefined,
): Family => {
  const compiled = compileOperator(operator, lat.sites)
  if (wanted === 'point') return { ...pointIrreps(lat, operator, sector), complete: false }
  const momenta = momentumIrreps(lat, operator, sector, compiled.isReal)
  const trivial = momenta.group.map((g) => ({ ...g, character: { re: 1, im: 0 } }))
  const work =
    (sectorDimension(trivial, sector) * compiled.maxConnected * momenta.irreps.length) / 2
  return wanted === 'momenta' || work <= THOROUGH
    ? { ...momenta, complete: true }
    : { ...pointIrreps(lat, operator, sector), complete: false }
}

