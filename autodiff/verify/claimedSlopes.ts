import {
  type Concrete,
  dataOf,
  fail,
  interpret,
  type Precision,
  sameShape,
  showPath,
  showShape,
  sizeOf,
  type Tensor,
  toPrecision,
} from '../../core/index.ts'
import { wrap } from '../../core/values/index.ts'
import { cotangents, forward } from '../derivatives/index.ts'
import { irregular, like } from './nearbyRuns.ts'
import type { Leaf, Subject } from './subject.ts'

// What the rules claim: slopes by the pullback and by the jvp of a program, with what rounding
// does to them, which is measured by moving the point by a few units in the last place.

/** A cotangent u of the outputs, as tensors and as one list, and what it is. */
export interface Cotangent {
  readonly tensors: readonly (Concrete | null)[]
  readonly flat: Float64Array
  /** The result that u belongs to, and the entry of it, unless u has all entries. */
  readonly output: number
  readonly entry?: number
  /** The number that u is, where the result is one number. */
  readonly single?: number
}

/** Only so many entries of a result are pulled back one by one. */
const MOST_SINGLE = 8
/** With more results than this, only all entries of one together. */
const FEW_RESULTS = 4

/** Returns cotangents that tell the results apart, and entries of one where these are few. */
export const cotangentsOf = ({ program }: Subject, seed: number): readonly Cotangent[] => {
  const shapes = program.outputs.map((v) => v.shape)
  const sizes = shapes.map(sizeOf)
  const total = sizes.reduce((a, b) => a + b, 0)
  const make = (output: number, data: Float64Array, entry?: number): Cotangent => {
    const before = sizes.slice(0, output).reduce((a, b) => a + b, 0)
    const flat = new Float64Array(total)
    flat.set(data, before)
    const lone = data.length === 1 ? { single: data[0]! } : {}
    const tensors = shapes.map((shape, o) => (o === output ? wrap(data, shape) : null))
    return { tensors, flat, output, ...(entry === undefined ? {} : { entry }), ...lone }
  }
  return sizes.flatMap((size, output) => {
    if (size === 0) return []
    const singles = size > 1 && sizes.length <= FEW_RESULTS ? Math.min(size, MOST_SINGLE) : 0
    return [
      make(output, irregular(size, output + 0.31 * seed)),
      ...Array.from({ length: singles }, (_, j) => {
        const entry = Math.floor((j * size) / singles)
        return make(output, new Float64Array(size).fill(1, entry, entry + 1), entry)
      }),
    ]
  })
}

export interface Claims {
  /** The gradients ⟨u, J⟩ of all leaves, for every u. */
  readonly gradients: readonly (readonly Float64Array[])[]
  /** J d of all outputs, for a direction of leaf k. */
  readonly pushed: (k: number, direction: Float64Array) => Float64Array
}

const flatOf = (xs: readonly (Tensor | null)[], sizes: readonly number[]): Float64Array => {
  const out = new Float64Array(sizes.reduce((a, b) => a + b, 0))
  let at = 0
  xs.forEach((x, k) => {
    if (x !== null) out.set(dataOf(x as Concrete), at)
    at += sizes[k]!
  })
  return out
}

/** Returns the numbers of a cotangent. Errors: ShapeError when it is not like its leaf. */
const gradientOf = (bar: Concrete | null, { path, value }: Leaf): Float64Array => {
  if (bar === null) return new Float64Array(value.size)
  if (sameShape(bar.shape, value.shape)) return Float64Array.from(dataOf(bar))
  const what = `the cotangent of ${showPath(path)} ${showShape(value.shape)} has shape ${showShape(bar.shape)}.`
  return fail('ShapeError', 'pullback', what)
}

/** Returns what the rules claim at a point; without cotangents `us`, by pushforwards only. */
export const claimsAt = (
  { program, leaves }: Subject,
  inputs: readonly Concrete[],
  us: readonly Cotangent[],
  precision: Precision,
): Claims => {
  const point = inputs.map((x) => toPrecision(x, precision))
  const values = interpret(program, point)
  const sized = program.outputs.map((v) => sizeOf(v.shape))
  const typed = (x: Concrete | null): Concrete | null => x && toPrecision(x, precision)
  return {
    gradients: us.map(({ tensors }) => {
      const bars = cotangents(program, values, tensors.map(typed), leaves.length)
      return leaves.map((leaf, k) => gradientOf(bars[k] as Concrete | null, leaf))
    }),
    pushed: (k, direction) => {
      const tangents = point.map((x, i) => (i === k ? typed(like(x, direction)) : null))
      const all = forward(program, values, tangents)
      return flatOf(
        program.outputs.map((v) => all[v.id] ?? null),
        sized,
      )
    },
  }
}

const UNITS = 4

/** Returns the inputs moved by a few units in the last place, the leaves only. */
export const jittered = (
  { inputs, leaves }: Subject,
  precision: Precision,
  phase: number,
): Concrete[] => {
  const unit = UNITS * (precision === 'float32' ? 2 ** -23 : 2 ** -52)
  return inputs.map((x, k) => {
    if (k >= leaves.length) return x
    const r = irregular(x.size, phase + k)
    return like(
      x,
      Float64Array.from(dataOf(x), (v, i) => v * (1 + unit * r[i]!)),
    )
  })
}
