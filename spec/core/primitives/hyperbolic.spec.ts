// Finds faults in core/lowering/lanes/hyperbolic.ts.

import { describe, expect, it } from 'vitest'
import { laneByLane } from '../../../core/lowering/laneByLane.ts'
import { type Format, laneCode } from '../../../core/lowering/lanes/index.ts'
import { elementwise } from '../../../core/primitives/index.ts'

// sinh, cosh and asinh in lane code, against the host's, which err by less than 1 ulp.

const names = ['sinh', 'cosh', 'asinh'] as const
const epsilon: Readonly<Record<Format, number>> = { f64: 2 ** -52, f32: 2 ** -23 }
const most: Readonly<Record<Format, number>> = { f64: Number.MAX_VALUE, f32: 3.4028234663852886e38 }

const laneOf = (name: (typeof names)[number], format: Format): ((x: number) => number) => {
  const run = laneByLane(laneCode(format, (b) => [elementwise[name].lane({})(b, b.input(0))]))
  return (x) => run(x, 0, 0)[0]!
}

/** Arguments of every size, the ends of the range among them. */
const argumentsOf = (format: Format): number[] => {
  const steps = Array.from({ length: 4000 }, (_, i) => 1.0173 ** (i - 2000))
  const band = Array.from({ length: 400 }, (_, i) => (format === 'f64' ? 705 : 85) + i * 0.02)
  const all = [...steps, ...band, 1e-45, 1e20, 1e38].filter((x) => x < most[format])
  return all.flatMap((x) => [x, -x]).map((x) => (format === 'f32' ? Math.fround(x) : x))
}

describe.each(['f64', 'f32'] as const)('in %s', (format) => {
  it.each([
    ['sinh', 4],
    ['cosh', 2],
    ['asinh', 2],
  ] as const)('%s is within %s ulp, and overflows where it should', (name, bound) => {
    const f = laneOf(name, format)
    const errors = argumentsOf(format).map((x) => {
      const want = Math[name](x)
      if (Math.abs(want) > most[format] * (1 - 16 * epsilon[format])) return 0
      return Math.abs(f(x) - want) / (Math.abs(want) * epsilon[format] || Number.MIN_VALUE)
    })
    expect(Math.max(...errors)).toBeLessThan(bound)
    expect(Math.max(...errors)).toBeGreaterThan(0.4)
  })

  it.each(names)('%s keeps zeros, infinities and NaN', (name) => {
    const f = laneOf(name, format)
    for (const x of [0, -0, Infinity, -Infinity, Number.NaN]) expect(f(x)).toBe(Math[name](x))
  })
})
