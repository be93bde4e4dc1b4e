import { fail } from '../../core/index.ts'
import { type Expression, partsOf } from './expression.ts'

// How deep expressions may be: what reads, prints and runs them goes down by recursion.

/** So many operations inside one another, and so many brackets; a sum of so many terms. */
export const MOST_DEPTH = 200

/** Operations inside one another, counted level by level up to the first that is too deep. */
export const tooDeep = (e: Expression): boolean => {
  let level: readonly Expression[] = [e]
  for (let depth = 1; depth <= MOST_DEPTH; depth += 1) {
    // The same part in many places counts once: levels stay as small as the expression is.
    level = [...new Set(level.flatMap(partsOf))]
    if (level.length === 0) return false
  }
  return true
}

/** The expression, or an error: DomainError where it is too deep. */
export const shallow = (where: string, e: Expression): Expression =>
  tooDeep(e)
    ? fail({
        kind: 'DomainError',
        where,
        what: `the expression has more than ${MOST_DEPTH} operations inside one another.`,
        fix: 'write a form of your own as a function where an expression would be so long.',
      })
    : e
