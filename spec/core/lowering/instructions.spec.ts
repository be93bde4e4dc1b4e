import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  atan2,
  bind,
  type Concrete,
  compile,
  type Tensor,
  tensor,
  toPrecision,
} from '../../../core/index.ts'
import { combined, writtenOut } from '../../../core/lowering/instructions.ts'
import { laneByLane } from '../../../core/lowering/laneByLane.ts'
import {
  checkLaneCode,
  type Format,
  type Lane,
  type LaneCode,
  laneCode,
} from '../../../core/lowering/lanes/lanes.ts'
import { claims, errorOf, formats, inFormat } from './lanes/claims.ts'

const ops = ['add', 'sub', 'mul', 'lt', 'select', 'min', 'abs', 'neg'] as const

/** Code of three inputs: each step is an operation on three earlier nodes, counted backwards. */
const randomCode = (format: Format): fc.Arbitrary<LaneCode> =>
  fc
    .array(
      fc.record({ op: fc.constantFrom(...ops), args: fc.tuple(fc.nat(), fc.nat(), fc.nat()) }),
      {
        minLength: 1,
        maxLength: 14,
      },
    )
    .map((steps) =>
      laneCode(format, (b) => {
        const nodes: Lane[] = [b.input(0), b.input(1), b.input(2), b.constant(0.5), b.constant(-2)]
        for (const { op, args } of steps) {
          const [x, y, z] = args.map((a) => nodes[a % nodes.length]!) as [Lane, Lane, Lane]
          const one = op === 'abs' || op === 'neg'
          if (op === 'select') nodes.push(b.apply('select', b.apply('lt', x, y), x, y), z)
          else if (op === 'lt') nodes.push(b.apply('select', b.apply('lt', x, y), y, z))
          else nodes.push(one ? b.apply(op, x) : b.apply(op, x, y))
        }
        return [nodes.at(-1)!, nodes.at(-2)!]
      }),
    )

const number = fc.oneof(
  fc.integer({ min: -9, max: 9 }),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0),
)

const opsOf = (code: LaneCode): string[] => code.nodes.map((node) => node.op)

describe.each(formats)('lane code for machines in %s', (format) => {
  it('gives the same numbers: clamps always, sums where no product is rounded', () => {
    fc.assert(
      fc.property(randomCode(format), fc.boolean(), number, number, number, (code, fused, ...x) => {
        // Whole numbers this small are exact in every step, so fusing must not show at all.
        const short = combined(code, fused)
        checkLaneCode(short)
        const [wanted, got] = [laneByLane(code)(...x), laneByLane(short)(...x)]
        const exact = wanted.every((y) => !Number.isFinite(y) || Math.abs(y) < 2 ** 20)
        if (exact) expect(got).toEqual(wanted)
      }),
      { numRuns: 300 },
    )
  })

  it('fuses a product into all sums that read it, or into none', () => {
    const code = (more: boolean): LaneCode =>
      laneCode(format, (b) => {
        const [x, y] = [b.input(0), b.input(1)]
        const product = b.apply('mul', x, y)
        const sums = [b.apply('add', product, x), b.apply('sub', y, product)]
        return more ? [...sums, product] : sums
      })
    const fused = combined(code(false), true)
    expect(opsOf(fused)).toEqual(['input', 'input', 'addProduct', 'subProduct'])
    expect(laneByLane(fused)(3, 5)).toEqual([18, -10])
    expect(combined(code(true), true)).toEqual(code(true))
    expect(combined(code(false), false)).toEqual(code(false))
  })

  it('limits with one instruction, and NaN stays', () => {
    const code = laneCode(format, (b) => {
      const [x, c] = [b.input(0), b.constant(2)]
      const low = b.apply('select', b.apply('lt', c, x), c, x)
      return [low, b.apply('select', b.apply('lt', x, c), c, x)]
    })
    const short = combined(code, false)
    expect(opsOf(short).filter((op) => op !== 'input' && op !== 'constant')).toEqual([
      'atMost',
      'atLeast',
    ])
    for (const x of [1, 2, 3, Number.NaN]) expect(laneByLane(short)(x)).toEqual(laneByLane(code)(x))
  })

  it('writes every call out; what functions call themselves is rare', () => {
    const code = laneCode(format, (b) => [
      b.call('tanh', b.input(0)),
      b.call('power', b.input(0), b.constant(1.5)),
      b.call('atan2', b.input(0), b.input(1)),
    ])
    const written = writtenOut(code, format)
    expect(opsOf(written)).not.toContain('call')
    const [t, p, a] = laneByLane(written)(0.5, 0.25)
    for (const [got, wanted] of [
      [t!, Math.tanh(0.5)],
      [p!, 0.5 ** 1.5],
      [a!, Math.atan2(0.5, 0.25)],
    ] as const)
      expect(Math.abs(got - wanted)).toBeLessThan(format === 'f64' ? 1e-15 : 3e-7)
  })
})

describe('compiled functions', () => {
  const cases = formats.flatMap((format) =>
    claims.map((claim) => [claim.name, format, claim] as const),
  )
  it.each(cases)(
    '%s in %s keeps its largest error, products fused or not',
    (name, format, claim) => {
      const precision = format === 'f64' ? 'float64' : 'float32'
      const f = (x: Tensor, y: Tensor): Tensor =>
        name === 'atan2' ? atan2(x, y) : bind(name, {}, [x])
      const [low, high] = claim.range
      const spread = Array.from({ length: 61 }, (_, i) => low + ((high - low) * (i + 0.37)) / 61)
      const points = [...claim.hard, ...claim.hard.map((x) => -x), ...spread]
        .map((x) => inFormat(x, format))
        .filter(Number.isFinite)
      const partner = (i: number): number => points[(7 * i + 3) % points.length]!
      const column = (values: number[]): Concrete => toPrecision(tensor(values), precision)
      const marks = ['perSample', 'perSample'] as const
      const { run } = compile(f, marks, { precision, backend: 'wasm' })(tensor(1), tensor(1))
      const got = run(column(points), column(points.map((_, i) => partner(i)))) as Concrete
      points.forEach((x, i) => {
        const error = errorOf(claim, format, got.data[i]!, x, partner(i))
        expect([x, partner(i), error <= claim.error[format]]).toEqual([x, partner(i), true])
      })
    },
  )
})
