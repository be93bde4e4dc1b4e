import { fail } from '../../core/index.ts'
import { type Expression, partsOf } from './expression.ts'

// This file bounds the depth of expressions, because functions that read, print and run them are
// recursive.

/** The largest number of nested operations, of nested brackets, and of terms in a sum. */
export const MOST_DEPTH = 200

/**
 * Tests whether operations are nested too deeply, level by level up to the first that is too deep.
 */
export const tooDeep = (e: Expression): boolean => {
  let level: readonly Expression[] = [e]
  for (let depth = 1; depth <= MOST_DEPTH; depth += 1) {
    // A part that occurs in many places counts once per level, so levels are no larger than the
    // expression.
    level = [...new Set(level.flatMap(partsOf))]
    if (level.length === 0) return false
  }
  return true
}

/** Returns the expression, or throws a DomainError where it is nested too deeply. */
export const shallow = (where: string, e: Expression): Expression =>
  tooDeep(e)
    ? fail('DomainError', where, `the expression has more than ${MOST_DEPTH} nested operations.`, {
        fix: 'write a form of your own as a function where an expression would be so long.',
      })
    : e
