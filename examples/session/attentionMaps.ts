import {
  type Concrete,
  compile,
  dataOf,
  mul,
  square,
  sub,
  type Tensor,
  tensor,
  zeros,
} from '../../core/index.ts'
import {
  type FormOf,
  type FormParams,
  formProperties,
  type VitParams,
  type VitSizes,
  vitAttention,
} from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import { mean, varianceOf } from './spreads.ts'
import type { AttentionMap } from './training.ts'

// This file averages attention weights over the configurations of a state, and measures how much
// they depend on the input.

type Params = VitParams<FormParams>

/** Configurations [count, sites] with the weight of each; the weights sum to 1. */
interface Ensemble {
  readonly configurations: Tensor
  readonly share: Tensor
}

/**
 * Returns the sector with its weights, or the chains where they sample |ψ|², or samples of |ψ|².
 * The whole sector is used, because a translation moves the weights of a patch but changes no
 * energy.
 */
const ensembleOf = (vmc: physics.Vmc<Params>, state: physics.VmcState<Params>): Ensemble => {
  const { average: source, sector } = vmc
  const own =
    source.kind === 'sampled' &&
    physics.powerOf(source.plan) === 2 &&
    // The last update may have changed ψ to 0 at the configuration of a chain.
    physics
      .logPsiOf(
        vmc,
        state.params,
      )(state.chains)
      .re.every((a) => a > Number.NEGATIVE_INFINITY)
  const samples = own
    ? { configurations: state.chains, chains: source.chains }
    : physics.samplesOf(vmc, 1)(state)
  const { configurations: rows } = samples
  const count = rows.length / sector.sites
  const share = 'weights' in samples ? samples.weights : new Float64Array(count).fill(1 / count)
  return {
    configurations: tensor(Float64Array.from(rows), [count, sector.sites]),
    share: tensor(share, [count]),
  }
}

const rowsOf = (x: readonly number[], n: number): readonly (readonly number[])[] =>
  Array.from({ length: n }, (_, i) => x.slice(i * n, (i + 1) * n))

/**
 * Returns, for every layer and head, the mean and the standard deviation of alpha_ij over the
 * configurations, and the fraction of the variance of all weights that the configurations cause,
 *
 *   mean_ij Var_σ alpha_ij / (mean_ij Var_σ alpha_ij + Var_ij mean_σ alpha_ij)
 *
 * It is 0 when the weights do not depend on the input, and 1 when they depend on nothing else.
 */
export const attentionMaps = (
  form: FormOf<FormParams>,
  sizes: VitSizes,
  vmc: physics.Vmc<Params>,
) => {
  const { heads, layers, patches } = sizes
  const n = patches.tokens
  const shape = [layers, heads, n, n]
  const alphaOf = vitAttention(form, sizes)
  const weighted = (params: Params, sigma: Tensor, share: Tensor): Tensor =>
    mul(share, alphaOf(params, sigma))
  const spread = (params: Params, centre: Tensor, sigma: Tensor, share: Tensor): Tensor =>
    mul(share, square(sub(alphaOf(params, sigma), centre)))
  return (state: physics.VmcState<Params>): AttentionMap[] => {
    const { params } = state
    const { configurations, share } = ensembleOf(vmc, state)
    const [sigma, one] = [zeros([vmc.sector.sites]), zeros([])]
    const options = { summed: true }
    const alpha = compile(weighted, ['shared', 'perSample', 'perSample'], options)(
      params,
      sigma,
      one,
    )
    const centre = alpha.run(params, configurations, share)
    const deviation = compile(spread, ['shared', 'shared', 'perSample', 'perSample'], options)(
      params,
      zeros(shape),
      sigma,
      one,
    )
    const variances = dataOf(deviation.run(params, centre, configurations, share) as Concrete)
    const means = dataOf(centre as Concrete)
    const { inputDependent } = formProperties(form, { grid: patches, heads, dim: sizes.dim })
    return Array.from({ length: layers * heads }, (_, k) => {
      const ofHead = (x: ArrayLike<number>) => Array.from(x).slice(k * n * n, (k + 1) * n * n)
      const own = ofHead(means)
      // Weights that do not depend on the input vary only by rounding.
      const varying = inputDependent ? ofHead(variances) : own.map(() => 0)
      const driven = mean(varying)
      const all = driven + varianceOf(own)
      return {
        layer: Math.floor(k / heads),
        head: k % heads,
        weights: rowsOf(own, n),
        deviations: rowsOf(varying.map(Math.sqrt), n),
        inputDriven: all > 0 ? driven / all : 0,
      }
    })
  }
}
