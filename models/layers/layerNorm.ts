import {
  add,
  mean,
  mul,
  power,
  reshape,
  shapeOf,
  square,
  sub,
  type Tensor,
  tensor,
  zeros,
} from '../../core/index.ts'
import { type Layer, layer } from './layer.ts'

export interface LayerNormParams {
  /** [features] */
  readonly scale: Tensor
  /** [features] */
  readonly bias: Tensor
}

const EPSILON = 1e-6

/**
 * Returns the layer y = (x − mean x) / √(var x + ε) · scale + bias, over the last axis.
 *
 * Named axes  x, y [tokens, features] or [features]; mean and variance per token; ε = 1e-6.
 * Init        scale one, bias zero.
 * Source      Ba, Kiros, Hinton, arXiv:1607.06450.
 */
export const layerNorm = (features: number): Layer<LayerNormParams> =>
  layer(
    `layerNorm(${features})`,
    ['scale', 'bias'],
    {
      scale: tensor(new Float64Array(features).fill(1)),
      bias: zeros([features]),
    },
    ({ scale, bias }, x) => {
      const centred = sub(x, mean(x, -1, { keepDims: true }))
      const variance = mean(square(centred), -1, { keepDims: true })
      const unit = mul(centred, power(add(variance, EPSILON), -0.5))
      const row = shapeOf(x).map((_, i) => (i === shapeOf(x).length - 1 ? features : 1))
      return add(mul(unit, reshape(scale, row)), reshape(bias, row))
    },
  )
