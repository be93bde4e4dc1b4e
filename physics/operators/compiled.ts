/**
 * A compiled operator is prepared for computing rows quickly: typed arrays, grouped by the set of
 * spins that flip.
 *
 * A Pauli string maps <sigma| to the one sigma' that differs at its x and y sites:
 *
 *   <sigma| c · prod sigma^axis |sigma'> = c (-i)^(number of y) prod over y, z sites of sigma_i (1)
 *
 * Strings that flip the same spins are added. Each factor in (1) depends on a few spins only, so
 * the sums are tabulated beforehand: a Heisenberg bond is one look-up that gives 0 on parallel
 * spins.
 */
import { fail } from '../../core/values/index.ts'
import { type Operator, type PauliString, sitesNeeded, turned } from './operator.ts'

export interface CompiledOperator {
  readonly sites: number
  /** True when no element has an imaginary part. */
  readonly isReal: boolean
  /**
   * The largest number of off-diagonal elements in a row: all flip groups except the diagonal's.
   */
  readonly maxConnected: number
  /**
   * Flip group g flips flips[flipStart[g] .. flipStart[g+1]]; group 0 flips none and is the
   * diagonal.
   */
  readonly flipStart: Int32Array
  readonly flips: Int32Array
  /** Group g sums the tables tableStart[g] .. tableStart[g+1]. */
  readonly tableStart: Int32Array
  /** Table t depends on spins[spinStart[t] .. spinStart[t+1]]; the first is bit 0 of its index. */
  readonly spinStart: Int32Array
  readonly spins: Int32Array
  /** The element for index k of table t is at entryStart[t] + k. */
  readonly entryStart: Int32Array
  readonly re: Float64Array
  readonly im: Float64Array
}

/**
 * Tables have up to 2^8 entries for the diagonal, which has many strings, and up to 2^12 for the
 * other groups, which mostly need one table.
 */
const diagonalSpins = 8
const flipSpins = 12

/** A single string is one table of up to 2^20 entries, however long the string is. */
const maxSpins = 20

interface Signed {
  readonly spins: readonly number[]
  readonly re: number
  readonly im: number
}

interface Table {
  readonly spins: readonly number[]
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Returns a string as in (1): its coefficient and the spins whose signs it multiplies. */
const signed = (s: PauliString): Signed => {
  const ys = s.axes.filter((axis) => axis === 'y').length
  const spins = s.sites.filter((_, k) => s.axes[k] !== 'x')
  if (spins.length > maxSpins) {
    fail(
      'DomainError',
      'compileOperator',
      `a Pauli string has y or z on ${spins.length} sites; at most ${maxSpins} are tabulated.`,
      { fix: 'rotate the operator so that the string is made of x, or treat it as a symmetry.' },
    )
  }
  return { spins, ...turned(s, -ys) }
}

/** Groups neighbouring strings into one table as long as that table stays small. */
const clustered = (strings: readonly Signed[], most: number): readonly (readonly Signed[])[] => {
  const clusters: { spins: Set<number>; strings: Signed[] }[] = []
  for (const s of strings) {
    const fits = clusters.findLast(
      (c) => c.spins.size + s.spins.filter((i) => !c.spins.has(i)).length <= most,
    )
    if (fits === undefined) clusters.push({ spins: new Set(s.spins), strings: [s] })
    else {
      for (const i of s.spins) fits.spins.add(i)
      fits.strings.push(s)
    }
  }
  return clusters.map((c) => c.strings)
}

/**
 * Returns sum over subsets of c[subset] · prod sigma for every pattern of signs: one butterfly per
 * spin.
 */
const summed = (c: Float64Array): Float64Array => {
  for (let bit = 1; bit < c.length; bit *= 2) {
    for (let k = 0; k < c.length; k += 1) {
      if (k & bit) continue
      const without = c[k]!
      const withSpin = c[k | bit]!
      c[k] = without - withSpin // sigma = -1
      c[k | bit] = without + withSpin
    }
  }
  return c
}

/** The rounding of a sum of a few coefficients, relative to the sum of their absolute values. */
const rounding = 8 * Number.EPSILON

const tableOf = (strings: readonly Signed[]): Table => {
  const spins = [...new Set(strings.flatMap((s) => s.spins))].sort((a, b) => a - b)
  const re = new Float64Array(2 ** spins.length)
  const im = new Float64Array(2 ** spins.length)
  let size = 0
  for (const s of strings) {
    const subset = s.spins.reduce((bits, i) => bits | (1 << spins.indexOf(i)), 0)
    re[subset]! += s.re
    im[subset]! += s.im
    size += Math.hypot(s.re, s.im)
  }
  if (!Number.isFinite(size))
    fail(
      'NonFinite',
      'compileOperator',
      `coefficients add up beyond ${Number.MAX_VALUE.toExponential(1)}, where numbers end.`,
      { fix: 'smaller couplings: energies are proportional to them.' },
    )
  // Elements that cancel, as x x + y y does on parallel spins, must be exactly zero.
  const clean = (x: number): number => (Math.abs(x) <= rounding * size ? 0 : x)
  return { spins, re: summed(re).map(clean), im: summed(im).map(clean) }
}

const starts = (lengths: readonly number[]): Int32Array => {
  const start = new Int32Array(lengths.length + 1)
  lengths.forEach((length, k) => {
    start[k + 1] = start[k]! + length
  })
  return start
}

const concatenated = (parts: readonly Float64Array[]): Float64Array => {
  const all = new Float64Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/**
 * Prepares an operator for configurations of `sites` spins.
 *
 * Errors  LatticeError when the operator acts beyond them; DomainError for a string of y and z on
 *         more than 20 sites.
 * Cost    O(strings) and the tables, once per operator.
 */
export const compileOperator = (operator: Operator, sites: number): CompiledOperator => {
  const needed = Math.max(1, sitesNeeded(operator))
  if (needed > sites) {
    fail(
      'LatticeError',
      'compileOperator',
      `the operator needs ${needed} sites, configurations have ${sites}.`,
      { fix: `use at least ${needed} sites, or build the operator on the same lattice.` },
    )
  }
  const groups = new Map<string, { flips: readonly number[]; strings: Signed[] }>([
    ['', { flips: [], strings: [] }],
  ])
  for (const s of operator.strings) {
    const flips = s.sites.filter((_, k) => s.axes[k] !== 'z')
    const key = flips.join(' ')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { flips, strings: [signed(s)] })
    else group.strings.push(signed(s))
  }
  const list = [...groups.values()].map(({ flips, strings }) => ({
    flips,
    tables: clustered(strings, flips.length === 0 ? diagonalSpins : flipSpins).map(tableOf),
  }))
  const tables = list.flatMap((g) => g.tables)
  const im = concatenated(tables.map((t) => t.im))
  return {
    sites,
    isReal: im.every((x) => x === 0),
    maxConnected: list.length - 1,
    flipStart: starts(list.map((g) => g.flips.length)),
    flips: Int32Array.from(list.flatMap((g) => g.flips)),
    tableStart: starts(list.map((g) => g.tables.length)),
    spinStart: starts(tables.map((t) => t.spins.length)),
    spins: Int32Array.from(tables.flatMap((t) => t.spins)),
    entryStart: starts(tables.map((t) => t.re.length)),
    re: concatenated(tables.map((t) => t.re)),
    im,
  }
}
