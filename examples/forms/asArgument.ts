import { asConcrete, isConcrete, tensor } from '../../core/index.ts'

// Arguments as a user's file, or a command line, gives them: numbers where tensors are meant.

const isNumbers = (x: unknown): boolean =>
  Array.isArray(x) && x.length > 0 && x.every((part) => typeof part === 'number' || isNumbers(part))

/** Makes tensors of the numbers and nested arrays that a file gives as arguments. */
export const asArgument = (x: unknown): unknown => {
  if (typeof x === 'number' || isNumbers(x)) return tensor(x as number)
  if (ArrayBuffer.isView(x)) return tensor(x as Float64Array)
  if (isConcrete(x)) return asConcrete(x)
  if (Array.isArray(x)) return x.map(asArgument)
  if (typeof x === 'object' && x !== null && Object.getPrototypeOf(x) === Object.prototype)
    return Object.fromEntries(Object.entries(x).map(([key, part]) => [key, asArgument(part)]))
  return x
}
