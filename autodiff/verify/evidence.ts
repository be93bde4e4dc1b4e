import {
  axesOf,
  type Concrete,
  dataOf,
  type PrimitiveName,
  type PrimitiveParams,
  sameShape,
  tensor,
  transpose,
  zerosLike,
} from '../../core/index.ts'
import { jvpRules, type Rules, ruleOf, vjpRules } from '../derivatives/index.ts'

// What is known about one rule that gave a wrong derivative, and how numbers are compared.

/** A rule as a function: from (ȳ, operands, value) to the cotangent of operand k. */
export type RuleRun = (
  yBar: Concrete,
  xs: readonly Concrete[],
  y: Concrete,
  operand: number,
) => Concrete | undefined

/**
 * The evidence against one rule at one point. For a rule of the table of pushforwards, `yBar` is
 * the tangent of the operand, and both derivatives are tangents of the value.
 */
export interface Evidence {
  /** The table of the rule; `vjp` when absent. */
  readonly rule?: 'vjp' | 'jvp'
  /** The primitive; absent for a function of another library. */
  readonly primitive?: PrimitiveName
  readonly params?: PrimitiveParams[PrimitiveName]
  readonly xs: readonly Concrete[]
  readonly y: Concrete
  readonly yBar: Concrete
  readonly operand: number
  /** The right derivative. An entry that is NaN is not known. */
  readonly expected: Concrete
  readonly obtained: Concrete
  /** The error of `expected`, relative to its largest entry. Default 0. */
  readonly error?: number
  /** Runs the rule at other inputs; the rule of the primitive when absent. */
  readonly again?: RuleRun
}

/** Numbers that agree to this are one number: rounding of a long sum stays far below. */
const SAME = 1e-7
/** Beside the largest entry, numbers below this are rounding. */
const NOTHING = 1e-9

/** Tells whether two numbers are equal to near rounding, beside numbers of size `scale`. */
export const nearNumbers = (p: number, q: number, scale: number, error = 0): boolean =>
  Math.abs(p - q) <= SAME * Math.max(Math.abs(p), Math.abs(q)) + (NOTHING + error) * scale

/** Returns the largest |x| among numbers that are known. */
export const largestKnown = (x: ArrayLike<number>): number =>
  Array.from(x).reduce((most, v) => (Math.abs(v) > most ? Math.abs(v) : most), 0)

const unknownIn = (x: Concrete): number => dataOf(x).filter(Number.isNaN).length

/**
 * Tells whether two tensors are equal to near rounding; two that are all zero tell nothing.
 * Nothing is asked of as many entries as are not known.
 */
export const near = (a: Concrete, b: Concrete, { expected, error }: Evidence): boolean => {
  if (!sameShape(a.shape, b.shape)) return false
  const [p, q] = [dataOf(a), dataOf(b)]
  const scale = Math.max(largestKnown(p), largestKnown(q))
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) return false
  const equal = p.filter((v, i) => nearNumbers(v, q[i]!, scale, error)).length
  const unknown = p.filter((v, i) => Number.isNaN(v - q[i]!)).length
  return equal > 0 && equal + unknown === p.length && unknown <= unknownIn(expected)
}

const tableRun =
  ({ rule, primitive, params }: Evidence): RuleRun =>
  (yBar, xs, y, operand) => {
    if (primitive === undefined) return undefined
    const rules = rule === 'jvp' ? jvpRules[primitive] : vjpRules[primitive]
    if ('program' in rules) return undefined
    type Rule = (...inputs: readonly unknown[]) => Concrete | null
    const run = ruleOf(rules as unknown as Rules<Rule>, operand)
    return run(yBar, xs, y, params) ?? (zerosLike(rule === 'jvp' ? y : xs[operand]!) as Concrete)
  }

/** Runs the rule at other inputs; none where these do not suit it. */
export const runAgain = (
  e: Evidence,
  { yBar = e.yBar, xs = e.xs, y = e.y, operand = e.operand }: Partial<Evidence>,
): Concrete | undefined => {
  try {
    return (e.again ?? tableRun(e))(yBar, xs, y, operand)
  } catch {
    return undefined
  }
}

/** Returns the tensor with two axes exchanged. */
export const exchanged = (x: Concrete, a: number, b: number): Concrete =>
  transpose(
    x,
    axesOf(x.shape.length).map((i) => (i === a ? b : i === b ? a : i)),
  ) as Concrete

/** Returns every pair of axes, the smaller first. */
export const pairsOfAxes = (rank: number): (readonly [number, number])[] =>
  axesOf(rank).flatMap((b) => axesOf(b).map((a) => [a, b] as const))

/** The word for what a rule is given. */
export const barOf = ({ rule }: Evidence): string => (rule === 'jvp' ? 'tangent' : 'cotangent')

/** Returns a tensor of the same shape whose entry i is f(i). */
export const entries = (like: Concrete, f: (i: number) => number): Concrete =>
  tensor(
    Float64Array.from({ length: like.size }, (_, i) => f(i)),
    like.shape,
  )

/** Returns the numbers of a tensor, row-major, in float64. */
export const numbersOf = (x: Concrete): Float64Array => new Float64Array(dataOf(x))

/** Returns the largest number on either side. */
export const scaleOf = ({ expected, obtained }: Evidence): number =>
  Math.max(largestKnown(numbersOf(expected)), largestKnown(numbersOf(obtained)))

/** Returns the indices of the wrong entries. */
export const wrongEntries = (e: Evidence): readonly number[] => {
  const [right, got, scale] = [numbersOf(e.expected), numbersOf(e.obtained), scaleOf(e)]
  const wrong = (v: number, i: number): boolean => !nearNumbers(v, got[i]!, scale, e.error)
  return axesOf(right.length).filter((i) => !Number.isNaN(right[i]) && wrong(right[i]!, i))
}

/** The kinds of mistake that have a name. */
export type MistakeKind =
  | 'zero'
  | 'sign'
  | 'factor'
  | 'wrong shape'
  | 'transposed'
  | 'wrong axis'
  | 'forgotten sum'
  | 'derivative missing'
  | 'cotangent ignored'
  | 'cotangent twice'
  | 'x for y'
  | 'y for x'
  | 'other operand'
  | 'value for derivative'
  | 'factor missing'
  | 'factor too much'
  | 'absolute value'
  | 'shifted'
  | 'reversed'
  | 'ties'
  | 'one entry'
  | 'edge'
  | 'lost entries'
  | 'mask forgotten'
  | 'constant added'

/** A suspicion says in words what the rule does, and how one would see it in the numbers. */
export type Suspicion = {
  /** What the rule does, in words that follow "The pullback". */
  readonly words: string
  readonly factor?: number
} & (
  | {
      /** The suspicion holds where both sides are equal. The left one is mostly `obtained`. */
      readonly left?: Concrete | undefined
      readonly right: Concrete | undefined
    }
  | { readonly holds: boolean }
)

/** A chapter of the textbook holds one kind of mistake, and how it would look here. */
export interface Chapter {
  readonly kind: MistakeKind
  readonly suspicions: (e: Evidence) => readonly Suspicion[]
}
