import { customVjp } from '../../autodiff/index.ts'
import { add, erf, mul, sub, type Tensor, tanh } from '../../core/index.ts'

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI)
const CUBIC = 0.044715

/** Returns tanh(√(2/π) (x + 0.044715 x³)), and x², which the derivative needs. */
const saturation = (x: Tensor): { t: Tensor; square: Tensor } => {
  const square = mul(x, x)
  return { square, t: tanh(mul(SQRT_2_OVER_PI, mul(x, add(1, mul(CUBIC, square))))) }
}

/**
 * Computes ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))): the form of jax.nn.gelu.
 *
 * Its pullback is written by hand as ȳ times one factor. Half of the elementwise work of an encoder
 * block is here, and a factor without ȳ is computed once for the real and the imaginary part of log
 * ψ.
 *
 * Errors  a few roundings of x (of 1 for the derivative), not relative to the value: left of −5 it
 *         is smaller than these (0 from −8.3 on, where the exact value is −3·10⁻²¹).
 */
export const gelu: (x: Tensor) => Tensor = customVjp({
  name: 'gelu',
  forward: (x) => mul(mul(0.5, x!), add(1, saturation(x!).t)),
  pullback: ([x], _y, yBar) => {
    const { t, square } = saturation(x!)
    const slope = mul(SQRT_2_OVER_PI, add(1, mul(3 * CUBIC, square)))
    const derivative = mul(0.5, add(add(1, t), mul(mul(x!, sub(1, mul(t, t))), slope)))
    return [mul(yBar, derivative)]
  },
})

/**
 * Computes x Φ(x) = ½ x (1 + erf(x/√2)), exact up to roundings of x, as `gelu` is.
 *
 * Source  Hendrycks and Gimpel, arXiv:1606.08415.
 */
export const geluExact = (x: Tensor): Tensor => mul(mul(0.5, x), add(1, erf(mul(Math.SQRT1_2, x))))
