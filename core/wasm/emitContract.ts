import type { ContractKernel, Label } from '../lowering/index.ts'
import { SHORT_SUM } from '../values/index.ts'
import {
  type Dimension,
  isTotal,
  load,
  nest,
  newLocals,
  pitch,
  pointerAt,
  startOf,
  type Tile,
  vectorsOf,
} from './emit.ts'
import { storing, working } from './emitEndings.ts'
import { sumNest } from './emitSums.ts'
import {
  type Code,
  code,
  constantVector,
  type FunctionCode,
  get,
  laneInstruction,
  set,
  VECTOR,
} from './encode.ts'

// Contractions, blocked in registers: R outputs along a label of x, S along a label of y and U
// vectors of lanes share their loads. V8 reserves one of sixteen vector registers, and moves all
// loads of a turn before the sums: sums and loaded vectors have to fit into the registers together,
// or the loop runs at half its speed. For the same reason the loop is not unrolled here.

interface Block {
  readonly r: number
  readonly s: number
  readonly u: number
}

/**
 * Finds the largest divisor up to `most`, or `most` with a remainder where the divisors are small.
 */
const blockOf = (size: number, most: number): number => {
  const divisor = Array.from({ length: most }, (_, i) => most - i).find((d) => size % d === 0)!
  return divisor * 2 > most || size < most ? Math.min(divisor, size) : most
}

/**
 * Chooses a block. `vectors` are counted as registers count them: in pairs where the engine joins
 * pairs.
 */
const chooseBlock = (xVaries: boolean, xSize: number, ySize: number, vectors: number): Block => {
  if (xVaries) {
    // Every load brings one vector of x or y: square blocks load least.
    const r = blockOf(xSize, ySize === 1 ? 6 : 3)
    return { r, s: blockOf(ySize, r === 1 ? 6 : 3), u: 1 }
  }
  const u = vectors % 2 === 0 ? 2 : 1
  if (u === 1) {
    const r = blockOf(xSize, ySize === 1 ? 6 : 3)
    return { r, s: blockOf(ySize, r === 1 ? 6 : 3), u }
  }
  const r = blockOf(xSize, 4)
  return { r, s: blockOf(ySize, r > 2 ? 1 : r === 2 ? 2 : 3), u }
}

/** Splits a label into ranges: whole blocks, then the rest. */
const split = (
  label: Label | undefined,
  block: number,
): { start: number; count: number; size: number }[] => {
  const size = label?.size ?? 1
  const full = Math.floor(size / block)
  const rest = size - full * block
  return [
    ...(full > 0 ? [{ start: 0, count: full, size: block }] : []),
    ...(rest > 0 ? [{ start: full * block, count: 1, size: rest }] : []),
  ]
}

export const emitContract = (t: Tile, kernel: ContractKernel): FunctionCode => {
  const { x, y, write, epilogue } = kernel
  const locals = newLocals()
  const px = pointerAt(locals, startOf(t, x))
  const py = pointerAt(locals, startOf(t, y))
  const vectors = vectorsOf(t)
  const pair = t.wide && vectors % 2 === 0 ? 2 : 1
  const ending =
    epilogue === undefined ? storing(t, kernel, locals) : working(t, epilogue, locals, pair)
  const scale = { x: pitch(t, x.varies), y: pitch(t, true) }
  const dimension = (l: Label, size = l.size, times = 1): Dimension => ({
    size,
    steps: [
      [px.pointer, l.x * scale.x * times],
      [py.pointer, l.y * scale.y * times],
      ...ending.steps(l, times),
    ],
  })
  const [xLabel, yLabel] = [kernel.xOnly.at(-1), kernel.yOnly.at(-1)]
  const registers = chooseBlock(x.varies, xLabel?.size ?? 1, yLabel?.size ?? 1, vectors / pair)
  const block = { ...registers, u: registers.u * pair }
  const sums = Array.from({ length: block.r * block.s * block.u }, () => locals.take('v128'))
  const ys = Array.from({ length: block.s * block.u }, () => locals.take('v128'))
  const xs = Array.from({ length: block.u }, () => locals.take('v128'))
  const zero = constantVector(t.format, 0n)

  const chunk: Dimension = {
    size: vectors / block.u,
    steps: [
      [px.pointer, x.varies ? block.u * VECTOR : 0],
      [py.pointer, block.u * VECTOR],
      ...ending.vectorSteps(block.u),
    ],
  }
  // A total sums over the vectors of samples too, up to SHORT_SUM terms of each: at most as many
  // roundings as terms.
  const summed = kernel.summed.map((l) => dimension(l))
  const total = isTotal(t, write)
  const terms = total ? [chunk, ...summed] : summed
  const short = SHORT_SUM * (total ? chunk.size : 1)

  const tile = (r: number, s: number, startX: number, startY: number): Code => {
    const each = (n: number, f: (i: number) => Code): Code =>
      code(Array.from({ length: n }, (_, i) => f(i)))
    const sum = (i: number, j: number, k: number): number => sums[(i * s + j) * block.u + k]!
    const xAt = (i: number): number => (startX + i) * (xLabel?.x ?? 0) * scale.x
    const yAt = (j: number): number => (startY + j) * (yLabel?.y ?? 0) * scale.y
    const first = terms.length === 0
    const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
    const results = range(r).flatMap((i) =>
      range(s).map((j) => ({
        at: [
          [xLabel, startX + i],
          [yLabel, startY + j],
        ] as const,
        locals: range(block.u).map((k) => sum(i, j, k)),
      })),
    )
    const addTerms = code(
      each(s, (j) =>
        each(block.u, (k) =>
          code(load(t, y, py.pointer, yAt(j) + k * VECTOR), set(ys[j * block.u + k]!)),
        ),
      ),
      each(r, (i) =>
        code(
          // A shared number is the same for all vectors.
          each(x.varies ? block.u : 1, (k) =>
            code(load(t, x, px.pointer, xAt(i) + k * VECTOR), set(xs[k]!)),
          ),
          each(s, (j) =>
            each(block.u, (k) => {
              const factors = code(get(xs[x.varies ? k : 0]!), get(ys[j * block.u + k]!))
              const [mul, add] = [
                laneInstruction(t.format, 'mul'),
                laneInstruction(t.format, 'add'),
              ]
              const to = set(sum(i, j, k))
              if (first) return code(factors, mul, to)
              const sofar = get(sum(i, j, k))
              return t.fused
                ? code(factors, sofar, laneInstruction(t.format, 'addProduct'), to)
                : code(code(sofar, factors), code(mul, add), to)
            }),
          ),
        ),
      ),
    )
    const used = results.flatMap((element) => element.locals)
    const { init, loops, done } = sumNest(t, locals, terms, used, addTerms, short)
    return code(
      first ? [] : code(used.map((local) => code(zero, set(local)))),
      code(init, loops, done),
      ending.store(results),
    )
  }
  const outer = [...kernel.both, ...kernel.xOnly.slice(0, -1), ...kernel.yOnly.slice(0, -1)]
  const blocks = split(xLabel, block.r).flatMap((i) =>
    split(yLabel, block.s).map((j) => {
      const dims = [
        ...(yLabel === undefined ? [] : [dimension(yLabel, j.count, j.size)]),
        ...(xLabel === undefined ? [] : [dimension(xLabel, i.count, i.size)]),
        ...(total ? [] : [chunk]),
      ]
      return nest(locals, dims, tile(i.size, j.size, i.start, j.start))
    }),
  )
  return {
    body: code(
      code(px.init, py.init, ending.init()),
      nest(
        locals,
        outer.map((l) => dimension(l)),
        code(blocks),
      ),
    ),
    locals: locals.types,
  }
}
