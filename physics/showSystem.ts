import { TensorError } from '../core/index.ts'
import { counted, few, largest, rounded, type Shown, smallest } from '../core/values/index.ts'
import { dimension, fitsWithin, type Sector, showSector } from './configurations/index.ts'
import { bonds, isometries, type Lattice, shellDistances, sublattice } from './lattice/index.ts'
import { conservesSz, isHermitian, type Operator, type PauliString } from './operators/index.ts'

// Lattices, operators and sectors as lines and their parts.

/** Symmetries of the plane are looked for up to so many sites: it takes sites² steps. */
const MOST_SITES = 150
/** Shells that Hamiltonians couple. */
const SHELLS = 3

const vector = (v: readonly number[]): string => `[${v.map(rounded).join(', ')}]`

const smallestAndLargest = (counts: readonly number[]): string => {
  const [least, most] = [smallest(counts), largest(counts)]
  return least === most ? `${most}` : `${least} to ${most}`
}

const shellsOf = (lat: Lattice): readonly string[] =>
  (lat.sites > 1 ? shellDistances(lat) : []).slice(0, SHELLS).map((distance, k) => {
    const pairs = bonds(lat, k + 1)
    const neighbours = new Array<number>(lat.sites).fill(0)
    for (const i of pairs.flat()) neighbours[i]! += 1
    const each = smallestAndLargest(neighbours)
    return `shell ${k + 1}: ${counted(pairs.length, 'bond')} of length ${rounded(distance)}, ${each} a site`
  })

const coloursOf = (lat: Lattice): string => {
  try {
    const onB = sublattice(lat).reduce((n, colour) => n + colour, 0)
    return `bipartite: ${counted(lat.sites - onB, 'site')} against ${onB.toLocaleString('en-US')}`
  } catch (error) {
    if (error instanceof TensorError) return 'not bipartite'
    throw error
  }
}

const symmetriesOf = (lat: Lattice): string => {
  const translations = lat.dims
    .filter((_, k) => lat.boundary[k] === 'periodic')
    .reduce((product, length) => product * length, 1)
  if (lat.sites > MOST_SITES) return counted(translations, 'translation')
  const moved = new Set(isometries(lat).map(({ sites }) => sites.join(' ')))
  return `${counted(moved.size, 'symmetry', 'symmetries')}, ${counted(translations, 'translation')} among them`
}

/** Sites, directions, bonds by distance, sublattices and symmetries. */
export const shownLattice = (lat: Lattice): Shown => ({
  line: `${lat.name}: ${counted(lat.sites, 'site')}`,
  parts: [
    ...lat.dims.map(
      (length, k) =>
        `${'xy'[k]}: ${counted(length, 'cell')} along ${vector(lat.vectors[k]!)}, ${lat.boundary[k]}`,
    ),
    ...(lat.cell.length === 1 ? [] : [`sites of a cell: ${lat.cell.map(vector).join(', ')}`]),
    ...shellsOf(lat),
    coloursOf(lat),
    symmetriesOf(lat),
  ],
})

/** A term without its sites: its kind, `S·S` or its Pauli matrices, and its coefficient. */
interface Term {
  readonly kind: string
  readonly coefficient: string
}

const coefficientOf = ({ re, im }: { readonly re: number; readonly im: number }): string =>
  im === 0 ? rounded(re) : re === 0 ? `${rounded(im)}i` : `(${rounded(re)} + ${rounded(im)}i)`

/** σˣσˣ, σʸσʸ and σᶻσᶻ of one pair with one coefficient c are 4c S·S. */
const termsOf = ({ strings }: Operator): readonly Term[] => {
  const bySites = new Map<string, PauliString[]>()
  for (const s of strings) {
    const key = s.sites.join(' ')
    bySites.set(key, [...(bySites.get(key) ?? []), s])
  }
  return [...bySites.values()].flatMap((group): readonly Term[] => {
    const equal = group.filter(
      ({ sites, axes, re, im }) =>
        sites.length === 2 && axes[0] === axes[1] && re === group[0]!.re && im === group[0]!.im,
    )
    const isDot = equal.length === 3 && group.length === 3
    if (isDot)
      return [
        { kind: 'S·S', coefficient: coefficientOf({ re: 4 * equal[0]!.re, im: 4 * equal[0]!.im }) },
      ]
    return group.map((s) => ({
      kind: s.axes.map((axis) => `σ${axis}`).join(' ') || 'identity',
      coefficient: coefficientOf(s),
    }))
  })
}

/** Counts the terms of each kind, with their couplings. */
export const shownOperator = (operator: Operator): Shown => {
  const counts = new Map<string, number>()
  for (const { kind, coefficient } of termsOf(operator)) {
    const name = `${kind} with coefficient ${coefficient}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const kinds = [...counts].sort((a, b) => b[1] - a[1])
  const facts = [
    ...(isHermitian(operator) ? ['Hermitian'] : ['not Hermitian']),
    conservesSz(operator) ? 'keeps S^z' : 'changes S^z',
  ]
  return {
    line: `operator of ${counted(operator.strings.length, 'Pauli string')}, ${facts.join(', ')}`,
    parts: few(kinds.length, (k) => `${kinds[k]![1].toLocaleString('en-US')} of ${kinds[k]![0]}`),
  }
}

/** A sector, and how many configurations it has. */
export const shownSector = (sector: Sector): Shown =>
  `${showSector(sector)}: ` +
  (fitsWithin(sector, Number.MAX_SAFE_INTEGER)
    ? counted(dimension(sector), 'configuration')
    : 'more than 2^53 configurations')
