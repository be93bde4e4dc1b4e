import {
  bind,
  type Concrete,
  dataOf,
  type Equation,
  type Tensor,
  type TensorLike,
  tensor,
} from '../../core/index.ts'
import { largest } from '../../core/values/index.ts'
import { type Pull, type Rules, ruleOf, vjpRules } from '../derivatives/index.ts'
import { derivativeAtZero } from '../verify/index.ts'
import type { Pass } from './nonFinite.ts'

// How wrong is the pullback of one equation, where it stands? Its cotangents are compared with
// differences of the equation's own values.

/** A fixed direction without structure: no entry is zero, none repeats. */
const direction = (n: number, phase: number): Float64Array =>
  Float64Array.from(
    { length: n },
    (_, i) => Math.sin(1.7 * i + 0.6 + phase) + 0.2 * Math.cos(i * i),
  )

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, v, i) => sum + v * b[i]!, 0)

/** Differences take steps of this size, relative to each entry. */
const STEP = 0.01
/** The estimated error of a difference counts so often. */
const SLACK = 20
/** Rounding of the values, divided by the smallest steps, relative to what is summed. */
const NOISE = 1e-11

const errorOfOperand = (eq: Equation, k: number, { values, cotangents }: Pass): number => {
  const { primitive, params, inputs, output } = eq
  const xs = inputs.map((v) => values[v.id]!)
  const x = xs[k]!
  const bar = cotangents[output.id]!
  const from = dataOf(x)
  const along = direction(x.size, k).map((d, i) => d * Math.max(1e-3, Math.abs(from[i]!)))
  const pull = ruleOf(vjpRules[primitive] as Rules<Pull<typeof primitive>>, k)
  const xBar = pull(bar, xs as never, values[output.id]!, params as never) as Concrete | null
  const claimed = xBar === null ? 0 : dot(dataOf(xBar), along)
  const moved = (t: number): number => {
    const there: Tensor = tensor(
      Float64Array.from(from, (v, i) => v + t * along[i]!),
      x.shape,
    )
    const operands: readonly TensorLike[] = xs.map((other, i) => (i === k ? there : other))
    return dot(dataOf(bind(primitive, params as never, operands) as Concrete), dataOf(bar))
  }
  const { value, error } = derivativeAtZero(moved, STEP)
  const y = dataOf(values[output.id]!)
  const summed = dot(dataOf(bar).map(Math.abs), y.map(Math.abs))
  const size = Math.max(Math.abs(claimed), Math.abs(value))
  const certain = Math.abs(claimed - value) - SLACK * error - NOISE * summed
  return size === 0 ? 0 : Math.max(0, certain) / size
}

const allFinite = (x: Concrete): boolean => dataOf(x).every(Number.isFinite)

/**
 * Returns the relative error of the pullback of each equation, the largest over its operands, along
 * one direction and less what the differences themselves may be off; undefined where there is no
 * cotangent, nothing to differentiate, or something that is not finite.
 */
export const ruleErrors = (pass: Pass): readonly (number | undefined)[] =>
  pass.program.equations.map((eq) => {
    const bar = pass.cotangents[eq.output.id]
    const xs = eq.inputs.map((v) => pass.values[v.id]!)
    if (bar === undefined || xs.length === 0 || eq.primitive === 'stopGradient') return undefined
    if (![bar, ...xs].every(allFinite) || xs.some((x) => x.data instanceof Float32Array))
      return undefined
    const active = eq.inputs.flatMap((v, k) => (pass.cotangents[v.id] === undefined ? [] : [k]))
    return active.length === 0 ? undefined : largest(active.map((k) => errorOfOperand(eq, k, pass)))
  })
