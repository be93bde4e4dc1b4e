// Finds faults in autodiff/verify/{evidence, mistakes, patterns, plainMistakes}.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence, MistakeKind } from '../../../autodiff/verify/evidence.ts'
import {
  abs,
  add,
  axesOf,
  type Concrete,
  concatenate,
  div,
  gather,
  mul,
  neg,
  ones,
  reshape,
  sizeOf,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  zerosLike,
} from '../../../core/index.ts'
import { noise, seed } from '../../arbitraries.ts'
import { evidence, nameOf, row, squareEvidence } from './evidences.ts'

// Every kind of mistake is made on random numbers, and must get its name.

const rolled = (x: Tensor, axis: number, step: number): Tensor => {
  const n = x.shape[axis]!
  return gather(
    x,
    axesOf(n).map((p) => (p + step + n) % n),
    axis,
  )
}
/** Replaces a row. */
const withRow = (x: Tensor, n: number, by: Tensor): Tensor => {
  const [rows, columns] = x.shape as [number, number]
  return concatenate([slice(x, [0, 0], [n, columns]), by, slice(x, [n + 1, 0], [rows, columns])])
}
const firstOnly = (x: Tensor): Tensor =>
  tensor(new Float64Array(sizeOf(x.shape)).fill(1, 0, 1), x.shape)
/** Half of the entries are 0. */
const checked = (x: Tensor): Tensor =>
  mul(
    x,
    tensor(
      axesOf(sizeOf(x.shape)).map((i) => i % 2),
      x.shape,
    ),
  )

/** Each kind with what it makes of the right derivative; the numbers have nothing in common. */
const made: readonly (readonly [MistakeKind, (e: Evidence) => Tensor])[] = [
  ['zero', (e) => zerosLike(e.expected)],
  ['sign', (e) => neg(e.expected)],
  ['factor', (e) => mul(2, e.expected)],
  ['factor', (e) => mul(0.5, e.expected)],
  ['factor', (e) => mul(-3.3, e.expected)],
  ['factor', (e) => mul(1.001, e.expected)],
  ['factor', (e) => div(e.expected, e.y.size)],
  ['derivative missing', (e) => e.yBar],
  ['derivative missing', (e) => neg(e.yBar)],
  ['cotangent ignored', (e) => div(e.expected, e.yBar)],
  ['cotangent twice', (e) => mul(e.expected, e.yBar)],
  ['value for derivative', (e) => mul(e.yBar, e.y)],
  ['absolute value', (e) => abs(e.expected)],
  ['factor missing', (e) => div(e.expected, e.xs[1]!)],
  ['factor too much', (e) => mul(e.expected, e.y)],
  ['reversed', (e) => gather(e.expected, axesOf(e.y.shape[1]!).reverse(), 1)],
  ['shifted', (e) => rolled(e.expected, 0, 1)],
  ['shifted', (e) => rolled(e.expected, 1, -1)],
  ['shifted', (e) => withRow(rolled(e.expected, 0, -1), 0, zerosLike(row(e.expected, 0)))],
  ['one entry', (e) => add(e.expected, firstOnly(e.expected))],
  ['edge', (e) => withRow(e.expected, 0, row(e.yBar, 0))],
  ['lost entries', (e) => checked(e.expected)],
  ['constant added', (e) => add(e.expected, 0.7)],
  ['forgotten sum', (e) => add(e.expected, mul(sum(e.yBar, 1, { keepDims: true }), ones([1, 1])))],
  ['forgotten sum', (e) => add(e.expected, mul(e.y, sum(e.yBar, 0, { keepDims: true })))],
  ['forgotten sum', (e) => mul(e.expected, sum(square(e.yBar), 1, { keepDims: true }))],
  [
    'wrong axis',
    (e) =>
      add(e.expected, sub(sum(e.yBar, 1, { keepDims: true }), sum(e.yBar, 0, { keepDims: true }))),
  ],
]

describe('nameMistake', () => {
  it.each(made.map(([kind, make], i) => ({ kind, make, i })))(
    'names $kind ($i) on random numbers',
    ({ kind, make }) => {
      fc.assert(
        fc.property(evidence, (e) => {
          expect(nameOf(e, make(e))?.kind).toBe(kind)
        }),
        { numRuns: 15 },
      )
    },
  )

  it('names a forgotten condition, where the derivative is zero', () => {
    fc.assert(
      fc.property(evidence, (e) => {
        const expected = checked(e.expected) as Concrete
        expect(nameOf(e, e.expected, { expected })?.kind).toBe('mask forgotten')
      }),
      { numRuns: 15 },
    )
  })

  it('names ties only where operands tie', () => {
    fc.assert(
      fc.property(evidence, (e) => {
        const b = add(mul(firstOnly(e.y), e.xs[0]!), mul(sub(1, firstOnly(e.y)), e.xs[1]!))
        const tied = { xs: [e.xs[0]!, b as Concrete], primitive: 'maximum', params: {} } as const
        const obtained = add(e.expected, mul(e.expected, firstOnly(e.y)))
        expect(nameOf(e, obtained, tied)?.kind).toBe('ties')
        expect(nameOf(e, obtained)?.kind).toBe('one entry')
      }),
      { numRuns: 20 },
    )
  })

  it('names a transpose of the result, and an axis where the primitive chooses axes', () => {
    fc.assert(
      fc.property(squareEvidence, (e) => {
        expect(nameOf(e, transpose(e.expected))?.kind).toBe('transposed')
        const params = { axes: [0] }
        const axis = nameOf(e, transpose(e.expected), { primitive: 'sum', params })
        expect(axis?.kind).toBe('wrong axis')
      }),
      { numRuns: 20 },
    )
  })

  it('never names a right derivative, rounded or not', () => {
    fc.assert(
      fc.property(evidence, fc.double({ min: -1e-10, max: 1e-10, noNaN: true }), (e, eps) => {
        expect(nameOf(e, e.expected)).toBeUndefined()
        expect(nameOf(e, mul(1 + eps, e.expected))).toBeUndefined()
        const nothing = zerosLike(e.expected) as Concrete
        expect(nameOf(e, nothing, { expected: nothing })).toBeUndefined()
      }),
      { numRuns: 20 },
    )
  })

  it('gives no name to numbers that are wrong at random, nor to NaN', () => {
    fc.assert(
      fc.property(evidence, seed, (e, s) => {
        expect(nameOf(e, noise(e.expected.shape, 5 * s + 7))).toBeUndefined()
        expect(nameOf(e, mul(Number.NaN, e.expected))).toBeUndefined()
        expect(nameOf(e, div(e.expected, 0))).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  })

  it('allows for the error of what is expected', () => {
    fc.assert(
      fc.property(evidence, (e) => {
        const rough = add(e.expected, mul(1e-5, e.yBar)) as Concrete
        const twice = mul(2, e.expected)
        expect(nameOf(e, twice, { expected: rough })).toBeUndefined()
        expect(nameOf(e, twice, { expected: rough, error: 1e-4 })?.kind).toBe('factor')
      }),
      { numRuns: 20 },
    )
  })

  it('needs to know only a part of the right derivative', () => {
    fc.assert(
      fc.property(evidence, (e) => {
        const nan = mul(Number.NaN, row(e.y, 0))
        const expected = withRow(e.expected, 0, nan) as Concrete
        expect(nameOf(e, mul(2, e.expected), { expected })?.kind).toBe('factor')
        expect(nameOf(e, mul(1.3, e.expected), { expected })?.kind).toBe('factor')
        expect(nameOf(e, e.yBar, { expected })?.kind).toBe('derivative missing')
        expect(nameOf(e, e.expected, { expected })).toBeUndefined()
        expect(nameOf(e, e.y, { expected: mul(Number.NaN, e.y) as Concrete })).toBeUndefined()
      }),
      { numRuns: 20 },
    )
  })

  it('says how large a factor is, and what it may come from', () => {
    const e = fc.sample(evidence, { numRuns: 1, seed: 1 })[0]!
    const n = e.y.size
    expect(nameOf(e, mul(2, e.expected))).toEqual({
      kind: 'factor',
      factor: 2,
      words: 'The pullback gives twice the derivative: a factor 2 is too much.',
    })
    expect(nameOf(e, mul(0.5, e.expected), { rule: 'jvp' })?.words).toBe(
      'The pushforward gives half the derivative: a factor 2 is missing.',
    )
    expect(nameOf(e, mul(n, e.expected))?.words).toContain(`a factor 1/${n} is missing`)
    expect(nameOf(e, div(e.expected, n))?.words).toContain('a mean where a sum is meant')
    expect(nameOf(e, mul(0.57, e.expected))?.factor).toBeCloseTo(0.57, 12)
  })
})

describe('a derivative of another shape', () => {
  it('is told apart: transposed, reshaped, not summed, or just wrong', () => {
    fc.assert(
      fc.property(evidence, (e) => {
        const [n, m] = e.expected.shape as [number, number]
        expect(nameOf(e, transpose(e.expected))?.kind).toBe('transposed')
        const flat = nameOf(e, reshape(e.expected, [n * m]))
        expect(flat?.kind).toBe('wrong shape')
        expect(flat?.words).toBe(
          `The numbers are right, their shape is not: it has the shape [${n * m}] where [${n}, ${m}] is due.`,
        )
        const total = sum(e.expected) as Concrete
        const unsummed = nameOf(e, e.expected, { expected: total })
        expect(unsummed?.kind).toBe('forgotten sum')
        expect(unsummed?.words).toContain('The sum over axis 0 and 1 of a broadcast is forgotten')
        expect(nameOf(e, noise([n], 3))?.kind).toBe('wrong shape')
      }),
      { numRuns: 15 },
    )
  })
})
