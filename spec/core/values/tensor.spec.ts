import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import {
  add,
  asConcrete,
  at,
  type Concrete,
  contiguous,
  copy,
  dataOf,
  equalTensors,
  type Nested,
  precisionOf,
  sizeOf,
  tensor,
  toNested,
  toNumber,
  toPrecision,
  transpose,
  zeros,
} from '../../../core/index.ts'
import { anyTensor, indicesOf, layouts, noise, shape } from '../../arbitraries.ts'
import { problemOf } from '../../expectations.ts'

describe('tensor', () => {
  it('takes nested arrays, and gives them back', () => {
    expect(
      tensor([
        [1, 2],
        [3, 4],
      ]).shape,
    ).toEqual([2, 2])
    expect(tensor(5).shape).toEqual([])
    expect(tensor([]).shape).toEqual([0])
    expect(tensor([[], []]).shape).toEqual([2, 0])
    fc.assert(
      fc.property(anyTensor, (x) => {
        // Nested arrays do not show axes that follow one of length 0.
        const empty = x.shape.indexOf(0)
        const back = tensor(toNested(x))
        expect(back.shape).toEqual(empty < 0 ? x.shape : x.shape.slice(0, empty + 1))
        if (empty < 0) expect(equalTensors(back, x)).toBe(true)
      }),
    )
  })

  it('takes flat data with a shape, in row-major order', () => {
    fc.assert(
      fc.property(shape, (s) => {
        const flat = Array.from({ length: sizeOf(s) }, (_, i) => i)
        const x = tensor(flat, s)
        expect(indicesOf(s).map((index) => at(x, ...index))).toEqual(flat)
        expect(Array.from(dataOf(x))).toEqual(flat)
      }),
    )
  })

  it('wraps floats without a copy, and copies only to convert', () => {
    const data = Float32Array.of(1, 2)
    expect(tensor(data).data).toBe(data)
    expect(precisionOf(tensor(data))).toBe('float32')
    expect(tensor(data, [2], 'float64').data).toEqual(Float64Array.of(1, 2))
    expect(precisionOf(tensor([1, 2], [2], 'float32'))).toBe('float32')
    expect(tensor(Int32Array.of(1, 2)).data).toEqual(Float64Array.of(1, 2))
  })

  it('refuses data that do not fill the shape, and says both numbers', () => {
    problemOf(() => tensor([1, 2, 3], [2, 2]), 'ShapeError in tensor', '3 values', '[2, 2]', '4')
    problemOf(() => tensor([[1, 2], [3]]), 'unequal lengths')
    problemOf(() => tensor([1, [2]] as Nested), 'unequal lengths')
    problemOf(() => tensor([[1], 2] as Nested), 'unequal lengths')
    problemOf(() => tensor([], [-1]), 'axis 0 has length -1')
    problemOf(() => zeros([2, 1.5]), 'ShapeError in zeros: axis 1 has length 1.5')
  })
})

describe('reading', () => {
  it('is the same through any layout of the memory', () => {
    fc.assert(
      fc.property(anyTensor, (x) => {
        for (const [name, view] of Object.entries(layouts)) {
          if (name === 'with stride 0') continue
          const v = view(x)
          expect(dataOf(v), name).toEqual(dataOf(x))
          expect(toNested(v)).toEqual(toNested(x))
          expect(indicesOf(x.shape).map((i) => at(v, ...i))).toEqual(Array.from(dataOf(x)))
          expect(equalTensors(v, x)).toBe(true)
        }
      }),
    )
  })

  it('checks the index', () => {
    const x = noise([2, 3], 1)
    for (const index of [[2, 0], [0, -1], [0], [0, 0, 0], [0.5, 0], [Number.NaN, 0]])
      problemOf(() => at(x, ...index), 'ShapeError in at', '[2, 3]')
  })

  it('as a number needs one element', () => {
    expect(toNumber(tensor([[3]]))).toBe(3)
    expect(toNumber(7)).toBe(7)
    problemOf(() => toNumber(tensor([1, 2])), 'needs one element, got [2]')
  })
})

describe('copies', () => {
  it('are row-major, equal and independent', () => {
    fc.assert(
      fc.property(anyTensor, (x) => {
        const v = layouts.transposed!(x)
        const c = copy(v)
        expect(equalTensors(c, x)).toBe(true)
        c.data.fill(9)
        expect(equalTensors(v, x)).toBe(true)
      }),
    )
  })

  it('are not made where the memory already is row-major', () => {
    const x = noise([2, 3], 1)
    expect(contiguous(x)).toBe(x)
    expect(dataOf(x).buffer).toBe(x.data.buffer)
    expect(contiguous(transpose(x) as Concrete)).not.toBe(x)
  })

  it('change precision by rounding, and not at all where it is right already', () => {
    fc.assert(
      fc.property(anyTensor, (x) => {
        const single = toPrecision(layouts.transposed!(x), 'float32')
        expect(precisionOf(single)).toBe('float32')
        expect(Array.from(dataOf(single))).toEqual(Array.from(dataOf(x), Math.fround))
        expect(toPrecision(x, 'float64')).toBe(x)
      }),
    )
  })

  it('of ndarrays of other types are float64', () => {
    const whole = asConcrete(ndarray(Int32Array.of(1, 2, 3, 4), [2, 2]).transpose(1, 0))
    expect(whole.data).toBeInstanceOf(Float64Array)
    expect(toNested(whole)).toEqual([
      [1, 3],
      [2, 4],
    ])
    const plain = ndarray(Float64Array.of(1, 2), [2])
    expect(asConcrete(plain)).toBe(plain)
  })
})

describe('equalTensors', () => {
  it('compares shapes and values; NaN equals NaN, 0 equals −0', () => {
    expect(equalTensors(tensor([Number.NaN, 0]), tensor([Number.NaN, -0]))).toBe(true)
    expect(equalTensors(tensor([1, 2]), tensor([[1, 2]]))).toBe(false)
    fc.assert(
      fc.property(anyTensor, (x) => {
        expect(equalTensors(x, copy(x))).toBe(true)
        if (x.size > 0) expect(equalTensors(x, add(x, 1) as Concrete)).toBe(false)
      }),
    )
  })
})
