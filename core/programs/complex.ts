import { sizeOf } from '../values/index.ts'
import {
  add,
  atan2,
  cos,
  exp,
  expm1,
  less,
  log,
  max,
  maximum,
  mul,
  neg,
  select,
  sin,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
} from './ops.ts'
import { requirePairs, shapeOf, type Tensor, type TensorLike } from './trace.ts'

// Complex numbers are pairs of real tensors; there is no complex precision.

export interface Complex<T = Tensor> {
  readonly re: T
  readonly im: T
}
export type ComplexLike = Complex<TensorLike>

/** Makes a function of complex numbers that checks its operands first. */
const ofPairs =
  <Zs extends readonly ComplexLike[]>(where: string, f: (...zs: Zs) => Complex) =>
  (...zs: Zs): Complex => {
    requirePairs(where, [...zs, ...new Array(Math.max(0, f.length - zs.length))])
    return f(...zs)
  }

/** a + b, part by part. */
export const complexAdd = ofPairs('complexAdd', (a: ComplexLike, b: ComplexLike) => ({
  re: add(a.re, b.re),
  im: add(a.im, b.im),
}))

/** a · b = (a.re + i a.im)(b.re + i b.im). */
export const complexMul = ofPairs('complexMul', (a: ComplexLike, b: ComplexLike) => ({
  re: sub(mul(a.re, b.re), mul(a.im, b.im)),
  im: add(mul(a.re, b.im), mul(a.im, b.re)),
}))

/** Returns the sum over all axes, part by part. */
export const complexSum = ofPairs('complexSum', (z: ComplexLike) => ({
  re: sum(z.re),
  im: sum(z.im),
}))

/** |x| with slope +1 at 0: for even functions, whose one-sided derivatives are the derivatives. */
const magnitude = (x: TensorLike): Tensor => select(less(x, 0), neg(x), x)

/**
 * log cosh z = log |cosh z| + i arg cosh z, elementwise.
 *
 *   |cosh z|² = sinh² a + cos² b,  arg cosh z = angle(cos b, tanh a · sin b),   z = a + ib
 *
 * With t = exp(−2|a|):  log |cosh z| = |a| − log 2 + ½ log((1 − t)² + 4 t cos² b), a sum of
 * squares: nothing cancels next to the zeros z = iπ(k + ½), nothing overflows for |a| > 300.
 *
 * Special cases  at a zero re = −∞; the phase jumps by 2π across the negative real axis of cosh z.
 */
export const logCosh = ofPairs('logCosh', ({ re: a, im: b }: ComplexLike) => {
  const m = magnitude(a)
  const t = exp(mul(-2, m))
  const modulus2 = add(square(expm1(mul(-2, m))), mul(4, mul(t, square(cos(b)))))
  return {
    re: add(sub(m, Math.LN2), mul(0.5, log(modulus2))),
    im: atan2(mul(tanh(a), sin(b)), cos(b)),
  }
})

/** Smaller logarithms count as this one, which avoids −∞ − (−∞) where all terms are zero. */
const FAINTEST = -1e30

/**
 * log of the mean of exp z over all elements, safe from overflow:
 *
 *   m + log |S| + i arg S − log n,   S = Σ exp(z − m),   m = max Re z
 *
 * Special cases  where the terms cancel exactly, S = 0: re = −∞, im = 0; derivatives have no value.
 */
export const complexLogMean = ofPairs('complexLogMean', ({ re, im }: ComplexLike) => {
  const top = stopGradient(maximum(max(re), FAINTEST))
  const size = exp(sub(re, top))
  const [x, y] = [sum(mul(size, cos(im))), sum(mul(size, sin(im)))]
  const size2 = add(square(x), square(y))
  const shift = sub(top, Math.log(sizeOf(shapeOf(re))))
  return { re: add(shift, mul(0.5, log(size2))), im: atan2(y, x) }
})
