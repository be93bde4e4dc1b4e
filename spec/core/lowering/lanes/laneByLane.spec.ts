import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { laneByLane } from '../../../../core/lowering/laneByLane.ts'
import {
  type Format,
  type Lane,
  type LaneBuilder,
  type LaneOp,
  laneCode,
} from '../../../../core/lowering/lanes/lanes.ts'

const formats = ['f64', 'f32'] as const

/** The interpreter on code of up to three inputs and one output. */
const run = (format: Format, write: (b: LaneBuilder, ...x: readonly Lane[]) => Lane) => {
  const f = laneByLane(laneCode(format, (b) => [write(b, b.input(0), b.input(1), b.input(2))]))
  return (...x: readonly number[]): number => f(...x)[0]!
}
const apply = (format: Format, op: LaneOp) => run(format, (b, x, y) => b.apply(op, x, y))
const unary = (format: Format, op: LaneOp) => run(format, (b, x) => b.apply(op, x))

const view = new DataView(new ArrayBuffer(8))
const bitsOf = (x: number, format: Format): bigint => {
  if (format === 'f32') {
    view.setFloat32(0, x)
    return BigInt(view.getUint32(0))
  }
  view.setFloat64(0, x)
  return view.getBigUint64(0)
}
const widthOf = { f64: 64, f32: 32 } as const
const rounded = (x: number, format: Format): number => (format === 'f32' ? Math.fround(x) : x)
const numbers = (format: Format): fc.Arbitrary<number> =>
  format === 'f32' ? fc.float({ noNaN: true }) : fc.double({ noNaN: true })

describe.each(formats)('lane code on numbers in %s', (format) => {
  const width = widthOf[format]

  it('rounds every result to the format', () => {
    const [add, mul, div] = (['add', 'mul', 'div'] as const).map((op) => apply(format, op))
    fc.assert(
      fc.property(numbers(format), numbers(format), (x, y) => {
        expect(add!(x, y)).toBe(rounded(x + y, format))
        expect(mul!(x, y)).toBe(rounded(x * y, format))
        expect(div!(x, y)).toBe(rounded(x / y, format))
      }),
    )
    expect(add!(0.1, 0)).toBe(rounded(0.1, format))
    expect(add!(1, 2 ** -24)).toBe(format === 'f32' ? 1 : 1 + 2 ** -24)
  })

  it('rounds halves to even, and keeps the sign of 0', () => {
    const nearest = unary(format, 'nearest')
    expect(
      [0.5, 1.5, 2.5, -0.5, -1.5, 0.49999997, 1e30, -0, -0.2, 2 ** 22 + 0.5].map((x) => nearest(x)),
    ).toEqual([0, 2, 2, -0, -2, 0, rounded(1e30, format), -0, -0, 2 ** 22])
    expect([nearest(Number.NaN), nearest(Infinity)]).toEqual([Number.NaN, Infinity])
    expect([0.5, -0.5, -3].map((x) => unary(format, 'floor')(x))).toEqual([0, -1, -3])
  })

  it('orders zeros and lets NaN through in min and max', () => {
    const [min, max] = [apply(format, 'min'), apply(format, 'max')]
    expect([min(0, -0), min(-0, 0), max(-0, 0), max(0, -0)]).toEqual([-0, -0, 0, 0])
    expect([min(1, Number.NaN), min(Number.NaN, 1), max(Number.NaN, 1)]).toEqual(
      Array(3).fill(Number.NaN),
    )
  })

  it('compares to masks that choose bits', () => {
    const choose = (op: LaneOp) =>
      run(format, (b, x, y, z) => b.apply('select', b.apply(op, x, y), x, z))
    const truth = { lt: (x: number, y: number) => x < y, le: (x: number, y: number) => x <= y }
    fc.assert(
      fc.property(numbers(format), numbers(format), (x, y) => {
        for (const op of ['lt', 'le'] as const)
          expect(choose(op)(x, y, 7)).toBe(truth[op](x, y) ? x : 7)
        expect(choose('eq')(x, x, 7)).toBe(x)
      }),
    )
    for (const op of ['lt', 'le', 'eq'] as const) {
      expect(choose(op)(Number.NaN, 1, 7)).toBe(7)
      expect(choose(op)(-1, Number.NaN, 7)).toBe(7)
    }
    expect(choose('eq')(0, -0, 7)).toBe(0)
  })

  it('works on bits as on whole numbers of its width', () => {
    const ops: Partial<Record<LaneOp, (x: bigint, y: bigint) => bigint>> = {
      and: (x, y) => x & y,
      or: (x, y) => x | y,
      xor: (x, y) => x ^ y,
      andnot: (x, y) => x & ~y,
      iadd: (x, y) => x + y,
      isub: (x, y) => x - y,
    }
    const small = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => rounded(x, format))
    for (const [op, wanted] of Object.entries(ops)) {
      const f = apply(format, op as LaneOp)
      fc.assert(
        fc.property(small, small, (x, y) => {
          const got = f(x, y)
          const bits = BigInt.asUintN(width, wanted(bitsOf(x, format), bitsOf(y, format)))
          if (Number.isNaN(got)) return
          expect(bitsOf(got, format)).toBe(bits)
        }),
      )
    }
  })

  it('shifts zeros in, or the sign', () => {
    const shifted = (op: 'shl' | 'shr' | 'sar', by: number) =>
      run(format, (b, x) => b.shift(op, x, by))
    fc.assert(
      fc.property(numbers(format), fc.integer({ min: 1, max: width - 1 }), (x, by) => {
        const [bits, n] = [bitsOf(x, format), BigInt(by)]
        const wanted = {
          shl: BigInt.asUintN(width, bits << n),
          shr: bits >> n,
          sar: BigInt.asUintN(width, BigInt.asIntN(width, bits) >> n),
        }
        for (const op of ['shl', 'shr', 'sar'] as const) {
          const got = shifted(op, by)(x)
          if (!Number.isNaN(got)) expect(bitsOf(got, format)).toBe(wanted[op])
        }
      }),
    )
  })

  it('takes constants, bits and calls, and gives every output', () => {
    const one = format === 'f64' ? 0x3ff0000000000000n : 0x3f800000n
    const f = laneByLane(
      laneCode(format, (b) => [
        b.constant(0.1),
        b.bits(one),
        b.call('atan2', b.input(1), b.input(0)),
        b.call('sin', b.input(0)),
      ]),
    )
    expect(f(2, 1)).toEqual([0.1, 1, Math.atan2(1, 2), Math.sin(2)].map((x) => rounded(x, format)))
    expect(f(3, 0)).toEqual([0.1, 1, 0, Math.sin(3)].map((x) => rounded(x, format)))
  })
})
