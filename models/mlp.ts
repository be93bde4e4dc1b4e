import { add, erf, mul, type Tensor, tanh } from '../core/index.ts'
import { type DenseParams, dense } from './dense.ts'
import { activation, type Layer, sequential } from './layer.ts'

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI)

/** ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))): the form of jax.nn.gelu. */
export const gelu = (x: Tensor): Tensor => {
  const inner = mul(SQRT_2_OVER_PI, mul(x, add(1, mul(0.044715, mul(x, x)))))
  return mul(mul(0.5, x), add(1, tanh(inner)))
}

/** x Φ(x) = ½ x (1 + erf(x/√2)), exact. Source: Hendrycks and Gimpel, arXiv:1606.08415. */
export const geluExact = (x: Tensor): Tensor => mul(mul(0.5, x), add(1, erf(mul(Math.SQRT1_2, x))))

export interface MlpParams {
  readonly up: DenseParams
  readonly act: object
  readonly down: DenseParams
}

/** y = gelu(x W₁ + b₁) W₂ + b₂: the feed-forward half of an encoder block. */
export const mlp = (sizes: { readonly dim: number; readonly hidden: number }): Layer<MlpParams> =>
  sequential('mlp', {
    up: dense({ in: sizes.dim, out: sizes.hidden }),
    act: activation('gelu', gelu),
    down: dense({ in: sizes.hidden, out: sizes.dim }),
  })
