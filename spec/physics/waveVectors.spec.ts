import { describe, expect, it } from 'vitest'
import * as physics from '../../physics/index.ts'

/** Sums of a few dozen cosines. */
const ROUNDING = 1e-9

describe('wave vectors', () => {
  it.each([
    physics.chain(5),
    physics.square(3, 4),
    physics.triangular(2, 3),
    physics.triangular(4, 3),
    physics.honeycomb(2, 3),
    physics.kagome(3, 2),
  ])('have plane waves that are orthogonal over the cells of $name', (lat) => {
    const all = physics.momenta(lat)
    const cells = lat.dims.reduce<number[][]>(
      (list, length, a) =>
        list.flatMap((r) =>
          Array.from({ length }, (_, n) => r.map((x, c) => x + n * lat.vectors[a]![c]!)),
        ),
      [lat.vectors[0]!.map(() => 0)],
    )
    expect(all.length).toBe(cells.length)
    for (const [a, k] of all.entries())
      for (const [b, q] of all.entries()) {
        const angles = cells.map((r) => r.reduce((sum, x, c) => sum + x * (k[c]! - q[c]!), 0))
        const [re, im] = [Math.cos, Math.sin].map((f) => angles.reduce((sum, x) => sum + f(x), 0))
        expect(Math.hypot(re! - (a === b ? cells.length : 0), im!)).toBeLessThan(ROUNDING)
      }
  })
})
