import { either as E } from 'fp-ts'
import {
  foldIn,
  keyFrom,
  normals,
  type Problem,
  type Shape,
  showShape,
  sizeOf,
  type Tensor,
  TensorError,
  tensor,
} from '../../core/index.ts'
import { asArgument } from '../forms/index.ts'

// Arguments for a function that a file exports: given as JSON, exported beside it, or drawn.

/** Returns arguments that were written in JSON: the only one, or a list of several. */
export const parsedArguments = (
  text: string,
  count: number,
): E.Either<string, readonly unknown[]> => {
  try {
    const read: unknown = JSON.parse(text)
    return E.right((count !== 1 && Array.isArray(read) ? read : [read]).map(asArgument))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return E.left(`--at: expected numbers, arrays or records in JSON (${why})`)
  }
}

/** Shapes that are tried for all arguments, in this order. */
const shapes: readonly Shape[] = [[3], [3, 3], [], [2, 3], [1, 3], [2, 3, 2]]

const drawn = (shape: Shape, seed: number, place: number): Tensor =>
  tensor(normals(foldIn(keyFrom(seed), place), sizeOf(shape)), shape)

export interface Drawn<A> {
  readonly value: A
  /** The arguments in words, for the reader. */
  readonly note: string
}

/**
 * Tries a function at random arguments of some small shapes.
 *
 * Left  the function takes none of them, with what it says of the last.
 */
export const atDrawn = <A>(
  run: (...args: readonly unknown[]) => A,
  count: number,
  seed: number,
): E.Either<string, Drawn<A>> => {
  let last = ''
  for (const shape of shapes) {
    const args = Array.from({ length: count }, (_, k) => drawn(shape, seed, k))
    try {
      const note = `at random numbers of shape ${showShape(shape)}, seed ${seed}`
      return E.right({ value: run(...args), note })
    } catch (error) {
      const problem: Problem | undefined = error instanceof TensorError ? error.problem : undefined
      last = problem?.what ?? (error instanceof Error ? error.message : String(error))
    }
  }
  return E.left(`it takes no random numbers of a small shape: ${last}`)
}
