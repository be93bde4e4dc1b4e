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
import { largest, largestSize, smallest, wrap } from '../../core/values/index.ts'
import { crossingOf, type Decisions, decisionsOf } from './branches.ts'

// A program without rules at points near each other, and how far rounding moves its results.

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

export interface Run {
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

export const EPSILON = 2 ** -52

/** Returns the inputs with each moved along its direction, if it has one. */
export const movedInputs = (
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

export const runAt = (program: Program, inputs: readonly Concrete[]): Run => {
  const values = valuesOf(program, inputs)
  const y = outputsOf(program, values)
  return { y, decisions: decisionsOf(program, values), finite: y.every(Number.isFinite) }
}

/** Steps are relative to this: the size of an entry, or of its leaf where the entry is smaller. */
export const scalesOf = (x: Concrete): Float64Array => {
  // An operand may hold an infinity that no result depends on.
  const data = Float64Array.from(dataOf(x), (v) => (Number.isFinite(v) ? v : 0))
  const most = largestSize(data) || 1
  const square = data.reduce((total, v) => total + (v / most) ** 2, 0)
  const typical = square > 0 ? most * Math.sqrt(square / data.length) : 1
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
/** Noise beyond so many units in the last place may be none. */
const SUSPECT = 64
/** Closer points: as far apart as the nearest of a ladder, and a few units in the last place. */
const [CLOSE, CLOSEST] = [2 ** -34, 2 ** -48]
/** A variation is no noise where it exceeds noise by this factor. */
const RESOLVED = 8
/** Numbers that vary by less than this, in units of their roughness, show no slope. */
const WILD = 2 ** 10
const ORDERS = [4, 5, 6] as const

/** The mean square of a k-th difference of unit noise is (2k)! / (k!)². */
const gain = (k: number): number =>
  Array.from({ length: k }, (_, i) => (k + 1 + i) / (i + 1)).reduce((a, b) => a * b, 1)

/**
 * Measures the noise of every output from the high differences of values at points close by; what
 * is smooth vanishes in these. What is smooth only between points that are closer, and steep there,
 * is a function that turns; where it turns faster than any step can follow, its noise is infinite.
 *
 * Source  J. J. Moré, S. M. Wild, SIAM J. Sci. Comput. 33, 1292 (2011).
 */
const noiseOf = (program: Program, inputs: readonly Concrete[], movable: number, base: Run) => {
  // The condition of a select is a mask: moved, it would choose other numbers.
  const masks = program.equations.flatMap((eq) =>
    eq.primitive === 'select' ? eq.inputs.slice(0, 1).map(({ id }) => id) : [],
  )
  const directions = inputs.slice(0, movable).map((x, k) => {
    if (masks.includes(k)) return undefined
    const scales = scalesOf(x)
    return irregular(x.size, k).map((v, i) => v * scales[i]!)
  })
  const floor = base.y.map((y) => EPSILON * Math.abs(y))
  /** The values of every output at points so far apart, if no kink is between them. */
  const sampled = (spacing: number): number[][] | undefined => {
    const runs = Array.from({ length: SAMPLES }, (_, j) =>
      runAt(program, movedInputs(inputs, directions, (j - (SAMPLES - 1) / 2) * spacing)),
    )
    const smooth = runs.every((run) => crossingOf(base.decisions, run.decisions) === 'none')
    return smooth ? Array.from(base.y, (_, o) => runs.map((run) => run.y[o]!)) : undefined
  }
  const values = sampled(SPACING)
  if (values === undefined) return floor.map((v) => 4 * v)
  const noise = floor.map((least, o) => Math.max(least, 2 * roughness(values[o]!)))
  const units = floor.map((_, o) => EPSILON * largestSize(values[o]!))
  const suspects = noise.map((v, o) => Number(v > SUSPECT * units[o]!))
  if (!suspects.includes(1)) return noise
  const [close, closest] = [sampled(CLOSE), sampled(CLOSEST)]
  if (close === undefined || closest === undefined) return noise
  return noise.map((v, o) => {
    if (suspects[o] === 0) return v
    if (turns(close[o]!, closest[o]!, CLOSE / CLOSEST)) return Number.POSITIVE_INFINITY
    return turns(values[o]!, close[o]!, SPACING / CLOSE) ? 2 * roughness(close[o]!) : v
  })
}

const rangeOf = (numbers: readonly number[]): number => largest(numbers) - smallest(numbers)

/** Says whether numbers are rough since a function turns that is smooth and steep close by. */
const turns = (far: readonly number[], close: readonly number[], ratio: number): boolean => {
  const [rough, noise] = [roughness(far), RESOLVED * roughness(close)]
  const range = rangeOf(close)
  const wild = rough > noise && rangeOf(far) < WILD * rough
  return wild && range > noise && (range / SAMPLES) * ratio > rough
}

/** The least size of the high differences of numbers, in units of what noise of size 1 gives. */
const roughness = (numbers: readonly number[]): number => {
  let row = numbers
  let least = Number.POSITIVE_INFINITY
  for (let k = 1; k <= ORDERS[2]; k += 1) {
    const before = row
    row = before.slice(1).map((v, i) => v - before[i]!)
    if (k < ORDERS[0]) continue
    const square = row.reduce((total, v) => total + v * v, 0) / row.length
    least = Math.min(least, Math.sqrt(square / gain(k)))
  }
  return Number.isFinite(least) ? least : 0
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

/** Returns a tensor like x whose entries are given. */
export const like = (x: Concrete, data: Float64Array): Concrete => tensor(data, x.shape)
