import type { Sector } from '../configurations/index.ts'
import type { Lattice } from '../lattice/index.ts'
import { compileOperator, type Operator } from '../operators/index.ts'
import { orbitCost } from './cost.ts'
import { type IrrepFamily, momentumIrreps, pointIrreps } from './irreps.ts'

/** A family of sectors, and whether these hold all states. */
export interface Family extends IrrepFamily {
  readonly complete: boolean
}

/** Elements of the matrix times sectors, as far as all momenta are looked through unasked. */
const THOROUGH = 1e9

/** All momenta where that is affordable, else the one-dimensional representations. */
export const familyFor = (
  lat: Lattice,
  operator: Operator,
  sector: Sector,
  wanted: 'momenta' | 'point' | undefined,
): Family => {
  const point = (): Family => ({ ...pointIrreps(lat, operator, sector), complete: false })
  if (wanted === 'point') return point()
  const { isReal } = compileOperator(operator, lat.sites)
  const momenta = momentumIrreps(lat, operator, sector, isReal)
  const { elements } = orbitCost(momenta, operator, sector)
  return wanted === 'momenta' || elements * momenta.irreps.length <= THOROUGH
    ? { ...momenta, complete: true }
    : point()
}
