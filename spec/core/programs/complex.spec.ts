import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkGradient } from '../../../autodiff/index.ts'
import {
  type Complex,
  complexAdd,
  complexMul,
  complexSum,
  logCosh,
  type TensorTree,
  tensor,
  toNumber,
} from '../../../core/index.ts'
import { expectClose } from '../../expectations.ts'

/** A few operations on numbers of order one. */
const ROUNDING = 1e-13

const part = fc.double({ min: -3, max: 3, noNaN: true })
const complex = fc.record({ re: part, im: part })
interface Number2 {
  readonly re: number
  readonly im: number
}
const expectComplex = (got: Complex, wanted: Number2, tolerance = ROUNDING): void => {
  expectClose(got.re, wanted.re, tolerance)
  expectClose(got.im, wanted.im, tolerance)
}
const plain = ({ re, im }: Complex): Number2 => ({ re: toNumber(re), im: toNumber(im) })
const polar = (r: number, angle: number): Number2 => ({
  re: r * Math.cos(angle),
  im: r * Math.sin(angle),
})

describe('complex pairs', () => {
  it('form a field: moduli multiply, angles add', () => {
    fc.assert(
      fc.property(part, part, part, part, (r, a, s, b) => {
        expectComplex(complexMul(polar(r, a), polar(s, b)), polar(r * s, a + b))
      }),
    )
    expectComplex(complexMul({ re: 0, im: 1 }, { re: 0, im: 1 }), { re: -1, im: 0 })
  })

  it('distribute: z(u + v) = zu + zv; sums are sums of parts', () => {
    fc.assert(
      fc.property(complex, complex, complex, (z, u, v) => {
        const together = complexMul(z, complexAdd(u, v))
        expectComplex(together, plain(complexAdd(complexMul(z, u), complexMul(z, v))))
        const list = { re: tensor([u.re, v.re]), im: tensor([u.im, v.im]) }
        expectComplex(complexSum(list), plain(complexAdd(u, v)))
      }),
    )
  })
})

describe('logCosh', () => {
  it('is even, and its exponential is (eᶻ + e⁻ᶻ)/2', () => {
    fc.assert(
      fc.property(complex, (z) => {
        const { re, im } = plain(logCosh(z))
        const [up, down] = [polar(Math.exp(z.re) / 2, z.im), polar(Math.exp(-z.re) / 2, -z.im)]
        const got = polar(Math.exp(re), im)
        expectClose(got.re, up.re + down.re, ROUNDING)
        expectClose(got.im, up.im + down.im, ROUNDING)
        expectComplex(logCosh({ re: -z.re, im: -z.im }), { re, im })
      }),
    )
  })

  it('has right derivatives of both parts with respect to both parts', () => {
    const f = (z: TensorTree): TensorTree => logCosh(z as never) as never
    const z = { re: tensor([0.3, -1.2, 0, 2]), im: tensor([0.4, 1, 0.3, -1]) }
    expect(checkGradient(f, { order: 2, tolerance: 1e-6 })(z)).toMatchObject({ _tag: 'Right' })
  })
})
