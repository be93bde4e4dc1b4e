import { either as E } from 'fp-ts'
import ops from 'ndarray-ops'
import {
  assign,
  axesOf,
  broadcastView,
  contiguous,
  permuteView,
  reshapeView,
  type Shape,
  sameShape,
  shapeError,
  showShape,
  sizeOf,
  sliceView,
  summedInto,
} from '../values/index.ts'
import type { Primitive } from './program.ts'

// Primitives that move values without computing: views first, then those that fill new memory.

const all = { low: -3, high: 3 }
const noFlops = () => 0
const isPermutation = (axes: readonly number[], rank: number): boolean =>
  axes.length === rank && axesOf(rank).every((a) => axes.includes(a))
const validAxis = (axis: number, rank: number): boolean =>
  Number.isInteger(axis) && axis >= 0 && axis < rank
const isLength = (d: number): boolean => Number.isSafeInteger(d) && d >= 0
const show = (shape: Shape): string[] => [`x ${showShape(shape)}`]
const replaced = (shape: Shape, axis: number, length: number): number[] =>
  shape.map((d, i) => (i === axis ? length : d))

export const reshape: Primitive<'reshape'> = {
  name: 'reshape',
  equation: 'the same values in row-major order, other axes',
  shape: ([x], { shape }) =>
    shape.every(isLength) && sizeOf(x!) === sizeOf(shape)
      ? E.right(shape)
      : shapeError('reshape', `${sizeOf(x!)} values do not fill ${showShape(shape)}.`, show(x!)),
  evaluate: { view: ([x], { shape }) => reshapeView(x!, shape) },
  batch: ({ shape }, size) => ({ shape: [...shape, size] }),
  domain: all,
  flops: noFlops,
}

export const transpose: Primitive<'transpose'> = {
  name: 'transpose',
  equation: 'output axis k is input axis axes[k]',
  shape: ([x], { axes }) =>
    isPermutation(axes, x!.length)
      ? E.right(axes.map((a) => x![a]!))
      : shapeError('transpose', `axes ${showShape(axes)} are not a permutation.`, show(x!)),
  evaluate: { view: ([x], { axes }) => permuteView(x!, axes) },
  batch: ({ axes }) => ({ axes: [...axes, axes.length] }),
  domain: all,
  flops: noFlops,
}

export const broadcast: Primitive<'broadcast'> = {
  name: 'broadcast',
  equation: 'input axis k becomes output axis axes[k]; axes of length 1 and new axes repeat',
  shape: ([x], { shape, axes }) =>
    shape.every(isLength) &&
    axes.length === x!.length &&
    new Set(axes).size === axes.length &&
    axes.every((a, i) => validAxis(a, shape.length) && (x![i] === shape[a] || x![i] === 1))
      ? E.right(shape)
      : shapeError(
          'broadcast',
          `axes ${showShape(axes)} do not place x in ${showShape(shape)}.`,
          show(x!),
        ),
  evaluate: { view: ([x], { shape, axes }) => broadcastView(x!, shape, axes) },
  batch: ({ shape, axes }, size) => ({ shape: [...shape, size], axes: [...axes, shape.length] }),
  domain: all,
  flops: noFlops,
}

export const slice: Primitive<'slice'> = {
  name: 'slice',
  equation: 'the block from start (inclusive) to stop (exclusive) on every axis',
  shape: ([x], { start, stop }) =>
    start.length === x!.length &&
    stop.length === x!.length &&
    [...start, ...stop].every(isLength) &&
    x!.every((d, i) => start[i]! <= stop[i]! && stop[i]! <= d)
      ? E.right(x!.map((_, i) => stop[i]! - start[i]!))
      : shapeError(
          'slice',
          `from ${showShape(start)} to ${showShape(stop)} is not inside x.`,
          show(x!),
        ),
  evaluate: { view: ([x], { start, stop }) => sliceView(x!, start, stop) },
  batch: ({ start, stop }, size) => ({ start: [...start, 0], stop: [...stop, size] }),
  domain: all,
  flops: noFlops,
}

export const pad: Primitive<'pad'> = {
  name: 'pad',
  equation: 'x with low[k] zeros before and high[k] after it on axis k',
  shape: ([x], { low, high }) =>
    low.length === x!.length && high.length === x!.length && [...low, ...high].every(isLength)
      ? E.right(x!.map((d, i) => low[i]! + d + high[i]!))
      : shapeError('pad', 'needs one amount >= 0 per axis and side.', show(x!)),
  evaluate: {
    write: ([x], { low }, out) => {
      out.data.fill(0)
      assign(
        sliceView(
          out,
          low,
          x!.shape.map((d, i) => low[i]! + d),
        ),
        x!,
      )
    },
  },
  batch: ({ low, high }) => ({ low: [...low, 0], high: [...high, 0] }),
  domain: all,
  flops: noFlops,
}

export const concatenate: Primitive<'concatenate'> = {
  name: 'concatenate',
  equation: 'the operands one after the other along an axis',
  shape: (inputs, { axis }) => {
    const first = inputs[0]
    const rest = (s: Shape): Shape => s.filter((_, i) => i !== axis)
    return first !== undefined &&
      validAxis(axis, first.length) &&
      inputs.every((s) => s.length === first.length && sameShape(rest(s), rest(first)))
      ? E.right(
          replaced(
            first,
            axis,
            inputs.reduce((n, s) => n + s[axis]!, 0),
          ),
        )
      : shapeError(
          'concatenate',
          `operands must agree on every axis but axis ${axis}.`,
          inputs.map(showShape),
        )
  },
  evaluate: {
    write: (inputs, { axis }, out) => {
      let at = 0
      for (const x of inputs) {
        const start = out.shape.map((_, i) => (i === axis ? at : 0))
        at += x.shape[axis]!
        assign(sliceView(out, start, replaced(out.shape, axis, at)), x)
      }
    },
  },
  domain: all,
  flops: noFlops,
}

/** So few values are copied sooner one by one than by a view of them. */
const SHORT = 16

/** Calls `row(k, outer offset)` for index k of every leading position; blocks are contiguous. */
const overAxis = (
  shape: Shape,
  axis: number,
  count: number,
  row: (k: number, outer: number, block: number) => void,
): void => {
  const outer = sizeOf(shape.slice(0, axis))
  const block = sizeOf(shape.slice(axis + 1))
  for (let o = 0; o < outer; o += 1) for (let k = 0; k < count; k += 1) row(k, o, block)
}

const indicesFit = (indices: readonly number[], length: number): boolean =>
  indices.every((i) => validAxis(i, length))

export const gather: Primitive<'gather'> = {
  name: 'gather',
  equation: 'position k on the axis is position indices[k] of x; indices are fixed',
  shape: ([x], { axis, indices }) =>
    validAxis(axis, x!.length) && indicesFit(indices, x![axis]!)
      ? E.right(replaced(x!, axis, indices.length))
      : shapeError('gather', `an index or axis ${axis} is outside x.`, show(x!)),
  evaluate: {
    write: ([x], { axis, indices }, out) => {
      const from = contiguous(x!)
      const length = from.shape[axis]!
      overAxis(out.shape, axis, indices.length, (k, o, block) => {
        const at = from.offset + (o * length + indices[k]!) * block
        const to = (o * indices.length + k) * block
        if (block > SHORT) out.data.set(from.data.subarray(at, at + block), to)
        else for (let i = 0; i < block; i += 1) out.data[to + i] = from.data[at + i]!
      })
    },
  },
  domain: all,
  flops: noFlops,
}

export const scatterAdd: Primitive<'scatterAdd'> = {
  name: 'scatterAdd',
  equation: 'position indices[k] of a zero axis of the given size gains position k of x',
  shape: ([x], { axis, indices, size }) =>
    isLength(size) &&
    validAxis(axis, x!.length) &&
    x![axis] === indices.length &&
    indicesFit(indices, size)
      ? E.right(replaced(x!, axis, size))
      : shapeError('scatterAdd', `indices do not match axis ${axis} and size ${size}.`, show(x!)),
  evaluate: {
    write: ([x], { axis, indices, size }, out) => {
      const from = contiguous(x!)
      summedInto(out, indices.length, ({ data }) => {
        data.fill(0)
        overAxis(from.shape, axis, indices.length, (k, o, block) => {
          const to = (o * size + indices[k]!) * block
          const at = from.offset + (o * indices.length + k) * block
          for (let i = 0; i < block; i += 1) data[to + i]! += from.data[at + i]!
        })
      })
    },
  },
  domain: all,
  flops: ([x]) => sizeOf(x!),
}

const axesFit = (axes: readonly number[], rank: number): boolean =>
  new Set(axes).size === axes.length && axes.every((a) => validAxis(a, rank))

const reduction = <P extends 'sum' | 'max'>(
  name: P,
  equation: string,
  initial: number,
  accumulate: typeof ops.addeq,
): Primitive<P> => ({
  name,
  equation,
  shape: ([x], { axes }) => {
    if (!axesFit(axes, x!.length))
      return shapeError(name, `axes ${showShape(axes)} are not distinct axes of x.`, show(x!))
    if (name === 'max' && axes.some((a) => x![a] === 0))
      return shapeError(name, 'the maximum of no values does not exist.', show(x!))
    return E.right(x!.filter((_, i) => !axes.includes(i)))
  },
  evaluate: {
    write: ([x], { axes }, out) => {
      const kept = axesOf(x!.shape.length).filter((i) => !axes.includes(i))
      const terms = name === 'sum' ? sizeOf(axes.map((a) => x!.shape[a]!)) : 0
      summedInto(out, terms, (to) => {
        to.data.fill(initial)
        if (x!.size > 0) accumulate(broadcastView(to, x!.shape, kept), x!)
      })
    },
  },
  domain: name === 'max' ? { ...all, apart: true } : all,
  flops: ([x]) => sizeOf(x!),
})

export const sum = reduction('sum', 'Σ over the given axes', 0, ops.addeq)
export const max = reduction('max', 'maximum over the given axes', -Infinity, ops.maxeq)
