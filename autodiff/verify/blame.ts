import {
  type Concrete,
  dataOf,
  type Equation,
  type Program,
  runEquations,
  sizeOf,
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
import { comparePair } from './compare.ts'
import { nameMistake } from './mistakes.ts'
import {
  irregular,
  like,
  OTHER_LADDER,
  type Reference,
  referenceAt,
  type Slope,
  scalesOf,
  slopesAlong,
  valuesOf,
} from './reference.ts'
import type { Agreement, Blamed } from './verdict.ts'

// Which rules made a gradient wrong? Every equation of the program is tested alone, as a function
// of its operands, at the values and cotangents of the point.

const EPSILON = 2 ** -52
/** Whole local derivatives are computed for operands of at most so many entries. */
const MOST_ENTRIES = 4096

/** What the test of the equations found. */
export interface LocalFindings {
  readonly blamed: readonly Blamed[]
  /** Says whether every rule that was used is certainly right. */
  readonly certain: boolean
  /** Equations that stand on a kink. */
  readonly kinks: readonly number[]
}

/** An equation to test, with what it is given at the point. */
interface Local {
  readonly eq: Equation
  readonly xs: readonly Concrete[]
  readonly y: Concrete
  readonly yBar?: Concrete
  readonly reference: Reference
  /** The slopes along the direction of operand k, and the same by two ladders. */
  readonly slopes: (k: number) => Ladders
  readonly tolerance: number
}

interface Ladders {
  readonly direction: Float64Array
  readonly scales: Float64Array
  readonly quick: () => readonly Slope[]
  readonly sure: () => readonly Slope[]
}

/** The program of one equation. */
const alone = (eq: Equation): Program => {
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

/** Applies a rule, and again with operands moved by some units in the last place. */
const withDoubt = (
  { eq, xs }: Local,
  apply: (xs: readonly Concrete[], y: Concrete, phase: number) => Float64Array,
): { readonly values: Float64Array; readonly doubts: Float64Array } => {
  const program = inlined(alone(eq))
  const at = (phase: number): Float64Array => {
    const operands = phase === 0 ? xs : xs.map((x, k) => shaken(x, phase + k))
    return apply(operands, valuesOf(program, operands)[program.outputs[0]!.id]!, phase)
  }
  const [values, other, third] = [at(0), at(1.3), at(2.9)]
  const doubts = values.map(
    (v, i) =>
      8 * EPSILON * Math.abs(v) + 2 * Math.max(Math.abs(v - other[i]!), Math.abs(v - third[i]!)),
  )
  return { values, doubts }
}

const pulledBy = (local: Local, k: number) => {
  const { eq, xs, yBar } = local
  const pull = ruleOf(vjpRules[eq.primitive] as Rules<Pull<typeof eq.primitive>>, k)
  return withDoubt(local, (operands, y, phase) => {
    const bar = phase === 0 ? yBar! : shaken(yBar!, phase)
    return numbers(pull(bar, operands as never, y, eq.params as never), xs[k]!.size)
  })
}

const pushedBy = (local: Local, k: number, direction: Float64Array) => {
  const { eq, xs, y: like0 } = local
  const rules = jvpRules[eq.primitive] as Rules<Push<typeof eq.primitive>>
  const push = ruleOf(rules, k)
  return withDoubt(local, (operands, y) =>
    numbers(push(like(xs[k]!, direction), operands as never, y, eq.params as never), like0.size),
  )
}

/** Joins what two ladders say: where they disagree, neither is as certain as it says. */
export const joined = (a: readonly Slope[], b: readonly Slope[]): Slope[] =>
  a.map((first, o) => {
    const second = b[o]!
    const error = Math.max(first.error, second.error, Math.abs(first.value - second.value))
    return { ...first, error, kink: first.kink || second.kink }
  })

/** The worst of several agreements. */
const RANK: readonly Agreement[] = ['agree', 'unsure', 'kink', 'not finite', 'disagree']
const worse = (a: Agreement, b: Agreement): Agreement =>
  RANK.indexOf(a) >= RANK.indexOf(b) ? a : b

/** Makes every value once, when it is first needed. */
const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Prepares the slopes of operand k; an elementwise equation gives those of all entries at once. */
const laddersOf = (
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
  const other = () => slopesAlong(reference, k, direction, 1, goal, OTHER_LADDER)
  return { direction, scales, quick, sure: once(() => joined(quick(), other())) }
}

/** Compares the rule of operand k with differences; the expected numbers are made only when wrong. */
const testOperand = (
  local: Local,
  k: number,
  rule: 'vjp' | 'jvp',
): {
  agrees: Agreement
  expected?: Float64Array
  obtained?: Float64Array
  /** What the rule was given: the cotangent of the value, or the tangent of the operand. */
  given?: Concrete
} => {
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
        const weight = rule === 'jvp' ? 1 : bar![o]! / scales[o]!
        const [c, ec] = [claim.values[o]!, claim.doubts[o]!]
        const w = Math.abs(weight)
        const one = kink
          ? 'kink'
          : weight === 0 && c === 0
            ? 'agree'
            : pair(c, ec, value * weight, error * w, w * Math.abs(natural[o]!))
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

  const soon = compareAll(quick())
  if (soon === 'agree' || soon === 'kink') return { agrees: soon }
  const sure = surely()
  const agrees = compareAll(sure)
  // A claim that is no number is wrong where the slope is known to be one.
  const known = sure.every(
    ({ value, error, kink }, o) =>
      ((rule === 'jvp' || diagonal) && Number.isFinite(claim.values[o]!)) ||
      (!kink && error <= 1e-3 * Math.abs(value)),
  )
  const guilty = agrees === 'disagree' || (agrees === 'not finite' && known)
  if (!guilty) return { agrees }
  const expected =
    rule === 'jvp'
      ? Float64Array.from(sure, ({ value }) => value)
      : diagonal
        ? Float64Array.from(sure, ({ value }, o) => (value * bar![o]!) / scales[o]!)
        : columnsOf(local, k, scales)
  const given = rule === 'vjp' ? yBar : like(xs[k]!, direction)
  return { agrees: 'disagree', expected, obtained: claim.values, ...(given ? { given } : {}) }
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

export interface BlameOptions {
  readonly rules: readonly ('vjp' | 'jvp')[]
  /** A rule may be off by so much, relative, before it is blamed. */
  readonly tolerance: number
}

/**
 * Tests the rules of all equations that take part in the derivative for the first `count` inputs.
 * `bars` are the cotangents of all values, if pullbacks are to be tested.
 */
export const testEquations = (
  program: Program,
  values: readonly Concrete[],
  bars: readonly (Tensor | null)[] | undefined,
  count: number,
  { rules, tolerance }: BlameOptions,
  within: readonly number[] = [],
): LocalFindings => {
  const moving = runEquations(
    program,
    program.inputs.map((_, i) => i < count),
    ({ primitive }, operands) => primitive !== 'stopGradient' && operands.includes(true),
  )
  const blamed: Blamed[] = []
  const kinks: number[] = []
  let certain = true
  program.equations.forEach((eq, line) => {
    const xs = eq.inputs.map((v) => values[v.id]!)
    const y = values[eq.output.id]!
    const active = eq.inputs.flatMap((v, k) => (moving[v.id] && xs[k]!.size > 0 ? [k] : []))
    if (active.length === 0 || sizeOf(y.shape) === 0 || !moving[eq.output.id]) return
    const bar = bars?.[eq.output.id] as Concrete | null | undefined
    const pulls = rules.includes('vjp') && bar && dataOf(bar).some((v) => v !== 0)
    const own = eq.primitive === 'customVjp'
    const tables = [
      ...(pulls ? (['vjp'] as const) : []),
      ...(rules.includes('jvp') && !own ? (['jvp'] as const) : []),
    ]
    if (own && rules.includes('jvp')) {
      const { forward } = eq.params
      const inside = valuesOf(forward, xs)
      // Operands that stand still come last in no order: all are moved, which tests more.
      const found = testEquations(
        forward,
        inside,
        undefined,
        xs.length,
        { rules: ['jvp'], tolerance },
        [...within, line + 1],
      )
      blamed.push(...found.blamed)
    }
    if (tables.length === 0) return
    const reference = referenceAt(inlined(alone(eq)), xs, xs.length)
    const ladders = xs.map((x, k) => once(() => laddersOf(eq, reference, x, k, 1e-3 * tolerance)))
    const slopes = (k: number): Ladders => ladders[k]!()
    const local: Local = { eq, xs, y, reference, slopes, tolerance, ...(bar ? { yBar: bar } : {}) }
    for (const rule of tables)
      for (const operand of active) {
        const { agrees, expected, obtained, given } = testOperand(local, operand, rule)
        if (agrees === 'kink') kinks.push(line + 1)
        if (agrees === 'unsure' || agrees === 'not finite') certain = false
        if (expected === undefined || obtained === undefined || given === undefined) continue
        const shape = rule === 'vjp' ? xs[operand]! : y
        const numbers = { expected: like(shape, expected), obtained: like(shape, obtained) }
        const { primitive, params } = eq
        const mistake = nameMistake({
          rule,
          primitive,
          params,
          xs,
          y,
          yBar: given,
          operand,
          ...numbers,
        })
        blamed.push({
          equation: line + 1,
          ...(within.length > 0 ? { within } : {}),
          primitive: eq.primitive,
          ...(own ? { name: eq.params.name } : {}),
          rule,
          operand,
          ...(eq.site === undefined ? {} : { site: eq.site }),
          ...numbers,
          ...(mistake === undefined ? {} : { mistake }),
        })
      }
  })
  return { blamed, certain: certain && kinks.length === 0, kinks }
}
