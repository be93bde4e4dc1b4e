import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Concrete, keyFrom, normals, tensor, toNested } from '../../../core/index.ts'
import { dense, initialise, layerNorm, mlp, xavierUniform } from '../../../models/index.ts'

// Layers against their formulas, written as loops over plain numbers.
//
// Finds faults in models/layers/{dense,layerNorm,mlp}.ts.

/** The same sums in another order, a few terms each. */
const ROUNDING = 1e-13

type Row = readonly number[]
const rows = (seed: number, n: number, d: number): Concrete =>
  tensor(normals(keyFrom(seed), n * d), [n, d])
const numbers = (x: unknown): Row[] => toNested(x as Concrete) as Row[]
const vector = (x: unknown): Row => toNested(x as Concrete) as Row
const expectRows = (got: unknown, wanted: readonly Row[]): void =>
  numbers(got).forEach((row, i) => {
    expect(row).toHaveLength(wanted[i]!.length)
    row.forEach((y, k) => {
      expect(Math.abs(y - wanted[i]![k]!)).toBeLessThan(ROUNDING)
    })
  })

/** x W + b for one row x. */
const affine = (x: Row, kernel: readonly Row[], bias: Row): Row =>
  bias.map((b, k) => x.reduce((sum, xi, i) => sum + xi * kernel[i]![k]!, b))

const gelu = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))

describe('layers equal their formulas', () => {
  const seeds = fc.nat(1000)

  it('dense: x W + b, for rows and for one vector', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const kernel = rows(seed, 3, 2)
        const bias = tensor(normals(keyFrom(seed + 1), 2))
        const x = rows(seed + 2, 4, 3)
        const wanted = numbers(x).map((row) => affine(row, numbers(kernel), vector(bias)))
        const layer = dense({ in: 3, out: 2 })
        expectRows(layer.apply({ kernel, bias }, x), wanted)
        const one = layer.apply({ kernel, bias }, tensor([...numbers(x)[0]!]))
        expectRows(tensor([[...vector(one)]]), [wanted[0]!])
      }),
      { numRuns: 20 },
    )
  })

  it('dense starts from Xavier weights up to their bound, and without bias', () => {
    const { kernel, bias } = initialise(dense({ in: 40, out: 10 }), keyFrom(3))
    const bound = Math.sqrt(6 / 50)
    const sizes = numbers(kernel).flat()
    expect(sizes).toHaveLength(400)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(bound)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(-bound)
    // All of 400 draws within 0.97 of the bound: a chance of 0.97^400 = 5e-6 on either side.
    expect(Math.max(...sizes)).toBeGreaterThan(0.94 * bound)
    expect(Math.min(...sizes)).toBeLessThan(-0.94 * bound)
    expect(vector(bias).every((b) => b === 0)).toBe(true)
    expect(xavierUniform([2, 3], 2, 3)(keyFrom(1))[0].shape).toEqual([2, 3])
  })

  it('layerNorm: mean 0 and variance 1, then scale and shift', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const x = rows(seed, 2, 5)
        const scale = tensor(normals(keyFrom(seed + 1), 5))
        const bias = tensor(normals(keyFrom(seed + 2), 5))
        const wanted = numbers(x).map((row) => {
          const mean = row.reduce((a, b) => a + b, 0) / 5
          const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 5
          return row.map(
            (v, k) =>
              ((v - mean) / Math.sqrt(variance + 1e-6)) * vector(scale)[k]! + vector(bias)[k]!,
          )
        })
        expectRows(layerNorm(5).apply({ scale, bias }, x), wanted)
      }),
      { numRuns: 20 },
    )
    const params = initialise(layerNorm(2), keyFrom(1))
    expect([vector(params.scale), vector(params.bias)]).toEqual([
      [1, 1],
      [0, 0],
    ])
  })

  it('mlp: gelu(x W₁ + b₁) W₂ + b₂', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const up = { kernel: rows(seed, 2, 5), bias: tensor(normals(keyFrom(seed + 1), 5)) }
        const down = { kernel: rows(seed + 2, 5, 2), bias: tensor(normals(keyFrom(seed + 3), 2)) }
        const x = rows(seed + 4, 3, 2)
        const wanted = numbers(x).map((row) =>
          affine(
            affine(row, numbers(up.kernel), vector(up.bias)).map(gelu),
            numbers(down.kernel),
            vector(down.bias),
          ),
        )
        expectRows(mlp({ dim: 2, hidden: 5 }).apply({ up, act: {}, down }, x), wanted)
      }),
      { numRuns: 20 },
    )
  })
})
