import type { Complex, Team } from '../../core/index.ts'
import { singleThread } from '../../core/index.ts'
import { fail } from '../../core/values/index.ts'
import { type Sector, sectorDimension } from '../configurations/index.ts'
import type { Lattice } from '../lattice/index.ts'
import { conservesSz, isHermitian, type Operator } from '../operators/index.ts'
import { type Characters, generatorsOf } from '../symmetry/index.ts'
import { type Family, familyFor } from './families.ts'
import type { Irrep } from './irreps.ts'
import { measuredCharacter } from './motions.ts'
import { orbitBasis } from './orbitBasis.ts'
import { orbitCost } from './orbitCost.ts'
import { orbitMatrix } from './orbitMatrix.ts'
import { stateOf } from './recurrence.ts'
import { type OrbitHamiltonian, sectorMatrix } from './sectorMatrix.ts'
import { type Settled, settle } from './settle.ts'

/** The lowest level of one sector of symmetry. */
export interface SectorLevel {
  readonly sector: Characters
  readonly energy: number
  /**
   * ‖H v − E v‖ as Lanczos tells it; the energy is off by no more, and by its square over the gap
   * where all other levels are a gap away.
   */
  readonly residual: number
  /** States of the sector. */
  readonly dimension: number
  /** Sectors of the same energies, such as momenta that a rotation exchanges; 1: only this one. */
  readonly alike: number
  readonly products: number
  /** false: left as soon as it was seen to lie above another sector. */
  readonly converged: boolean
}

export interface SymmetricGround {
  readonly energy: number
  readonly residual: number
  /** Where the ground state is the only one of its energy, its sector in full. */
  readonly sector: Characters | undefined
  /** Every sector that was looked at, from the lowest energy up. */
  readonly levels: readonly SectorLevel[]
  /** Do these sectors hold all states? */
  readonly complete: boolean
  /** Orbits that the matrix is between, and its elements. */
  readonly orbits: number
  readonly elements: number
}

/** The current part of the calculation, with the share of it that is done. */
export interface Stage {
  readonly name: string
  readonly share: number
}

export interface GroundOptions {
  readonly team?: Team
  /** Relative to the largest |energy|. */
  readonly tolerance?: number
  readonly maxProducts?: number
  readonly matrixBytes?: number
  /** For the vectors of sectors that are taken side by side. */
  readonly vectorBytes?: number
  /** Converge every sector, not only the lowest. */
  readonly every?: boolean
  /** Which sectors: all momenta, or the one-dimensional ones of all symmetries. */
  readonly sectors?: 'momenta' | 'point'
  readonly progress?: (stage: Stage) => void
}

/** Energies this close, relative to the largest, are one level. */
const CLOSE = 1e-9
/** Characters measured on states are good to the residual over the gap. */
const MEASURED = 1e-4
/** Vectors side by side: the last three of the recurrence, and the amplitudes. */
const VECTORS = 4

const defaults = {
  team: singleThread,
  tolerance: 1e-10,
  maxProducts: 1000,
  matrixBytes: 4.8e9,
  vectorBytes: 2 ** 30,
  every: false,
  progress: (_: Stage): void => {},
}

const checkAsk = (operator: Operator, sector: Sector): void => {
  if (!isHermitian(operator))
    fail('DomainError', 'groundLevels', 'the operator is not Hermitian.', {
      fix: 'add its adjoint: addOperators(a, adjoint(a)).',
    })
  if (sector.up !== undefined && !conservesSz(operator))
    fail(
      'SectorError',
      'groundLevels',
      'the operator changes the number of up spins and so leaves the sector.',
      { fix: `use fullSpace(${sector.sites}).` },
    )
}

const gigabytes = (bytes: number): string => `${Number((bytes / 1e9).toPrecision(2))} GB`

/** Refused before any of it is listed, with what it would take. */
const checkCost = (
  family: Family,
  operator: Operator,
  sector: Sector,
  matrixBytes: number,
): void => {
  const cost = orbitCost(family, operator, sector)
  if (cost.matrixBytes <= matrixBytes) return
  fail(
    'SectorError',
    'groundLevels',
    `${family.group.length} symmetries leave ${cost.orbits} orbits of configurations, and a ` +
      `matrix of ${gigabytes(cost.matrixBytes)}; allowed are ${gigabytes(matrixBytes)}.`,
    { fix: 'a smaller lattice, or sampling, which needs no exact states.' },
  )
}

interface Entry {
  readonly irrep: Irrep
  readonly dimension: number
  /** One for each class of symmetries. */
  readonly characters: readonly Complex<number>[]
}

/** Some at a time, as many as their vectors have memory for; real ones apart from complex ones. */
const batchesOf = (entries: readonly Entry[], orbits: number, vectorBytes: number): Entry[][] =>
  [1, 2].flatMap((parts) => {
    const isReal = ({ characters }: Entry): boolean => characters.every(({ im }) => im === 0)
    const these = entries.filter((entry) => (parts === 1) === isReal(entry))
    const most = Math.max(1, Math.floor(vectorBytes / (VECTORS * 8 * parts * orbits)))
    const batches: Entry[][] = []
    for (let k = 0; k < these.length; k += most) batches.push(these.slice(k, k + most))
    return batches
  })

/** The sector in full: of the whole group, where a state that is alone at its energy is in one. */
const wholeSector = (
  lat: Lattice,
  operator: Operator,
  hamiltonian: OrbitHamiltonian,
  { irrep, characters }: Entry,
  weights: Float64Array,
): Characters | undefined => {
  const { rotation, mirror } = generatorsOf(lat, operator)
  const { momentum, inversion } = irrep.characters
  const motions = Object.entries({ rotation, mirror }).filter(([, p]) => p !== undefined)
  const h = sectorMatrix(hamiltonian, [characters])
  const { vector } = motions.length > 0 ? stateOf(h, weights) : { vector: new Float64Array(0) }
  const signs = motions.map(([name, p]) => {
    const { re } = measuredCharacter(hamiltonian.basis, h, irrep, vector, p!)
    return [name, Math.abs(Math.abs(re) - 1) < MEASURED ? Math.sign(re) : 0] as const
  })
  if (signs.some(([, sign]) => sign === 0)) return undefined
  return {
    ...(momentum === undefined ? {} : { momentum }),
    ...Object.fromEntries(signs),
    ...(inversion === undefined ? {} : { inversion }),
  }
}

const settleAll = (
  hamiltonian: OrbitHamiltonian,
  entries: readonly Entry[],
  options: typeof defaults,
): readonly (Settled & { readonly entry: Entry })[] => {
  const batches = batchesOf(entries, hamiltonian.matrix.dimension, options.vectorBytes)
  let best = Number.POSITIVE_INFINITY
  return batches.flatMap((batch, k) => {
    const of = (kept: readonly Entry[]) =>
      sectorMatrix(
        hamiltonian,
        kept.map((e) => e.characters),
      )
    const progress = (share: number): void =>
      options.progress({ name: 'sectors', share: (k + share) / batches.length })
    const narrow = (kept: readonly number[]) => of(kept.map((s) => batch[s]!))
    const found = settle(of(batch), narrow, best, { ...options, progress })
    best = found.reduce((least, { value }) => Math.min(least, value), best)
    return found.map((f, s) => ({ ...f, entry: batch[s]! }))
  })
}

/** Numbers for symmetries, the same for those of equal characters in every representation. */
const classesOf = ({ group, irreps }: Family) => {
  const known = new Map<string, number>()
  const classOf = Int32Array.from(group, (_, g) => {
    const key = irreps
      .map(({ values }) => `${values[g]!.re.toFixed(9)} ${values[g]!.im.toFixed(9)}`)
      .join()
    const number = known.get(key) ?? known.size
    known.set(key, number)
    return number
  })
  const firstOf = [...known.values()].map((k) => classOf.indexOf(k))
  return { classOf, charactersOf: ({ values }: Irrep) => firstOf.map((g) => values[g]!) }
}

const entriesOf = (
  { group, irreps }: Family,
  sector: Sector,
  charactersOf: (irrep: Irrep) => readonly Complex<number>[],
): readonly Entry[] =>
  irreps.flatMap((irrep) => {
    const own = group.map((g, k) => ({ ...g, character: irrep.values[k]! }))
    const dimension = sectorDimension(own, sector)
    return dimension === 0 ? [] : [{ irrep, dimension, characters: charactersOf(irrep) }]
  })

/**
 * The ground state's energy, by the symmetries of the Hamiltonian: the lowest level of every sector
 * of translations and spin inversion; where these are too many states, of the sectors of all
 * symmetries that one-dimensional representations name, or of the likeliest of these where a
 * product takes long, which `complete` then tells.
 *
 * One matrix between orbits serves all sectors, which Lanczos takes side by side. A sector is left
 * when its estimate lies far above the best bound, unless `every` one is wanted.
 *
 * Errors  DomainError, SectorError as `exactStates`; SectorError when more than 30 sites are
 *         outside the largest sublattice, or the matrix does not fit `matrixBytes`; NotConverged.
 * @example groundLevels(chain(8), heisenberg(chain(8)), szSector(8)).energy // → -3.6510934089
 */
export const groundLevels = (
  lat: Lattice,
  operator: Operator,
  sector: Sector,
  options: GroundOptions = {},
): SymmetricGround => {
  checkAsk(operator, sector)
  const all = { ...defaults, ...options }
  const family = familyFor(lat, operator, sector, options.sectors, all.every)
  checkCost(family, operator, sector, all.matrixBytes)
  all.progress({ name: 'orbits', share: 0 })
  const basis = orbitBasis(family.group, sector)
  const { classOf, charactersOf } = classesOf(family)
  const matrix = orbitMatrix(basis, operator, classOf, {
    ...all,
    progress: (share) => all.progress({ name: 'matrix', share }),
  })
  const hamiltonian = { basis, matrix, classOf, team: all.team }
  const settled = settleAll(hamiltonian, entriesOf(family, sector, charactersOf), all)
  const levels = [...settled].sort((a, b) => a.value - b.value)
  const ground = levels[0]!
  const limit = ground.value + CLOSE * ground.size
  const single =
    levels.filter(({ value }) => value <= limit).length === 1 && ground.entry.irrep.alike === 1
  const whole = (): Characters | undefined =>
    family.complete
      ? wholeSector(lat, operator, hamiltonian, ground.entry, ground.weights)
      : ground.entry.irrep.characters
  return {
    energy: ground.value,
    residual: ground.residual,
    sector: single ? whole() : undefined,
    levels: levels.map(({ entry, value, residual, products, converged }) => ({
      sector: entry.irrep.characters,
      energy: value,
      residual,
      dimension: entry.dimension,
      alike: entry.irrep.alike,
      products,
      converged,
    })),
    complete: family.complete,
    orbits: matrix.dimension,
    elements: matrix.blocks.reduce((sum, { elements }) => sum + elements.length, 0),
  }
}
