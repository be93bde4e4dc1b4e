import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence, MistakeKind, RuleRun } from '../../../autodiff/verify/evidence.ts'
import {
  add,
  type Concrete,
  div,
  dot,
  less,
  mul,
  reshape,
  sin,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from '../../../core/index.ts'

import { evidence, nameOf, row, squareEvidence } from './evidences.ts'

// A rule that reads the wrong thing is found by running it again with the right one.

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
