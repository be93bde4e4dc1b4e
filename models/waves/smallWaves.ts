import type { state as S } from 'fp-ts'
import {
  type Complex,
  type Concrete,
  complexAdd,
  complexSum,
  einsum,
  equal,
  type Key,
  logCosh,
  type Tensor,
} from '../../core/index.ts'
import { type Drawn, layer, scaledNormal, together } from '../layers/index.ts'
import type { WaveFunction } from './vit.ts'

// This file holds small wave functions for teaching, tests and comparison with the Transformer.

const complexNormal = (shape: readonly number[], scale: number): S.State<Key, Complex> =>
  together({ re: scaledNormal(shape, scale), im: scaledNormal(shape, scale) })

const linear = (spec: string, w: Complex, x: Tensor): Complex => ({
  re: einsum(spec, w.re, x),
  im: einsum(spec, w.im, x),
})

interface RbmSizes {
  readonly sites: number
  readonly hidden: number
}

const rbmParts = ({ sites, hidden }: RbmSizes) => ({
  /** [sites] */
  visible: complexNormal([sites], 0.01),
  /** [hidden] */
  hidden: complexNormal([hidden], 0.01),
  /** [hidden, sites] */
  kernel: complexNormal([hidden, sites], 0.01),
})

export type RbmParams = Drawn<ReturnType<typeof rbmParts>>

/**
 * Returns a restricted Boltzmann machine; its complex parameters are pairs of tensors:
 *
 *   log ψ(σ) = Σ_i a_i σ_i + Σ_k log cosh(b_k + Σ_i W_ki σ_i)
 *
 * Init    normal, standard deviation 0.01.
 * Source  Carleo and Troyer, Science 355, 602 (2017).
 */
export const rbm = (sizes: RbmSizes): WaveFunction<RbmParams> =>
  layer('rbm', rbmParts(sizes), ({ visible, hidden, kernel }, sigma: Tensor) =>
    complexAdd(
      linear('i, i ->', visible, sigma),
      complexSum(logCosh(complexAdd(hidden, linear('k i, i -> k', kernel, sigma)))),
    ),
  )

const jastrowParts = (sites: number) => ({
  /** [sites, sites]; only v_ij + v_ji of a pair i, j has an effect. */
  pairs: complexNormal([sites, sites], 0.01),
})

export type JastrowParams = Drawn<ReturnType<typeof jastrowParts>>

/**
 * Returns the two-body Jastrow factor: log ψ(σ) = Σ_ij σ_i v_ij σ_j, v complex. Init: normal, 0.01.
 */
export const jastrow = (sites: number): WaveFunction<JastrowParams> =>
  layer('jastrow', jastrowParts(sites), ({ pairs }, sigma: Tensor) => ({
    re: einsum('i, i j, j ->', sigma, pairs.re, sigma),
    im: einsum('i, i j, j ->', sigma, pairs.im, sigma),
  }))

const lookupParts = (count: number) => ({
  /** [configurations] */
  table: complexNormal([count], 0.1),
})

export type LookupParams = Drawn<ReturnType<typeof lookupParts>>

/**
 * Returns a wave function with one free complex number per configuration: it represents any state
 * of a small sector, for exact tests.
 *
 *   log ψ(σ) = table[k] for σ = configurations[k]
 *
 * Shapes  configurations [K, sites] of ±1; σ outside the list gets log ψ = 0.
 * Init    normal, standard deviation 0.1.
 */
export const lookup = (configurations: Concrete): WaveFunction<LookupParams> => {
  const [count = 0, sites = 0] = configurations.shape
  return layer('lookup', lookupParts(count), ({ table }, sigma: Tensor) => {
    // Two configurations of N spins have the product N exactly where they are equal.
    const here = equal(einsum('k i, i -> k', configurations, sigma), sites) // [K], one 1
    return linear('k, k ->', table, here)
  })
}
