import type { Precision } from '../../../../core/index.ts'

// Ranges of numbers that a computation with rounding may give. One range stands for one number of a
// run: wherever the same object stands, the same bits stand.

export interface Range {
  readonly lo: number
  readonly hi: number
  /** Can it be NaN? Where it is surely NaN, lo > hi. */
  readonly nan: 'never' | 'maybe' | 'surely'
}

export interface Format {
  /** 2 units of roundoff: one ulp of 1. */
  readonly ulp: number
  /** The smallest positive number, and the largest finite one. */
  readonly tiny: number
  readonly most: number
  readonly round: (x: number) => number
}
export const formats: Readonly<Record<Precision, Format>> = {
  float64: { ulp: 2 ** -52, tiny: 2 ** -1074, most: Number.MAX_VALUE, round: (x) => x },
  float32: { ulp: 2 ** -23, tiny: 2 ** -149, most: 2 ** 128 - 2 ** 104, round: Math.fround },
}

export const NOT_A_NUMBER: Range = { lo: Infinity, hi: -Infinity, nan: 'surely' }
export const ANYTHING: Range = { lo: -Infinity, hi: Infinity, nan: 'maybe' }
/** Exactly this number. */
export const point = (x: number): Range =>
  Number.isNaN(x) ? NOT_A_NUMBER : { lo: x, hi: x, nan: 'never' }
export const ZERO = point(0)
const ONE = point(1)
const BIT: Range = { lo: 0, hi: 1, nan: 'never' }

export const isPoint = (x: Range): boolean => x.lo === x.hi && x.nan === 'never'
export const has = (x: Range, value: number): boolean => x.lo <= value && value <= x.hi
export const allows = (x: Range, value: number): boolean =>
  Number.isNaN(value) ? x.nan !== 'never' : has(x, value) && x.nan !== 'surely'

const worse = (...xs: readonly Range[]): 'never' | 'maybe' =>
  xs.some((x) => x.nan !== 'never') ? 'maybe' : 'never'
const hull = (xs: readonly Range[]): Range => ({
  lo: Math.min(...xs.map((x) => x.lo)),
  hi: Math.max(...xs.map((x) => x.hi)),
  nan: xs.every((x) => x.nan === 'surely') ? 'surely' : worse(...xs),
})

/** A range of exact results after a rounding error of some ulp, and of underflow. */
export const rounded = (
  lo: number,
  hi: number,
  nan: Range['nan'],
  ulps: number,
  f: Format,
): Range => {
  if (nan === 'surely') return NOT_A_NUMBER
  const room = (x: number): number =>
    Number.isFinite(x) ? (Math.abs(x) * f.ulp + f.tiny) * ulps : 0
  // Rounding keeps signs: what is at least 0 stays so.
  const from = lo > 0 ? Math.max(0, lo - room(lo)) : lo < 0 ? lo - room(lo) : lo
  const to = hi < 0 ? Math.min(0, hi + room(hi)) : hi > 0 ? hi + room(hi) : hi
  return {
    lo: lo === Infinity ? lo : from < -f.most ? -Infinity : Math.min(from, f.most),
    hi: hi === -Infinity ? hi : to > f.most ? Infinity : Math.max(to, -f.most),
    nan,
  }
}

/** Ends of a result computed from finite numbers: where it overflows, it need not. */
const lowEnd = (x: number, finite: boolean): number =>
  finite && x === Infinity ? Number.MAX_VALUE : x
const highEnd = (x: number, finite: boolean): number =>
  finite && x === -Infinity ? -Number.MAX_VALUE : x

/** The result for exact operands, if rounding cannot change it. */
const exactly = (x: Range, y: Range, value: number, f: Format): boolean =>
  isPoint(x) &&
  isPoint(y) &&
  (!Number.isFinite(value) || Number.isSafeInteger(value)) &&
  f.round(value) === value &&
  [x.lo, y.lo].every((v) => !Number.isFinite(v) || Number.isSafeInteger(v)) &&
  (Number.isFinite(value) || !Number.isFinite(x.lo) || !Number.isFinite(y.lo))

export const sumOf = (x: Range, y: Range, f: Format): Range => {
  if (x.nan === 'surely' || y.nan === 'surely') return NOT_A_NUMBER
  if (isPoint(x) && isPoint(y)) {
    const value = x.lo + y.lo
    if (Number.isNaN(value) || exactly(x, y, value, f)) return point(value)
  }
  if (isPoint(x) && x.lo === 0) return { ...y }
  if (isPoint(y) && y.lo === 0) return { ...x }
  const opposed =
    (x.lo === -Infinity && y.hi === Infinity) || (x.hi === Infinity && y.lo === -Infinity)
  const lo = x.lo + y.lo
  const hi = x.hi + y.hi
  return rounded(
    Number.isNaN(lo) ? -Infinity : lowEnd(lo, Number.isFinite(x.lo) && Number.isFinite(y.lo)),
    Number.isNaN(hi) ? Infinity : highEnd(hi, Number.isFinite(x.hi) && Number.isFinite(y.hi)),
    opposed ? 'maybe' : worse(x, y),
    1,
    f,
  )
}

export const negated = (x: Range): Range => ({ lo: -x.hi, hi: -x.lo, nan: x.nan })

const LEAST = formats.float64.tiny
/** Ends of a function of two ranges that is monotone in both on them: those of the corners. */
const corners = (x: Range, y: Range, g: (a: number, b: number) => number): [number, number] => {
  let [lo, hi] = [Infinity, -Infinity]
  for (const a of [x.lo, x.hi])
    for (const b of [y.lo, y.hi]) {
      const value = g(a, b)
      if (Number.isNaN(value)) continue
      const finite = Number.isFinite(a) && Number.isFinite(b)
      lo = Math.min(lo, lowEnd(value, finite))
      hi = Math.max(hi, highEnd(value, finite))
      // What only seems to be 0: it may be added to something before it is rounded.
      if (value === 0 && a !== 0 && b !== 0 && finite) {
        if (Math.sign(a) * Math.sign(b) > 0) hi = Math.max(hi, LEAST)
        else lo = Math.min(lo, -LEAST)
      }
    }
  return [lo, hi]
}
const infinite = (x: Range): boolean => x.lo === -Infinity || x.hi === Infinity

/** x · y before it is rounded. */
export const unroundedProduct = (x: Range, y: Range): Range => {
  if (x.nan === 'surely' || y.nan === 'surely') return NOT_A_NUMBER
  if (isPoint(x) && isPoint(y) && Number.isNaN(x.lo * y.lo)) return NOT_A_NUMBER
  const [lo, hi] = corners(x, y, (a, b) => a * b)
  const lost = (has(x, 0) && infinite(y)) || (has(y, 0) && infinite(x))
  // Between infinities lie numbers, whose product with 0 is 0.
  return lost
    ? { lo: Math.min(lo, 0), hi: Math.max(hi, 0), nan: 'maybe' }
    : { lo, hi, nan: worse(x, y) }
}
const absolute = (x: Range): Range => {
  const [a, b] = [Math.abs(x.lo), Math.abs(x.hi)]
  if (x.nan === 'surely') return NOT_A_NUMBER
  return { lo: has(x, 0) ? 0 : Math.min(a, b), hi: Math.max(a, b), nan: x.nan }
}

const square = (x: Range): Range => {
  const { lo, hi, nan } = absolute(x)
  return unroundedProduct({ lo, hi, nan }, { lo, hi, nan })
}
const product = (x: Range, y: Range, f: Format): Range => {
  if (isPoint(x) && isPoint(y) && exactly(x, y, x.lo * y.lo, f)) return point(x.lo * y.lo)
  if (isPoint(x) && x.lo === 1) return { ...y }
  if (isPoint(y) && y.lo === 1) return { ...x }
  const { lo, hi, nan } = x === y ? square(x) : unroundedProduct(x, y)
  return rounded(lo, hi, nan, 1, f)
}

const quotient = (x: Range, y: Range, f: Format): Range => {
  if (x.nan === 'surely' || y.nan === 'surely') return NOT_A_NUMBER
  if (isPoint(x) && isPoint(y) && Number.isNaN(x.lo / y.lo)) return NOT_A_NUMBER
  const lost = (has(x, 0) && has(y, 0)) || (infinite(x) && infinite(y))
  const nan = lost ? 'maybe' : worse(x, y)
  // The sign of a zero is not known.
  if (has(y, 0)) return { lo: -Infinity, hi: Infinity, nan }
  const [lo, hi] = corners(x, y, (a, b) => a / b)
  return lost ? rounded(Math.min(lo, 0), Math.max(hi, 0), nan, 2, f) : rounded(lo, hi, nan, 2, f)
}

/** Elementary functions: at most 3 ulp from the truth compiled, 4 in the reference, and slack. */
const FUNCTION = 8
/** Powers by repeated products lose more. */
const POWER = 12

/** A function that grows on x ≥ start and is NaN below. */
const growing =
  (g: (x: number) => number, start = -Infinity) =>
  (x: Range, f: Format): Range => {
    if (x.nan === 'surely' || x.hi < start) return NOT_A_NUMBER
    const nan = x.lo < start ? 'maybe' : worse(x)
    return rounded(g(Math.max(x.lo, start)), g(x.hi), nan, FUNCTION, f)
  }

const wave =
  (g: (x: number) => number) =>
  (x: Range, f: Format): Range => {
    if (x.nan === 'surely' || (isPoint(x) && infinite(x))) return NOT_A_NUMBER
    if (infinite(x)) return { lo: -1, hi: 1, nan: 'maybe' }
    const middle = x.lo / 2 + x.hi / 2
    const radius = Math.max(x.hi - middle, middle - x.lo)
    const y = rounded(g(middle), g(middle), worse(x), FUNCTION, f)
    return { lo: Math.max(-1, y.lo - radius), hi: Math.min(1, y.hi + radius), nan: y.nan }
  }

export const powerOf = (x: Range, p: number, f: Format): Range => {
  if (p === 0) return ONE
  if (x.nan === 'surely') return NOT_A_NUMBER
  const whole = Number.isInteger(p)
  if (!whole && x.hi < 0 && x.lo > -Infinity) return NOT_A_NUMBER
  const nan = !whole && x.lo < 0 ? 'maybe' : worse(x)
  if (has(x, 0) && p < 0) return { lo: p % 2 === 0 ? 0 : -Infinity, hi: Infinity, nan }
  const low = whole || x.lo >= 0 ? x.lo : 0
  const ends = [low ** p, x.hi ** p, ...(!whole && x.lo === -Infinity ? [x.lo ** p] : [])]
  if (has(x, 0)) ends.push(0)
  const known = ends.filter((end) => !Number.isNaN(end))
  const finite = Number.isFinite(x.lo) && Number.isFinite(x.hi)
  const lo = lowEnd(Math.min(...known), finite)
  return rounded(lo, highEnd(Math.max(...known), finite), nan, POWER, f)
}

const angle = (y: Range, x: Range, f: Format): Range => {
  if (x.nan === 'surely' || y.nan === 'surely') return NOT_A_NUMBER
  const turned = has(y, 0) && x.lo <= 0
  const [lo, hi] = turned ? [-Math.PI, Math.PI] : corners(y, x, Math.atan2)
  return rounded(lo, hi, worse(x, y), FUNCTION, f)
}

const pick =
  (choose: (a: number, b: number) => number) =>
  (x: Range, y: Range): Range =>
    x.nan === 'surely' || y.nan === 'surely'
      ? NOT_A_NUMBER
      : { lo: choose(x.lo, y.lo), hi: choose(x.hi, y.hi), nan: worse(x, y) }

const lessThan = (x: Range, y: Range): Range => {
  if (x.nan === 'surely' || y.nan === 'surely' || x.lo >= y.hi || x === y) return ZERO
  return x.hi < y.lo && worse(x, y) === 'never' ? ONE : BIT
}
const equalTo = (x: Range, y: Range): Range => {
  if (x.nan === 'surely' || y.nan === 'surely' || x.hi < y.lo || y.hi < x.lo) return ZERO
  const same = x === y || (isPoint(x) && isPoint(y) && x.lo === y.lo)
  return same && worse(x, y) === 'never' ? ONE : BIT
}
const chosen = (c: Range, x: Range, y: Range): Range => {
  // NaN is not 0.
  if (c.nan === 'surely' || !has(c, 0)) return x
  return isPoint(c) ? y : hull([x, y])
}

/** The largest of some numbers; the very number where it is clear which. */
export const largest = (xs: readonly Range[]): Range => {
  const top = xs.reduce((best, x) => (x.lo > best.lo ? x : best))
  const clear = xs.every((x) => x === top || (x.hi < top.lo && x.nan === 'never'))
  return clear && top.nan === 'never' ? top : xs.reduce(pick(Math.max))
}

/** The range of an elementwise primitive, for those without parameters. */
export const elementwise: Readonly<
  Record<string, (xs: readonly Range[], f: Format, erf: (x: number) => number) => Range>
> = {
  neg: ([x]) => negated(x!),
  abs: ([x]) => absolute(x!),
  sign: ([x]) => (x!.nan === 'surely' ? x! : { ...x!, lo: Math.sign(x!.lo), hi: Math.sign(x!.hi) }),
  exp: ([x], f) => growing(Math.exp)(x!, f),
  expm1: ([x], f) => growing(Math.expm1)(x!, f),
  log: ([x], f) => growing(Math.log, 0)(x!, f),
  log1p: ([x], f) => growing(Math.log1p, -1)(x!, f),
  sqrt: ([x], f) => growing(Math.sqrt, 0)(x!, f),
  sin: ([x], f) => wave(Math.sin)(x!, f),
  cos: ([x], f) => wave(Math.cos)(x!, f),
  tanh: ([x], f) => growing(Math.tanh)(x!, f),
  sinh: ([x], f) => growing(Math.sinh)(x!, f),
  cosh: ([x], f) => growing(Math.cosh)(absolute(x!), f),
  asinh: ([x], f) => growing(Math.asinh)(x!, f),
  erf: ([x], f, erf) => growing(erf)(x!, f),
  add: ([x, y], f) => sumOf(x!, y!, f),
  sub: ([x, y], f) => sumOf(x!, negated(y!), f),
  mul: ([x, y], f) => product(x!, y!, f),
  div: ([x, y], f) => quotient(x!, y!, f),
  maximum: ([x, y]) => pick(Math.max)(x!, y!),
  minimum: ([x, y]) => pick(Math.min)(x!, y!),
  atan2: ([y, x], f) => angle(y!, x!, f),
  less: ([x, y]) => lessThan(x!, y!),
  equal: ([x, y]) => equalTo(x!, y!),
  select: ([c, x, y]) => chosen(c!, x!, y!),
}
