import type { PlainFunction } from './functions.ts'
import { plainNotation } from './notation.ts'

// Hyperbolic functions put together of those that are called.

/** f(|x|) with the sign of x; near 0, where f(x) = x(1 + O(x²)), it is x itself, −0 too. */
const odd =
  (f: PlainFunction): PlainFunction =>
  (b, x) => {
    const { c, abs, lt, select } = plainNotation(b)
    const y = f(b, abs(x!))
    const signed = select(lt(x!, c(0)), b.apply('neg', y), y)
    return select(lt(abs(x!), c(2 ** -30)), x!, signed)
  }

/** With h = e^½ˣ − 1, w = 1 + h: sinh x = ½ h (1 + 1/w)(w + 1/w); within 4 ulp. */
export const sinh = odd((b, x) => {
  const { c, add, mul, div } = plainNotation(b)
  const h = b.call('expm1', mul(x!, c(0.5)))
  const w = add(h, c(1))
  const r = div(c(1), w)
  return mul(mul(mul(c(0.5), h), add(c(1), r)), add(w, r))
})

/** With w = e^½|x|: cosh x = ½w·w + ½/w/w, which overflows only where cosh x does; within 2 ulp. */
export const cosh: PlainFunction = (b, x) => {
  const { c, abs, add, mul, div } = plainNotation(b)
  const w = b.call('exp', mul(abs(x!), c(0.5)))
  return add(mul(mul(c(0.5), w), w), div(div(c(0.5), w), w))
}

/** ln(1 + y), y = x + x²/(1 + √(1 + x²)); for large x ln x + ln 2; within 2 ulp. */
export const asinh = odd((b, x) => {
  const { c, add, mul, div, lt, select } = plainNotation(b)
  const z = mul(x!, x!)
  const large = lt(c(2 ** 60), x!)
  const y = add(x!, div(z, add(c(1), b.apply('sqrt', add(c(1), z)))))
  return add(b.call('log1p', select(large, x!, y)), select(large, c(Math.LN2), c(0)))
})
