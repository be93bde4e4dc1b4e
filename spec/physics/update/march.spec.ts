import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, normals, tensor } from '../../../core/index.ts'
import { march, stochasticReconfiguration } from '../../../physics/update/optimizers.ts'
import { seed } from '../../arbitraries.ts'
import {
  anyShape,
  at,
  type Centred,
  close,
  eliminate,
  indices,
  SOLVES,
  samplesOf,
  shapes,
  total,
  updates,
} from './randomSamples.ts'

/** argmin ‖Xδ − f‖² + λ Σ_k √v_k (δ_k − μδ′_k)², by (XᵀX + λ√V) δ = Xᵀf + λμ√V δ′. */
const marchByHand = (
  s: Centred,
  [λ, μ]: readonly [number, number],
  previous: ArrayLike<number>,
  v: ArrayLike<number>,
): number[] => {
  const [rows, cols] = [indices(s.x.rows), indices(s.x.cols)]
  const pull = cols.map((k) => λ * Math.sqrt(v[k]!))
  const normal = cols.map((k) =>
    cols.map((l) => total(rows.map((i) => at(s, i, k) * at(s, i, l))) + (k === l ? pull[k]! : 0)),
  )
  const right = cols.map(
    (k) => total(rows.map((i) => at(s, i, k) * s.f[i]!)) + pull[k]! * μ * previous[k]!,
  )
  return eliminate(normal, right)
}
describe('MARCH', () => {
  const diagShift = fc.constantFrom(1, 1e-1, 1e-3)
  const momentum = fc.double({ min: 0, max: 0.99, noNaN: true })
  const decay = fc.double({ min: 0.5, max: 1, noNaN: true })

  for (const [space, [rows, cols]] of Object.entries(shapes))
    it(`is the argmin of its definition, step after step, from v = 1: ${space}`, () => {
      fc.assert(
        fc.property(seed, diagShift, momentum, decay, (n, λ, μ, β) => {
          const batches = indices(5).map((t) => samplesOf(rows, cols, n + t))
          let [previous, v] = [indices(cols).map(() => 0), indices(cols).map(() => 1)]
          const options = { diagShift: λ, momentum: μ, beta: β }
          updates(march(options), batches).forEach((delta, t) => {
            close(delta, marchByHand(batches[t]!, [λ, μ], previous, v), SOLVES)
            v = v.map((x, k) => β * x + (delta[k]! - previous[k]!) ** 2)
            previous = [...delta]
          })
        }),
      )
    })

  it('is SPRING where v = 1, to the bit', () => {
    fc.assert(
      fc.property(seed, anyShape, diagShift, momentum, (n, [rows, cols], λ, μ) => {
        const s = samplesOf(rows, cols, n)
        const previous = tensor(normals(keyFrom(n + 3), cols))
        const moments = tensor(new Float64Array(cols).fill(1))
        const of = { diagShift: λ, momentum: μ }
        const spring = stochasticReconfiguration({ ...of, momentum: Math.max(μ, 0.01) })
        const { delta } = march({ ...of, momentum: Math.max(μ, 0.01) }).update(s, {
          previous,
          moments,
        })
        expect(delta).toEqual(spring.update(s, { previous }).delta)
      }),
    )
  })

  it('moves a parameter less, the more its updates changed before', () => {
    const s = samplesOf(4, 10, 5)
    const { update } = march({ diagShift: 1, momentum: 0 })
    const previous = tensor(new Float64Array(10))
    const stepOf = (v: number): number => {
      const moments = tensor(new Float64Array(10).fill(1).fill(v, 0, 1))
      return Math.abs(update(s, { previous, moments }).delta[0]!)
    }
    expect(stepOf(1e4)).toBeLessThan(0.1 * stepOf(1))
    expect(stepOf(0)).toBeGreaterThan(stepOf(1))
  })

  it('has the published constants by default, and leaves the samples as they are', () => {
    const batches = indices(4).map((t) => samplesOf(6, 3, 70 + t))
    const copies = batches.map(({ x, f }) => ({ x: { ...x, data: x.data.slice() }, f: f.slice() }))
    const given = march({ diagShift: 0.1, momentum: 0.95, beta: 0.995 })
    expect(updates(march({ diagShift: 0.1 }), batches)).toEqual(updates(given, batches))
    expect(batches).toEqual(copies)
  })
})
