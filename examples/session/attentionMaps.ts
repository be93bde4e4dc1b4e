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

// What the heads look at: weights over the configurations of a state, and how far they follow them.

type Params = VitParams<FormParams>

/** Configurations [count, sites] with the weight of each; the weights sum to 1. */
interface Ensemble {
  readonly configurations: Tensor
  readonly share: Tensor
}

/**
 * The sector with its weights, or what the chains are at where they sample |ψ|², or samples of
 * that. All of the sector: a translation moves the weights of a patch along, and no energy.
 */
const ensembleOf = (vmc: physics.Vmc<Params>, state: physics.VmcState<Params>): Ensemble => {
  const { average: source, sector } = vmc
  const own =
    source.kind === 'sampled' &&
    physics.powerOf(source.plan) === 2 &&
    // The last update may have made a zero of ψ where a chain is.
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
 * For every layer and head the mean and the standard deviation of alpha_ij over the configurations,
 * and the share of the variance of all weights that these cause,
 *
 *   mean_ij Var_σ alpha_ij / (mean_ij Var_σ alpha_ij + Var_ij mean_σ alpha_ij)
 *
 * 0: the weights do not depend on the input; 1: nothing but the input tells them apart.
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
      // What does not depend on the input varies by rounding alone.
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
