import { either as E } from 'fp-ts'
import { expect } from 'vitest'
import {
  type Concrete,
  dataOf,
  isConcrete,
  type Tensor,
  TensorError,
  toNumber,
} from '../core/index.ts'

// What specs say about tensors and errors, in one line.

/** |a − b| relative to 1 + |a| + |b|; equal infinities and two NaN agree. */
const distance = (a: number, b: number): number =>
  Object.is(a, b) || a === b ? 0 : Math.abs(a - b) / (1 + Math.abs(a) + Math.abs(b))

/** The largest distance of two tensors of one shape; NaN where only one is a number. */
const distances = (a: Concrete, b: Concrete): number => {
  const [p, q] = [Array.from(dataOf(a)), dataOf(b)]
  return p.reduce((most, v, i) => Math.max(most, distance(v, q[i]!)), 0)
}

/** Same shape, and every entry within the tolerance relative to 1 + its size. */
export const expectClose = (
  got: Tensor | number,
  wanted: Tensor | number,
  tolerance: number,
): void => {
  if (typeof got === 'number' || typeof wanted === 'number') {
    const d = distance(toNumber(got), toNumber(wanted))
    if (!(d <= tolerance)) expect.fail(`${toNumber(got)} is not ${toNumber(wanted)}: off by ${d}`)
    return
  }
  if (!isConcrete(got) || !isConcrete(wanted)) throw new Error('expectClose needs values')
  expect(got.shape).toEqual(wanted.shape)
  expect(distances(got, wanted)).toBeLessThanOrEqual(tolerance)
}

/** The error a function throws, as data; its text must contain all the given parts. */
export const problemOf = (run: () => unknown, ...parts: readonly string[]): TensorError => {
  let thrown: unknown
  try {
    run()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(TensorError)
  const error = thrown as TensorError
  for (const part of parts) expect(error.message).toContain(part)
  return error
}

/** Returns the value of a Right; the message of a Left fails the specification. */
export const right = <A>(e: E.Either<unknown, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left))
  return e.right
}
