import type { Task, Team } from '../../core/index.ts'
import { fail } from '../../core/values/index.ts'
import { type CompiledOperator, compileOperator, type Operator } from '../operators/index.ts'
import { type OrbitBasis, orbitLocator } from './orbitBasis.ts'
import { sharedInts, sharedNumbers } from './sharedArrays.ts'

/**
 * A Hamiltonian between orbits, stored once for all sectors of its symmetries.
 *
 * ψ(gσ) = χ(g)* ψ(σ) makes the amplitudes at representatives r the whole state, and
 *
 *   (H ψ)(r) = Σ_σ ⟨r|H|σ⟩ χ(g_σ) ψ(r_σ),   g_σ σ = r_σ                                         (1)
 *
 * One element of 32 bits holds the number of r_σ in its lower bits, and above them a code for the
 * pair of ⟨r|H|σ⟩ and g_σ: what a code is worth depends on the sector, the rest does not.
 */
export interface OrbitMatrix {
  readonly dimension: number
  readonly indexBits: number
  /** The diagonal of H on representatives; it is real. */
  readonly diagonal: Float64Array
  /** Elements of the rows of each block: its row i has elements[starts[i] .. starts[i + 1]]. */
  readonly blocks: readonly MatrixBlock[]
  /** Code c is coefficient ⌊c / classes⌋ with a symmetry of class c mod classes. */
  readonly classes: number
  readonly coefficients: { readonly re: Float64Array; readonly im: Float64Array }
}

export interface MatrixBlock {
  readonly starts: Int32Array
  readonly elements: Int32Array
}

/** Rows of a block: what threads take at once. */
export const BLOCK_ROWS = 8192

/** The operator on positions instead of sites. */
const relabelled = (operator: Operator, order: Int32Array): Operator => {
  const position = new Map([...order].map((site, p) => [site, p] as const))
  return {
    strings: operator.strings.map((s) => {
      const at = s.sites
        .map((site, k) => [position.get(site) ?? site, s.axes[k]!] as const)
        .sort((a, b) => a[0] - b[0])
      return { ...s, sites: at.map(([p]) => p), axes: at.map(([, axis]) => axis) }
    }),
  }
}

/** The data that rows of a matrix are made from; all of it can be sent to other threads. */
interface RowMaker {
  readonly basis: OrbitBasis
  readonly classOf: Int32Array
  readonly classes: number
  readonly indexBits: number
  /** Tables before this one flip nothing: the diagonal. */
  readonly firstFlip: number
  /** The spins that each table flips, and those that its entry depends on. */
  readonly flipHigh: Int32Array
  readonly flipLow: Int32Array
  readonly spinStart: Int32Array
  readonly spins: Int32Array
  readonly entryStart: Int32Array
  /** The number of each entry's coefficient; 0 where it is zero. */
  readonly coefficientOf: Int32Array
  readonly re: Float64Array
}

interface Build {
  readonly maker: RowMaker
  readonly firstBlock: number
  readonly blocks: readonly MatrixBlock[]
  readonly diagonal: Float64Array
}

const shared = (numbers: Int32Array): Int32Array => {
  const all = sharedInts(numbers.length)
  all.set(numbers)
  return all
}

const distinctCoefficients = ({ re, im, entryStart, tableStart }: CompiledOperator) => {
  const known = new Map<string, number>([['0 0', 0]])
  const values: { readonly re: number; readonly im: number }[] = [{ re: 0, im: 0 }]
  const first = entryStart[tableStart[1]!]!
  const coefficientOf = Int32Array.from(re, (a, entry) => {
    const b = im[entry]!
    const key = `${a + 0} ${b + 0}`
    // The diagonal is no part of the elements.
    if (entry < first) return 0
    const number = known.get(key) ?? values.push({ re: a, im: b }) - 1
    known.set(key, number)
    return number
  })
  return {
    coefficientOf,
    coefficients: {
      re: Float64Array.from(values, (v) => v.re),
      im: Float64Array.from(values, (v) => v.im),
    },
  }
}

const rowMaker = (basis: OrbitBasis, operator: Operator, classOf: Int32Array) => {
  const { order, sites, highBits } = basis.code
  const c = compileOperator(relabelled(operator, order), sites)
  const { coefficientOf, coefficients } = distinctCoefficients(c)
  const classes = classOf.reduce((most, k) => Math.max(most, k + 1), 1)
  const indexBits = Math.max(1, Math.ceil(Math.log2(basis.dimension)))
  const codes = coefficients.re.length * classes
  if (codes * 2 ** indexBits > 2 ** 32)
    fail(
      'SectorError',
      'orbitMatrix',
      `${codes} codes for ${basis.dimension} orbits do not fit 32 bits.`,
      { fix: 'fewer sectors at a time, or fewer different couplings.' },
    )
  const tables = c.spinStart.length - 1
  const [flipHigh, flipLow] = [sharedInts(tables), sharedInts(tables)]
  for (let g = 0; g <= c.maxConnected; g += 1)
    for (let t = c.tableStart[g]!; t < c.tableStart[g + 1]!; t += 1)
      for (let k = c.flipStart[g]!; k < c.flipStart[g + 1]!; k += 1) {
        const p = c.flips[k]!
        if (p < highBits) flipHigh[t]! |= 1 << p
        else flipLow[t]! |= 1 << (p - highBits)
      }
  const re = sharedNumbers(c.re.length)
  re.set(c.re)
  // Bits of `high` come first, bits of `low` after 32 of them, so that one number tells both.
  const place = (p: number): number => (p < highBits ? p : 32 + p - highBits)
  const maker: RowMaker = {
    basis,
    classOf: shared(classOf),
    classes,
    indexBits,
    firstFlip: c.tableStart[1]!,
    flipHigh,
    flipLow,
    spinStart: shared(c.spinStart),
    spins: shared(c.spins.map(place)),
    entryStart: shared(c.entryStart),
    coefficientOf: shared(coefficientOf),
    re,
  }
  return { maker, coefficients }
}

const entryReader =
  ({ spinStart, spins, entryStart }: RowMaker) =>
  (t: number, high: number, low: number): number => {
    let entry = entryStart[t]!
    for (let k = spinStart[t]!, bit = 0; k < spinStart[t + 1]!; k += 1, bit += 1) {
      const p = spins[k]!
      entry += ((p < 32 ? high >> p : low >> (p - 32)) & 1) << bit
    }
    return entry
  }

/** Calls back with each row of a block, and its representative. */
const eachRow = (
  { highs, start, low, dimension }: OrbitBasis,
  block: number,
  seen: (row: number, high: number, low: number) => void,
): void => {
  const from = block * BLOCK_ROWS
  const to = Math.min(from + BLOCK_ROWS, dimension)
  let h = 0
  for (let end = highs.length; end - h > 1; ) {
    const middle = (h + end) >> 1
    if (start[middle]! <= from) h = middle
    else end = middle
  }
  for (let row = from; row < to; row += 1) {
    while (start[h + 1]! <= row) h += 1
    seen(row, highs[h]!, low[row]!)
  }
}

/** Counts the elements of rows: starts[i + 1] of each block, summed up. */
export const countTask: Task<Build> = {
  name: 'countOrbitElements',
  phases: ({ blocks }) => [blocks.length],
  start: ({ maker, firstBlock, blocks }) => {
    const { basis, firstFlip, flipHigh, coefficientOf } = maker
    const entryOf = entryReader(maker)
    return (_, item) => {
      const block = firstBlock + item
      const { starts } = blocks[item]!
      let count = 0
      eachRow(basis, block, (row, high, low) => {
        for (let t = firstFlip; t < flipHigh.length; t += 1)
          if (coefficientOf[entryOf(t, high, low)] !== 0) count += 1
        starts[row - block * BLOCK_ROWS + 1] = count
      })
    }
  },
}

/** Writes the elements of rows, and their diagonal. */
export const buildTask: Task<Build> = {
  name: 'buildOrbitElements',
  phases: ({ blocks }) => [blocks.length],
  start: ({ maker, firstBlock, blocks, diagonal }) => {
    const { basis, firstFlip, flipHigh, flipLow, coefficientOf, classOf, classes, re } = maker
    const { indexBits } = maker
    const entryOf = entryReader(maker)
    const locate = orbitLocator(basis)
    const found = new Int32Array(2)
    return (_, item) => {
      const { elements } = blocks[item]!
      let at = 0
      eachRow(basis, firstBlock + item, (row, high, low) => {
        let own = 0
        for (let t = 0; t < firstFlip; t += 1) own += re[entryOf(t, high, low)]!
        diagonal[row] = own
        for (let t = firstFlip; t < flipHigh.length; t += 1) {
          const coefficient = coefficientOf[entryOf(t, high, low)]!
          if (coefficient === 0) continue
          locate(high ^ flipHigh[t]!, low ^ flipLow[t]!, found)
          const code = coefficient * classes + classOf[found[1]!]!
          elements[at] = (code << indexBits) | found[0]!
          at += 1
        }
      })
    }
  },
}

/** Told between parts of a long work, with the share of it that is done. */
export type Progress = (share: number) => void

/** Blocks that are built between two calls of progress. */
const TOGETHER = 16

export interface MatrixOptions {
  readonly team: Team
  readonly progress: Progress
}

/**
 * Builds the matrix of an operator between orbits. `classOf` numbers symmetries so that those of
 * equal characters in every sector asked for share a number.
 *
 * Errors  SectorError when numbers and codes do not fit 32 bits.
 * Cost    about 0.15 µs for each element and thread; 4 bytes an element.
 */
export const orbitMatrix = (
  basis: OrbitBasis,
  operator: Operator,
  classOf: Int32Array,
  { team, progress }: MatrixOptions,
): OrbitMatrix => {
  const { dimension } = basis
  const { maker, coefficients } = rowMaker(basis, operator, classOf)
  const diagonal = sharedNumbers(dimension)
  const rowsOf = (block: number): number => Math.min(BLOCK_ROWS, dimension - block * BLOCK_ROWS)
  const counted = Array.from({ length: Math.ceil(dimension / BLOCK_ROWS) }, (_, block) => ({
    starts: sharedInts(rowsOf(block) + 1),
    elements: sharedInts(0),
  }))
  const inParts = (task: Task<Build>, blocks: readonly MatrixBlock[], report: Progress): void => {
    for (let first = 0; first < blocks.length; first += TOGETHER) {
      const part = blocks.slice(first, first + TOGETHER)
      team.run(task, { maker, firstBlock: first, blocks: part, diagonal })
      report(Math.min(1, (first + part.length) / blocks.length))
    }
  }
  inParts(countTask, counted, () => {})
  const blocks = counted.map(({ starts }) => ({ starts, elements: sharedInts(starts.at(-1)!) }))
  inParts(buildTask, blocks, progress)
  return {
    dimension,
    indexBits: maker.indexBits,
    diagonal,
    blocks,
    classes: maker.classes,
    coefficients,
  }
}
