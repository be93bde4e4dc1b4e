import { showProblem, TensorError } from '../../core/index.ts'
import { loadModule } from '../forms/index.ts'

// An exercise is a file with a mistake. It exports `claims`: sentences that must hold, each with a
// function that says whether it does. An answer is a Markdown text with the lines to change.

/** A claim of an exercise as found, with the reason where it does not hold. */
export interface FoundClaim {
  readonly claim: string
  readonly holds: boolean
  readonly reason?: string
}

/** A claim returns true or false, or what a check returns: a Right, or a Left with its problem. */
export type Claim = () =>
  | boolean
  | { readonly _tag: string; readonly left?: Parameters<typeof showProblem>[0] }

/** Asks one claim. Errors: throws what it throws, unless that is a TensorError. */
export const askClaim = (claim: string, ask: Claim): FoundClaim => {
  try {
    const found = ask()
    if (typeof found === 'boolean') return { claim, holds: found }
    if (found.left === undefined) return { claim, holds: true }
    return { claim, holds: false, reason: showProblem(found.left) }
  } catch (error) {
    if (!(error instanceof TensorError)) throw error
    return { claim, holds: false, reason: error.message }
  }
}

/**
 * Runs the file of an exercise and asks its claims.
 *
 * Errors  throws what the file throws; an Error where it exports no claims.
 */
export const askClaims = (path: string): readonly FoundClaim[] => {
  const { claims } = loadModule(path).exports
  if (typeof claims !== 'object' || claims === null)
    throw new Error(`${path} exports no claims, such as { 'x is even': () => x % 2 === 0 }`)
  return Object.entries(claims as Record<string, Claim>).map(([claim, ask]) => askClaim(claim, ask))
}

/** A change of an answer: these lines, one below the other, become those. */
interface Change {
  readonly from: string
  readonly to: string
}

const changesIn = (answer: string): readonly Change[] => {
  const [, diff = ''] = /^```diff\n([\s\S]*?)^```$/m.exec(answer) ?? []
  return [...diff.matchAll(/((?:^-.*\n)+)((?:^\+.*\n)*)/gm)].map(([, from = '', to = '']) => ({
    from: from.replaceAll(/^-/gm, ''),
    to: to.replaceAll(/^\+/gm, ''),
  }))
}

/**
 * Returns an exercise with the changes of its answer.
 *
 * Errors  an Error for an answer without changes, or where the old lines do not stand there once.
 */
export const answered = (exercise: string, answer: string): string => {
  const changes = changesIn(answer)
  if (changes.length === 0) throw new Error('the answer changes nothing')
  return changes.reduce((text, { from, to }) => {
    const parts = text.split(from)
    if (parts.length !== 2)
      throw new Error(`these lines stand there ${parts.length - 1} times: ${from}`)
    return parts.join(to)
  }, exercise)
}
