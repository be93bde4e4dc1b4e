import ops from 'ndarray-ops'
import {
  assign,
  axesOf,
  broadcastView,
  type Concrete,
  otherAxes,
  permuteView,
  reshapeView,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  sliceView,
  summedInto,
} from '../values/index.ts'
import type { Definition } from './program.ts'

// Primitives that move values without computing: views first, then those that fill new memory.

const isPermutation = (axes: readonly number[], rank: number): boolean =>
  axes.length === rank && axesOf(rank).every((a) => axes.includes(a))
const validAxis = (axis: number, rank: number): boolean =>
  Number.isInteger(axis) && axis >= 0 && axis < rank
const distinctAxes = (axes: readonly number[], rank: number): boolean =>
  new Set(axes).size === axes.length && axes.every((a) => validAxis(a, rank))
const areLengths = (shape: Shape): boolean => shape.every((d) => Number.isSafeInteger(d) && d >= 0)
const replaced = (shape: Shape, axis: number, length: number): number[] =>
  shape.map((d, i) => (i === axis ? length : d))
/** Returns the block of x between two positions of an axis. */
const block = (x: Concrete, axis: number, from: number, to: number): Concrete => {
  const first = x.shape.map((_, i) => (i === axis ? from : 0))
  return sliceView(x, first, replaced(x.shape, axis, to))
}

export const reshape: Definition<'reshape'> = {
  equation: 'the same values in row-major order, other axes',
  shape: ([x], { shape }) =>
    areLengths(shape) && sizeOf(x) === sizeOf(shape)
      ? shape
      : `${sizeOf(x)} values do not fill ${showShape(shape)}.`,
  evaluate: { view: ([x], { shape }) => reshapeView(x, shape) },
  batch: ({ shape }, size) => ({ shape: [...shape, size] }),
}

export const transpose: Definition<'transpose'> = {
  equation: 'output axis k is input axis axes[k]',
  shape: ([x], { axes }) =>
    isPermutation(axes, x.length)
      ? axes.map((a) => x[a]!)
      : `axes ${showShape(axes)} are not a permutation.`,
  evaluate: { view: ([x], { axes }) => permuteView(x, axes) },
  batch: ({ axes }) => ({ axes: [...axes, axes.length] }),
}

export const broadcast: Definition<'broadcast'> = {
  equation: 'input axis k becomes output axis axes[k]; axes of length 1 and new axes repeat',
  shape: ([x], { shape, axes }) =>
    areLengths(shape) &&
    axes.length === x.length &&
    distinctAxes(axes, shape.length) &&
    axes.every((a, i) => x[i] === shape[a] || x[i] === 1)
      ? shape
      : `axes ${showShape(axes)} do not place x in ${showShape(shape)}.`,
  evaluate: { view: ([x], { shape, axes }) => broadcastView(x, shape, axes) },
  batch: ({ shape, axes }, size) => ({ shape: [...shape, size], axes: [...axes, shape.length] }),
}

export const slice: Definition<'slice'> = {
  equation: 'the block from start (inclusive) to stop (exclusive) on every axis',
  shape: ([x], { start, stop }) =>
    start.length === x.length &&
    stop.length === x.length &&
    areLengths([...start, ...stop]) &&
    x.every((d, i) => start[i]! <= stop[i]! && stop[i]! <= d)
      ? x.map((_, i) => stop[i]! - start[i]!)
      : `from ${showShape(start)} to ${showShape(stop)} is not inside x.`,
  evaluate: { view: ([x], { start, stop }) => sliceView(x, start, stop) },
  batch: ({ start, stop }, size) => ({ start: [...start, 0], stop: [...stop, size] }),
}

export const pad: Definition<'pad'> = {
  equation: 'x with low[k] zeros before and high[k] after it on axis k',
  shape: ([x], { low, high }) =>
    low.length === x.length && high.length === x.length && areLengths([...low, ...high])
      ? x.map((d, i) => low[i]! + d + high[i]!)
      : 'needs one amount >= 0 per axis and side.',
  evaluate: {
    write: ([x], { low }, out) => {
      out.data.fill(0)
      const end = x.shape.map((d, i) => low[i]! + d)
      assign(sliceView(out, low, end), x)
    },
  },
  batch: ({ low, high }) => ({ low: [...low, 0], high: [...high, 0] }),
}

export const concatenate: Definition<'concatenate'> = {
  equation: 'the operands one after the other along an axis',
  shape: (inputs, { axis }) => {
    const total = inputs.reduce((n, s) => n + (s[axis] ?? 0), 0)
    const [first, ...others] = inputs.map((s) => replaced(s, axis, total))
    return first !== undefined &&
      validAxis(axis, first.length) &&
      others.every((s) => sameShape(s, first))
      ? first
      : `operands must agree on every axis but axis ${axis}.`
  },
  evaluate: {
    write: (inputs, { axis }, out) => {
      let at = 0
      for (const x of inputs) {
        const start = at
        at += x.shape[axis]!
        assign(block(out, axis, start, at), x)
      }
    },
  },
}

export const gather: Definition<'gather'> = {
  equation: 'position k on the axis is position indices[k] of x; indices are fixed',
  shape: ([x], { axis, indices }) =>
    validAxis(axis, x.length) && indices.every((i) => validAxis(i, x[axis]!))
      ? replaced(x, axis, indices.length)
      : `an index or axis ${axis} is outside x.`,
  evaluate: {
    write: ([x], { axis, indices }, out) =>
      indices.forEach((i, k) => {
        assign(block(out, axis, k, k + 1), block(x, axis, i, i + 1))
      }),
  },
}

export const scatterAdd: Definition<'scatterAdd'> = {
  equation: 'position indices[k] of a zero axis of the given size gains position k of x',
  shape: ([x], { axis, indices, size }) =>
    areLengths([size]) &&
    validAxis(axis, x.length) &&
    x[axis] === indices.length &&
    indices.every((i) => validAxis(i, size))
      ? replaced(x, axis, size)
      : `indices do not match axis ${axis} and size ${size}.`,
  evaluate: {
    write: ([x], { axis, indices }, out) =>
      summedInto(out, indices.length, (total) => {
        total.data.fill(0)
        indices.forEach((i, k) => {
          if (x.size > 0) ops.addeq(block(total, axis, i, i + 1), block(x, axis, k, k + 1))
        })
      }),
  },
  flops: ([x]) => sizeOf(x),
}

const reduction = (
  name: 'sum' | 'max',
  equation: string,
  initial: number,
  accumulate: typeof ops.addeq,
): Definition<'sum' | 'max'> => ({
  equation,
  shape: ([x], { axes }) => {
    if (!distinctAxes(axes, x.length)) return `axes ${showShape(axes)} are not distinct axes of x.`
    if (name === 'max' && axes.some((a) => x[a] === 0))
      return 'the maximum of no values does not exist.'
    return x.filter((_, i) => !axes.includes(i))
  },
  evaluate: {
    write: ([x], { axes }, out) => {
      const terms = name === 'sum' ? sizeOf(axes.map((a) => x.shape[a]!)) : 0
      summedInto(out, terms, (to) => {
        to.data.fill(initial)
        const kept = otherAxes(x.shape.length, axes)
        if (x.size > 0) accumulate(broadcastView(to, x.shape, kept), x)
      })
    },
  },
  domain: { low: -3, high: 3, ...(name === 'max' ? { apart: true } : {}) },
  flops: ([x]) => sizeOf(x),
})

export const sum = reduction('sum', 'Σ over the given axes', 0, ops.addeq)
export const max = reduction('max', 'maximum over the given axes', -Infinity, ops.maxeq)
