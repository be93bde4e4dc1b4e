import { either as E } from 'fp-ts'
import { axesOf, type Checked, type Path, showPath, TensorError, tensor } from '../../core/index.ts'
import { describe, largest } from '../../core/values/index.ts'
import { comparePair } from './compare.ts'
import { problemOf } from './describe.ts'
import { type Numbers, type Numeric, numbersOf, sameStructure } from './numbers.ts'
import { slopesOnLine } from './quotients.ts'
import type { Agreement, Blamed, Comparison, GradientReport, Verdict } from './verdict.ts'

// The check of a pullback of any library: functions of plain numbers, of which only values are used.

/** A function of plain numbers, and the pullback that is claimed for it, at some operands. */
export interface PullbackCheck<Operands extends readonly Numeric[], Value extends Numeric> {
  readonly forward: (...x: Operands) => Value
  /** From (operands, value, cotangent of the value) to a list: one cotangent per operand. */
  readonly pullback: (x: Operands, y: Value, yBar: Value) => readonly Numeric[]
  /** The operands at which both are compared. */
  readonly at: Readonly<Operands>
  readonly name?: string
}

export interface PullbackOptions {
  /** Allowed error of a slope, relative to it. Default 1e-6, or 1e-3 where a part is float32. */
  readonly tolerance?: number
  /** At most so many numbers of the operands are moved one by one. Default 100. */
  readonly entries?: number
  /** Another seed compares other combinations of the results. Default 0. */
  readonly seed?: number
}

const MOST_SINGLE = 8
const FLOAT32 = 2 ** -23

/** Weights without structure: none is zero, none repeats. */
const irregular = (n: number, phase: number): Float64Array =>
  Float64Array.from(axesOf(n), (i) => Math.sin(1.7 * i + 0.6 + phase) + 0.2 * Math.cos(0.9 * i * i))

/** Cotangents: one that mixes all results, then single ones of some. */
const cotangents = (n: number, seed: number): readonly Float64Array[] => [
  irregular(n, 0.31 * seed),
  ...(n > 1 ? axesOf(Math.min(n, MOST_SINGLE)) : []).map((o) => {
    const at = Math.floor((o * n) / Math.min(n, MOST_SINGLE))
    return new Float64Array(n).fill(1, at, at + 1)
  }),
]

/** A pullback that cannot be compared: it throws, or returns what fits no operand. */
class Unfit extends Error {}

const spreadIndices = (n: number, most: number): readonly number[] =>
  axesOf(Math.min(n, most)).map((i) => (n <= most ? i : Math.floor((i * n) / most)))

const verdictOf = (agreements: ReadonlySet<Agreement>): Verdict =>
  agreements.has('disagree')
    ? 'wrong'
    : agreements.has('not finite')
      ? 'not finite'
      : agreements.has('kink')
        ? 'not differentiable'
        : agreements.has('unsure')
          ? 'cannot tell'
          : 'right'

const messageOf = (error: unknown): string =>
  error instanceof TensorError
    ? error.problem.what
    : error instanceof Error
      ? error.message
      : String(error)

/** Names a number of an operand: `operand 2 [0, 1]`. */
const placeOf = ([operand, ...rest]: Path): string =>
  `operand ${Number(operand) + 1}${rest.length === 0 ? '' : `, ${showPath(rest)}`}`

/**
 * Returns the report of a pullback of plain numbers: it is always an answer, whatever the two
 * functions do. Both are called with fresh copies, so that they may write into their arguments.
 */
export const pullbackReport = <Operands extends readonly Numeric[], Value extends Numeric>(
  { forward, pullback, at, name = forward.name || 'forward' }: PullbackCheck<Operands, Value>,
  { tolerance, entries = 100, seed = 0 }: PullbackOptions = {},
): GradientReport => {
  const where = `checkPullback of ${name}`
  const x = numbersOf(at, where, 'at')
  const run = (values: ArrayLike<number>): Numbers =>
    numbersOf(forward(...(x.rebuild(values) as unknown as Operands)), where, 'the value of forward')
  const report = (verdict: Verdict, reason: string, more: Partial<GradientReport> = {}) =>
    ({
      name,
      verdict,
      reason,
      order: 1,
      mode: 'reverse',
      compared: 0,
      maxError: 0,
      tolerance: tolerance ?? 1e-6,
      failed: [],
      blamed: [],
      unused: [],
      at,
      replay: { seed, path: '' },
      ...more,
    }) satisfies GradientReport
  let y: Numbers
  try {
    y = run(x.values)
    const again = run(x.values)
    if (!y.values.every((v, o) => Object.is(v, again.values[o])))
      return report('not deterministic', 'two calls of forward with the same operands differ.')
  } catch (error) {
    return report('cannot tell', `forward throws at these operands: ${messageOf(error)}`)
  }
  if (!y.values.every(Number.isFinite))
    return report('not finite', `the value of forward is not finite at these operands.`)
  const unit = Math.max(x.unit, y.unit)
  const allowed = tolerance ?? (unit >= FLOAT32 ? 1e-3 : 1e-6)
  const us = cotangents(y.values.length, seed)
  const claimsOf = (u: Float64Array): Float64Array => {
    const copies = [x.rebuild(x.values), y.rebuild(y.values), y.rebuild(u)] as const
    const bars = pullback(...(copies as unknown as [Operands, Value, Value]))
    if (!Array.isArray(bars) || bars.length !== at.length)
      throw new Unfit(
        `pullback returned ${Array.isArray(bars) ? `a list of ${bars.length}` : describe(bars)}; it must return a list of ${at.length}, one cotangent per operand.`,
      )
    const own = numbersOf(bars, where, 'the cotangent')
    if (!sameStructure(own, x))
      throw new Unfit('a cotangent has another shape than its operand; both must have the same.')
    return own.values
  }
  let claims: readonly Float64Array[]
  try {
    claims = us.map(claimsOf)
  } catch (error) {
    const what = error instanceof Unfit ? error.message : `pullback throws: ${messageOf(error)}`
    return report('wrong', what)
  }
  const sizes = us.map((u) => u.reduce((total, w, o) => total + Math.abs(w * y.values[o]!), 0))
  const moved = spreadIndices(x.values.length, entries)
  const comparisons = moved.flatMap((i) => {
    const scale = Math.max(1e-3, Math.abs(x.values[i]!))
    const line = (t: number): Float64Array | undefined => {
      try {
        return run(x.values.map((v, j) => (j === i ? v + t : v))).values
      } catch {
        return undefined
      }
    }
    const noises = us.map(
      (_, c) => 2 * unit * (sizes[c]! + Math.abs(x.values[i]! * claims[c]![i]!)),
    )
    return slopesOnLine(line, y.values, us, noises, scale).map((slope, c): Comparison => {
      const claimed = claims[c]![i]!
      const claimedError = 64 * unit * Math.abs(claimed)
      const natural = sizes[c]! / scale
      const found = comparePair(
        { claimed, claimedError, reference: slope.value, referenceError: slope.error, natural },
        allowed,
      )
      return {
        order: 1,
        mode: 'reverse',
        path: x.paths[i]!,
        claimed,
        claimedError,
        reference: slope.value,
        referenceError: slope.error,
        witness: 'differences',
        step: slope.step,
        scale: found.scale,
        agrees: slope.kink ? 'kink' : found.agrees,
      }
    })
  })
  const errorOf = (c: Comparison): number => Math.abs(c.claimed - c.reference) / (c.scale || 1)
  const failed = comparisons.filter(({ agrees }) => agrees !== 'agree')
  const verdict = verdictOf(new Set(failed.map(({ agrees }) => agrees)))
  const decisive = failed.filter(({ agrees }) => verdictOf(new Set([agrees])) === verdict)
  const worst = (decisive.length > 0 ? decisive : comparisons).reduce<Comparison | undefined>(
    (a, b) => (a === undefined || errorOf(b) > errorOf(a) ? b : a),
    undefined,
  )
  return report(verdict, reasonOf(verdict, worst), {
    compared: comparisons.length,
    maxError: Math.max(0, largest(comparisons.map(errorOf))),
    tolerance: allowed,
    ...(worst === undefined ? {} : { worst }),
    failed: decisive,
    blamed: verdict === 'wrong' ? blamedIn(name, x, comparisons, us.length, moved) : [],
  })
}

const reasonOf = (verdict: Verdict, worst: Comparison | undefined): string => {
  if (worst === undefined) return 'there is nothing to compare.'
  const { path, claimed, reference, referenceError } = worst
  const numbers = `${claimed.toPrecision(6)}, differences give ${reference.toPrecision(6)} ± ${referenceError.toExponential(0)}`
  const place = placeOf(path)
  return {
    right: 'the pullback agrees with differences of forward.',
    wrong: `at ${place} the pullback gives ${numbers}.`,
    'cannot tell': `the differences at ${place} are too uncertain: the pullback gives ${numbers}.`,
    'not differentiable': `forward has a kink or a jump at ${place}.`,
    'not finite': `the cotangent of ${place} is not finite.`,
    'not deterministic': '',
    'no dependence': '',
  }[verdict]
}

/** Returns the operands that are wrong, with their whole cotangents where all was compared. */
const blamedIn = (
  name: string,
  x: Numbers,
  comparisons: readonly Comparison[],
  cotangentCount: number,
  moved: readonly number[],
): readonly Blamed[] => {
  const first = comparisons.filter((_, k) => k % cotangentCount === 0)
  const wrong = new Set(
    comparisons.filter((c) => c.agrees === 'disagree').map(({ path }) => Number(path[0])),
  )
  return [...wrong].map((operand): Blamed => {
    const own = first.filter((_, k) => x.paths[moved[k]!]![0] === operand)
    return {
      equation: 1,
      primitive: 'customVjp',
      name,
      rule: 'vjp',
      operand,
      expected: tensor(own.map(({ reference }) => reference)),
      obtained: tensor(own.map(({ claimed }) => claimed)),
    }
  })
}

/**
 * Checks a pullback of plain functions, from any library: numbers, Float64Array, Float32Array, and
 * nested arrays and records of these. Only values of `forward` serve as the witness.
 *
 * Errors  Left(GradientError) unless the verdict is right; its `data` is the report. TypeError for
 *         operands that are no numbers.
 * Cost    some 20 calls of `forward` for each number that is moved.
 * @example checkPullback({
 *   forward: (x: number) => x * x,
 *   pullback: ([x], _, yBar) => [2 * x * yBar],
 *   at: [3],
 * })._tag // → 'Right'
 */
export const checkPullback = <Operands extends readonly Numeric[], Value extends Numeric>(
  check: PullbackCheck<Operands, Value>,
  options: PullbackOptions = {},
): Checked<GradientReport> => {
  const report = pullbackReport(check, options)
  if (report.verdict === 'right') return E.right(report)
  return E.left(problemOf(report))
}
