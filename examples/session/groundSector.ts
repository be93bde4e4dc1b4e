import * as physics from '../../physics/index.ts'
import { groupsOf, type SpinModel, type TrainConfig } from '../settings/index.ts'
import { exactGround, keptGround } from './exactGround.ts'
import { groundLevel } from './level.ts'
import { possible } from './possible.ts'

// This file finds the sector of the ground state: exactly where that is affordable, else by a rule.

/** The sector of a ground state, with the reason in words. */
export interface GroundSector {
  /** `auto` is the sector of Marshall's signs; undefined where no sector is known. */
  readonly characters: physics.Characters | 'auto' | undefined
  readonly why: string
}

/** Up to this size exact diagonalisation needs no symmetries, and takes a second. */
const SMALL_SITES = 16

/** Exact diagonalisation by symmetries takes seconds for so many states: those of 24 sites. */
const AFFORDABLE = 3_000_000

/**
 * Marshall's signs are those of the ground state for J2 <= 0 (a theorem). Up to these J2/J1 their
 * sector still holds the ground state on every lattice with two sublattices that was diagonalised:
 * chains of 8 to 18 sites, 4x4, 6x2 and 8x2 squares, 2x2 to 4x2 honeycombs.
 */
const MARSHALL_UP_TO: Readonly<Record<string, number>> = { square: 0.6, chain: 0.5, honeycomb: 0.4 }

/** Tests whether the ground state is known to lie in the sector of Marshall's signs. */
export const hasMarshallSector = (
  { lattice, j1, j2 }: Pick<TrainConfig, 'lattice' | 'j1' | 'j2'>,
  model: SpinModel,
): boolean => {
  if (!(j1 > 0) || lattice === 'shastry-sutherland') return false
  if (possible(() => physics.sublattice(model.lattice)) === undefined) return false
  return j2 <= (MARSHALL_UP_TO[lattice] ?? 0) * j1
}

/** The one-dimensional sectors of all symmetries; that of Marshall's signs is first. */
const sectors = ({ lattice, operator }: SpinModel): readonly (physics.Characters | 'auto')[] => {
  const found = physics.generatorsOf(lattice, operator)
  const signs = (['rotation', 'mirror', 'inversion'] as const).filter((key) => found[key])
  const momenta = lattice.dims.reduce<readonly (readonly number[])[]>(
    (all, length) =>
      all.flatMap((k) => (length % 2 === 0 ? [0, length / 2] : [0]).map((end) => [...k, end])),
    [[]],
  )
  const given = momenta.map(
    (momentum): physics.Characters => (found.translations.length === 0 ? {} : { momentum }),
  )
  return [
    'auto',
    ...signs.reduce<readonly physics.Characters[]>(
      (all, key) => all.flatMap((c) => [1, -1].map((sign) => ({ ...c, [key]: sign }))),
      given,
    ),
  ]
}

/**
 * Returns a sector that holds one of several ground states: the trace of the projector onto it,
 * 1/|G| Σ χ(g)* tr g over these states, is not 0.
 */
const sectorAmong = (
  model: SpinModel,
  level: readonly physics.StateVector[],
  sector: physics.Sector,
): physics.Characters | 'auto' | undefined =>
  sectors(model).find((characters) => {
    const group = possible(() => groupsOf(model, [], { characters, marshall: false })('full'))
    if (group === undefined) return false
    const traces = level.map((state) => physics.charactersOf(state, sector, group))
    const trace = group.reduce(
      (sum, { character: { re, im } }, g) =>
        traces.reduce((all, own) => all + re * own[g]!.re + im * own[g]!.im, sum),
      0,
    )
    return trace / group.length > 0.5
  })

const byDiagonalisation = (characters: physics.Characters | undefined): GroundSector => ({
  characters,
  why:
    characters === undefined
      ? 'the ground state lies in no single sector'
      : "exact diagonalisation finds the ground state's sector",
})

/**
 * Returns the sector of the ground state of a model, as far as it can be known beforehand. `tell`
 * receives what takes a while.
 */
export const groundSector = (
  config: TrainConfig,
  model: SpinModel,
  tell: (text: string) => void = () => {},
): GroundSector => {
  const { lattice, operator } = model
  const sector = physics.szSector(lattice.sites)
  const request = { lattice, operator, sector, threads: config.threads }
  if (lattice.sites <= SMALL_SITES) {
    const level = groundLevel(operator, sector) ?? []
    if (level.length === 1)
      return byDiagonalisation(physics.sectorOf(lattice, operator, level[0]!, sector))
    const characters = sectorAmong(model, level, sector)
    return characters === undefined
      ? byDiagonalisation(undefined)
      : { characters, why: `${level.length} states have the lowest energy, one of them there` }
  }
  const kept = keptGround(request)
  const affordable = kept === undefined && physics.fitsWithin(sector, AFFORDABLE)
  if (affordable) tell('exact diagonalisation looks for the sector of the ground state')
  const found = affordable ? exactGround(request) : kept
  if (found !== undefined) return byDiagonalisation(found.sector ?? undefined)
  if (hasMarshallSector(config, model))
    return {
      characters: 'auto',
      why:
        config.j2 <= 0
          ? "by Marshall's theorem"
          : "as on all smaller lattices of this kind: it is that of Marshall's signs",
    }
  return {
    characters: undefined,
    why:
      'the sector of the ground state is not known for this lattice and these couplings; ' +
      '--symmetry full with --sector takes one that you know',
  }
}
