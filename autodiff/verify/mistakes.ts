import {
  type Concrete,
  reshape,
  sameShape,
  shapeOf,
  showShape,
  sizeOf,
  sum,
  type Tensor,
} from '../../core/index.ts'
import {
  type Chapter,
  type Evidence,
  exchanged,
  type MistakeKind,
  near,
  numbersOf,
  pairsOfAxes,
  type Suspicion,
  wrongEntries,
} from './evidence.ts'
import { misreadings, wrongOrder } from './misreadings.ts'
import { patterns } from './patterns.ts'
import { plainMistakes, setsOfAxes, valueForDerivative, wrongFactors } from './plainMistakes.ts'

/** A mistake is what is likely wrong with a rule, for a program and in words. */
export interface Mistake {
  readonly kind: MistakeKind
  /** One sentence. */
  readonly words: string
  /** Obtained over expected, where that is one number. */
  readonly factor?: number
}

/** The textbook of mistakes: the first chapter that explains the numbers is believed. */
const textbook: readonly Chapter[] = [
  ...plainMistakes,
  ...misreadings,
  ...wrongFactors,
  ...patterns,
  valueForDerivative,
  wrongOrder,
]

const holds = (e: Evidence, s: Suspicion): boolean => {
  if ('holds' in s) return s.holds
  const left = 'left' in s ? s.left : e.obtained
  return left !== undefined && s.right !== undefined && near(left, s.right, e)
}

/** A cotangent of the wrong shape is the right one before its last step, or not. */
const misshapen = (e: Evidence): Mistake => {
  const { expected, obtained } = e
  const [wrong, right] = [showShape(obtained.shape), showShape(expected.shape)]
  const equal = (x: Tensor): boolean =>
    sizeOf(shapeOf(x)) === expected.size &&
    near(reshape(x, expected.shape) as Concrete, expected, e)
  const rank = obtained.shape.length
  const misfit = (kind: MistakeKind, what: string): Mistake => ({
    kind,
    words: `${what}: it has the shape ${wrong} where ${right} is due.`,
  })
  const summed = setsOfAxes(rank).find((axes) => axes.length > 0 && equal(sum(obtained, axes)))
  const turned = pairsOfAxes(rank).find(([a, b]) => {
    const back = exchanged(obtained, a, b)
    return sameShape(back.shape, expected.shape) && equal(back)
  })
  if (turned !== undefined) return misfit('transposed', 'The derivative is transposed')
  if (equal(obtained)) return misfit('wrong shape', 'The numbers are right, their shape is not')
  if (summed !== undefined)
    return misfit(
      'forgotten sum',
      `The sum over axis ${summed.join(' and ')} of a broadcast is forgotten`,
    )
  return misfit('wrong shape', 'The derivative has a wrong shape')
}

/**
 * Names the likely mistake in a rule that gives a wrong derivative, in words for a beginner. Every
 * mistake of the textbook predicts numbers from the right derivative, the operands, the value and
 * the cotangent; the first that predicts those obtained, to near rounding, is named.
 *
 * Shapes  as in {@link Evidence}; `obtained` may have any.
 * Errors  none: undefined where the derivative is right, or wrong in no known way.
 * Cost    some dozen passes over the numbers, and as many runs of the rule.
 */
export const nameMistake = (e: Evidence): Mistake | undefined => {
  if (!sameShape(e.obtained.shape, e.expected.shape)) return misshapen(e)
  const infinite = (v: number): boolean => Math.abs(v) === Number.POSITIVE_INFINITY
  if (!numbersOf(e.obtained).every(Number.isFinite)) return undefined
  if (numbersOf(e.expected).some(infinite) || wrongEntries(e).length === 0) return undefined
  for (const { kind, suspicions } of textbook) {
    const found = suspicions(e).find((s) => holds(e, s))
    if (found === undefined) continue
    const words = `The ${e.rule === 'jvp' ? 'pushforward' : 'pullback'} ${found.words}.`
    return { kind, words, ...(found.factor === undefined ? {} : { factor: found.factor }) }
  }
  return undefined
}
