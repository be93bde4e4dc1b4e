import { describe, expect, it } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import * as physics from '../../../physics/index.ts'

// Wave vectors of every lattice, and the signs of the dimer order, from their definitions.

/** Sums of a few dozen terms of order one. */
const ROUNDING = 1e-9

describe('wave vectors', () => {
  it.each([
    physics.chain(5),
    physics.square(3, 4),
    physics.triangular(2, 3),
    physics.triangular(4, 3),
    physics.honeycomb(2, 3),
    physics.kagome(3, 2),
    physics.lieb(3, 2),
  ])('have plane waves that fit the torus and are orthogonal over its cells: $name', (lat) => {
    const all = physics.momenta(lat)
    const cells = lat.dims.reduce<number[][]>(
      (list, length, a) =>
        list.flatMap((r) =>
          Array.from({ length }, (_, n) => r.map((x, c) => x + n * lat.vectors[a]![c]!)),
        ),
      [lat.vectors[0]!.map(() => 0)],
    )
    for (const k of all)
      for (const [a, length] of lat.dims.entries()) {
        const around = lat.vectors[a]!.reduce((sum, x, c) => sum + length * x * k[c]!, 0)
        expect(Math.abs(Math.sin(around / 2))).toBeLessThan(ROUNDING)
      }
    const repeated = new Set<number>()
    for (const [a, k] of all.entries())
      for (const [b, q] of all.entries()) {
        const angles = cells.map((r) => r.reduce((sum, x, c) => sum + x * (k[c]! - q[c]!), 0))
        const [re, im] = [Math.cos, Math.sin].map((f) => angles.reduce((sum, x) => sum + f(x), 0))
        const [size, same] = [Math.hypot(re!, im!), Math.abs(re! - cells.length)]
        if (a === b) expect(same).toBeLessThan(ROUNDING)
        // Lattices with several sites to a cell have more than one zone: equal over its cells.
        else expect(Math.min(size, same + Math.abs(im!))).toBeLessThan(ROUNDING)
        if (b < a && same < ROUNDING) repeated.add(a)
      }
    expect(all.length - repeated.size).toBe(cells.length)
    expect(repeated.size > 0).toBe(lat.sites > cells.length)
  })
})

describe('dimer order', () => {
  it.each([4, 6, 8])(
    'has signs in turn all around a ring of %d: D = 1/N Σ (−1)^x S_x · S_{x+1}',
    (n) => {
      const lat = physics.chain(n)
      const d = physics.sumOperators(
        lat.positions.map((_, x) =>
          physics.scaleOperator((x % 2 === 0 ? 1 : -1) / n, physics.spinDot(x, (x + 1) % n)),
        ),
      )
      const sector = physics.szSector(n)
      const size = physics.dimension(sector)
      const vector = { re: normals(keyFrom(n), size), im: normals(keyFrom(n + 1), size) }
      const value = (o: physics.Operator): number => physics.expectation(o, sector, vector).re
      const wanted = value(physics.multiplyOperators(d, d))
      expect(Math.abs(value(physics.dimerOrder(lat)) - wanted)).toBeLessThan(ROUNDING)
      const [found] = physics.observeExactly(lat, sector, vector).dimerOrder!
      expect(Math.abs(found!.value - wanted)).toBeLessThan(ROUNDING)
    },
  )
})
