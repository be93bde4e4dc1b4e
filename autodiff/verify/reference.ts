import {
  type Concrete,
  copy,
  dataOf,
  type Program,
  runEquations,
  sizeOf,
  tensor,
} from '../../core/index.ts'
import { evaluatePrimitive } from '../../core/primitives/index.ts'
import { largest, wrap } from '../../core/values/index.ts'
import { type Crossing, crossingOf, type Decisions, decisionsOf } from './branches.ts'
import { type Extrapolated, extrapolate } from './differences.ts'

// The slopes of all outputs of a program along a direction, from values alone: no rule takes part.

/** Computes every value of a program in float64, by variable id. */
export const valuesOf = (program: Program, inputs: readonly Concrete[]): Concrete[] =>
  runEquations<Concrete>(program, inputs, ({ primitive, params, output }, xs) =>
    evaluatePrimitive(primitive, params, xs, output.shape, 'float64'),
  )

/** Returns the numbers of all outputs, one after the other. */
const outputsOf = (program: Program, values: readonly Concrete[]): Float64Array => {
  const sizes = program.outputs.map((v) => sizeOf(v.shape))
  const out = new Float64Array(sizes.reduce((a, b) => a + b, 0))
  let at = 0
  program.outputs.forEach((v, k) => {
    out.set(dataOf(values[v.id]!), at)
    at += sizes[k]!
  })
  return out
}

interface Run {
  readonly y: Float64Array
  readonly decisions: Decisions
  readonly finite: boolean
}

/** A reference is a program without rules, at a point, with the rounding noise of its outputs. */
export interface Reference {
  readonly program: Program
  readonly inputs: readonly Concrete[]
  readonly base: Run
  /** The noise of every output: how far its rounding moves it. */
  readonly noise: Float64Array
  /** The largest size of any value of the run. */
  readonly largest: number
}

const EPSILON = 2 ** -52

/** Returns the inputs with each moved along its direction, if it has one. */
const movedInputs = (
  inputs: readonly Concrete[],
  directions: readonly (Float64Array | undefined)[],
  t: number,
): Concrete[] =>
  inputs.map((x, k) => {
    const d = directions[k]
    if (d === undefined) return x
    const data = Float64Array.from(x.data)
    for (let i = 0; i < data.length; i += 1) data[i]! += t * d[i]!
    return wrap(data, x.shape)
  })

const runAt = (program: Program, inputs: readonly Concrete[]): Run => {
  const values = valuesOf(program, inputs)
  const y = outputsOf(program, values)
  return { y, decisions: decisionsOf(program, values), finite: y.every(Number.isFinite) }
}

/** Steps are relative to this: the size of an entry, or of its leaf where the entry is smaller. */
export const scalesOf = (x: Concrete): Float64Array => {
  const data = Float64Array.from(dataOf(x))
  const square = data.reduce((total, v) => total + v * v, 0)
  const typical = square > 0 ? Math.sqrt(square / data.length) : 1
  return Float64Array.from(data, (v) => Math.max(Math.abs(v), typical))
}

/** A direction without structure: no entry is zero, none repeats. */
export const irregular = (n: number, phase: number): Float64Array =>
  Float64Array.from(
    { length: n },
    (_, i) => Math.sin(1.7 * i + 0.6 + phase) + 0.2 * Math.cos(0.9 * i * i + phase),
  )

/** Points of the noise measurement: enough that only noise is left in their high differences. */
const SAMPLES = 8
const SPACING = 2 ** -26
const ORDERS = [4, 5, 6] as const

/** The mean square of a k-th difference of unit noise is (2k)! / (k!)². */
const gain = (k: number): number =>
  Array.from({ length: k }, (_, i) => (k + 1 + i) / (i + 1)).reduce((a, b) => a * b, 1)

/**
 * Measures the noise of every output from the high differences of values at points close by; what
 * is smooth vanishes in these.
 *
 * Source  J. J. Moré, S. M. Wild, SIAM J. Sci. Comput. 33, 1292 (2011).
 */
const noiseOf = (program: Program, inputs: readonly Concrete[], movable: number, base: Run) => {
  const directions = inputs.slice(0, movable).map((x, k) => {
    const scales = scalesOf(x)
    return irregular(x.size, k).map((v, i) => v * scales[i]!)
  })
  const runs = Array.from({ length: SAMPLES }, (_, j) =>
    runAt(program, movedInputs(inputs, directions, (j - (SAMPLES - 1) / 2) * SPACING)),
  )
  const smooth = runs.every((run) => crossingOf(base.decisions, run.decisions) === 'none')
  return base.y.map((y, o) => {
    const floor = EPSILON * Math.abs(y)
    if (!smooth) return 4 * floor
    let row = runs.map((run) => run.y[o]!)
    let least = Number.POSITIVE_INFINITY
    for (let k = 1; k <= ORDERS[2]; k += 1) {
      row = row.slice(1).map((v, i) => v - row[i]!)
      if (k < ORDERS[0]) continue
      const square = row.reduce((total, v) => total + v * v, 0) / row.length
      least = Math.min(least, Math.sqrt(square / gain(k)))
    }
    return Math.max(floor, Number.isFinite(least) ? 2 * least : 0)
  })
}

export const referenceAt = (
  program: Program,
  inputs: readonly Concrete[],
  movable: number,
): Reference => {
  const exact = inputs.map((x) => copy(x, 'float64'))
  const values = valuesOf(program, exact)
  const base = runAt(program, exact)
  const sizes = values.map((x) =>
    largest(dataOf(x).map((v) => (Number.isFinite(v) ? Math.abs(v) : 0))),
  )
  const noise = base.finite ? noiseOf(program, exact, movable, base) : base.y.map(() => 0)
  return { program, inputs: exact, base, noise, largest: Math.max(0, largest(sizes)) }
}

/** The slope of one output: with its error, or, at a kink, from either side. */
export interface Slope extends Extrapolated {
  /** The slopes from either side differ, for certain or as far as is known. */
  readonly kink: boolean
  /** The point stands on a kink, whether this output has it or not. */
  readonly atKink: boolean
  readonly behind: number
  readonly ahead: number
  /** The error of the slopes from either side. */
  readonly sides: number
}

export interface Ladder {
  /** The first step, relative to the scale of what moves. */
  readonly first: number
  readonly shrink: number
}

export const LADDER: Ladder = { first: 2 ** -3, shrink: 2 }
/** Another ladder: where two disagree, neither is as certain as it says. */
export const OTHER_LADDER: Ladder = { first: 0.071, shrink: 1.6 }

/** A kink closer than this, relative, counts as one at the point. */
const NEAREST = 2 ** -33
const MOST_RUNGS = 44
/** The part of a slope that curvature may change within the nearest step. */
const GROSS = 0.05

interface Rung {
  readonly step: number
  readonly ahead?: Run
  readonly behind?: Run
}

/** What lies on one side of the point: the decisions there, and whether they differ at once. */
interface Side {
  readonly decisions: Decisions
  readonly crossing: Crossing
  readonly usable: boolean
  /** The run nearest to the point. */
  readonly run: Run
}

/**
 * Returns the slope of every output along a direction of leaf k, with `goal` as the relative error
 * that suffices. Steps that cross a kink are left out; where only one side is free of kinks, its
 * one-sided differences are used; where the point stands on a kink, both sides are compared.
 */
export const slopesAlong = (
  { program, inputs, base, noise, largest: most }: Reference,
  k: number,
  direction: Float64Array,
  scale: number,
  goal: number,
  { first, shrink }: Ladder = LADDER,
): Slope[] => {
  const directions = inputs.map((_, i) => (i === k ? direction : undefined))
  const at = (t: number): Run => runAt(program, movedInputs(inputs, directions, t))
  const sideAt = (sign: 1 | -1): Side => {
    const run = at(sign * NEAREST * scale)
    const crossing = crossingOf(base.decisions, run.decisions)
    return { decisions: run.decisions, crossing, usable: run.finite, run }
  }
  const [ahead, behind] = [sideAt(1), sideAt(-1)]
  const onKink = ahead.crossing !== 'none' || behind.crossing !== 'none'
  const sample = (side: Side, t: number): Run | undefined => {
    if (!side.usable) return undefined
    const run = at(t)
    return run.finite && crossingOf(side.decisions, run.decisions) === 'none' ? run : undefined
  }

  const near = NEAREST * scale
  const noiseAt = (o: number, { y }: Run, other: Run): number =>
    noise[o]! + EPSILON * Math.max(Math.abs(y[o]!), Math.abs(other.y[o]!))
  /**
   * Extrapolates the quotients of an output between two sides of each rung. At the nearest points
   * they are all noise, but show what is grossly off: steps that are longer than the function's own
   * periods can agree with each other by chance.
   */
  const between = (o: number, power: 1 | 2, pairs: readonly (readonly [number, Run, Run])[]) => {
    const steps: number[] = []
    const values: number[] = []
    const errors: number[] = []
    for (const [width, right, left] of pairs) {
      steps.push(width)
      values.push((right.y[o]! - left.y[o]!) / width)
      errors.push((2 * noiseAt(o, right, left)) / width)
    }
    const nearest = values.shift()!
    const doubt = 2 * (errors.shift()! + (EPSILON * most) / near) + GROSS * Math.abs(nearest)
    steps.shift()
    const plausible = (value: number): boolean => !(Math.abs(value - nearest) > doubt)
    const found = extrapolate({ steps, values, errors }, power, plausible)
    return power === 2 ? { ...found, step: found.step / 2 } : found
  }
  type Pair = readonly [number, Run, Run]
  const centralPairs: Pair[] = [[2 * near, ahead.run, behind.run]]
  const aheadPairs: Pair[] = [[near, ahead.run, base]]
  const behindPairs: Pair[] = [[near, base, behind.run]]
  const add = ({ step, ahead: right, behind: left }: Rung): void => {
    if (right !== undefined) aheadPairs.push([step, right, base])
    if (left !== undefined) behindPairs.push([step, base, left])
    if (right !== undefined && left !== undefined) centralPairs.push([2 * step, right, left])
  }
  const lone = !ahead.usable || !behind.usable
  const only = ({ value, error, step }: Extrapolated): Slope => {
    const two = { ahead: value, behind: value, sides: error }
    return { value, error, step, ...two, kink: false, atKink: false }
  }
  const slopeOf = (o: number): Slope => {
    if (!onKink && !lone) {
      const middle = between(o, 2, centralPairs)
      const [n, right, left] = [centralPairs, aheadPairs, behindPairs].map((p) => p.length)
      // One side is better only where it is free of kinks at longer steps than the other.
      if (middle.error <= goal * Math.abs(middle.value) || (n === right && n === left))
        return only(middle)
      const all = [middle, between(o, 1, aheadPairs), between(o, 1, behindPairs)]
      return only(all.reduce((a, b) => (b.error < a.error / 4 ? b : a)))
    }
    const [right, left] = [between(o, 1, aheadPairs), between(o, 1, behindPairs)]
    if (lone) return only(ahead.usable ? right : left)
    const sides = right.error + left.error
    const apart = Math.abs(right.value - left.value)
    const value = (right.value + left.value) / 2
    const kink = !(apart <= 4 * sides || apart <= goal * Math.abs(value))
    const two = { ahead: right.value, behind: left.value, sides }
    const step = Math.min(right.step, left.step)
    return { value, error: sides + apart, step, ...two, kink, atKink: true }
  }

  const slopes: Slope[] = []
  const open = new Set(base.y.keys())
  let step = first * scale
  for (let rung = 0; rung < MOST_RUNGS && open.size > 0 && step > NEAREST * scale; rung += 1) {
    const next = { step, ahead: sample(ahead, step), behind: sample(behind, -step) } as Rung
    const empty = next.ahead === undefined && next.behind === undefined
    add(next)
    if (!empty)
      for (const o of open) {
        const slope = slopeOf(o)
        slopes[o] = slope
        const exhausted = noise[o]! / step >= slope.error
        const split = slope.kink && Math.abs(slope.ahead - slope.behind) > 1e3 * slope.sides
        if (slope.error <= goal * Math.abs(slope.value) || exhausted || split) open.delete(o)
      }
    step /= empty ? 8 : shrink
  }
  return Array.from(base.y, (_, o) => slopes[o] ?? slopeOf(o))
}

/** Returns a tensor like x whose entries are given. */
export const like = (x: Concrete, data: Float64Array): Concrete => tensor(data, x.shape)
