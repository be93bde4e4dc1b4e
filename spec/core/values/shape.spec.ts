import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import {
  axesOf,
  broadcastShapes,
  otherAxes,
  parseShape,
  type Shape,
  sameShape,
  showProblem,
  showShape,
  sizeOf,
} from '../../../core/index.ts'
import { stridesOf } from '../../../core/values/shape.ts'
import { axesSubset, indicesOf, shape, shapeOfRank } from '../../arbitraries.ts'

describe('shapes', () => {
  it('count their elements', () => {
    fc.assert(
      fc.property(shape, (s) => {
        expect(sizeOf(s)).toBe(indicesOf(s).length)
      }),
    )
    expect(sizeOf([])).toBe(1)
  })

  it('have strides that number the elements in row-major order', () => {
    fc.assert(
      fc.property(shape, (s) => {
        const strides = stridesOf(s)
        const numbers = indicesOf(s).map((index) =>
          index.reduce((p, i, a) => p + i * strides[a]!, 0),
        )
        expect(numbers).toEqual(axesOf(sizeOf(s)))
      }),
    )
  })

  it('are equal when every axis is', () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        expect(sameShape(a, b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
  })

  it('split their axes into some and the others', () => {
    fc.assert(
      fc.property(
        fc.nat(5).chain((rank) => fc.tuple(fc.constant(rank), axesSubset(rank))),
        ([rank, axes]) => {
          const others = otherAxes(rank, axes)
          expect([...axes, ...others].sort()).toEqual(axesOf(rank))
          expect(others).toEqual([...others].sort())
        },
      ),
    )
  })

  it('from outside have whole lengths >= 0; the axis and its length are named', () => {
    expect(parseShape('zeros', [2, 0, 1])).toEqual(E.right([2, 0, 1]))
    for (const bad of [-1, 1.5, Number.NaN, Infinity, '3', undefined, 2 ** 53]) {
      const refused = parseShape('zeros', [2, bad])
      expect(E.isLeft(refused) && showProblem(refused.left)).toContain(
        `ShapeError in zeros: axis 1 has length ${String(bad)}`,
      )
    }
  })
})

describe('broadcastShapes', () => {
  const right = (shapes: readonly Shape[]): Shape => {
    const found = broadcastShapes('add', shapes)
    if (E.isLeft(found)) throw new Error(showProblem(found.left))
    return found.right
  }
  /** Shapes that fit: each axis either the common length or 1; now and then a scalar. */
  const fitting = fc
    .integer({ min: 0, max: 3 })
    .chain((rank) =>
      fc.tuple(
        shapeOfRank(rank),
        fc.array(fc.array(fc.boolean(), { minLength: rank, maxLength: rank }), { minLength: 1 }),
        fc.boolean(),
      ),
    )
    .map(([full, ones, scalar]) => [
      ...ones.map((o) => full.map((d, i) => (o[i] ? 1 : d))),
      ...(scalar ? [[]] : []),
    ])

  it('is the longest of every axis, 0 included, in any order of the operands', () => {
    fc.assert(
      fc.property(fitting, (shapes) => {
        const out = right(shapes)
        const ranked = shapes.filter((s) => s.length > 0)
        out.forEach((d, i) => {
          const lengths = ranked.map((s) => s[i]!)
          expect(lengths.every((l) => l === d || l === 1)).toBe(true)
          expect(lengths).toContain(d)
        })
        expect(right([...shapes].reverse())).toEqual(out)
        expect(right([out, ...shapes])).toEqual(out)
      }),
    )
  })

  it('never pads ranks: the error shows the operands and how to line them up', () => {
    const refused = broadcastShapes('add', [[3], [3, 1]])
    const text = E.isLeft(refused) ? showProblem(refused.left) : ''
    expect(text).toContain('ShapeError in add: operands have different ranks.')
    expect(text).toContain('operand 1: [3]')
    expect(text).toContain('operand 2: [3, 1]')
    expect(text).toContain('Fix: reshape one of them')
    expect(
      right([
        [1, 3],
        [3, 1],
      ]),
    ).toEqual([3, 3])
  })

  it('refuses axes that differ and are not 1', () => {
    for (const [a, b] of [
      [
        [2, 3],
        [2, 4],
      ],
      [[0], [2]],
    ] as const) {
      const refused = broadcastShapes('mul', [a, b])
      expect(E.isLeft(refused) && showProblem(refused.left)).toContain(`operand 2: ${showShape(b)}`)
    }
  })
})
