import {
  type CustomVjp,
  customVjp,
  type GradientReport,
  gradientReport,
  type Numeric,
  type PullbackCheck,
  pullbackReport,
} from '../../autodiff/index.ts'
import {
  type AnyFunction,
  type Concrete,
  flopsOf,
  isTensor,
  keyFrom,
  leavesOf,
  named,
  programOf,
  type Shape,
  TensorError,
  type TensorTree,
  type Tree,
  toNested,
} from '../../core/index.ts'
import { asArgument } from '../forms/index.ts'
import { askClaim, type Claim, type FoundClaim } from '../lessons/index.ts'
import type { Candidate, LayerLike, RuleLike } from './discover.ts'
import {
  domains,
  drawn,
  isFiniteTree,
  isPlainTree,
  isTensorTree,
  layerShapes,
  shapeLists,
  showArguments,
  showNumbers,
  showShapes,
} from './points.ts'

// One candidate is judged: points are found that it accepts, and its gradient is checked there.

/** A judged point has its shapes in words, and the report of the check. */
export interface Judged {
  readonly at: string
  readonly report: GradientReport
}

/** A judgement is a list of reports, or the reason why there is none. */
export type Judgement =
  | { readonly judged: readonly Judged[] }
  | { readonly refused: unknown; readonly atShapes?: string }
  | { readonly leftOut: string }
  | { readonly claim: FoundClaim }

/** A candidate is checked at so many points of different ranks. */
const MOST_POINTS = 4

/** An attempt tells how a function takes some arguments. */
type Attempt =
  | { readonly accepted: true }
  | { readonly error: unknown }
  | { readonly other: 'plain' | 'made' | 'something else' }

/** Returns the error of a trace, whose words are better: a traced tensor refuses more. */
const tracedError = (f: AnyFunction, args: readonly unknown[]): unknown => {
  try {
    programOf(f)(...(args as TensorTree[]))
    return undefined
  } catch (error) {
    return error
  }
}

const attempt = (f: AnyFunction, args: readonly unknown[]): Attempt => {
  try {
    const value = f(...args)
    const nothing = value === undefined || value instanceof Promise
    if (!nothing && isPlainTree(value)) return { other: 'plain' }
    if (!nothing && !isTensorTree(value)) {
      const leaves = leavesOf(value as Tree<unknown>)
      return { other: leaves.some((x) => typeof x === 'function') ? 'made' : 'something else' }
    }
    programOf(f)(...(args as TensorTree[]))
    return { accepted: true }
  } catch (error) {
    return { error: tracedError(f, args) ?? error }
  }
}

/** The weight of an error in a pullback. */
const PULLBACK = 4

/** An error of a pullback, or of what JavaScript invites, tells more than one of a shape. */
const weight = (error: unknown): number => {
  if (!(error instanceof TensorError)) return 1
  const { where, kind, data } = error.problem
  if (/': pullback/.test(where)) return PULLBACK
  return data?.misuse === undefined ? (kind === 'ShapeError' ? 0 : 2) : 3
}

const leftOut: Readonly<Record<'plain' | 'made' | 'something else', string>> = {
  plain: 'computes with plain numbers; export { forward, pullback } to check a derivative of it',
  made: 'makes functions or layers; export what it makes',
  'something else': 'returns neither tensors nor numbers',
}

const ranksOf = (list: readonly Shape[]): string => list.map(({ length }) => length).join()

/** Says why no point was accepted: the error that tells most, or what else the function is. */
const noPoint = (attempts: readonly Attempt[]): Judgement => {
  const errors = attempts.flatMap((a) => ('error' in a ? [a.error] : []))
  const others = attempts.flatMap((a) => ('other' in a ? [a.other] : []))
  const best = errors.reduce<unknown>((a, b) => (weight(b) > weight(a) ? b : a), errors[0])
  const kind = others.find((other) => other === 'made') ?? others[0]
  return kind !== undefined && weight(best) < PULLBACK
    ? { leftOut: leftOut[kind] }
    : { refused: best }
}

const errorOf = (tried: Attempt): unknown => ('error' in tried ? tried.error : undefined)

const isPullbackFailure = (tried: Attempt): boolean => weight(errorOf(tried)) === PULLBACK

/** The trial of some shapes. */
interface Trial {
  readonly list: readonly Shape[]
  readonly tried: Attempt
}

/** The first and the last shapes that are accepted stand for all of the same ranks. */
const chosen = (trials: readonly Trial[]): readonly (readonly Shape[])[] => {
  const accepted = trials.filter(({ tried }) => 'accepted' in tried).map(({ list }) => list)
  return accepted.length > 1 ? [accepted[0]!, accepted.at(-1)!] : accepted
}

/**
 * Checks f at shapes that it accepts. A pullback that fails at some shapes where its forward does
 * not, and works at others of the same ranks, is a mistake, such as a sum that is forgotten.
 */
const judgeAt = (
  f: AnyFunction,
  lists: readonly (readonly Shape[])[],
  seed: number,
  wrap: (args: readonly Concrete[]) => readonly unknown[] = (args) => args,
): Judgement => {
  const groups = new Map<string, Trial[]>()
  for (const list of lists) {
    const ranks = ranksOf(list)
    const tried = attempt(f, wrap(drawn(list, seed, 0)))
    groups.set(ranks, [...(groups.get(ranks) ?? []), { list, tried }])
    // The stack has overflowed, which takes long, and would again.
    if ('error' in tried && tried.error instanceof RangeError) return { refused: tried.error }
  }
  const trials = [...groups.values()].filter((group) => chosen(group).length > 0)
  if (trials.length === 0) return noPoint([...groups.values()].flat().map(({ tried }) => tried))
  const chosenLists = trials.flatMap(chosen).slice(0, MOST_POINTS)
  const judged = chosenLists.map((list) => {
    const points = domains.map((_, domain) => wrap(drawn(list, seed, domain)))
    const point = points.find((args) => isFiniteTree(f(...args))) ?? points[0]!
    return { ...reportAt(f, point, seed), at: showShapes(list) }
  })
  const failing = trials.flat().find(({ tried }) => isPullbackFailure(tried))
  return failing === undefined || judged.some(({ report }) => report.verdict === 'wrong')
    ? { judged }
    : { refused: errorOf(failing.tried), atShapes: showShapes(failing.list) }
}

/** Larger programs have fewer slopes compared, while every rule is tested all the same. */
const MANY_OPERATIONS = 1e5

/** Checks f at one point; several arguments become the parts of one. */
const reportAt = (f: AnyFunction, args: readonly unknown[], seed: number): Judged => {
  const single = args.length === 1
  const g = named(f.name, (x: unknown) => (single ? f(x) : f(...(x as readonly unknown[]))))
  const x = single ? args[0] : args
  const large = flopsOf(programOf(g)(x as TensorTree)) > MANY_OPERATIONS
  const report = gradientReport(g, large ? { seed, entries: 1 } : { seed })(x)
  return { at: showArguments(args), report }
}

/** Only tensors, and trees of tensors, are differentiated; other arguments stay as given. */
const judgeGiven = (f: AnyFunction, given: readonly unknown[], seed: number): Judgement => {
  const args = given.map(asArgument)
  const moving = args.flatMap((x, i) => (isTensorTree(x) ? [i] : []))
  const g = named(f.name, (...xs: readonly unknown[]) =>
    f(...args.map((x, i) => (moving.includes(i) ? xs[moving.indexOf(i)] : x))),
  )
  const points = moving.map((i) => args[i])
  const tried = attempt(g, points)
  if ('error' in tried) return { refused: tried.error }
  return 'other' in tried
    ? { leftOut: leftOut[tried.other] }
    : { judged: [reportAt(g, points, seed)] }
}

const judgeFunction = (f: AnyFunction, inputs: Candidate['inputs'], seed: number): Judgement =>
  inputs === undefined ? judgeAt(f, shapeLists(f.length), seed) : judgeGiven(f, inputs, seed)

/** The initialisers of psigrad return parameters and the next key; those of a user, parameters. */
const paramsOf = ({ init }: LayerLike, seed: number): unknown => {
  const made = init(keyFrom(seed))
  const isPair = Array.isArray(made) && made.length === 2 && Array.isArray(made[1])
  return isPair && made[1].every((word: unknown) => typeof word === 'number') ? made[0] : made
}

const judgeLayer = ({ name, value, inputs }: Candidate, seed: number): Judgement => {
  const layer = value as LayerLike
  const params = asArgument(paramsOf(layer, seed))
  const f = named(name, (p: unknown, x: unknown) => layer.apply(p, x))
  if (inputs !== undefined) {
    const found = judgeGiven(f, [params, ...inputs], seed)
    const at = showArguments(inputs.map(asArgument))
    return 'judged' in found ? { judged: found.judged.map((one) => ({ ...one, at })) } : found
  }
  const lists = layerShapes(params).map((shape) => [shape])
  return judgeAt(f, lists, seed, (args) => [params, ...args])
}

/** Returns plain numbers in place of tensors: what a rule without psigrad takes. */
const asNumbers = (x: unknown): Numeric => (isTensor(x) ? toNested(x) : x) as Numeric

/** Checks a rule at operands of plain numbers; undefined if its forward does not take them. */
const judgePlain = (
  name: string,
  { forward, pullback }: RuleLike,
  operands: readonly Numeric[],
  seed: number,
): Judged | undefined => {
  try {
    const value = forward(...(operands as never[]))
    // JavaScript makes NaN of an array divided by two: these operands are not meant.
    if (!isPlainTree(value) || !isFiniteTree(value)) return undefined
  } catch {
    return undefined
  }
  const rule = { forward, pullback, at: operands, name } as unknown as PullbackCheck<
    readonly Numeric[],
    Numeric
  >
  return { at: showNumbers(operands), report: pullbackReport(rule, { seed }) }
}

/** Rules of plain numbers are tried first: no operation of psigrad returns such. */
const judgeRule = ({ name, value, inputs }: Candidate, seed: number): Judgement => {
  const rule = value as RuleLike
  const lists = shapeLists(rule.forward.length)
  const points = inputs === undefined ? lists.map((list) => drawn(list, seed, 1)) : [inputs]
  const judged: Judged[] = []
  for (const point of points) {
    if (judged.length === MOST_POINTS) break
    const found = judgePlain(name, rule, point.map(asNumbers), seed)
    if (found !== undefined && judged.every(({ at }) => at !== found.at)) judged.push(found)
  }
  if (judged.length > 0) return { judged }
  return judgeFunction(
    renamed(name, customVjp({ name, ...(value as CustomVjp) }), rule.forward.length),
    inputs,
    seed,
  )
}

/** Returns a function under the name that a file exports it by, with its number of parameters. */
const renamed = (name: string, f: AnyFunction, count: number): AnyFunction =>
  Object.defineProperty(
    named(name, (...xs: readonly unknown[]) => f(...xs)),
    'length',
    { value: count },
  )

/** Judges a candidate. Errors of its code are part of the judgement. */
export const judge = (candidate: Candidate, seed: number): Judgement => {
  try {
    if (candidate.kind === 'layer') return judgeLayer(candidate, seed)
    if (candidate.kind === 'claim')
      return { claim: askClaim(candidate.name, candidate.value as Claim) }
    const f = candidate.value as AnyFunction & { readonly rule?: RuleLike }
    if (candidate.kind === 'rule' && typeof f !== 'function') return judgeRule(candidate, seed)
    const count = f.rule === undefined ? f.length : f.rule.forward.length
    return judgeFunction(renamed(candidate.name, f, count), candidate.inputs, seed)
  } catch (error) {
    return { refused: error }
  }
}
