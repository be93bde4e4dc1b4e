import { TensorError } from '../../core/values/index.ts'
import type { SymmetryGroup } from '../../models/index.ts'
import type { Sector } from '../configurations/index.ts'
import type { Lattice } from '../lattice/index.ts'
import { compileOperator, type Operator } from '../operators/index.ts'
import { marshallSigned } from '../symmetry/index.ts'
import { type Irrep, type IrrepFamily, momentumIrreps, pointIrreps } from './irreps.ts'
import { orbitCost } from './orbitCost.ts'

/** A family of sectors, and whether these hold all states. */
export interface Family extends IrrepFamily {
  readonly complete: boolean
}

/** Elements of the matrix times sectors, as far as all momenta are looked through unasked. */
const THOROUGH = 1e9

/** Elements beyond which one sector is looked at unasked: a product takes seconds. */
const LONG = 3e8

/** The sector of Marshall's signs where the lattice has two sublattices, else of characters 1. */
const likeliest = (lat: Lattice, sector: Sector, family: IrrepFamily): readonly Irrep[] => {
  const trivial = family.group.map((g) => ({ ...g, character: { re: 1, im: 0 } }))
  const signed = (): SymmetryGroup => {
    try {
      return marshallSigned(trivial, lat, sector)
    } catch (error) {
      if (error instanceof TensorError) return trivial
      throw error
    }
  }
  const wanted = signed()
  const found = family.irreps.filter(({ values }) =>
    values.every(({ re }, g) => Math.sign(re) === wanted[g]!.character.re),
  )
  return found.length > 0 ? found : family.irreps
}

/**
 * All momenta where that is affordable, else the one-dimensional representations of all symmetries,
 * or the likeliest of them where a product takes long; `every` has all of them.
 */
export const familyFor = (
  lat: Lattice,
  operator: Operator,
  sector: Sector,
  wanted: 'momenta' | 'point' | undefined,
  every = false,
): Family => {
  const point = (): Family => {
    const family = pointIrreps(lat, operator, sector)
    const long = !every && orbitCost(family, operator, sector).elements > LONG
    const irreps = long ? likeliest(lat, sector, family) : family.irreps
    return { group: family.group, irreps, complete: false }
  }
  if (wanted === 'point') return point()
  const { isReal } = compileOperator(operator, lat.sites)
  const momenta = momentumIrreps(lat, operator, sector, isReal)
  const { elements } = orbitCost(momenta, operator, sector)
  return wanted === 'momenta' || elements * momenta.irreps.length <= THOROUGH
    ? { ...momenta, complete: true }
    : point()
}
