import { type Access, type MemoryPlan, type Operand, usesOf } from '../lowering/index.ts'
import {
  argsOf,
  type CalledFunction,
  type Format,
  type LaneCode,
  type Node,
  WIDTH,
} from '../lowering/lanes/index.ts'
import {
  anyTrue,
  bitsOf,
  type Code,
  call,
  code,
  constantVector,
  either,
  extractLane,
  get,
  i32Add,
  i32Const,
  i32Sub,
  laneInstruction,
  loadSplat,
  loadVector,
  loop,
  replaceLane,
  set,
  shiftInstruction,
  storeVector,
  TOTAL,
  tee,
  type ValueType,
  VECTOR,
} from './encode.ts'
import { importNumber } from './imports.ts'
import type { Machine } from './wasmTarget.ts'

// Kernels become WebAssembly loops over vectors of lanes, with pointers that step through memory.

/** The layout says how the numbers of a tile lie in memory. */
export interface Layout {
  readonly format: Format
  /** The samples of a tile, a whole number of vectors. */
  readonly lanes: number
  readonly plan: MemoryPlan
  /** The values that are totals over samples. */
  readonly totals: ReadonlySet<number>
}

/** The loops of a tile are written for this layout and machine. */
export interface Tile extends Layout, Machine {}

/** Local variables are handed out as they are needed. */
export interface Locals {
  readonly take: (type: ValueType) => number
  readonly types: readonly ValueType[]
}
export const newLocals = (): Locals => {
  const types: ValueType[] = []
  return { take: (type) => types.push(type) - 1, types }
}

/** A step says how far a pointer local moves in one turn, in bytes. */
export type Steps = readonly (readonly [pointer: number, bytes: number])[]
export interface Dimension {
  readonly size: number
  readonly steps: Steps
}

export const move = (steps: Steps, times: number): Code =>
  steps
    .filter(([, bytes]) => bytes * times !== 0)
    .flatMap(([p, bytes]) => code(get(p), i32Const(bytes * times), i32Add, set(p)))

/** Nests loops, outermost first; every pointer ends where it began. */
export const nest = (locals: Locals, dims: readonly Dimension[], body: Code): Code => {
  const [first, ...rest] = dims
  if (first === undefined) return body
  const inner = nest(locals, rest, body)
  if (first.size === 1) return inner
  const counter = locals.take('i32')
  return code(
    code(i32Const(first.size), set(counter)),
    loop(code(inner, move(first.steps, 1), get(counter), i32Const(1), i32Sub, tee(counter))),
    move(first.steps, -first.size),
  )
}

/** Computes the bytes from one element of an operand to the next. */
export const pitch = (t: Layout, varies: boolean): number =>
  WIDTH[t.format] * (varies ? t.lanes : 1)

export const startOf = (t: Tile, x: Operand): number =>
  t.plan.address.get(x.base)! + x.offset * pitch(t, x.varies)

/** Tells whether a kernel's write goes to a total over samples. */
export const isTotal = (t: Layout, w: Access): boolean => t.totals.has(w.base)
/** Computes the bytes from one element of what a kernel writes to the next. */
export const writePitch = (t: Layout, w: Access): number => (isTotal(t, w) ? TOTAL : pitch(t, true))
export const writeStart = (t: Tile, w: Access): number =>
  t.plan.address.get(w.base)! + w.offset * writePitch(t, w)
/** Returns the offset of vector u of an element: totals have one pair of vectors for all. */
export const vectorAt = (t: Tile, w: Access, u: number): number =>
  (isTotal(t, w) ? u % 2 : u) * VECTOR
/** Computes the bytes from one block of vectors of an element to the next. */
export const writeStep = (t: Tile, w: Access): number => (isTotal(t, w) ? 0 : VECTOR)

/** Stores a vector, or adds it to the total there. */
export const put = (t: Tile, w: Access, p: number, offset: number, value: Code): Code => {
  const sum = code(get(p), loadVector(offset), value, laneInstruction(t.format, 'add'))
  return code(get(p), isTotal(t, w) ? sum : value, storeVector(offset))
}

/**
 * Stores the vectors of one element, which are in locals, from `offset` on. It does so for several
 * elements at once, so that all totals are read before the first is written.
 */
export const putAll = (
  t: Tile,
  w: Access,
  p: number,
  elements: readonly { readonly offset: number; readonly locals: readonly number[] }[],
): Code => {
  const add = laneInstruction(t.format, 'add')
  const grown = ({ offset, locals }: (typeof elements)[number]): Code =>
    code(
      locals.map((local, u) => {
        const into = locals[u % 2]!
        const more = u < 2 ? code(get(p), loadVector(offset + vectorAt(t, w, u))) : get(into)
        return code(more, get(local), add, set(into))
      }),
    )
  const total = isTotal(t, w)
  return code(
    total ? elements.map(grown) : [],
    elements.flatMap(({ offset, locals }) =>
      locals
        .slice(0, total ? 2 : locals.length)
        .map((local, u) => code(get(p), get(local), storeVector(offset + vectorAt(t, w, u)))),
    ),
  )
}

export const pointerAt = (locals: Locals, address: number): { pointer: number; init: Code } => {
  const pointer = locals.take('i32')
  return { pointer, init: code(i32Const(address), set(pointer)) }
}

/** Loads a vector of an operand at a pointer: its lanes, or its one number in every lane. */
export const load = (t: Tile, x: { readonly varies: boolean }, p: number, offset: number): Code =>
  code(get(p), x.varies ? loadVector(offset) : loadSplat(t.format, offset))

/** Calls a function for every lane. */
const calledLaneByLane = (
  t: Tile,
  locals: Locals,
  name: CalledFunction,
  args: readonly Code[],
): Code => {
  const lanes = VECTOR / WIDTH[t.format]
  const held = args.map((arg) => ({ arg, local: locals.take('v128') }))
  const one = (lane: number): Code =>
    code(
      held.map(({ local }) => code(get(local), extractLane(t.format, lane))),
      call(importNumber(name)),
      replaceLane(t.format, lane),
    )
  return code(
    held.map(({ arg, local }) => code(arg, set(local))),
    get(held[0]!.local),
    Array.from({ length: lanes }, (_, lane) => one(lane)),
  )
}

/**
 * Vectors of one number are set in locals before a loop. If such a vector is inside a loop, V8
 * builds it again from plain registers in every turn (Node 24), or does not pair it.
 */
export interface Constants {
  readonly get: (bits: bigint) => Code
  /** Sets all constants that were requested. */
  readonly init: () => Code
}
export const newConstants = (format: Format, locals: Locals): Constants => {
  const known = new Map<bigint, number>()
  return {
    get: (bits) => {
      const local = known.get(bits) ?? locals.take('v128')
      known.set(bits, local)
      return get(local)
    },
    init: () =>
      code([...known].map(([bits, local]) => code(constantVector(format, bits), set(local)))),
  }
}

/**
 * Writes lane code as instructions. Nodes that are read more than once are kept in locals, the
 * others stand where they are read. A call that a mask selects happens only if some lane needs it.
 */
export const laneBody = (
  t: Tile,
  locals: Locals,
  laneCode: LaneCode,
  input: (index: number) => Code,
  output: (k: number, value: Code) => Code,
  constants: Constants,
): Code => {
  const { nodes, outputs, format } = laneCode
  const uses = usesOf(laneCode)
  const isRare = (node: Node): node is Node & { op: 'select' } =>
    node.op === 'select' && nodes[node.args[1]!]!.op === 'call' && uses[node.args[1]!] === 1
  const masks = new Set(nodes.filter(isRare).map((node) => node.args[0]!))
  const values: Code[] = []
  const kept: Code[] = []
  nodes.forEach((node, i) => {
    const args = argsOf(node).map((a) => values[a]!)
    const value = ((): Code => {
      switch (node.op) {
        case 'input':
          return input(node.index)
        case 'constant':
          return constants.get(bitsOf(format, node.value))
        case 'bits':
          return constants.get(node.value)
        case 'call':
          return calledLaneByLane(t, locals, node.name, args)
        case 'shl':
        case 'shr':
        case 'sar':
          return code(args[0]!, i32Const(node.by), shiftInstruction(format, node.op))
        case 'select': {
          const [mask, yes, no] = args as [Code, Code, Code]
          const chosen = laneInstruction(format, 'select')
          if (!isRare(node)) return code(yes, no, mask, chosen)
          const usual = locals.take('v128')
          return code(
            code(no, set(usual), mask, anyTrue),
            either(code(yes, get(usual), mask, chosen), get(usual)),
          )
        }
        default:
          return code(args, laneInstruction(format, node.op))
      }
    })()
    const isShort = node.op === 'constant' || node.op === 'bits'
    if (masks.has(i) || (uses[i]! > 1 && !isShort)) {
      const local = locals.take('v128')
      kept.push(code(value, set(local)))
      values.push(get(local))
    } else values.push(value)
  })
  return code(
    kept,
    outputs.map((o, k) => output(k, values[o]!)),
  )
}

export const vectorsOf = (t: Tile): number => (t.lanes * WIDTH[t.format]) / VECTOR
