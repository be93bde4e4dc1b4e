import {
  type Concrete,
  dataOf,
  type Equation,
  type Program,
  sameShape,
  type Tensor,
} from '../../core/index.ts'
import { isElementwise } from '../../core/primitives/index.ts'
import { inlined } from '../../core/programs/index.ts'
import {
  jvpRules,
  type Pull,
  type Push,
  type Rules,
  ruleOf,
  vjpRules,
} from '../derivatives/index.ts'
import { comparePair } from './agreement.ts'
import { irregular, like, type Reference, scalesOf, valuesOf } from './nearbyRuns.ts'
import {
  contradicted,
  FINE_LADDER,
  joined,
  type Ladder,
  OTHER_LADDER,
  type Slope,
  slopesAlong,
} from './numericSlopes.ts'
import type { Agreement, NamedMistake } from './verdict.ts'

// One rule of one equation, compared with differences of that equation alone.

const EPSILON = 2 ** -52
/** Products on the way to a derivative may be smaller than any number; cotangents are near 1. */
const UNDERFLOW = 2 ** -900
/** Whole local derivatives are computed for operands of at most so many entries. */
const MOST_ENTRIES = 4096

/** An equation to test, with what it is given at the point. */
export interface Local {
  readonly eq: Equation
  readonly xs: readonly Concrete[]
  readonly y: Concrete
  readonly yBar?: Concrete
  readonly reference: Reference
  /** The slopes along the direction of operand k, and the same by two ladders. */
  readonly slopes: (k: number) => Ladders
  readonly tolerance: number
}

export interface Ladders {
  readonly direction: Float64Array
  readonly scales: Float64Array
  readonly quick: () => readonly Slope[]
  readonly sure: () => readonly Slope[]
}

/** The program of one equation. */
export const alone = (eq: Equation): Program => {
  const inputs = eq.inputs.map(({ shape }, id) => ({ id, shape }))
  const output = { id: inputs.length, shape: eq.output.shape }
  return { inputs, equations: [{ ...eq, inputs, output }], outputs: [output] }
}

const numbers = (x: Tensor | null, size: number): Float64Array =>
  x === null ? new Float64Array(size) : Float64Array.from(dataOf(x as Concrete))

const shaken = (x: Concrete, phase: number): Concrete => {
  const r = irregular(x.size, phase)
  return like(
    x,
    Float64Array.from(dataOf(x), (v, i) => v * (1 + 4 * EPSILON * r[i]!)),
  )
}

/** A rule claims these numbers, which its rounding may move by the doubts. */
interface Claim {
  readonly values: Float64Array
  readonly doubts: Float64Array
  /** What the rule gave, where its shape is not `due`. */
  readonly misshapen?: Concrete
  /** Says that it gave nothing. */
  readonly thrown?: NamedMistake
}

/** Returns the claim of a rule that throws. */
const nothingOf = (due: Concrete, error: unknown): Claim => {
  const values = new Float64Array(due.size).fill(Number.NaN)
  const what = error instanceof Error ? error.message : String(error)
  const thrown = { kind: 'throws', words: `The rule throws: ${what}` }
  return { values, doubts: values, misshapen: like(due, values), thrown }
}

/** Applies a rule, and again with operands moved by some units in the last place. */
const withDoubt = (
  { eq, xs }: Local,
  due: Concrete,
  apply: (xs: readonly Concrete[], y: Concrete, phase: number) => Tensor | null,
): Claim => {
  const program = inlined(alone(eq))
  const given = (phase: number): Tensor | null => {
    const operands = phase === 0 ? xs : xs.map((x, k) => shaken(x, phase + k))
    return apply(operands, valuesOf(program, operands)[program.outputs[0]!.id]!, phase)
  }
  const at = (phase: number): Float64Array => numbers(given(phase), due.size)
  let first: Tensor | null
  try {
    first = given(0)
  } catch (error) {
    return nothingOf(due, error)
  }
  const values = numbers(first, due.size)
  if (first !== null && !sameShape(first.shape, due.shape))
    return { values, doubts: values, misshapen: first as Concrete }
  const [other, third] = [at(1.3), at(2.9)]
  const doubts = values.map(
    (v, i) =>
      8 * EPSILON * Math.abs(v) +
      2 * Math.max(Math.abs(v - other[i]!), Math.abs(v - third[i]!)) +
      UNDERFLOW,
  )
  return { values, doubts }
}

const pulledBy = (local: Local, k: number, yBar = local.yBar) => {
  const { eq, xs } = local
  const pull = ruleOf(vjpRules[eq.primitive] as Rules<Pull<typeof eq.primitive>>, k)
  return withDoubt(local, xs[k]!, (operands, y, phase) => {
    const bar = phase === 0 ? yBar! : shaken(yBar!, phase)
    return pull(bar, operands as never, y, eq.params as never)
  })
}

const pushedBy = (local: Local, k: number, direction: Float64Array) => {
  const { eq, xs } = local
  const rules = jvpRules[eq.primitive] as Rules<Push<typeof eq.primitive>>
  const push = ruleOf(rules, k)
  return withDoubt(local, local.y, (operands, y) =>
    push(like(xs[k]!, direction), operands as never, y, eq.params as never),
  )
}

/** The worst of several agreements. */
const RANK: readonly Agreement[] = ['agree', 'unsure', 'kink', 'not finite', 'disagree']
const worse = (a: Agreement, b: Agreement): Agreement =>
  RANK.indexOf(a) >= RANK.indexOf(b) ? a : b

/** Makes every value once, when it is first needed. */
export const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Prepares the slopes of operand k; an elementwise equation gives those of all entries at once. */
export const laddersOf = (
  { primitive }: Equation,
  reference: Reference,
  x: Concrete,
  k: number,
  goal: number,
): Ladders => {
  const scales = scalesOf(x)
  const signs = irregular(x.size, k)
  const direction = isElementwise(primitive) ? scales : scales.map((s, i) => s * signs[i]!)
  const quick = once(() => slopesAlong(reference, k, direction, 1, goal))
  const by = (ladder: Ladder) => slopesAlong(reference, k, direction, 1, goal, ladder)
  const sure = once(() => contradicted(joined(quick(), by(OTHER_LADDER)), by(FINE_LADDER)))
  return { direction, scales, quick, sure }
}

/** The agreement of a rule; where it is wrong, what it should give, and what it gave. */
export interface Tested {
  readonly agrees: Agreement
  readonly expected?: Concrete
  readonly obtained?: Concrete
  readonly thrown?: NamedMistake
  /** The rule was given this: the cotangent of the value, or the tangent of the operand. */
  readonly given?: Concrete
}

/**
 * Tests that a rule is linear: the opposite cotangent or tangent gives the opposite derivative.
 * Returns the wrong one, or undefined.
 */
const notOdd = (
  local: Local,
  k: number,
  rule: 'vjp' | 'jvp',
  { values, doubts }: Claim,
): Tested | undefined => {
  const minus = (v: ArrayLike<number>): Float64Array => Float64Array.from(v, (x) => -x)
  const { xs, yBar, tolerance } = local
  const { direction } = local.slopes(k)
  const given = rule === 'vjp' ? like(yBar!, minus(dataOf(yBar!))) : like(xs[k]!, minus(direction))
  const back = rule === 'vjp' ? pulledBy(local, k, given) : pushedBy(local, k, minus(direction))
  const odd = back.values.every(
    (v, i) => !(Math.abs(v + values[i]!) > tolerance * Math.abs(v) + doubts[i]!),
  )
  if (odd) return undefined
  const due = rule === 'vjp' ? xs[k]! : local.y
  const [expected, obtained] = [like(due, minus(values)), like(due, back.values)]
  return { agrees: 'disagree', expected, obtained, given }
}

/** Compares the rule of operand k with differences; what it should give is made when wrong. */
export const testOperand = (local: Local, k: number, rule: 'vjp' | 'jvp'): Tested => {
  const { eq, xs, y, yBar } = local
  const diagonal = isElementwise(eq.primitive)
  const { direction, scales, quick, sure: surely } = local.slopes(k)
  const natural = dataOf(y)
  const bar = yBar === undefined ? undefined : dataOf(yBar)
  const claim = rule === 'vjp' ? pulledBy(local, k) : pushedBy(local, k, direction)

  const compareAll = (slopes: readonly Slope[]): Agreement => {
    const pair = (
      claimed: number,
      claimedError: number,
      value: number,
      referenceError: number,
      size: number,
    ): Agreement =>
      comparePair(
        { claimed, claimedError, reference: value, referenceError, natural: size },
        local.tolerance,
      ).agrees
    if (rule === 'jvp' || diagonal) {
      let found: Agreement = 'agree'
      slopes.forEach(({ value, error, kink }, o) => {
        const [weight, unit] = rule === 'jvp' ? [1, 1] : [bar![o]!, scales[o]!]
        const [c, ec] = [claim.values[o]!, claim.doubts[o]!]
        const weighted = (v: number): number => (v / unit) * weight
        const size = (v: number): number => Math.abs(weighted(v))
        const one = kink
          ? 'kink'
          : weight === 0 && c === 0
            ? 'agree'
            : pair(c, ec, weighted(value), size(error), size(natural[o]!))
        found = worse(found, one)
      })
      return found
    }
    if (slopes.some(({ kink }, o) => kink && bar![o] !== 0)) return 'kink'
    const total = (f: (o: number) => number): number =>
      slopes.reduce((sum, _, o) => sum + (bar![o] === 0 ? 0 : f(o)), 0)
    const dot = (v: Float64Array, d: (v: number) => number): number =>
      v.reduce((sum, c, i) => sum + d(c * direction[i]!), 0)
    return pair(
      dot(claim.values, (v) => v),
      dot(claim.doubts, Math.abs),
      total((o) => bar![o]! * slopes[o]!.value),
      total((o) => Math.abs(bar![o]!) * slopes[o]!.error),
      total((o) => Math.abs(bar![o]! * natural[o]!)),
    )
  }

  const guiltyOf = (obtained: Concrete): Tested => {
    const due = rule === 'vjp' ? xs[k]! : y
    const numbersDue = (): Float64Array => {
      if (rule === 'jvp') return Float64Array.from(surely(), ({ value }) => value)
      if (!diagonal) return columnsOf(local, k, scales)
      return Float64Array.from(surely(), ({ value }, o) => (value / scales[o]!) * bar![o]!)
    }
    const given = rule === 'vjp' ? yBar : like(xs[k]!, direction)
    const found = { expected: like(due, numbersDue()), obtained }
    return { agrees: 'disagree', ...found, ...(given ? { given } : {}) }
  }

  if (claim.misshapen !== undefined) {
    const { misshapen, thrown } = claim
    return { ...guiltyOf(misshapen), ...(thrown === undefined ? {} : { thrown }) }
  }
  const soon = compareAll(quick())
  if (soon === 'agree') return notOdd(local, k, rule, claim) ?? { agrees: soon }
  if (soon === 'kink') return { agrees: soon }
  const sure = surely()
  const agrees = compareAll(sure)
  // A claim that is no number is wrong where the slope is known to be one.
  const known = sure.every(
    ({ value, error, kink }, o) =>
      ((rule === 'jvp' || diagonal) && Number.isFinite(claim.values[o]!)) ||
      (!kink && error <= 1e-3 * Math.abs(value)),
  )
  const guilty = agrees === 'disagree' || (agrees === 'not finite' && known)
  return guilty ? guiltyOf(like(rule === 'vjp' ? xs[k]! : y, claim.values)) : { agrees }
}

/** Returns Jᵀ ȳ entry by entry. */
const columnsOf = ({ xs, yBar, reference, tolerance }: Local, k: number, scales: Float64Array) => {
  const bar = dataOf(yBar!)
  return Float64Array.from(xs[k]!.data, (_, i) => {
    if (i >= MOST_ENTRIES) return Number.NaN
    const direction = new Float64Array(xs[k]!.size).fill(1, i, i + 1)
    const slopes = slopesAlong(reference, k, direction, scales[i]!, 1e-3 * tolerance)
    return slopes.reduce((sum, { value }, o) => sum + (bar[o] === 0 ? 0 : bar[o]! * value), 0)
  })
}
