import { either as E } from 'fp-ts'
import {
  type FormOf,
  type FormParams,
  formFacts,
  type SymmetryGroup,
  symmetryGroup,
  type VitSizes,
} from '../models/index.ts'
import * as physics from '../physics/index.ts'
import type { SpinModel } from './model.ts'
import type { Symmetry } from './stages.ts'

// The symmetries of a run, with the characters of what the network stands for.

/** What weights that move along with the patches cannot tell apart. */
export const ownSymmetries = (
  { patches, ...sizes }: VitSizes,
  form: FormOf<FormParams>,
  { lattice, period }: SpinModel,
): SymmetryGroup => {
  // By whole patches, and by whole periods of the model.
  const step = patches.patch % period === 0 ? patches.patch : patches.patch * period
  return formFacts(form, { grid: patches, ...sizes }).translationEquivariant
    ? physics.patchTranslations(lattice, step)
    : symmetryGroup(lattice.sites, [])
}

const isBipartite = (lattice: physics.Lattice): boolean =>
  E.isRight(E.tryCatch(() => physics.sublattice(lattice), E.toError))

/**
 * For each stage the group under which the wave function of the stage transforms: `own` is what the
 * network has by itself. Characters in the settings are those of the whole wave function; where
 * Marshall's signs are given apart from the network, its own are these times the signs'.
 *
 * Errors  SectorError when there is no such sector.
 */
export const groupsOf = (
  { lattice, operator }: SpinModel,
  own: SymmetryGroup,
  sector: { readonly characters: physics.Characters | 'auto'; readonly marshall: boolean },
): ((symmetry: Symmetry) => SymmetryGroup) => {
  const { characters, marshall } = sector
  const given = characters === 'auto' ? undefined : characters
  // auto is the sector of Marshall's signs: apart from them, all is even.
  const signed = given === undefined ? !marshall && isBipartite(lattice) : marshall
  return (symmetry) => {
    if (symmetry === 'none') return own
    const group = physics.symmetriesOf(lattice, operator, symmetry, given)
    return signed ? physics.marshallSigned(group, lattice, physics.szSector(lattice.sites)) : group
  }
}
