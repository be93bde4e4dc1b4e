import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { customVjp, grad } from '../../../autodiff/index.ts'
import {
  add,
  batchProgram,
  type Concrete,
  cos,
  evaluate,
  interpretBatched,
  mul,
  precisionOf,
  programOf,
  runProgram,
  sin,
  spread,
  square,
  stack,
  sum,
  type Tensor,
  tensor,
  toPrecision,
  transpose,
} from '../../../core/index.ts'
import { noise, noiseLike } from '../../arbitraries.ts'
import { expectClose } from '../../expectations.ts'
import { expression } from '../../expressions.ts'

/** Sums of batched contractions run in another order; expressions are some 8 operations deep. */
const ROUNDING = 1e-11

/** Samples as the last axis, as batched programs want them. */
const last = (rows: readonly Concrete[]): Concrete => {
  const first = stack(rows) as Concrete
  const rank = first.shape.length
  return transpose(first, [...Array(rank).keys()].slice(1).concat(0)) as Concrete
}

describe('batchProgram', () => {
  it('runs a program on samples along the last axis, any number of them', () => {
    fc.assert(
      fc.property(expression, fc.constantFrom(1, 2, 5), ({ f, x }, size) => {
        const program = programOf(f)(x)
        const rows = Array.from({ length: size }, (_, b) => noiseLike(x, b))
        const [together] = evaluate(batchProgram(program, size), [last(rows)])
        expectClose(together!, last(rows.map((row) => f(row) as Concrete)), ROUNDING)
      }),
    )
  })

  it('does the same to gradients, and to programs with their own pullback', () => {
    const own = customVjp({
      forward: (a, b) => sin(mul(a, b!)),
      pullback: ([a, b], _, bar) => [
        mul(bar, mul(b!, cos(mul(a!, b!)))),
        mul(bar, mul(a!, cos(mul(a!, b!)))),
      ],
    })
    const slope = grad((x: Tensor) => sum(own(x, square(x))))
    const rows = [1, 2, 3].map((n) => noise([2], n))
    const [y] = evaluate(batchProgram(programOf(slope)(rows[0]!), 3), [last(rows)])
    expectClose(y!, last(rows.map((row) => slope(row) as Concrete)), ROUNDING)
    // Before it is differentiated, too, while the primitive is still in the program.
    const program = programOf((x: Tensor) => own(x, square(x)))(rows[0]!)
    const [z] = evaluate(batchProgram(program, 3), [last(rows)])
    expectClose(z!, last(rows.map((row) => own(row, square(row)) as Concrete)), ROUNDING)
    // And differentiated after it was batched: the pullback is that of all samples.
    const batched = batchProgram(program, 3)
    const bars = grad((x: Tensor) => sum(runProgram(batched, [x])[0]!))(last(rows) as Tensor)
    expectClose(bars, y!, ROUNDING)
  })
})

describe('interpretBatched', () => {
  it('does once what no sample changes, and marks it as shared', () => {
    const program = programOf((w: Tensor, x: Tensor) => [square(w), mul(w, x), add(1, w)])(
      noise([2], 1),
      noise([2], 2),
    )
    const [w, x] = [noise([2], 1), noise([2, 3], 2)]
    const inputs = [
      { x: w, batched: false },
      { x, batched: true },
    ]
    const [squared, product, shifted] = interpretBatched(program, inputs, 3, 'float64')
    expect([squared, product, shifted].map((y) => y!.batched)).toEqual([false, true, false])
    expect(squared!.x.shape).toEqual([2])
    expect(product!.x.shape).toEqual([2, 3])
    expectClose(spread(squared!, 3), stackedLast(square(w) as Concrete, 3), 0)
  })

  it('gives constants the precision of the run', () => {
    const program = programOf((x: Tensor) => mul(x, tensor([1.5, 2])))(noise([2], 1))
    const x = toPrecision(noise([2, 3], 2), 'float32')
    const [y] = interpretBatched(program, [{ x, batched: true }], 3, 'float32')
    expect(precisionOf(y!.x as Concrete)).toBe('float32')
  })
})

const stackedLast = (x: Concrete, size: number): Concrete => last(new Array(size).fill(x))
