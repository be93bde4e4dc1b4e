import {
  add,
  mean,
  mul,
  ones,
  power,
  reshape,
  shapeOf,
  square,
  sub,
  type Tensor,
  zeros,
} from '../../core/index.ts'
import type { Drawn } from './init.ts'
import { type Layer, layer } from './layer.ts'

const layerNormParts = (features: number) => ({
  /** [features] */
  scale: ones([features]),
  /** [features] */
  bias: zeros([features]),
})

export type LayerNormParams = Drawn<ReturnType<typeof layerNormParts>>

const EPSILON = 1e-6

/**
 * Returns the layer y = (x − mean x) / √(var x + ε) · scale + bias, over the last axis.
 *
 * Named axes  x, y [tokens, features] or [features]; mean and variance per token; ε = 1e-6.
 * Init        scale one, bias zero.
 * Source      Ba, Kiros, Hinton, arXiv:1607.06450.
 */
export const layerNorm = (features: number): Layer<LayerNormParams> =>
  layer(`layerNorm(${features})`, layerNormParts(features), ({ scale, bias }, x: Tensor) => {
    const centred = sub(x, mean(x, -1, { keepDims: true }))
    const variance = mean(square(centred), -1, { keepDims: true })
    const unit = mul(centred, power(add(variance, EPSILON), -0.5))
    const row = shapeOf(x).map((_, i) => (i === shapeOf(x).length - 1 ? features : 1))
    return add(mul(unit, reshape(scale, row)), reshape(bias, row))
  })
