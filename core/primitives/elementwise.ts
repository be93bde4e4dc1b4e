import ops from 'ndarray-ops'
import {
  type CalledFunction,
  type PlainFunction,
  type PlainOp,
  plainNotation,
  select,
  sign,
} from '../lowering/lanes/index.ts'
import { type Concrete, collapse, erf, forEachRow, mapInto, tanh } from '../values/index.ts'

// Primitives that work element by element, one line each: number of operands, equation, domain,
// what they do on ndarrays, and what one element is as plain code, which every target compiles.

/** The values an operand may take in a derivative test: an interval, and points to avoid. */
export interface Domain {
  readonly low: number
  readonly high: number
  /** Distance that operands keep from kinks and from each other, where derivatives jump. */
  readonly kinks?: readonly number[]
  readonly apart?: true
}

type Write = (out: Concrete, ...inputs: Concrete[]) => void

/** A function of numbers, some of them operands, some fixed parameters. */
export interface Elementwise<
  N extends 1 | 2 | 3 = 1 | 2 | 3,
  Params = Readonly<Record<never, never>>,
> {
  readonly arity: N
  readonly equation: string
  readonly domain: Domain
  readonly write: (params: Params) => Write
  readonly lane: (params: Params) => PlainFunction
}

const of =
  <N extends 1 | 2 | 3>(arity: N) =>
  (equation: string, domain: Domain, write: Write, lane: PlainFunction): Elementwise<N> => ({
    arity,
    equation,
    domain,
    write: () => write,
    lane: () => lane,
  })
const [unary, binary, ternary] = [of(1), of(2), of(3)]

/** An operation of ndarray-ops, on views with as few axes as possible. */
const viaOps =
  (name: keyof typeof ops): Write =>
  (out, ...inputs) => {
    if (out.size > 0) (ops[name] as Write)(...(collapse([out, ...inputs]) as [Concrete]))
  }
const viaLoop =
  (f: (x: number) => number): Write =>
  (out, x) =>
    mapInto(f, out, x!)

const op =
  (name: PlainOp): PlainFunction =>
  (b, ...operands) =>
    b.apply(name, ...operands)
const call =
  (name: CalledFunction): PlainFunction =>
  (b, ...operands) =>
    b.call(name, ...operands)
/** 1 where the comparison holds, else 0. */
const truth =
  (name: PlainOp): PlainFunction =>
  (b, ...operands) =>
    b.apply('select', b.apply(name, ...operands), b.constant(1), b.constant(0))

const all: Domain = { low: -3, high: 3 }
const positive: Domain = { low: 0.2, high: 3 }
const aboveMinusOne: Domain = { low: -0.7, high: 3 }
const kinkAtZero: Domain = { low: -3, high: 3, kinks: [0] }
const distinct: Domain = { low: -3, high: 3, apart: true }
const nonzero: Domain = { low: 0.3, high: 3 }

const selectInto: Write = (out, condition, a, b) => {
  const [o, c, p, q] = [out.data, condition!.data, a!.data, b!.data]
  forEachRow([out, condition!, a!, b!], ([i, j, k, l], [di, dj, dk, dl], n) => {
    for (let m = 0; m < n; m += 1)
      o[i! + m * di!] = c[j! + m * dj!] !== 0 ? p[k! + m * dk!]! : q[l! + m * dl!]!
  })
}

/** xᵖ; squares and reciprocals without a logarithm. */
const power: Elementwise<1, { readonly exponent: number }> = {
  arity: 1,
  equation: 'xᵖ, p fixed',
  domain: positive,
  write: ({ exponent: p }) =>
    viaLoop(p === 2 ? (x) => x * x : p === -1 ? (x) => 1 / x : (x) => x ** p),
  lane:
    ({ exponent: p }) =>
    (b, x) =>
      p === 2
        ? b.apply('mul', x!, x!)
        : p === -1
          ? b.apply('div', b.constant(1), x!)
          : b.call('power', x!, b.constant(p)),
}

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
const sinh = odd((b, x) => {
  const { c, add, mul, div } = plainNotation(b)
  const h = b.call('expm1', mul(x!, c(0.5)))
  const w = add(h, c(1))
  const r = div(c(1), w)
  return mul(mul(mul(c(0.5), h), add(c(1), r)), add(w, r))
})

/** With w = e^½|x|: cosh x = ½w·w + ½/w/w, which overflows only where cosh x does; within 2 ulp. */
const cosh: PlainFunction = (b, x) => {
  const { c, abs, add, mul, div } = plainNotation(b)
  const w = b.call('exp', mul(abs(x!), c(0.5)))
  return add(mul(mul(c(0.5), w), w), div(div(c(0.5), w), w))
}

/** ln(1 + y), y = x + x²/(1 + √(1 + x²)); for large x ln x + ln 2; within 2 ulp. */
const asinh = odd((b, x) => {
  const { c, add, mul, div, lt, select } = plainNotation(b)
  const z = mul(x!, x!)
  const large = lt(c(2 ** 60), x!)
  const y = add(x!, div(z, add(c(1), b.apply('sqrt', add(c(1), z)))))
  return add(b.call('log1p', select(large, x!, y)), select(large, c(Math.LN2), c(0)))
})

export const elementwise = {
  neg: unary('−x', all, viaOps('neg'), op('neg')),
  abs: unary('|x|', kinkAtZero, viaOps('abs'), op('abs')),
  sign: unary('sign x, 0 at 0', kinkAtZero, viaLoop(Math.sign), sign),
  exp: unary('eˣ', all, viaOps('exp'), call('exp')),
  expm1: unary('eˣ − 1', all, viaLoop(Math.expm1), call('expm1')),
  log: unary('ln x', positive, viaOps('log'), call('log')),
  log1p: unary('ln(1 + x)', aboveMinusOne, viaLoop(Math.log1p), call('log1p')),
  sqrt: unary('√x', positive, viaOps('sqrt'), op('sqrt')),
  sin: unary('sin x', all, viaOps('sin'), call('sin')),
  cos: unary('cos x', all, viaOps('cos'), call('cos')),
  tanh: unary('tanh x', all, viaLoop(tanh), call('tanh')),
  sinh: unary('(eˣ − e⁻ˣ)/2', all, viaLoop(Math.sinh), sinh),
  cosh: unary('(eˣ + e⁻ˣ)/2', all, viaLoop(Math.cosh), cosh),
  asinh: unary('ln(x + √(1 + x²))', all, viaLoop(Math.asinh), asinh),
  erf: unary('2/√π ∫₀ˣ exp(−t²) dt', all, viaLoop(erf), call('erf')),
  power,
  add: binary('x + y', all, viaOps('add'), op('add')),
  sub: binary('x − y', all, viaOps('sub'), op('sub')),
  mul: binary('x · y', all, viaOps('mul'), op('mul')),
  div: binary('x / y', nonzero, viaOps('div'), op('div')),
  maximum: binary('max(x, y)', distinct, viaOps('max'), op('max')),
  minimum: binary('min(x, y)', distinct, viaOps('min'), op('min')),
  atan2: binary('angle of the point (y, x)', nonzero, viaOps('atan2'), call('atan2')),
  less: binary('1 where x < y, else 0', distinct, viaOps('lt'), truth('lt')),
  equal: binary('1 where x = y, else 0', distinct, viaOps('eq'), truth('eq')),
  select: ternary('a where c ≠ 0, else b', kinkAtZero, selectInto, select),
} as const satisfies Readonly<Record<string, Elementwise<1 | 2 | 3, never>>>

export type ElementwiseName = keyof typeof elementwise

export const isElementwise = (name: string): name is ElementwiseName => name in elementwise
