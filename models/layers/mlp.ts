import { type DenseParams, dense } from './dense.ts'
import { gelu } from './gelu.ts'
import { activation, type Layer, sequential } from './layer.ts'

export interface MlpParams {
  readonly up: DenseParams
  readonly act: object
  readonly down: DenseParams
}

/** Returns the layer y = gelu(x W₁ + b₁) W₂ + b₂: the feed-forward half of an encoder block. */
export const mlp = (sizes: { readonly dim: number; readonly hidden: number }): Layer<MlpParams> =>
  sequential('mlp', {
    up: dense({ in: sizes.dim, out: sizes.hidden }),
    act: activation('gelu', gelu),
    down: dense({ in: sizes.hidden, out: sizes.dim }),
  })
