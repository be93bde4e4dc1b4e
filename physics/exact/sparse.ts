/**
 * Operators as matrices over a numbered sector: the rule that computes their elements, and the
 * stored form. States are integers with bit i = 1 where sigma_i = +1, so there are at most 30
 * sites.
 */
import { fail } from '../../core/values/index.ts'
import { type Basis, basisOf, type Sector, showSector } from '../configurations/index.ts'
import { compileOperator, conservesSz, type Operator } from '../operators/index.ts'

/** The largest number of sites whose states are positive integers in bit operations. */
export const maxExactSites = 30
/** The list of 2^28 states alone takes a gigabyte. */
const maxStates = 2 ** 28

/**
 * A rule computes the elements of an operator on a sector from tables, each for one set of flipped
 * spins.
 *
 *   <row|H|column> = sum over tables t with states[column] = states[row] ^ flipMask[t] of
 *                    (re + i im)[entry(t, states[row])]                                         (1)
 *   entry(t, s) = entryStart[t] + sum_k 2^k · bit spins[spinStart[t] + k] of s                  (2)
 */
export interface RowRule {
  readonly basis: Basis
  readonly isReal: boolean
  /** The state with each number. */
  readonly states: Int32Array
  /** Tables before this one flip no spin and belong to the diagonal. */
  readonly firstFlip: number
  readonly flipMask: Int32Array
  readonly spinStart: Int32Array
  readonly spins: Int32Array
  /**
   * The first two spins of each table; most have no more. The value is 31, a bit that is never set,
   * where there is none.
   */
  readonly spin0: Int32Array
  readonly spin1: Int32Array
  /** The value is 1 for tables of more than two spins. */
  readonly further: Uint8Array
  readonly entryStart: Int32Array
  readonly re: Float64Array
  readonly im: Float64Array
  /** The number of a state is highStart[state >> lowBits] + lowRank[state & (2^lowBits - 1)]. */
  readonly lowBits: number
  readonly lowRank: Int32Array
  readonly highStart: Int32Array
}

const bitCount = (state: number): number => {
  let count = 0
  for (let s = state; s !== 0; s &= s - 1) count += 1
  return count
}

const statesOf = ({ sector, dimension }: Basis): Int32Array => {
  const states = new Int32Array(dimension)
  let state = 2 ** (sector.up ?? 0) - 1
  for (let k = 0; k < dimension; k += 1) {
    states[k] = state
    if (sector.up === undefined) state += 1
    else if (state !== 0) {
      // In the lowest run of up spins the top one moves up, and the others move to the bottom.
      const lowest = state & -state
      const ripple = state + lowest
      state = ripple | (((state ^ ripple) / lowest) >> 2)
    }
  }
  return states
}

/**
 * Returns the tables that number a state by two look-ups: in ascending order, states with equal
 * high halves are neighbours.
 */
const rankTables = ({ sites, up }: Sector) => {
  const lowBits = sites >> 1
  const seen = new Int32Array(lowBits + 1)
  const lowRank = new Int32Array(2 ** lowBits).map((_, low) => {
    const ups = bitCount(low)
    seen[ups]! += 1
    return up === undefined ? low : seen[ups]! - 1
  })
  const highStart = new Int32Array(2 ** (sites - lowBits))
  let start = 0
  for (let high = 0; high < highStart.length; high += 1) {
    highStart[high] = start
    start += up === undefined ? 2 ** lowBits : (seen[up - bitCount(high)] ?? 0)
  }
  return { lowBits, lowRank, highStart }
}

const checkFits = (operator: Operator, sector: Sector): void => {
  if (sector.sites > maxExactSites || basisOf(sector).dimension > maxStates) {
    fail('SectorError', 'rowRule', `the ${showSector(sector)} is too large for exact vectors.`, {
      fix: `use at most ${maxExactSites} sites and 2^28 states, or sample.`,
    })
  }
  if (sector.up !== undefined && !conservesSz(operator)) {
    fail(
      'SectorError',
      'rowRule',
      'the operator changes the number of up spins and so leaves the sector.',
      { operands: [showSector(sector)], fix: `use fullSpace(${sector.sites}).` },
    )
  }
}

/**
 * Prepares an operator on a sector.
 *
 * Errors  SectorError for more than 30 sites or 2^28 states, or when the operator leads out of the
 *         sector; LatticeError when it acts on sites the sector does not have.
 */
export const rowRule = (operator: Operator, sector: Sector): RowRule => {
  checkFits(operator, sector)
  const c = compileOperator(operator, sector.sites)
  const flipMask = new Int32Array(c.spinStart.length - 1)
  for (let g = 0; g <= c.maxConnected; g += 1) {
    const flips = c.flips.subarray(c.flipStart[g]!, c.flipStart[g + 1]!)
    const mask = flips.reduce((bits, site) => bits | (1 << site), 0)
    flipMask.fill(mask, c.tableStart[g]!, c.tableStart[g + 1]!)
  }
  const spin = (k: number): Int32Array =>
    flipMask.map((_, t) => {
      const at = c.spinStart[t]! + k
      return at < c.spinStart[t + 1]! ? c.spins[at]! : 31
    })
  const basis = basisOf(sector)
  return {
    basis,
    isReal: c.isReal,
    states: statesOf(basis),
    firstFlip: c.tableStart[1]!,
    flipMask,
    spinStart: c.spinStart,
    spins: c.spins,
    spin0: spin(0),
    spin1: spin(1),
    further: Uint8Array.from(flipMask, (_, t) =>
      c.spinStart[t + 1]! - c.spinStart[t]! > 2 ? 1 : 0,
    ),
    entryStart: c.entryStart,
    re: c.re,
    im: c.im,
    ...rankTables(sector),
  }
}

/** Returns the part of entry (2) of table t that comes from its third and further spins. */
const furtherBits = ({ spinStart, spins }: RowRule, t: number, state: number): number => {
  let bits = 0
  for (let k = spinStart[t + 1]! - 1; k >= spinStart[t]! + 2; k -= 1) {
    bits = 2 * bits + ((state >> spins[k]!) & 1)
  }
  return 4 * bits
}

/** Computes the entries (2) of table t for all states, in a loop of its own that stays simple. */
export const fillEntries = (rule: RowRule, t: number, entries: Int32Array): void => {
  const { states } = rule
  const [first, spin0, spin1] = [rule.entryStart[t]!, rule.spin0[t]!, rule.spin1[t]!]
  const further = rule.further[t] === 1
  for (let row = 0; row < entries.length; row += 1) {
    const state = states[row]!
    const entry = first + ((state >> spin0) & 1) + 2 * ((state >> spin1) & 1)
    entries[row] = further ? entry + furtherBits(rule, t, state) : entry
  }
}

/**
 * The matrix is stored as compressed sparse rows. Element p is values[codes[p]], because only few
 * values differ. A column may occur twice in a row; its elements are summed.
 */
export interface SparseMatrix {
  readonly dimension: number
  readonly isReal: boolean
  readonly diagonalRe: Float64Array
  readonly diagonalIm: Float64Array
  /** The off-diagonal elements of row r are rowStart[r] .. rowStart[r+1]; shape [dimension + 1]. */
  readonly rowStart: Int32Array
  readonly columns: Int32Array
  readonly codes: Uint16Array | Int32Array
  readonly valuesRe: Float64Array
  readonly valuesIm: Float64Array
}

/** Returns the number of off-diagonal elements of each row. Cost: O(dimension · tables). */
const countElements = (rule: RowRule): Int32Array => {
  const { re, im } = rule
  const counts = new Int32Array(rule.states.length)
  const entries = new Int32Array(counts.length)
  for (let t = rule.firstFlip; t < rule.flipMask.length; t += 1) {
    fillEntries(rule, t, entries)
    for (let row = 0; row < entries.length; row += 1) {
      if (re[entries[row]!]! !== 0 || im[entries[row]!]! !== 0) counts[row]! += 1
    }
  }
  return counts
}

const diagonalOf = (rule: RowRule, part: Float64Array): Float64Array => {
  const diagonal = new Float64Array(rule.states.length)
  const entries = new Int32Array(diagonal.length)
  for (let t = 0; t < rule.firstFlip; t += 1) {
    fillEntries(rule, t, entries)
    for (let row = 0; row < entries.length; row += 1) diagonal[row]! += part[entries[row]!]!
  }
  return diagonal
}

/** Returns an upper bound of the bytes of a stored matrix, before it is built. */
export const sparseBytes = ({ states, firstFlip, flipMask, re }: RowRule): number =>
  states.length * (20 + (flipMask.length - firstFlip) * (re.length <= 2 ** 16 ? 6 : 8))

/**
 * Returns the stored matrix of a rule.
 *
 * Errors  SectorError when it has 2^31 elements or more.
 * Cost    O(dimension · tables) time, 6 bytes an element.
 */
export const sparseMatrix = (rule: RowRule): SparseMatrix => {
  const { states, firstFlip, flipMask, spin0, spin1, further, entryStart, re, im } = rule
  const { lowBits, lowRank, highStart } = rule
  const dimension = states.length
  const tables = flipMask.length
  const counts = countElements(rule)
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total >= 2 ** 31) {
    fail(
      'SectorError',
      'sparseMatrix',
      `the matrix on the ${showSector(rule.basis.sector)} has ${total} elements to store.`,
      { fix: 'lower matrixBytes, so that it is applied without being stored.' },
    )
  }
  const rowStart = new Int32Array(dimension + 1)
  const columns = new Int32Array(total)
  const codes = re.length <= 2 ** 16 ? new Uint16Array(total) : new Int32Array(total)
  const lowMask = 2 ** lowBits - 1
  let at = 0
  for (let row = 0; row < dimension; row += 1) {
    const state = states[row]!
    for (let t = firstFlip; t < tables; t += 1) {
      let entry = entryStart[t]! + ((state >> spin0[t]!) & 1) + 2 * ((state >> spin1[t]!) & 1)
      if (further[t] === 1) entry += furtherBits(rule, t, state)
      if (re[entry]! === 0 && im[entry]! === 0) continue
      const other = state ^ flipMask[t]!
      columns[at] = highStart[other >> lowBits]! + lowRank[other & lowMask]!
      codes[at] = entry
      at += 1
    }
    rowStart[row + 1] = at
  }
  return {
    dimension,
    isReal: rule.isReal,
    diagonalRe: diagonalOf(rule, re),
    diagonalIm: diagonalOf(rule, im),
    rowStart,
    columns,
    codes,
    valuesRe: re,
    valuesIm: im,
  }
}
