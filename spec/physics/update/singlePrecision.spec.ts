import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import { cholesky } from '../../../core/linalg/cholesky.ts'
import { matrix } from '../../../core/linalg/matrix.ts'
import {
  type Centred,
  quantumGeometricTensor,
  type SolveSpace,
  srUpdate,
} from '../../../physics/index.ts'

const [ROWS, PARAMS] = [40, 20]
const SHIFT = 1e-3

/** Derivatives of which one direction is far larger than all others, as near a zero of ψ. */
const steep = (seed: number, steepness = 3e3): Centred => {
  const noise = normals(keyFrom(seed), ROWS * PARAMS)
  const slope = normals(keyFrom(seed + 1), ROWS)
  const data = noise.map((x, k) => 0.01 * x + steepness * slope[Math.floor(k / PARAMS)]!)
  return { x: matrix(ROWS, PARAMS, data), f: normals(keyFrom(seed + 2), ROWS) }
}

const update = (c: Centred, single: boolean, space?: SolveSpace): readonly number[] => [
  ...srUpdate({ diagShift: SHIFT, single, ...(space === undefined ? {} : { space }) })(c),
]
const spaces = fc.constantFrom<SolveSpace>('parameters', 'samples')

it('where products in float32 are indefinite, the update is that of float64', () => {
  fc.assert(
    fc.property(fc.nat(1000), (seed) => {
      const c = steep(seed)
      // Products of float32 alone do not do here.
      expect(() =>
        cholesky(quantumGeometricTensor(c, { single: true }), { shift: SHIFT }),
      ).toThrow()
      expect(update(c, true)).toEqual(update(c, false))
    }),
    { numRuns: 10 },
  )
})

it('where they are definite and yet too coarse, the update solves the equation all the same', () => {
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.double({ min: 0, max: 3.5, noNaN: true }),
      spaces,
      (seed, p, space) => {
        const c = steep(seed, 10 ** p)
        const [single, double] = [true, false].map((s) => update(c, s, space))
        const scale = Math.max(...double!.map(Math.abs))
        for (const [k, x] of double!.entries())
          expect(Math.abs(single![k]! - x) / scale).toBeLessThan(1e-3)
      },
    ),
    { numRuns: 200 },
  )
})
