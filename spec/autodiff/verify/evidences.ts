import fc from 'fast-check'
import type { Evidence } from '../../../autodiff/verify/evidence.ts'
import { nameMistake } from '../../../autodiff/verify/mistakes.ts'
import { axesOf, type Concrete, slice, type Tensor } from '../../../core/index.ts'
import { noise, seed } from '../../arbitraries.ts'

// Random evidence, in which nothing explains anything.

/** Two operands, a value, a cotangent and a derivative, all of one shape and unrelated. */
export const evidence = fc
  .tuple(fc.integer({ min: 3, max: 4 }), fc.integer({ min: 3, max: 5 }), seed)
  .map(([n, m, s]): Evidence => {
    const [a, b, y, yBar, expected] = axesOf(5).map((i) => noise([n, m], 5 * s + i))
    return { xs: [a!, b!], y: y!, yBar: yBar!, operand: 0, expected: expected!, obtained: a! }
  })
export const squareEvidence = fc
  .tuple(fc.integer({ min: 2, max: 4 }), seed)
  .map(([n, s]): Evidence => {
    const [a, b, y, yBar, expected] = axesOf(5).map((i) => noise([n, n], 5 * s + i))
    return { xs: [a!, b!], y: y!, yBar: yBar!, operand: 0, expected: expected!, obtained: a! }
  })

/** Names the mistake that gave these numbers. */
export const nameOf = (e: Evidence, obtained: Tensor, more: Partial<Evidence> = {}) =>
  nameMistake({ ...e, ...more, obtained: obtained as Concrete })
/** Returns a row of a matrix, as a matrix. */
export const row = (x: Tensor, n: number): Tensor => slice(x, [n, 0], [n + 1, x.shape[1]!])
