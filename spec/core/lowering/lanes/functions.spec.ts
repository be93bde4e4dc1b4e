// Finds faults in core/lowering/lanes/{atan2, erf, exp, logarithm, notation, power, sign, tanh,
// trigonometric}.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { functions } from '../../../../core/lowering/lanes/functions.ts'
import { checkLaneCode, type Format } from '../../../../core/lowering/lanes/lanes.ts'
import { read } from '../../../meta/files.ts'
import {
  claims,
  codeOf,
  errorOf,
  formats,
  inFormat,
  instructions,
  laneFunction,
  lanePower,
  powerError,
  powerErrorOf,
} from './claims.ts'
import { optimisedFromNowOn } from './optimised.ts'

const RUNS = 250
/** Distance of neighbours just above 1. */
const EPSILON = { f64: 2 ** -52, f32: 2 ** -23 }

/** Any finite number, all exponents alike. */
const anyNumber = (format: Format): fc.Arbitrary<number> => {
  const view = new DataView(new ArrayBuffer(8))
  const bits =
    format === 'f64'
      ? fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => {
          view.setBigUint64(0, n)
          return view.getFloat64(0)
        })
      : fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((n) => {
          view.setUint32(0, n)
          return view.getFloat32(0)
        })
  return bits.filter(Number.isFinite)
}
/** Numbers of an interval, all alike. */
const between = (format: Format, [low, high]: readonly [number, number]): fc.Arbitrary<number> =>
  fc
    .integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    .map((n) => inFormat(low + (n / Number.MAX_SAFE_INTEGER) * (high - low), format))

const numbersOf = (format: Format, range: readonly [number, number]): fc.Arbitrary<number> =>
  fc.oneof(anyNumber(format), between(format, range))

const cases = formats.flatMap((format) =>
  claims.map((claim) => [claim.name, format, claim] as const),
)
const specials = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN]

optimisedFromNowOn()

describe('elementary functions', () => {
  it.each(cases)('%s in %s keeps its largest error everywhere', (name, format, claim) => {
    const f = laneFunction(name, format)
    const numbers = numbersOf(format, claim.range)
    const check = (x: number, y: number): void => {
      expect([x, y, errorOf(claim, format, f(x, y), x, y) <= claim.error[format]]).toEqual([
        x,
        y,
        true,
      ])
    }
    fc.assert(fc.property(numbers, numbers, check), { numRuns: RUNS })
    const hard = claim.hard.map((x) => inFormat(x, format)).filter(Number.isFinite)
    for (const x of hard) for (const y of hard) check(x, name === 'atan2' ? y : 0)
    for (const x of hard) check(-x, 1)
  })

  it.each(cases)('%s in %s has the special values of its definition', (name, format, claim) => {
    const f = laneFunction(name, format)
    for (const x of specials)
      for (const y of name === 'atan2' ? specials : [0]) {
        const wanted = inFormat(claim.plain(x, y), format)
        const got = f(x, y)
        if (!Number.isFinite(wanted) || wanted % 1 === 0)
          expect([x, y, got]).toEqual([x, y, wanted])
        else expect(Math.abs(got - wanted)).toBeLessThan(3 * Math.abs(wanted) * EPSILON[format])
      }
  })

  it.each(formats)('are odd or even to the last bit in %s', (format) => {
    const odd = (['sin', 'tanh', 'erf'] as const).map((name) => laneFunction(name, format))
    const [cos, atan2] = [laneFunction('cos', format), laneFunction('atan2', format)]
    fc.assert(
      fc.property(numbersOf(format, [-9, 9]), numbersOf(format, [-9, 9]), (x, y) => {
        for (const f of odd) expect(f(-x, 0)).toBe(-f(x, 0))
        expect(cos(-x, 0)).toBe(cos(x, 0))
        expect(atan2(-y, x)).toBe(-atan2(y, x))
      }),
      { numRuns: RUNS },
    )
  })

  it.each(formats)('that cross 0 rise there with every step, in %s', (format) => {
    const rising = (['sin', 'tanh', 'erf', 'expm1', 'log1p'] as const).map((name) =>
      laneFunction(name, format),
    )
    const small = format === 'f64' ? 2 ** -28 : 2 ** -13
    fc.assert(
      fc.property(between(format, [-small, small]), (x) => {
        const next = inFormat(x + Math.abs(x) * EPSILON[format], format)
        for (const f of rising) expect(f(next, 0)).toBeGreaterThanOrEqual(f(x, 0))
      }),
      { numRuns: RUNS },
    )
  })

  it.each(formats)('that are exact are exact, in %s', (format) => {
    const unary = { neg: (x: number) => -x, abs: Math.abs, sign: Math.sign, sqrt: Math.sqrt }
    const select = laneFunction('select', format)
    const check = (x: number, y: number): void => {
      for (const name of ['neg', 'abs', 'sign', 'sqrt'] as const)
        expect(laneFunction(name, format)(x, 0)).toBe(inFormat(unary[name](x), format))
      expect(select(x, 1, y)).toBe(x !== 0 ? 1 : y)
    }
    fc.assert(fc.property(anyNumber(format), anyNumber(format), check))
    for (const x of specials) for (const y of specials) check(x, y)
  })
})

describe('powers', () => {
  const exponents = [2, 3, 8, 0.5, 1.5, 2.5, -1, -2, -3, -8, -0.5, -1.5, -2.5]
  const viaLogarithm = [0.3, -1.7, 10, -17, 100.5, -333, 2048]

  it.each(formats)('keep their largest error in %s', (format) => {
    const top = format === 'f64' ? 1020 : 126
    for (const p of [...exponents, ...viaLogarithm]) {
      const f = lanePower(p, format)
      const check = (x: number): void => {
        expect([p, x, powerErrorOf(p, format, f(x, 0), x) <= powerError(p)]).toEqual([p, x, true])
      }
      // log₂ of the base so that the power stays within the range, or just leaves it
      const range = Math.min(top, (1.05 * top) / Math.abs(p))
      const bases = between('f64', [-range, range]).map((l) => inFormat(2 ** l, format))
      fc.assert(fc.property(fc.oneof(bases, anyNumber(format)), check), { numRuns: RUNS / 5 })
    }
  })

  it.each(formats)('have the special values of Math.pow in %s', (format) => {
    for (const p of [...exponents, ...viaLogarithm, 1, 0, 5000, -1e-9, Infinity, Number.NaN])
      for (const x of specials) expect([p, x, lanePower(p, format)(x, 0)]).toEqual([p, x, x ** p])
  })
})

describe('what is written about them', () => {
  const readme = read('core/lowering/lanes/README.md').text
  const row = (name: string): readonly string[] =>
    (new RegExp(`^\\| \`${name}\` \\|(.*)\\|$`, 'm').exec(readme)?.[1] ?? '')
      .split('|')
      .map((cell) => cell.trim())

  it.each(claims.map(({ name, error }) => [name, error] as const))(
    'the number of instructions and the errors of %s',
    (name, error) => {
      const [f64, f32, error64, error32] = row(name)
      const counts = formats.map((format) => instructions(codeOf(name, format)))
      expect([f64, f32]).toEqual(counts.map(String))
      expect([Number(error64), Number(error32)]).toEqual([error.f64, error.f32])
    },
  )

  it('lane code that is well formed', () => {
    for (const format of formats)
      for (const name of Object.keys(functions) as (keyof typeof functions)[])
        expect(() => checkLaneCode(codeOf(name, format))).not.toThrow()
  })
})
