// Finds faults in autodiff/verify/{evidence, mistakes, misreadings, patterns, plainMistakes}.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence, MistakeKind, RuleRun } from '../../../autodiff/verify/evidence.ts'
import { nameMistake } from '../../../autodiff/verify/mistakes.ts'
import {
  abs,
  add,
  axesOf,
  type Concrete,
  concatenate,
  div,
  dot,
  gather,
  less,
  mul,
  neg,
  ones,
  reshape,
  sin,
  sizeOf,
  slice,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  zerosLike,
} from '../../../core/index.ts'
import { noise, seed } from '../../arbitraries.ts'

// Every kind of mistake is made on random numbers, and must get its name.

/** Two operands, a value, a cotangent and a derivative, all of one shape and unrelated. */
const evidence = fc
  .tuple(fc.integer({ min: 3, max: 4 }), fc.integer({ min: 3, max: 5 }), seed)
  .map(([n, m, s]): Evidence => {
    const [a, b, y, yBar, expected] = axesOf(5).map((i) => noise([n, m], 5 * s + i))
    return { xs: [a!, b!], y: y!, yBar: yBar!, operand: 0, expected: expected!, obtained: a! }
  })
const squareEvidence = fc.tuple(fc.integer({ min: 2, max: 4 }), seed).map(([n, s]): Evidence => {
  const [a, b, y, yBar, expected] = axesOf(5).map((i) => noise([n, n], 5 * s + i))
  return { xs: [a!, b!], y: y!, yBar: yBar!, operand: 0, expected: expected!, obtained: a! }
})

const nameOf = (e: Evidence, obtained: Tensor, more: Partial<Evidence> = {}) =>
  nameMistake({ ...e, ...more, obtained: obtained as Concrete })
const rolled = (x: Tensor, axis: number, step: number): Tensor => {
  const n = x.shape[axis]!
  return gather(
    x,
    axesOf(n).map((p) => (p + step + n) % n),
    axis,
  )
}
const row = (x: Tensor, n: number): Tensor => slice(x, [n, 0], [n + 1, x.shape[1]!])
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

/** What each kind makes of the right derivative, on numbers that have nothing else in common. */
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

describe('a rule that is run again', () => {
  /** The numbers of a rule, and of the wrong one, which is run again. */
  const named = (e: Evidence, right: RuleRun, wrong: RuleRun): MistakeKind | undefined => {
    const expected = right(e.yBar, e.xs, e.y, e.operand)!
    return nameOf(e, wrong(e.yBar, e.xs, e.y, e.operand)!, { expected, again: wrong })?.kind
  }
  const rule =
    (f: (bar: Concrete, a: Concrete, b: Concrete, y: Concrete, k: number) => Tensor): RuleRun =>
    (bar, xs, y, k) =>
      f(bar, xs[0]!, xs[1]!, y, k) as Concrete

  it.each<[MistakeKind, RuleRun, RuleRun]>([
    [
      'x for y',
      rule((bar, _, __, y) => mul(bar, add(1, square(y)))),
      rule((bar, a) => mul(bar, add(1, square(a)))),
    ],
    [
      'y for x',
      rule((bar, a) => mul(bar, add(1, square(a)))),
      rule((bar, _, __, y) => mul(bar, add(1, square(y)))),
    ],
    [
      'other operand',
      rule((bar, a, b, _, k) => mul(bar, k === 0 ? sin(b) : sin(a))),
      rule((bar, a, b, _, k) => mul(bar, k === 0 ? sin(a) : sin(b))),
    ],
    [
      'cotangent twice',
      rule((bar, a) => mul(sum(bar, 1, { keepDims: true }), a)),
      rule((bar, a) => mul(sum(square(bar), 1, { keepDims: true }), a)),
    ],
    [
      'cotangent ignored',
      rule((bar, a) => mul(sum(bar, 1, { keepDims: true }), a)),
      rule((bar, a) => mul(sum(less(bar, 1e9), 1, { keepDims: true }), sin(a))),
    ],
  ])('shows %s', (kind, right, wrong) => {
    fc.assert(
      fc.property(evidence, (e) => {
        expect(named(e, right, wrong)).toBe(kind)
      }),
      { numRuns: 15 },
    )
  })

  it('shows operands, cotangents and axes that should be transposed', () => {
    const product = rule((bar, _, b) => dot(bar, transpose(b)))
    const along = (axis: number): RuleRun =>
      rule((bar, _, __, y) => {
        const p = softmax(y, axis)
        return mul(p, sub(bar, sum(mul(p, bar), axis, { keepDims: true })))
      })
    fc.assert(
      fc.property(squareEvidence, (e) => {
        expect(
          named(
            e,
            product,
            rule((bar, _, b) => dot(bar, b)),
          ),
        ).toBe('transposed')
        expect(
          named(
            e,
            product,
            rule((bar, _, b) => dot(transpose(bar), transpose(b))),
          ),
        ).toBe('transposed')
        expect(named(e, along(0), along(1))).toBe('wrong axis')
      }),
      { numRuns: 15 },
    )
  })

  it('shows results that stand in the order of other operands', () => {
    const right = rule((bar, a, b, _, k) =>
      k === 0 ? dot(bar, transpose(b)) : dot(transpose(a), bar),
    )
    const wrong = rule((bar, a, b, _, k) =>
      k === 1 ? dot(bar, transpose(b)) : dot(transpose(a), bar),
    )
    fc.assert(
      fc.property(squareEvidence, (e) => {
        expect(named(e, right, wrong)).toBe('other operand')
      }),
      { numRuns: 15 },
    )
  })

  it('is not needed to see a sum over the wrong axis, or over none', () => {
    fc.assert(
      fc.property(squareEvidence, (e) => {
        const bias = { xs: [e.xs[0]!, row(e.xs[1]!, 0) as Concrete], operand: 1 }
        const summed = (axis: number): Concrete =>
          reshape(sum(e.yBar, axis), [1, e.y.shape[0]!]) as Concrete
        const name = (obtained: Tensor): MistakeKind | undefined =>
          nameOf(e, obtained, { ...bias, expected: summed(0) })?.kind
        expect(name(summed(1))).toBe('wrong axis')
        expect(name(row(e.yBar, 0))).toBe('forgotten sum')
        expect(name(e.yBar)).toBe('forgotten sum')
        expect(name(div(summed(0), e.y.shape[0]!))).toBe('factor')
      }),
      { numRuns: 20 },
    )
  })
})

describe('a derivative of another shape', () => {
  it('is told apart: transposed, reshaped, not summed, or just wrong', () => {
    fc.assert(
      fc.property(evidence, (e) => {
        const [n, m] = e.expected.shape as [number, number]
        expect(nameOf(e, transpose(e.expected), { expected: e.expected })?.kind).toBe(
          n === m ? 'transposed' : 'transposed',
        )
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
