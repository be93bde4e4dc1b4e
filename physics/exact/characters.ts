import type { Complex } from '../../core/index.ts'
import { moved, type Symmetry, type SymmetryGroup } from '../../models/index.ts'
import { basisOf, configurationAt, type Sector, stateIndex } from '../configurations/index.ts'
import type { Lattice } from '../lattice/index.ts'
import type { Operator } from '../operators/index.ts'
import { type Characters, generatorsOf } from '../symmetry/index.ts'
import type { StateVector } from './apply.ts'

/**
 * Returns the character of an exact state under each symmetry: χ = ⟨ψ|ψ∘g⟩*, of modulus 1 where the
 * state is in one sector, less where it is not.
 *
 * Errors  SectorError when a symmetry leads out of the states' sector.
 */
export const charactersOf = (
  state: StateVector,
  sector: Sector,
  group: SymmetryGroup,
): readonly Complex<number>[] => {
  const basis = basisOf(sector)
  return group.map((g) => {
    let [re, im, norm] = [0, 0, 0]
    for (let k = 0; k < basis.dimension; k += 1) {
      const to = stateIndex(basis, moved(g, configurationAt(basis, k)))
      const [a, b] = [state.re[k]!, state.im[k]!]
      const [c, d] = [state.re[to]!, state.im[to]!]
      re += a * c + b * d
      im -= a * d - b * c
      norm += a * a + b * b
    }
    return { re: re / norm, im: im / norm + 0 }
  })
}

/** The tolerance of characters: the error of an eigenvector is its residual divided by the gap. */
const ROUNDING = 1e-4

const whole = (x: number): number | undefined =>
  Math.abs(x - Math.round(x)) < ROUNDING ? Math.round(x) + 0 : undefined

/**
 * Returns the symmetry sector of an eigenstate of a Hamiltonian, for the symmetries that the
 * Hamiltonian has. It is undefined when no one-dimensional representation holds the state, such as
 * for a mixture of degenerate states. Inversion maps S^z to −S^z, so it is used in S^z = 0 only.
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
