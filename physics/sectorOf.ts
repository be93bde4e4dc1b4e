import type { Complex } from '../core/index.ts'
import type { Symmetry } from '../models/index.ts'
import type { StateVector } from './apply.ts'
import type { Lattice } from './lattice.ts'
import type { Operator } from './operator.ts'
import type { Sector } from './sector.ts'
import { type Characters, charactersOf, generatorsOf } from './sectors.ts'

/** Vectors of eigenstates are good to their residual over the gap. */
const ROUNDING = 1e-4

const whole = (x: number): number | undefined =>
  Math.abs(x - Math.round(x)) < ROUNDING ? Math.round(x) + 0 : undefined

/**
 * The sector that a state of a Hamiltonian is in, for symmetries that there are; undefined when it
 * is in none with one-dimensional representations, such as a mixture of degenerate states.
 * Inversion leads from S^z to −S^z: outside S^z = 0 it is none of them.
 *
 * Cost  O(dimension · sites) for each of at most five generators.
 */
export const sectorOf = (
  lat: Lattice,
  operator: Operator,
  state: StateVector,
  sector: Sector,
): Characters | undefined => {
  const { translations, rotation, mirror, inversion } = generatorsOf(lat, operator)
  const balanced = sector.up === undefined || 2 * sector.up === sector.sites
  const measured = (g: Symmetry): Complex<number> => charactersOf(state, sector, [g])[0]!
  const momentum = lat.dims.map(() => 0 as number | undefined)
  for (const { shift, g } of translations) {
    const { re, im } = measured(g)
    const k = shift.findIndex((x) => x !== 0)
    const period = lat.dims[k]! / shift[k]!
    const turns = whole((Math.atan2(im, re) / (2 * Math.PI)) * period)
    momentum[k] =
      turns === undefined || whole(Math.hypot(re, im)) !== 1 ? undefined : (turns + period) % period
  }
  const signs = Object.entries({ rotation, mirror, inversion }).flatMap(([name, g]) =>
    g === undefined || (g === inversion && !balanced)
      ? []
      : [[name, whole(measured(g).re)] as const],
  )
  const inOne = signs.every(([, sign]) => sign === 1 || sign === -1)
  return inOne && momentum.every((k) => k !== undefined)
    ? {
        ...(translations.length > 0 ? { momentum: momentum as number[] } : {}),
        ...Object.fromEntries(signs),
      }
    : undefined
}
