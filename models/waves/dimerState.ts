import {
  type Complex,
  complexSum,
  fail,
  logCosh,
  mul,
  type Tensor,
  tensor,
  zeros,
} from '../../core/index.ts'
import { factored, multiHeadAttention } from '../attention/index.ts'
import { type Drawn, dense, layer, type PatchGrid, toPatches } from '../layers/index.ts'
import type { WaveFunction } from './vit.ts'

// One layer of Factored attention represents the dimer state of Shastry and Sutherland exactly.

const DIM = 4
const UNITS = 2

const attentiveLogCoshParts = (patches: PatchGrid) => ({
  attention: multiHeadAttention(factored({ grid: patches, heads: 2 }), { dim: DIM, heads: 2 }),
  units: dense({ in: DIM, out: UNITS }),
})

export type AttentiveLogCoshParams = Drawn<ReturnType<typeof attentiveLogCoshParts>>

/**
 * Returns the smallest wave function with Factored attention: patches of 2 x 2 spins as tokens, two
 * heads, and two units for each patch.
 *
 *   y_i = attention(x)_i,   log ψ = Σ_i Σ_k log cosh(i (W y_i + b)_k)
 *
 * Named axes  σ [sites] → x [n, 4] → y [n, 4] → units [n, 2].
 * Errors      ShapeError unless patches hold four spins.
 */
export const attentiveLogCosh = (patches: PatchGrid): WaveFunction<AttentiveLogCoshParams> => {
  if (patches.features !== DIM)
    return fail('ShapeError', 'attentiveLogCosh', `patches hold ${patches.features} spins.`, {
      fix: 'patches of 2 x 2 sites of a square lattice.',
    })
  const parts = attentiveLogCoshParts(patches)
  return layer('attentiveLogCosh', parts, (params, sigma: Tensor) => {
    const y = parts.attention.apply(params.attention, toPatches(patches, sigma))
    const im = parts.units.apply(params.units, y)
    return complexSum(logCosh({ re: mul(0, im), im })) as Complex
  })
}

/**
 * Returns parameters with which `attentiveLogCosh` is the product of singlets on the orthogonal
 * dimers, up to its norm 2^(−sites/4) and its sign. With the spins of a patch s₀₀, s₀₁, s₁₀, s₁₁:
 *
 *   head 1  p_{i−j} = 1 at i = j:              s₀₀ − s₁₁ and s₁₀ of the patch itself
 *   head 2  p_{i−j} = 1 at j = i + (1, −1):     s₀₁ of the patch across the odd plaquette
 *   units   u = π/4 (difference along a dimer) − π/2,  cosh(iu) = cos u = sin(π/4 · difference)
 *
 * which is ±1 for an antiparallel pair and 0 for a parallel one.
 *
 * Source  after Rende and Viteritti, arXiv:2405.18874, section on the Shastry-Sutherland model.
 */
export const dimerState = (patches: PatchGrid): AttentiveLogCoshParams => {
  const [lx, ly] = patches.grid as [number, number]
  const own = 0
  // The index of the displacement i − j = (−1, 1) on the periodic grid.
  const across = ((lx - 1) % lx) * ly + (1 % ly)
  const n = patches.tokens
  const p = new Float64Array(2 * n)
  p[own] = 1
  p[n + across] = 1
  const matrix = (
    entries: readonly (readonly [number, number, number])[],
    cols: number,
  ): Tensor => {
    const values = new Float64Array(DIM * cols)
    for (const [row, col, value] of entries) values[row * cols + col] = value
    return tensor(values, [DIM, cols])
  }
  const ones = [0, 1, 2, 3].map((k) => [k, k, 1] as const)
  const quarter = Math.PI / 4
  return {
    attention: {
      form: { p: tensor(p, [2, n]) },
      // The kernel maps the spins (00, 01, 10, 11) to the features of head 1, then of head 2.
      value: {
        kernel: matrix(
          [
            [0, 0, 1],
            [3, 0, -1],
            [2, 1, 1],
            [1, 2, 1],
          ],
          DIM,
        ),
        bias: zeros([DIM]),
      },
      mix: { kernel: matrix(ones, DIM), bias: zeros([DIM]) },
    },
    units: {
      kernel: matrix(
        [
          [0, 0, quarter],
          [1, 1, quarter],
          [2, 1, -quarter],
        ],
        UNITS,
      ),
      bias: tensor(new Float64Array(UNITS).fill(-Math.PI / 2), [UNITS]),
    },
  }
}
