import type { CalledFunction, Lane, LaneBuilder } from './lanes.ts'
import { notation, type PerFormat } from './notation.ts'

/**
 * The parts add up to π/2. Up to `limit`, n times a part is exact (but for the last), and a
 * difference of neighbours loses bits at most once: even next to a multiple of π/2 the rest is
 * right.
 */
const HALF_PI: PerFormat<{ readonly parts: readonly number[]; readonly limit: number }> = {
  f64: {
    parts: [1.5707963267923333, 2.5633441515839558e-12, 1.0562999066987428e-23],
    limit: 2 ** 17,
  },
  f32: {
    parts: [1.5706787109375, 0.0001175999641418457, 1.5893192539806478e-8, 6.223371969669989e-14],
    limit: 2 ** 7,
  },
}

/** sin r = r + r z S(z), z = r², for |r| ≤ π/4 */
export const SIN: PerFormat<readonly number[]> = {
  f64: [
    -0.1666666666666663, 0.008333333333322116, -0.00019841269829587644, 2.7557313620702874e-6,
    -2.505074765226845e-8, 1.589622355052493e-10,
  ],
  f32: [-0.16666655242443085, 0.00833216030150652, -0.00019515270832926035],
}
/** cos r = 1 − z/2 + z² C(z) */
export const COS: PerFormat<readonly number[]> = {
  f64: [
    0.041666666666666595, -0.0013888888888873054, 2.4801587288849664e-5, -2.7557314178691445e-7,
    2.087570075760847e-9, -1.135853204812319e-11,
  ],
  f32: [0.04166664555668831, -0.0013887316454201937, 2.4433142243651673e-5],
}

/**
 * Writes sin or cos.
 *
 * Method  |x| = n π/2 + r; n mod 4 chooses between ±sin r and ±cos r, both polynomials whose
 *         coefficients minimise the largest relative error (Remez exchange in 60 digits; 2⁻⁵⁶
 *         and 2⁻²⁶). Beyond 2¹⁷ (float32: 2⁷) the host's function is called for the lane.
 */
const trigonometric =
  (name: CalledFunction & ('sin' | 'cos')) =>
  (b: LaneBuilder, x: Lane): Lane => {
    const { c, add, sub, mul, abs, lt, select, xor, polynomial, ...n } = notation(b)
    const { parts, limit } = HALF_PI[b.format]
    const a = abs(x)
    // cos x = sin(x + π/2): one quarter turn more
    const turns = n.rounded(mul(a, c(2 / Math.PI)), name === 'sin' ? 0 : 1)
    const r = parts.reduce((rest, part) => sub(rest, mul(turns.n, c(part))), a)
    const z = mul(r, r)
    const sine = add(r, mul(mul(r, z), polynomial(z, SIN[b.format])))
    const cosine = add(sub(c(1), mul(z, c(0.5))), mul(mul(z, z), polynomial(z, COS[b.format])))
    const half = b.shift('shl', turns.bits, n.width - 2) // half a turn is on top
    const sign = n.signOf(name === 'sin' ? xor(half, x) : half)
    const near = xor(select(n.isOdd(turns.bits), cosine, sine), sign)
    return select(lt(c(limit), a), b.call(name, x), near)
  }

/** Computes sin x within 1.6 ulp, in float32 too; ±0 stay, NaN for ±∞. */
export const sin = trigonometric('sin')

/** Computes cos x within 1.6 ulp, in float32 too; NaN for ±∞. */
export const cos = trigonometric('cos')
