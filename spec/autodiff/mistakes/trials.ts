import type { Blamed, GradientReport } from '../../../autodiff/index.ts'
import { jvp, vjp } from '../../../autodiff/index.ts'
import type { MistakeKind } from '../../../autodiff/verify/evidence.ts'
import { add, type Concrete, dataOf, sin, type Tensor, zerosLike } from '../../../core/index.ts'
import { noiseLike } from '../../arbitraries.ts'
import { changeOf, type Planted, planted, type Work } from './planted.ts'

// A trial plants one mistake and asks the checker.

/** The function that a checker sees: the wrong rule stands between two right ones. */
export type Seen = (xs: readonly Tensor[]) => Tensor

export interface Trial {
  readonly group: 'vjpRules' | 'jvpRules' | 'customVjp'
  /** The rule, and the operand. */
  readonly where: string
  readonly mistake: string
  /** The names that are right here; none where the mistake has no name. */
  readonly kinds: () => readonly MistakeKind[]
  readonly point: readonly Concrete[]
  /** How much the mistake changes the derivative, relative to its largest number. */
  readonly change: () => number
  readonly guilty: (blamed: Blamed) => boolean
  /** Runs something while the mistake is planted. */
  readonly during: <A>(run: (f: Seen) => A) => A
}

/** An outcome holds a trial and the checker's answer. */
export interface Outcome {
  readonly trial: Trial
  readonly change: number
  readonly kinds: readonly MistakeKind[]
  readonly wrong: boolean
  readonly blamed: boolean
  readonly named: boolean
  readonly report: GradientReport
}

/** Puts a function between two others, so that there is something else to blame. */
export const between =
  (f: (...xs: Tensor[]) => Tensor): Seen =>
  (xs) =>
    sin(f(...xs.map((x) => add(x, 0))))

/** All derivatives of f, by the pullback or by the jvp, along fixed random directions. */
export const derivativesOf = (
  f: Seen,
  xs: readonly Concrete[],
  table: 'vjp' | 'jvp',
): readonly Concrete[] => {
  if (table === 'vjp') {
    const { value, pullback } = vjp(f)(xs)
    return pullback(noiseLike(value, 21))[0] as Concrete[]
  }
  return xs.map((_, k) => {
    const tangent = xs.map((x, i) => (i === k ? noiseLike(x, 22) : zerosLike(x)))
    return jvp(f)([xs], [tangent]).tangent as Concrete
  })
}

/** The largest change among derivatives, each relative to its own size. */
export const largestChange = (right: readonly Concrete[], wrong: readonly Concrete[]): number =>
  Math.max(...right.map((d, i) => changeOf(dataOf(d), dataOf(wrong[i]!))))

/** Names of all planted mistakes that give the same numbers here: none can tell these apart. */
export const namesAt = (work: Work, plant: Planted): readonly MistakeKind[] => {
  const numbers = (p: Planted): Concrete | undefined => {
    try {
      return p.plant(work) as Concrete | undefined
    } catch {
      return undefined
    }
  }
  const own = numbers(plant)!
  return planted
    .filter((p) => {
      const other = numbers(p)
      return other?.size === own.size && changeOf(dataOf(own), dataOf(other)) < 1e-9
    })
    .flatMap(({ kinds }) => kinds)
}

/** Asks the checker, and judges its answer. */
export const outcomeOf = (
  trial: Trial,
  check: (f: Seen) => (xs: readonly Tensor[]) => GradientReport,
): Outcome => {
  const [change, kinds] = [trial.change(), trial.kinds()]
  const report = trial.during((f) => check(f)(trial.point))
  const { blamed } = report
  const named = blamed.some(
    (b) => trial.guilty(b) && kinds.includes(b.mistake?.kind as MistakeKind),
  )
  return {
    trial,
    change,
    kinds,
    wrong: report.verdict === 'wrong',
    blamed: blamed.length > 0 && blamed.every(trial.guilty),
    named,
    report,
  }
}
