import { either as E } from 'fp-ts'
import {
  type Checked,
  type Concrete,
  isConcrete,
  knownOptions,
  leavesOf,
  type Problem,
  precisionOf,
  sameShape,
  type Tensor,
  TensorError,
  type TensorLike,
  type TensorTree,
} from '../../core/index.ts'
import { cotangents } from '../derivatives/index.ts'
import { type LocalFindings, testEquations } from './blame.ts'
import { cotangentsOf } from './claimedSlopes.ts'
import { problemOf, reasonOf } from './describe.ts'
import { firstBackward, firstForward } from './finite.ts'
import { irregular, like, referenceAt, valuesOf } from './nearbyRuns.ts'
import { refusedRule } from './refusedRule.ts'
import { compareSlopes, errorOf, type SlopeFindings } from './slopes.ts'
import {
  isDeterministic,
  pulledBack,
  type Subject,
  subjectOf,
  type TreeFunction,
} from './subject.ts'
import type { Comparison, GradientReport, Mode, Verdict } from './verdict.ts'

export interface CheckOptions {
  /** 1 checks the gradient; 2 also checks the gradient's own gradient. Default 1. */
  readonly order?: 1 | 2
  /** Derivatives are checked by pullbacks, by pushforwards, or both, which is the default. */
  readonly mode?: Mode | 'both'
  /** Allowed error relative to each slope. Default 1e-7; 1e-4 for a point in float32. */
  readonly tolerance?: number
  /** At most so many entries of each leaf are compared one by one. Default 40, fewer of many. */
  readonly entries?: number
  /** The seed of directions and cotangents. Default 0. */
  readonly seed?: number
  /** Names the function in the report; its own name unless given. */
  readonly name?: string
}

const OPTIONS = ['order', 'mode', 'tolerance', 'entries', 'seed', 'name'] as const

/** Entries that are compared one by one, of all leaves together, unless the user says otherwise. */
const ALL_ENTRIES = 240
const MOST_ENTRIES = 40
const FEWEST_ENTRIES = 4

interface Setting {
  readonly name: string
  readonly order: 1 | 2
  readonly mode: Mode | 'both'
  readonly tolerance: number
  /** The tolerance of single rules, which are tested in float64. */
  readonly ofRules: number
  readonly entries?: number
  readonly seed: number
  readonly precision: 'float64' | 'float32'
  readonly at: unknown
}

const modesOf = (mode: Mode | 'both'): readonly Mode[] =>
  mode === 'both' ? ['reverse', 'forward'] : [mode]

/** A report of a check that ended before anything was compared. */
const early = (
  setting: Setting,
  verdict: Verdict,
  more: Partial<GradientReport> = {},
): GradientReport => {
  const { name, order, mode, tolerance, seed, at } = setting
  const report = {
    name,
    verdict,
    order,
    mode,
    compared: 0,
    maxError: 0,
    tolerance,
    failed: [],
    blamed: [],
    unused: [],
    at,
    replay: { seed, path: '' },
    reason: '',
    ...more,
  }
  return { ...report, reason: reasonOf(report) }
}

const asProblem = (error: unknown, where: string): Problem =>
  error instanceof TensorError
    ? error.problem
    : { kind: 'GradientError', where, what: `it throws ${String(error)}.` }

/** Tests the equations at the values of the point, with the cotangents of the first result. */
const blameAt = (
  subject: Subject,
  values: readonly Concrete[],
  setting: Setting,
): LocalFindings => {
  const { program, leaves } = subject
  const modes = modesOf(setting.mode)
  const rules = modes.map((mode) => (mode === 'reverse' ? ('vjp' as const) : ('jvp' as const)))
  return testEquations(program, values, barsAt(subject, values, setting), leaves.length, {
    rules,
    tolerance: setting.ofRules,
  })
}

/**
 * Returns the cotangents of all values. Where a rule gives one of a wrong shape, so that those
 * before it cannot be had, every value has a cotangent of its own.
 */
const barsAt = ({ program, leaves }: Subject, values: readonly Concrete[], { seed }: Setting) => {
  const all = cotangentsOf({ program } as Subject, seed).filter((u) => u.entry === undefined)
  const seeds = program.outputs.map((_, o) => all.find((u) => u.output === o)?.tensors[o] ?? null)
  const fits = (bar: Tensor | null, id: number): boolean =>
    bar === null || sameShape(bar.shape, values[id]!.shape)
  try {
    const bars = cotangents(program, values, seeds, leaves.length)
    if (bars.every(fits)) return bars
  } catch {}
  return values.map((v, id) => like(v, irregular(v.size, id + 0.31 * seed)))
}

/** Returns what the comparisons say together with the tests of single rules. */
const verdictOf = (
  { comparisons }: SlopeFindings,
  { blamed, certain }: LocalFindings,
  unused: Subject['unused'],
  largest: number,
  precision: Setting['precision'],
): Verdict => {
  const some = (agrees: Comparison['agrees']): boolean =>
    comparisons.some((c) => c.agrees === agrees)
  if (some('not finite')) return 'not finite'
  if (blamed.length > 0) return 'wrong'
  if (some('kink')) return 'not differentiable'
  // No rule is to blame, so the differences must be beyond doubt, by the roughest measure.
  const unit = precision === 'float32' ? 2 ** -23 : 2 ** -52
  const rounding = (c: Comparison): number => 8 * largest * (2 ** -52 / c.step + unit)
  const beyond = (c: Comparison): boolean => Math.abs(c.claimed - c.reference) > rounding(c)
  if (comparisons.some((c) => c.agrees === 'disagree' && beyond(c))) return 'wrong'
  // Where differences of the whole are too noisy, those of each equation may suffice.
  if ((some('unsure') || some('disagree')) && !certain) return 'cannot tell'
  return unused.length > 0 ? 'no dependence' : 'right'
}

const reportOf = (subject: Subject, setting: Setting): GradientReport => {
  const { program, plain, inputs, leaves } = subject
  // The gradient of a linear function is constant: no fault.
  const unused = setting.order === 1 ? subject.unused : []
  const { tolerance, order, seed, precision } = setting
  const values = valuesOf(program, inputs)
  const forward = firstForward(program, values)
  if (forward !== undefined) return early(setting, 'not finite', { nonFinite: forward, unused })
  const reference = referenceAt(plain, inputs, leaves.length)
  const most = Math.floor(ALL_ENTRIES / Math.max(1, leaves.length))
  const entries = setting.entries ?? Math.max(FEWEST_ENTRIES, Math.min(MOST_ENTRIES, most))
  const local = blameAt(subject, values, setting)
  const { blamed } = local
  // With a rule to blame, one slope that shows the mistake is enough.
  const brief = blamed.length > 0
  const modes = modesOf(setting.mode)
  const options = { order, modes, tolerance, entries, seed, precision, brief }
  let found: SlopeFindings
  try {
    found = compareSlopes(subject, reference, options)
  } catch (error) {
    return early(setting, 'wrong', { blamed, problem: asProblem(error, setting.name), unused })
  }
  const verdict = verdictOf(found, local, unused, reference.largest, precision)
  const bars = barsAt(subject, values, setting)
  const backward = verdict === 'not finite' ? firstBackward(program, values, bars) : undefined
  const right = verdict === 'right' || verdict === 'no dependence'
  const failed = right ? [] : found.comparisons.filter(({ agrees }) => agrees !== 'agree')
  const counted = found.comparisons.filter((c) => !right || c.agrees === 'agree')
  const errors = counted.map(errorOf)
  const maxError = errors.reduce((a, b) => (b > a || Number.isNaN(b) ? b : a), 0)
  return early(setting, verdict, {
    compared: found.compared,
    maxError,
    ...leading(failed, counted, verdict),
    failed,
    blamed,
    unused,
    ...(backward === undefined ? {} : { nonFinite: backward }),
  })
}

/** The comparison that decided, or, where all agree, the worst. */
const leading = (
  failed: readonly Comparison[],
  all: readonly Comparison[],
  verdict: Verdict,
): { readonly worst?: Comparison } => {
  const decisive = {
    wrong: 'disagree',
    'not differentiable': 'kink',
    'not finite': 'not finite',
    'cannot tell': 'unsure',
  }[verdict as 'wrong']
  const first = failed.find(({ agrees }) => agrees === decisive) ?? failed[0]
  const worst = first ?? all.toSorted((a, b) => errorOf(b) - errorOf(a))[0]
  return worst === undefined ? {} : { worst }
}

/** The precision of a point: float32 where one of its tensors is. */
const precisionAt = (x: TensorTree): Setting['precision'] =>
  leavesOf<TensorLike>(x).some((leaf) => isConcrete(leaf) && precisionOf(leaf) === 'float32')
    ? 'float32'
    : 'float64'

/**
 * Checks the derivatives of a function at a point, and always answers: one verdict, the numbers
 * that decided it, and, where it is wrong, every rule to blame.
 *
 * The claims of pullbacks and pushforwards are compared with central differences of several steps,
 * extrapolated, whose own error is estimated; steps never cross a kink of the program. Then the
 * rules of each equation are compared with differences of that equation alone.
 *
 * Shapes  x: a tensor or a tree; f may return tensors of any shape, or a tree of these.
 * Cost    about 10 runs of f per compared entry, and 60 for the equations.
 */
export const gradientReport =
  <X>(f: (x: X) => unknown, options: CheckOptions = {}) =>
  (x: X): GradientReport => {
    const given = knownOptions('checkGradient', options, OPTIONS)
    const { order = 1, mode = 'both', seed = 0, entries, name = f?.name || 'function' } = given
    const point = x as TensorTree
    const precision = precisionAt(point)
    const tolerance = given.tolerance ?? (precision === 'float32' ? 1e-4 : 1e-7)
    const some = entries === undefined ? {} : { entries }
    const ofRules = given.tolerance ?? 1e-7
    const numbers = { tolerance, ofRules, seed, precision, ...some }
    const setting: Setting = { name, order: 1, mode, at: x, ...numbers }
    const g = f as TreeFunction
    let subject: Subject
    try {
      subject = subjectOf(g, point)
      if (!isDeterministic(g, point)) return early(setting, 'not deterministic')
    } catch (error) {
      const problem = asProblem(error, name)
      const wrong = problem.data?.customVjp !== undefined
      const blamed = wrong ? refusedRule(g, point, ofRules) : []
      return early(setting, wrong ? 'wrong' : 'cannot tell', { problem, blamed })
    }
    const first = reportOf(subject, setting)
    if (order !== 2 || first.verdict !== 'right') return first
    const second: Setting = { ...setting, order: 2, name: `gradient of ${name}` }
    try {
      return reportOf(subjectOf(pulledBack(subject, seed), point, undefined, false), second)
    } catch (error) {
      return early(second, 'wrong', { problem: asProblem(error, second.name) })
    }
  }

/**
 * Checks the derivatives of a function at a point: Right where they are right. Otherwise a problem
 * says what is the matter in words, and its `data` is the report; see `gradientReport`.
 *
 * Errors  Left(GradientError); never a throw for what the function does.
 * @example checkGradient((x: Tensor) => sum(tanh(x)))(tensor([0.3, -1]))._tag // → 'Right'
 */
export const checkGradient =
  <X>(f: (x: X) => unknown, options: CheckOptions = {}) =>
  (x: X): Checked<GradientReport> => {
    const report = gradientReport(f, options)(x)
    return report.verdict === 'right' ? E.right(report) : E.left(problemOf(report))
  }
