import { either as E } from 'fp-ts'
import {
  foldIn,
  isTensor,
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

// Arguments for a function that a file exports: given as JSON, exported beside it, or drawn.

/** Makes tensors of numbers and of nested arrays of numbers; records keep their structure. */
export const asArgument = (x: unknown): unknown => {
  const numeric = (y: unknown): boolean =>
    typeof y === 'number' || (Array.isArray(y) && y.length > 0 && y.every(numeric))
  if (isTensor(x)) return x
  if (numeric(x)) return tensor(x as number)
  if (ArrayBuffer.isView(x)) return tensor(x as Float64Array)
  if (Array.isArray(x)) return x.map(asArgument)
  if (typeof x === 'object' && x !== null)
    return Object.fromEntries(Object.entries(x).map(([key, part]) => [key, asArgument(part)]))
  return x
}

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
