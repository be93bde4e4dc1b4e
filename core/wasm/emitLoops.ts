import type { MapKernel, ReduceKernel, TableKernel } from '../lowering/index.ts'
import { mergedAxes } from '../values/index.ts'
import {
  type Dimension,
  isTotal,
  type Layout,
  laneBody,
  load,
  nest,
  newConstants,
  newLocals,
  pitch,
  pointerAt,
  put,
  putAll,
  startOf,
  type Tile,
  vectorAt,
  vectorsOf,
  writePitch,
  writeStart,
  writeStep,
} from './emit.ts'
import { sumNest } from './emitSums.ts'
import {
  bitsOf,
  type Code,
  code,
  constantVector,
  type FunctionCode,
  get,
  i32Add,
  i32Load,
  laneInstruction,
  loadVector,
  set,
  VECTOR,
} from './encode.ts'
import { instructionsOf } from './wasmTarget.ts'

// Kernels that go through memory once: maps, reductions and table look-ups.

/** Unrolls an inner loop as far as its length and the size of its body allow. */
const unrolling = (size: number, nodes: number, wide: boolean): number => {
  const most = [8, 4, 3, 2].find((u) => size % u === 0 && u * nodes <= 48) ?? 1
  return wide && most % 2 === 1 && size % 2 === 0 ? 2 : most
}

const emitMap = (t: Tile, kernel: MapKernel): FunctionCode => {
  const locals = newLocals()
  const laneCode = instructionsOf(kernel.code, t.format, t.fused)
  const pointers = [
    ...kernel.reads.map((x) => pointerAt(locals, startOf(t, x))),
    ...kernel.writes.map((w) => pointerAt(locals, writeStart(t, w))),
  ]
  // The vectors of an element are one more, innermost axis.
  const strides = [
    ...kernel.reads.map((x) => [
      ...x.strides.map((s) => s * pitch(t, x.varies)),
      x.varies ? VECTOR : 0,
    ]),
    ...kernel.writes.map((w) => [...w.strides.map((s) => s * writePitch(t, w)), writeStep(t, w)]),
  ]
  const axes = mergedAxes([...kernel.shape, vectorsOf(t)], strides)
  const dims = axes.sizes.map((size, d) => ({
    size,
    steps: pointers.map(({ pointer }, k) => [pointer, axes.strides[k]![d]!] as const),
  }))
  const last = dims.at(-1)
  const turns = last === undefined ? 1 : unrolling(last.size, laneCode.nodes.length, t.wide)
  /** Values stay in locals until those of a pair are there: engines join neighbouring stores. */
  const pair = t.wide && turns % 2 === 0 ? 2 : 1
  const held = kernel.writes.map(() => Array.from({ length: pair }, () => locals.take('v128')))
  const at = (k: number, turn: number): number =>
    last === undefined ? 0 : turn * last.steps[k]![1]
  const constants = newConstants(t.format, locals)
  const values = (turn: number): Code =>
    laneBody(
      t,
      locals,
      laneCode,
      (i) => load(t, kernel.reads[i]!, pointers[i]!.pointer, at(i, turn)),
      (k, value) => code(value, set(held[k]![turn % pair]!)),
      constants,
    )
  const stores = (turn: number): Code =>
    code(
      kernel.writes.flatMap((w, k) =>
        held[k]!.map((local, p) => {
          const end = kernel.reads.length + k
          return put(t, w, pointers[end]!.pointer, at(end, turn + p), get(local))
        }),
      ),
    )
  const body = Array.from({ length: turns / pair }, (_, q) =>
    code(
      Array.from({ length: pair }, (_, p) => values(q * pair + p)),
      stores(q * pair),
    ),
  )
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
    body: code(
      code(
        pointers.map((p) => p.init),
        constants.init(),
      ),
      nest(locals, outer, code(body)),
    ),
    locals: locals.types,
  }
}

const emitReduce = (t: Tile, kernel: ReduceKernel): FunctionCode => {
  const locals = newLocals()
  const read = pointerAt(locals, startOf(t, kernel.read))
  const write = pointerAt(locals, writeStart(t, kernel.write))
  const vectors = vectorsOf(t)
  const block = [4, 2, 1].find((u) => vectors % u === 0)!
  const sums = Array.from({ length: block }, () => locals.take('v128'))
  const from = kernel.read.strides.map((s) => s * pitch(t, true))
  const to = kernel.write.strides.map((s) => s * writePitch(t, kernel.write))
  const start = constantVector(
    t.format,
    bitsOf(t.format, kernel.op === 'sum' ? 0 : Number.NEGATIVE_INFINITY),
  )
  const reduced = mergedAxes(kernel.reduced, [from.slice(kernel.kept.length)])
  const terms = reduced.sizes.map(
    (size, d): Dimension => ({ size, steps: [[read.pointer, reduced.strides[0]![d]!]] }),
  )
  const addTerms = code(
    sums.map((s, u) =>
      code(
        get(s),
        load(t, kernel.read, read.pointer, u * VECTOR),
        laneInstruction(t.format, kernel.op === 'sum' ? 'add' : 'max'),
        set(s),
      ),
    ),
  )
  const inner =
    kernel.op === 'sum'
      ? sumNest(t, locals, terms, sums, addTerms)
      : { init: [], loops: nest(locals, terms, addTerms), done: [] }
  const body = code(
    sums.map((s) => code(start, set(s))),
    code(inner.init, inner.loops, inner.done),
    putAll(t, kernel.write, write.pointer, [{ offset: 0, locals: sums }]),
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
        [write.pointer, block * writeStep(t, kernel.write)],
      ],
    },
  ]
  return { body: code(read.init, write.init, nest(locals, dims, body)), locals: locals.types }
}

const emitTable = (t: Tile, kernel: TableKernel, table: number): FunctionCode => {
  const locals = newLocals()
  const read = pointerAt(locals, startOf(t, kernel.read))
  const write = pointerAt(locals, writeStart(t, kernel.write))
  const index = pointerAt(locals, table)
  const found = locals.take('i32')
  const vectors = vectorsOf(t)
  const from = kernel.read.strides.map((s) => s * pitch(t, true))
  const to = kernel.write.strides.map((s) => s * writePitch(t, kernel.write))
  const lookedUp = kernel.add ? write.pointer : read.pointer
  const body = code(
    code(get(lookedUp), get(index.pointer), i32Load, i32Add, set(found)),
    Array.from({ length: vectors }, (_, u) => {
      const source = kernel.add ? read.pointer : found
      const target = kernel.add ? found : write.pointer
      const value = code(get(source), loadVector(u * VECTOR))
      const place = vectorAt(t, kernel.write, u)
      const old = code(get(target), loadVector(place))
      const sum = code(old, value, laneInstruction(t.format, 'add'))
      return put(
        t,
        kernel.write,
        target,
        place,
        kernel.add && !isTotal(t, kernel.write) ? sum : value,
      )
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

/** Computes the byte offsets for a table kernel's indices. */
export const tableOf = (t: Layout, kernel: TableKernel): number[] => {
  const stride = kernel.add
    ? kernel.write.strides[0]! * writePitch(t, kernel.write)
    : kernel.read.strides[0]! * pitch(t, true)
  return kernel.table.map((i) => i * stride)
}

/** Emits all kernels but contractions. */
export const emitSimple = (
  t: Tile,
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
