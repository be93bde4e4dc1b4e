import { combined, rewriteNodes, type Target, writtenOut } from '../lowering/index.ts'
import {
  type Format,
  LAYOUT,
  type LaneCode,
  type PlainCode,
  WIDTH,
} from '../lowering/lanes/index.ts'
import { TOTAL, VECTOR } from './encode.ts'

// The properties of WebAssembly with SIMD that the lowering uses.

/**
 * A machine says whether the engine joins a product and a sum (`fused`), and pairs of neighbouring
 * vectors (`wide`).
 */
export interface Machine {
  readonly fused: boolean
  readonly wide: boolean
}

/** Outputs of so many numbers are copied from a tile as rows (sampleRows.ts), others singly. */
export const IN_ROWS = 8

/** Longer code runs as fast in its own loop, where it is written only once. */
const MOST_OPERATIONS = 8

/**
 * Changes and clears signs as bits. V8's own instructions build these bits again each time, and
 * build them wrongly where Node 24 joins vectors of float64.
 */
const signsAsBits = (code: LaneCode): LaneCode =>
  rewriteNodes(code, code.format, (b, node, args) => {
    if (node.op !== 'neg' && node.op !== 'abs') return undefined
    const sign = b.bits(1n << BigInt(LAYOUT[code.format].width - 1))
    return b.apply(node.op === 'neg' ? 'xor' : 'andnot', args[0]!, sign)
  })

/** Writes plain code as instructions on vectors of a format. */
export const instructionsOf = (code: PlainCode, format: Format, fused: boolean): LaneCode =>
  combined(signsAsBits(writtenOut(code, format)), fused)

/** Counts instructions; constants are not counted. */
const operationsOf = (code: PlainCode, format: Format): number =>
  instructionsOf(code, format, false).nodes.filter(
    ({ op }) => op !== 'input' && op !== 'constant' && op !== 'bits',
  ).length

/** Describes WebAssembly, whose vectors hold numbers of this format. */
export const wasmTarget = (format: Format): Target => ({
  mostMembers: 48,
  runsOnSums: ({ code }) => operationsOf(code, format) <= MOST_OPERATIONS,
  writesParts: true,
  rowsFrom: IN_ROWS,
})

/** Memory is in vectors; a total over samples is a pair of them, for engines that join pairs. */
export const memoryUnits = (format: Format) => ({
  number: WIDTH[format],
  aligned: VECTOR,
  total: TOTAL,
})
