import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { checkGradient } from '../../../autodiff/index.ts'
import {
  type Concrete,
  dot,
  einsum,
  parseEinsum,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
} from '../../../core/index.ts'
import { indicesOf, length, noise, positiveLength, shuffled } from '../../arbitraries.ts'
import { expectClose, problemOf } from '../../expectations.ts'
import { contraction } from './naive.ts'

/** Sums of at most 3⁵ products of three normal numbers, in another order. */
const ROUNDING = 1e-11

const LABELS = ['i', 'j', 'k', 'l', 'head']
/** One to three operands with labels drawn freely: repeated, shared, summed alone, or none. */
const specs = (d: fc.Arbitrary<number>) =>
  fc
    .record({
      sizes: fc.array(d, { minLength: LABELS.length, maxLength: LABELS.length }),
      operands: fc.array(fc.array(fc.constantFrom(...LABELS), { maxLength: 3 }), {
        minLength: 1,
        maxLength: 3,
      }),
    })
    .chain(({ sizes, operands }) =>
      fc.subarray([...new Set(operands.flat())]).chain((kept) =>
        shuffled(kept).map((out) => {
          const shapeOf = (labels: readonly string[]): Shape =>
            labels.map((l) => sizes[LABELS.indexOf(l)]!)
          const xs = operands.map((labels, k) => noise(shapeOf(labels), k))
          const text = `${operands.map((o) => o.join(' ')).join(', ')} -> ${out.join(' ')}`
          return { operands, out, xs, text, shape: shapeOf(out) }
        }),
      ),
    )

const letters = (text: string): string => text.replaceAll('head', 'h').replaceAll(' ', '')

describe('einsum', () => {
  it('is the sum over all labels that the output lacks', () => {
    fc.assert(
      fc.property(specs(length), ({ operands, out, xs, text, shape }) => {
        const element = contraction(operands, out)(xs)
        const wanted = tensor(indicesOf(shape).map(element), shape)
        expectClose(einsum(letters(text), ...xs), wanted, ROUNDING)
        // A spec without a single blank between labels is read letter by letter.
        if ([...operands, out].some((labels) => labels.length > 1))
          expectClose(einsum(text, ...xs), wanted, ROUNDING)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps infinities and not-a-number where they belong', () => {
    const odd = fc.constantFrom(1, -2, 3, Infinity, -Infinity, Number.NaN)
    const size = fc.integer({ min: 1, max: 9 })
    fc.assert(
      fc.property(size, size, size, fc.array(odd, { minLength: 162 }), (m, k, n, numbers) => {
        const x = tensor(numbers.slice(0, m * k), [m, k])
        const y = tensor(numbers.slice(81, 81 + k * n), [k, n])
        const got = einsum('m k, k n -> m n', x, y) as Concrete
        const element = contraction(
          [
            ['m', 'k'],
            ['k', 'n'],
          ],
          ['m', 'n'],
        )([x, y])
        expect(Array.from(got.data)).toEqual(indicesOf([m, n]).map(element))
      }),
    )
  })

  it('has right derivatives', () => {
    fc.assert(
      fc.property(specs(positiveLength), ({ xs, text }) => {
        const f = (operands: Tensor[]): Tensor => einsum(letters(text), ...operands)
        expect(checkGradient(f)([...xs])).toMatchObject({ _tag: 'Right' })
      }),
      { numRuns: 15 },
    )
  })

  it('takes numbers for operands without labels', () => {
    expectClose(einsum(', i -> i', 3, tensor([1, 2])), tensor([3, 6]), 0)
    expectClose(einsum('->', 4), 4, 0)
  })

  it('reads words where blanks separate labels, letters where none do', () => {
    expect(parseEinsum('head token, token d -> head d')).toEqual(
      E.right({
        operands: [
          ['head', 'token'],
          ['token', 'd'],
        ],
        out: ['head', 'd'],
      }),
    )
    expect(parseEinsum('hij,hjd->hid')).toEqual(parseEinsum('h i j, h j d -> h i d'))
    expect(parseEinsum(' i ,\tj ->  ')).toEqual(E.right({ operands: [['i'], ['j']], out: [] }))
  })

  it('says what is wrong with a spec, and how to write it', () => {
    const x = noise([2, 3], 1)
    problemOf(() => einsum('i j', x), "einsum 'i j'", "exactly one '->'", 'i j, j k -> i k')
    problemOf(() => einsum('i -> j -> k', x), "exactly one '->'")
    problemOf(() => einsum('i 1 -> i', x), "'1' is not a label")
    problemOf(() => einsum('i j -> k', x), "output label 'k' is on no operand")
    problemOf(() => einsum('i j -> i i', x), "output label 'i' is there twice")
  })

  it('says which operand does not fit its labels, with all shapes', () => {
    const x = noise([2, 3], 1)
    problemOf(
      () => einsum('i j, j -> i', x, x),
      "ShapeError in einsum 'i j, j -> i'",
      "operand 2 has 2 axes, its labels are 'j'",
      'operand 1 [2, 3]',
      'operand 2 [2, 3]',
    )
    problemOf(
      () => einsum('site -> site', tensor([1])),
      "its labels are 's i t e'",
      'Fix: separate labels by blanks; without any, every letter is a label.',
    )
    const spaced = problemOf(() => einsum('i j k -> i', x), 'operand 1 has 2 axes')
    expect(spaced.problem.fix).toBeUndefined()
    problemOf(() => einsum('i j, j k -> i k', x), 'names 2 operands, got 1')
    problemOf(() => einsum('i j, j k -> i k', x, x), "axis 'j' has two lengths", 'x [2, 3]')
    problemOf(() => einsum('i i -> i', x), "axis 'i' has lengths 2 and 3 in [2, 3]")
  })
})

describe('dot', () => {
  it('sums over the last axis of a and the first of b', () => {
    const someShape = fc.array(length, { maxLength: 2 })
    fc.assert(
      fc.property(someShape, length, someShape, (before, n, after) => {
        const a = noise([...before, n], 1)
        const b = noise([n, ...after], 2)
        const y = dot(a, b) as Concrete
        const [rows, columns] = [sizeOf(before), sizeOf(after)]
        const flat = einsum(
          'i k, k j -> i j',
          tensor(a.data, [rows, n]),
          tensor(b.data, [n, columns]),
        )
        expect(y.shape).toEqual([...before, ...after])
        expectClose(tensor(y.data, [rows, columns]), flat, ROUNDING)
      }),
    )
    problemOf(() => dot(tensor([1, 2]), tensor([1, 2, 3])), "axis 'k' has two lengths")
    problemOf(() => dot(2, tensor([1])), 'ShapeError in dot: both operands need an axis', 'mul')
  })
})
