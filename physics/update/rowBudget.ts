import type { Precision } from '../../core/index.ts'
import { type Problem, raise } from '../../core/index.ts'

// An update keeps two large things in memory: the rows X, in blocks where they are too many, and
// the matrix of the solve. Everything else is much smaller.

/** The space in which an update is solved: the matrix is over parameters, or over samples. */
export type SolveSpace = 'parameters' | 'samples'

/** The numbers of samples whose rows are in memory: resident ones, and ones streamed past them. */
export interface RowBudget {
  readonly resident: number
  readonly streamed: number
}

/** The sizes of an update. */
export interface UpdateSizes {
  readonly samples: number
  readonly params: number
  readonly precision: Precision
  readonly space: SolveSpace | 'none'
}

/** The smallest block has as many samples as one or two compiled tiles. */
const BLOCK = 32
/** Products of columns need blocks of 256 rows; smaller ones would change the bits. */
const COLUMN_BLOCK = 128
/** One part is streamed past eight resident parts, so little is computed more than once. */
const PARTS = 9

/**
 * The largest number of elements in one array: half of what engines allow, because memory is
 * allocated with room to grow.
 */
const LONGEST = 2 ** 31

const WIDTH: { readonly [P in Precision]: number } = { float64: 8, float32: 4 }

const rowBytes = ({ params, precision }: UpdateSizes): number => 2 * params * WIDTH[precision]

const matrixBytes = ({ samples, params, space }: UpdateSizes): number =>
  space === 'none' ? 0 : WIDTH.float64 * (space === 'samples' ? 2 * samples : params) ** 2

const blockOf = ({ space }: UpdateSizes): number => (space === 'parameters' ? COLUMN_BLOCK : BLOCK)

/** Returns the bytes that hold all rows at once, so that nothing is computed twice. */
export const memoryForAll = (sizes: UpdateSizes): number =>
  matrixBytes(sizes) + sizes.samples * rowBytes(sizes)

/** Returns the smallest number of bytes with which an update is possible. */
export const leastMemory = (sizes: UpdateSizes): number => {
  const blocks = (sizes.space === 'samples' ? 2 : 1) * blockOf(sizes)
  return matrixBytes(sizes) + Math.min(sizes.samples, blocks) * rowBytes(sizes)
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/**
 * Returns bytes as text in the largest unit that leaves at least 1, rounded up to whole numbers or
 * tenths.
 */
export const showBytes = (bytes: number): string => {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)))
  const exact = bytes / 1024 ** power
  return `${Math.ceil(10 * exact) / 10}${power === 0 ? ' ' : ''}${UNITS[power]}`
}

/**
 * Returns why a budget is too small, with the smallest sufficient one; undefined where it is
 * enough.
 */
export const memoryProblem = (sizes: UpdateSizes, budget: number): Problem | undefined => {
  const least = leastMemory(sizes)
  if (least <= budget) return undefined
  const { samples, params, space } = sizes
  const solve = { samples: 2 * samples, parameters: params, none: 0 }[space]
  return {
    kind: 'DomainError',
    where: 'memory',
    what: `${showBytes(budget)} are too few for ${samples} samples of ${params} parameters.`,
    operands: [
      ...(solve === 0
        ? []
        : [`the matrix of the solve, [${solve}, ${solve}]: ${showBytes(matrixBytes(sizes))}`]),
      `derivatives of one sample: ${showBytes(rowBytes(sizes))}; of all: ` +
        `${showBytes(samples * rowBytes(sizes))}`,
    ],
    fix: `at least ${showBytes(least)}; ${showBytes(memoryForAll(sizes))} compute nothing twice.`,
    data: { budget, least },
  }
}

/**
 * Returns how many samples are resident and streamed within a budget of bytes; no array is longer
 * than the engine allows.
 *
 * Errors  DomainError naming the least budget.
 */
export const planRows = (sizes: UpdateSizes, budget: number): RowBudget => {
  const { samples, params, space } = sizes
  const problem = memoryProblem(sizes, budget)
  if (problem !== undefined) return raise(problem)
  const block = blockOf(sizes)
  const longest = block * Math.max(1, Math.floor(LONGEST / (2 * params) / block))
  if (memoryForAll(sizes) <= budget && samples <= longest)
    return { resident: Math.max(1, samples), streamed: 0 }
  const blocks = Math.floor((budget - matrixBytes(sizes)) / rowBytes(sizes) / block)
  const streamed = space === 'samples' ? Math.max(1, Math.floor(blocks / PARTS)) : 0
  const within = (count: number): number => Math.min(count * block, longest)
  return { resident: within(blocks - streamed), streamed: within(streamed) }
}
