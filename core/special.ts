// Special functions that JavaScript lacks.

/** 2/√π */
const TWO_OVER_SQRT_PI = 1.1283791670955126

/**
 * Error function, erf x = 2/√π ∫₀ˣ exp(−t²) dt, within a few ulp everywhere.
 *
 * Method  |x| < 2.2: the series 2/√π exp(−x²) Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!, whose terms are all of one sign;
 *         beyond: 1 − erfc x by the continued fraction of erfc (Abramowitz & Stegun 7.1.6, 7.1.14);
 *         |x| > 6: ±1, exact in float64.
 * Special cases  erf(±0) = ±0, erf(±∞) = ±1, erf(NaN) = NaN.
 */
export const erf = (x: number): number => {
  const a = Math.abs(x)
  if (a === 0 || Number.isNaN(x)) return x
  if (a > 6) return Math.sign(x)
  if (a < 2.2) {
    let term = a
    let sum = a
    for (let n = 1; term > sum * 1e-17; n += 1) {
      term *= (2 * a * a) / (2 * n + 1)
      sum += term
    }
    return Math.sign(x) * TWO_OVER_SQRT_PI * Math.exp(-a * a) * sum
  }
  let fraction = a
  for (let n = 60; n > 0; n -= 1) fraction = a + n / 2 / fraction
  return Math.sign(x) * (1 - (TWO_OVER_SQRT_PI / 2) * (Math.exp(-a * a) / fraction))
}
