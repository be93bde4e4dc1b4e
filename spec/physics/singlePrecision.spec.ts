import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keyFrom, normals } from '../../core/index.ts'
import { cholesky } from '../../core/linalg/cholesky.ts'
import { matrix } from '../../core/linalg/matrix.ts'
import { type Centred, quantumGeometricTensor, srUpdate } from '../../physics/index.ts'

const [ROWS, PARAMS] = [40, 20]
const SHIFT = 1e-3

/** Derivatives of which one direction is far larger than all others, as near a zero of ψ. */
const steep = (seed: number): Centred => {
  const noise = normals(keyFrom(seed), ROWS * PARAMS)
  const slope = normals(keyFrom(seed + 1), ROWS)
  const data = noise.map((x, k) => 0.01 * x + 3e3 * slope[Math.floor(k / PARAMS)]!)
  return { x: matrix(ROWS, PARAMS, data), f: normals(keyFrom(seed + 2), ROWS) }
}

it('where products in float32 are indefinite, the update is that of float64', () => {
  fc.assert(
    fc.property(fc.nat(1000), (seed) => {
      const c = steep(seed)
      // Products of float32 alone do not do here.
      expect(() =>
        cholesky(quantumGeometricTensor(c, { single: true }), { shift: SHIFT }),
      ).toThrow()
      const update = (single: boolean) => [...srUpdate({ diagShift: SHIFT, single })(c)]
      expect(update(true)).toEqual(update(false))
    }),
    { numRuns: 10 },
  )
})
