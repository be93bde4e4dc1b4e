import ops from 'ndarray-ops'
import {
  asinh,
  type CalledFunction,
  cosh,
  type PlainFunction,
  type PlainOp,
  select,
  sign,
  sinh,
} from '../lowering/lanes/index.ts'
import { type Concrete, collapse, erf, forEachRow, mapInto, tanh } from '../values/index.ts'

// Primitives that work element by element, one line each: number of operands, equation, domain,
// what they do on ndarrays, and what one element is as plain code, which every target compiles.

/** A domain is the values an operand may take in a test: an interval, and points to avoid. */
export interface Domain {
  readonly low: number
  readonly high: number
  /** Distance that operands keep from kinks and from each other, where derivatives jump. */
  readonly kinks?: readonly number[]
  readonly apart?: true
}

type Write = (out: Concrete, ...inputs: Concrete[]) => void

/** An elementwise primitive is a function of numbers: operands, and fixed parameters. */
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

/** Applies an operation of ndarray-ops, on views with as few axes as possible. */
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
/** Gives 1 where the comparison holds, else 0. */
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

/** xᵖ, p fixed; squares and reciprocals are computed without a logarithm. */
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
