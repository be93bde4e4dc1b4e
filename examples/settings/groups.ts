import { either as E } from 'fp-ts'
import { fail } from '../../core/index.ts'
import {
  type FormOf,
  type FormParams,
  formProperties,
  type SymmetryGroup,
  symmetryGroup,
  type VitSizes,
} from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import type { SpinModel } from './model.ts'
import { type Symmetry, showSector } from './stages.ts'

// The symmetries of a run, with the characters of the network's wave function.

/** Returns the translations under which the network is already invariant, by its weights. */
export const ownSymmetries = (
  { patches, ...sizes }: VitSizes,
  form: FormOf<FormParams>,
  { lattice, period }: SpinModel,
): SymmetryGroup => {
  // Translations are by whole patches and by whole periods of the model.
  const step = patches.patch % period === 0 ? patches.patch : patches.patch * period
  return formProperties(form, { grid: patches, ...sizes }).translationEquivariant
    ? physics.patchTranslations(lattice, step)
    : symmetryGroup(lattice.sites, [])
}

const isBipartite = (lattice: physics.Lattice): boolean =>
  E.isRight(E.tryCatch(() => physics.sublattice(lattice), E.toError))

const flipped = ['rotation', 'mirror', 'inversion'] as const

/** Lists sectors with states that differ in one character, as texts for --sector. */
const besides = (
  { lattice, operator }: SpinModel,
  symmetry: physics.Extent,
  characters: physics.Characters,
): readonly string[] => {
  const { dims } = lattice
  const momentum = characters.momentum ?? dims.map(() => 0)
  const ends = dims.map((length, a) => (length % 2 === 0 && momentum[a] === 0 ? length / 2 : 0))
  return [
    ...flipped.map((name) => ({ ...characters, [name]: characters[name] === -1 ? 1 : -1 })),
    { ...characters, momentum: ends },
  ].flatMap((other: physics.Characters) => {
    const group = E.tryCatch(
      () => physics.symmetriesOf(lattice, operator, symmetry, other),
      E.toError,
    )
    return E.isRight(group) && physics.hasStates(group.right, physics.szSector(lattice.sites))
      ? [showSector(other)]
      : []
  })
}

const failEmpty = (
  model: SpinModel,
  symmetry: physics.Extent,
  characters: physics.Characters,
  size: number,
): never => {
  const others = besides(model, symmetry, characters)
  return fail(
    'SectorError',
    `--sector "${showSector(characters)}" with --symmetry ${symmetry}`,
    `no state of S^z = 0 on ${model.lattice.sites} sites has these characters: the dimension ` +
      `of the sector, 1/|G| Σ χ(g) tr g over ${size} symmetries, is 0.`,
    {
      fix:
        others.length === 0
          ? 'other characters, or auto.'
          : `auto, or a sector that has states, such as ${others.map((o) => `"${o}"`).join(', ')}.`,
    },
  )
}

/**
 * Returns the group under which the wave function transforms, for the symmetry of each stage. `own`
 * is the symmetry group of the network. Characters in the settings are those of the whole wave
 * function; where Marshall's signs multiply the network, its characters are these times the signs'.
 *
 * Errors  SectorError when there is no such sector, or no state in it.
 */
export const groupsOf = (
  model: SpinModel,
  own: SymmetryGroup,
  sector: { readonly characters: physics.Characters | 'auto'; readonly marshall: boolean },
): ((symmetry: Symmetry) => SymmetryGroup) => {
  const { lattice, operator } = model
  const { characters, marshall } = sector
  const given = characters === 'auto' ? undefined : characters
  // auto is the sector of Marshall's signs: without them, all characters are 1.
  const signed = given === undefined ? !marshall && isBipartite(lattice) : marshall
  return (symmetry) => {
    if (symmetry === 'none') return own
    const group = physics.symmetriesOf(lattice, operator, symmetry, given)
    if (given !== undefined && !physics.hasStates(group, physics.szSector(lattice.sites)))
      return failEmpty(model, symmetry, given, group.length)
    return signed ? physics.marshallSigned(group, lattice, physics.szSector(lattice.sites)) : group
  }
}
