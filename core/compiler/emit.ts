import { mergedAxes } from './access.ts'
import {
  anyTrue,
  bitsOf,
  type Code,
  call,
  code,
  constantVector,
  either,
  extractLane,
  type FunctionCode,
  get,
  type ImportedFunction,
  i32Add,
  i32Const,
  i32Load,
  i32Sub,
  laneInstruction,
  loadSplat,
  loadVector,
  loop,
  replaceLane,
  set,
  shiftInstruction,
  storeVector,
  tee,
  type ValueType,
  VECTOR,
  WIDTH,
} from './encode.ts'
import type { Kernel, MapKernel, Operand, ReduceKernel, TableKernel } from './kernels.ts'
import { argsOf, type CalledFunction, type Format, type LaneCode } from './lanes.ts'
import type { MemoryPlan } from './memory.ts'

// Kernels as WebAssembly: loops whose pointers step through memory, vectors of lanes inside.

/** What code is written with: the format, lanes of a tile, addresses, and numbers for imports. */
export interface Target {
  readonly format: Format
  /** Samples of a tile: a whole number of vectors. */
  readonly lanes: number
  readonly plan: MemoryPlan
  readonly imported: (name: CalledFunction) => number
}

/** Functions that lane code may call, with float64 operands. */
export const calledFunctions: readonly ImportedFunction[] = [
  { name: 'exp', arity: 1 },
  { name: 'expm1', arity: 1 },
  { name: 'log', arity: 1 },
  { name: 'log1p', arity: 1 },
  { name: 'sin', arity: 1 },
  { name: 'cos', arity: 1 },
  { name: 'tanh', arity: 1 },
  { name: 'erf', arity: 1 },
  { name: 'atan2', arity: 2 },
  { name: 'power', arity: 2 },
]

/** Local variables, handed out as they are needed. */
export interface Locals {
  readonly take: (type: ValueType) => number
  readonly types: readonly ValueType[]
}
export const newLocals = (): Locals => {
  const types: ValueType[] = []
  return { take: (type) => types.push(type) - 1, types }
}

/** Pointer locals and how far each moves in one turn, in bytes. */
export type Steps = readonly (readonly [pointer: number, bytes: number])[]
export interface Dimension {
  readonly size: number
  readonly steps: Steps
}

const move = (steps: Steps, times: number): Code =>
  steps
    .filter(([, bytes]) => bytes * times !== 0)
    .flatMap(([p, bytes]) => code(get(p), i32Const(bytes * times), i32Add, set(p)))

/** Nested loops, outermost first; every pointer ends where it began. */
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

/** Bytes from one element of an operand to the next. */
export const pitch = (t: Target, varies: boolean): number =>
  WIDTH[t.format] * (varies ? t.lanes : 1)

export const startOf = (t: Target, x: Operand): number =>
  t.plan.address.get(x.base)! + x.offset * pitch(t, x.varies)

export const pointerAt = (locals: Locals, address: number): { pointer: number; init: Code } => {
  const pointer = locals.take('i32')
  return { pointer, init: code(i32Const(address), set(pointer)) }
}

/** A vector of an operand at a pointer: its lanes, or its one number in every lane. */
export const load = (t: Target, x: { readonly varies: boolean }, p: number, offset: number): Code =>
  code(get(p), x.varies ? loadVector(offset) : loadSplat(t.format, offset))

/** A function called for every lane. */
const calledLaneByLane = (
  t: Target,
  locals: Locals,
  name: CalledFunction,
  args: readonly Code[],
): Code => {
  const lanes = VECTOR / WIDTH[t.format]
  const held = args.map((arg) => ({ arg, local: locals.take('v128') }))
  const one = (lane: number): Code =>
    code(
      ...held.map(({ local }) => code(get(local), extractLane(t.format, lane))),
      call(t.imported(name)),
      replaceLane(t.format, lane),
    )
  return code(
    ...held.map(({ arg, local }) => code(arg, set(local))),
    get(held[0]!.local),
    ...Array.from({ length: lanes }, (_, lane) => one(lane)),
  )
}

/**
 * Lane code as instructions. Nodes that are read more than once are kept in locals, the others
 * stand where they are read. A call that a mask selects happens only if some lane needs it.
 */
export const laneBody = (
  t: Target,
  locals: Locals,
  { nodes, outputs, format }: LaneCode,
  input: (index: number) => Code,
  output: (k: number, value: Code) => Code,
): Code => {
  const uses = nodes.map(() => 0)
  for (const node of nodes) for (const a of argsOf(node)) uses[a]! += 1
  for (const o of outputs) uses[o]! += 1
  const values: Code[] = []
  const kept: Code[] = []
  const isCall = (i: number): boolean => nodes[i]!.op === 'call' && uses[i] === 1
  nodes.forEach((node, i) => {
    const arg = (k: number): Code => values[argsOf(node)[k]!]!
    const args = argsOf(node).map((a) => values[a]!)
    const value = ((): Code => {
      switch (node.op) {
        case 'input':
          return input(node.index)
        case 'constant':
          return constantVector(format, bitsOf(format, node.value))
        case 'bits':
          return constantVector(format, node.value)
        case 'call':
          return calledLaneByLane(t, locals, node.name, args)
        case 'shl':
        case 'shr':
        case 'sar':
          return code(arg(0), i32Const(node.by), shiftInstruction(format, node.op))
        case 'select': {
          const mask = argsOf(node)[0]!
          if (isCall(argsOf(node)[1]!) && uses[mask]! > 1) {
            const no = locals.take('v128')
            return code(
              code(arg(2), set(no), arg(0), anyTrue),
              either(code(arg(1), get(no), arg(0), laneInstruction(format, 'select')), get(no)),
            )
          }
          return code(arg(1), arg(2), arg(0), laneInstruction(format, 'select'))
        }
        default:
          return code(...args, laneInstruction(format, node.op))
      }
    })()
    if (uses[i]! > 1 && node.op !== 'constant' && node.op !== 'bits') {
      const local = locals.take('v128')
      kept.push(code(value, set(local)))
      values.push(get(local))
    } else values.push(value)
  })
  return code(...kept, ...outputs.map((o, k) => output(k, values[o]!)))
}

/** As many turns of an inner loop in one as its length and the size of its body allow. */
const unrolling = (size: number, nodes: number): number =>
  [8, 4, 3, 2].find((u) => size % u === 0 && u * nodes <= 48) ?? 1

const vectorsOf = (t: Target): number => (t.lanes * WIDTH[t.format]) / VECTOR

const emitMap = (t: Target, kernel: MapKernel): FunctionCode => {
  const locals = newLocals()
  const ends = [...kernel.reads, ...kernel.writes.map((w) => ({ ...w, varies: true }))]
  const pointers = ends.map((x) => pointerAt(locals, startOf(t, x)))
  // The vectors of an element are one more, innermost axis.
  const strides = ends.map((x) => [
    ...x.strides.map((s) => s * pitch(t, x.varies)),
    x.varies ? VECTOR : 0,
  ])
  const axes = mergedAxes([...kernel.shape, vectorsOf(t)], strides)
  const dims = axes.sizes.map((size, d) => ({
    size,
    steps: pointers.map(({ pointer }, k) => [pointer, axes.strides[k]![d]!] as const),
  }))
  const last = dims.at(-1)
  const turns = last === undefined ? 1 : unrolling(last.size, kernel.code.nodes.length)
  const body = Array.from({ length: turns }, (_, turn) => {
    const at = (k: number): number => (last === undefined ? 0 : turn * last.steps[k]![1])
    return laneBody(
      t,
      locals,
      kernel.code,
      (i) => load(t, kernel.reads[i]!, pointers[i]!.pointer, at(i)),
      (k, value) => {
        const w = kernel.reads.length + k
        return code(get(pointers[w]!.pointer), value, storeVector(at(w)))
      },
    )
  })
  const outer =
    last === undefined
      ? []
      : [
          ...dims.slice(0, -1),
          {
            size: last.size / turns,
            steps: last.steps.map(([p, bytes]) => [p, bytes * turns] as const),
          },
        ]
  return {
    body: code(...pointers.map((p) => p.init), nest(locals, outer, code(...body))),
    locals: locals.types,
  }
}

const emitReduce = (t: Target, kernel: ReduceKernel): FunctionCode => {
  const locals = newLocals()
  const read = pointerAt(locals, startOf(t, kernel.read))
  const write = pointerAt(locals, startOf(t, { ...kernel.write, varies: true }))
  const vectors = vectorsOf(t)
  const block = [4, 2, 1].find((u) => vectors % u === 0)!
  const sums = Array.from({ length: block }, () => locals.take('v128'))
  const from = kernel.read.strides.map((s) => s * pitch(t, true))
  const to = kernel.write.strides.map((s) => s * pitch(t, true))
  const start = constantVector(
    t.format,
    bitsOf(t.format, kernel.op === 'sum' ? 0 : Number.NEGATIVE_INFINITY),
  )
  const reduced = mergedAxes(kernel.reduced, [from.slice(kernel.kept.length)])
  const inner = nest(
    locals,
    reduced.sizes.map((size, d) => ({ size, steps: [[read.pointer, reduced.strides[0]![d]!]] })),
    code(
      ...sums.map((s, u) =>
        code(
          get(s),
          load(t, kernel.read, read.pointer, u * VECTOR),
          laneInstruction(t.format, kernel.op === 'sum' ? 'add' : 'max'),
          set(s),
        ),
      ),
    ),
  )
  const body = code(
    ...sums.map((s) => code(start, set(s))),
    inner,
    ...sums.map((s, u) => code(get(write.pointer), get(s), storeVector(u * VECTOR))),
  )
  const dims: Dimension[] = [
    ...kernel.kept.map((size, d) => ({
      size,
      steps: [
        [read.pointer, from[d]!],
        [write.pointer, to[d]!],
      ] as const,
    })),
    {
      size: vectors / block,
      steps: [
        [read.pointer, block * VECTOR],
        [write.pointer, block * VECTOR],
      ],
    },
  ]
  return { body: code(read.init, write.init, nest(locals, dims, body)), locals: locals.types }
}

const emitTable = (t: Target, kernel: TableKernel, table: number): FunctionCode => {
  const locals = newLocals()
  const read = pointerAt(locals, startOf(t, kernel.read))
  const write = pointerAt(locals, startOf(t, { ...kernel.write, varies: true }))
  const index = pointerAt(locals, table)
  const found = locals.take('i32')
  const vectors = vectorsOf(t)
  const [from, to] = [kernel.read.strides, kernel.write.strides].map((strides) =>
    strides.map((s) => s * pitch(t, true)),
  ) as [number[], number[]]
  const lookedUp = kernel.add ? write.pointer : read.pointer
  const body = code(
    code(get(lookedUp), get(index.pointer), i32Load, i32Add, set(found)),
    ...Array.from({ length: vectors }, (_, u) => {
      const source = kernel.add ? read.pointer : found
      const target = kernel.add ? found : write.pointer
      const value = code(get(source), loadVector(u * VECTOR))
      const sum = code(
        code(get(target), loadVector(u * VECTOR), value),
        laneInstruction(t.format, 'add'),
      )
      return code(get(target), kernel.add ? sum : value, storeVector(u * VECTOR))
    }),
  )
  const straight = kernel.add
    ? ([read.pointer, from[0]!] as const)
    : ([write.pointer, to[0]!] as const)
  const dims: Dimension[] = [
    ...kernel.shape.map((size, d) => ({
      size,
      steps: [
        [read.pointer, from[d + 1]!],
        [write.pointer, to[d + 1]!],
      ] as const,
    })),
    { size: kernel.table.length, steps: [straight, [index.pointer, 4]] },
  ]
  return {
    body: code(read.init, write.init, index.init, nest(locals, dims, body)),
    locals: locals.types,
  }
}
/** Byte offsets for a table kernel's indices. */
export const tableOf = (t: Target, kernel: TableKernel): number[] => {
  const stride = kernel.add ? kernel.write.strides[0]! : kernel.read.strides[0]!
  return kernel.table.map((i) => i * stride * pitch(t, true))
}

export type Emitter = (t: Target, kernel: Kernel, k: number) => FunctionCode

/** All kernels but contractions. */
export const emitSimple = (
  t: Target,
  kernel: MapKernel | ReduceKernel | TableKernel,
  k: number,
): FunctionCode => {
  switch (kernel.kind) {
    case 'map':
      return emitMap(t, kernel)
    case 'reduce':
      return emitReduce(t, kernel)
    case 'table':
      return emitTable(t, kernel, t.plan.tables.get(k)!)
  }
}
