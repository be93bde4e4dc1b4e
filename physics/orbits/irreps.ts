import type { Complex } from '../../core/index.ts'
import { TensorError } from '../../core/values/index.ts'
import {
  composed,
  type Symmetry,
  type SymmetryGroup,
  symmetryGroup,
  turn,
} from '../../models/index.ts'
import type { Sector } from '../configurations/index.ts'
import type { Lattice } from '../lattice/index.ts'
import type { Operator } from '../operators/index.ts'
import { type Characters, type Generators, generatorsOf } from '../symmetry/index.ts'

// One-dimensional representations: the sectors of symmetry that are looked through.

/** A sector: its name, and the character of each symmetry of the group. */
export interface Irrep {
  readonly characters: Characters
  readonly values: readonly Complex<number>[]
  /** Sectors of the same energies that this one stands for, itself among them. */
  readonly alike: number
}

/** A group, and representations of it that share one matrix between orbits. */
export interface IrrepFamily {
  readonly group: SymmetryGroup
  readonly irreps: readonly Irrep[]
}

const ROUNDING = 1e-9

const keyOf = ({ sites, flip }: Symmetry): string => `${flip} ${sites.join(' ')}`

const equal = (a: Complex<number>, b: Complex<number>): boolean =>
  Math.hypot(a.re - b.re, a.im - b.im) < ROUNDING

/** All lists with one member of each. */
const product = (lists: readonly (readonly number[])[]): number[][] =>
  lists.reduce<number[][]>((all, list) => all.flatMap((p) => list.map((x) => [...p, x])), [[]])

/** Returns the order of the shortest translation along each direction; 1 without any. */
const periodsOf = (lat: Lattice, { translations }: Generators): number[] =>
  lat.dims.map((length, k) => {
    const along = translations.find(({ shift }) => shift[k] !== 0)
    return along === undefined ? 1 : length / along.shift[k]!
  })

const signsOf = (present: boolean): readonly (1 | -1 | undefined)[] =>
  present ? [1, -1] : [undefined]

/** Does spin inversion lead from the sector to itself? */
const keepsSector = ({ sites, up }: Sector): boolean => up === undefined || 2 * up === sites

/** The group with the characters of a sector; undefined when there is no such representation. */
const groupWith = (
  lat: Lattice,
  found: Generators,
  { momentum = [], rotation, mirror, inversion }: Characters,
): SymmetryGroup | undefined => {
  const signed = (g: Symmetry | undefined, re: number | undefined): Symmetry[] =>
    g === undefined || re === undefined ? [] : [{ ...g, character: { re, im: 0 } }]
  const translations = found.translations.map(({ shift, g }) => ({
    ...g,
    character: turn(shift.reduce((sum, x, k) => sum + (momentum[k]! * x) / lat.dims[k]!, 0)),
  }))
  try {
    return symmetryGroup(lat.sites, [
      ...translations,
      ...signed(found.rotation, rotation),
      ...signed(found.mirror, mirror),
      ...signed(found.inversion, inversion),
    ])
  } catch (error) {
    if (error instanceof TensorError && error.problem.kind === 'SectorError') return undefined
    throw error
  }
}

/** Characters of the same group, one representation after the other. */
const familyOf = (
  lat: Lattice,
  found: Generators,
  momenta: readonly (readonly number[])[],
  signs: readonly Omit<Characters, 'momentum'>[],
): IrrepFamily => {
  let group: SymmetryGroup = []
  const irreps = momenta.flatMap((momentum) =>
    signs.flatMap((sign): Irrep[] => {
      const characters = { ...(found.translations.length > 0 ? { momentum } : {}), ...sign }
      const own = groupWith(lat, found, { ...characters, momentum })
      if (own === undefined) return []
      if (group.length === 0) group = own
      return [{ characters, values: own.map((g) => g.character), alike: 1 }]
    }),
  )
  return { group, irreps }
}

/**
 * One of each set of sectors that a motion of the lattice, or complex conjugation where H is real,
 * turns into one another: χ'(g) = χ(p g p⁻¹). Their energies are equal.
 */
const oneOfEach = (
  { group, irreps }: IrrepFamily,
  motions: readonly Symmetry[],
  isReal: boolean,
): readonly Irrep[] => {
  const place = new Map(group.map((g, k) => [keyOf(g), k] as const))
  const conjugations = motions.map((p) => {
    const back = { ...p, sites: new Int32Array(p.sites.length) }
    p.sites.forEach((from, i) => {
      back.sites[from] = i
    })
    return group.map((g) => place.get(keyOf(composed(composed(p, g), back))) ?? -1)
  })
  const usable = conjugations.filter((c) => !c.includes(-1))
  const imagesOf = ({ values }: Irrep) => [
    ...usable.map((c) => c.map((k) => values[k]!)),
    ...(isReal ? [values.map(({ re, im }) => ({ re, im: 0 - im }))] : []),
  ]
  const same = (a: readonly Complex<number>[], b: Irrep): boolean =>
    a.every((x, k) => equal(x, b.values[k]!))
  const taken = new Set<Irrep>()
  return irreps.flatMap((first) => {
    if (taken.has(first)) return []
    taken.add(first)
    const star = [first]
    for (const irrep of star)
      for (const image of imagesOf(irrep)) {
        const other = irreps.find((i) => !taken.has(i) && same(image, i))
        if (other === undefined) continue
        taken.add(other)
        star.push(other)
      }
    return [{ ...first, alike: star.length }]
  })
}

/**
 * All sectors of translations and spin inversion, one of each set of equal energies: every state is
 * in one of those, so the lowest of them all is the ground state.
 *
 * Laws  the dimensions of the sectors, times those alike, sum to that of the space.
 */
export const momentumIrreps = (
  lat: Lattice,
  operator: Operator,
  sector: Sector,
  isReal: boolean,
): IrrepFamily => {
  const found = generatorsOf(lat, operator)
  const momenta = product(periodsOf(lat, found).map((p) => [...Array(p).keys()]))
  const inverted = found.inversion !== undefined && keepsSector(sector)
  const signs = signsOf(inverted).map((s) => (s === undefined ? {} : { inversion: s }))
  const family = familyOf(lat, found, momenta, signs)
  const motions = [found.rotation, found.mirror].filter((g) => g !== undefined)
  return { group: family.group, irreps: oneOfEach(family, motions, isReal) }
}

/**
 * The one-dimensional representations of all symmetries, of real characters: few states each, but
 * not all of them, for a point group has others, and momenta that it moves are in none.
 */
export const pointIrreps = (lat: Lattice, operator: Operator, sector: Sector): IrrepFamily => {
  const found = generatorsOf(lat, operator)
  const momenta = product(periodsOf(lat, found).map((p) => (p % 2 === 0 ? [0, p / 2] : [0])))
  const inverted = found.inversion !== undefined && keepsSector(sector)
  const signs = product([
    signsOf(found.rotation !== undefined).map((s) => s ?? 0),
    signsOf(found.mirror !== undefined).map((s) => s ?? 0),
    signsOf(inverted).map((s) => s ?? 0),
  ]).map(([rotation, mirror, inversion]) => ({
    ...(rotation === 0 ? {} : { rotation: rotation as 1 | -1 }),
    ...(mirror === 0 ? {} : { mirror: mirror as 1 | -1 }),
    ...(inversion === 0 ? {} : { inversion: inversion as 1 | -1 }),
  }))
  return familyOf(lat, found, momenta, signs)
}
