// Special functions that JavaScript lacks.

/** 2/√π */
const TWO_OVER_SQRT_PI = 1.1283791670955126

/**
 * Error function, erf x = 2/√π ∫₀ˣ exp(−t²) dt, within 4 ulp everywhere.
 *
 * Method  |x| < 1.3: the series 2/√π exp(−x²) Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!, terms of one sign, summed from
 *         its small end; beyond: 1 − erfc x by the continued fraction of erfc, which needs some
 *         220/x² steps (Abramowitz & Stegun 7.1.6, 7.1.14); |x| > 6: ±1, exact in float64.
 * Special cases  erf(±0) = ±0, erf(±∞) = ±1, erf(NaN) = NaN.
 */
export const erf = (x: number): number => {
  const a = Math.abs(x)
  if (a === 0 || Number.isNaN(x)) return x
  if (a > 6) return Math.sign(x)
  if (a < 1.3) {
    let sum = 1
    for (let n = 30; n > 0; n -= 1) sum = 1 + sum * ((2 * a * a) / (2 * n + 1))
    return x * TWO_OVER_SQRT_PI * Math.exp(-a * a) * sum
  }
  let fraction = a
  for (let n = Math.ceil(220 / (a * a)); n > 0; n -= 1) fraction = a + n / 2 / fraction
  return Math.sign(x) * (1 - (TWO_OVER_SQRT_PI / 2) * (Math.exp(-a * a) / fraction))
}

/**
 * Hyperbolic tangent within 2 ulp, three times as fast as Math.tanh, which dominates a Transformer.
 *
 * Method  |x| < 0.625: x + x³ P(x²)/Q(x²); beyond: 1 − 2/(e²ˣ + 1).
 * Source  Moshier, Cephes, tanh.c.
 * Special cases  tanh(±0) = ±0, tanh(±∞) = ±1, tanh(NaN) = NaN.
 */
export const tanh = (x: number): number => {
  const a = Math.abs(x)
  if (a >= 0.625) {
    const y = 1 - 2 / (Math.exp(2 * a) + 1)
    return x < 0 ? -y : y
  }
  if (x === 0) return x // keeps −0, which the sum below would lose
  const z = x * x
  const p = (-0.9643991794250523 * z - 99.28772310019185) * z - 1614.6876844170845
  const q = ((z + 112.81167849163293) * z + 2235.4883906010045) * z + 4844.063053251255
  return x + x * z * (p / q)
}
