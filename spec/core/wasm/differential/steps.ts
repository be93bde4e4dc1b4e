import {
  axesOf,
  type PrimitiveName,
  type PrimitiveParams,
  type Program,
  programOf,
  type Shape,
  sizeOf,
  type Tensor,
  type Variable,
  zeros,
} from '../../../../core/index.ts'
import * as operations from '../../../../core/programs/ops.ts'
import { type Builder, filled, fitted } from './builder.ts'

// One application of any primitive to any values: whatever does not fit is made to fit, and what
// would be too large stays as it is. Numbers called picks decide what the values leave open; 0 is
// always the simplest.

/** Products of a contraction, for each element that a value may have. */
const MOST_PRODUCTS = 8

export type Step = (b: Builder, xs: readonly Variable[], picks: readonly number[]) => Variable

/** Elementwise of one operand; `safe` makes one inside the domain, mostly. */
const unary =
  (name: PrimitiveName, safe?: (b: Builder, x: Variable) => Variable): Step =>
  (b, [x], [wild]) =>
    b.put(name, {}, [safe === undefined || wild! % 8 === 7 ? x! : safe(b, x!)])

const squared = (b: Builder, x: Variable): Variable => b.put('mul', {}, [x, x])
const plus = (b: Builder, x: Variable, c: number): Variable =>
  b.put('add', {}, [x, filled(b, c, x.shape)])
const positive = (b: Builder, x: Variable): Variable => plus(b, squared(b, x), 0.5)
const small = (b: Builder, x: Variable): Variable => b.put('tanh', {}, [x])
const far = (b: Builder, x: Variable): Variable => plus(b, b.put('sin', {}, [x]), 1.5)

const binary =
  (name: PrimitiveName, safe?: (b: Builder, y: Variable) => Variable): Step =>
  (b, [x, y], [wild]) => {
    const fitting = fitted(b, y!, x!.shape)
    return b.put(name, {}, [x!, safe === undefined || wild! % 8 === 7 ? fitting : safe(b, fitting)])
  }

const digit = (n: number, k: number, base: number): number => Math.floor(n / base ** k) % base
/** The n-th order of some things; the 0-th is the one they have. */
const permuted = <A>(things: readonly A[], n: number): A[] => {
  const left = [...things]
  let rest = n
  return things.map(() => {
    const at = rest % left.length
    rest = Math.floor(rest / left.length)
    return left.splice(at, 1)[0]!
  })
}
const axesIn = (shape: Shape, n: number): number[] =>
  axesOf(shape.length).filter((k) => digit(n, k, 2) === 0)

const reduction =
  (name: 'sum' | 'max'): Step =>
  (b, [x], [which, order]) => {
    const axes = axesIn(x!.shape, which!).filter((a) => name === 'sum' || x!.shape[a] !== 0)
    return b.put(name, { axes: permuted(axes, order!) }, [x!])
  }

/** Random indices below n. */
const indicesBelow = (n: number, count: number, seed: number): number[] =>
  n === 0 ? [] : axesOf(count).map((k) => (seed * (k + 1) + ((seed + k) % 7) * k) % n)

/** Axes of two operands that have one length are one label, or not. */
const contract: Step = (b, [x, y], [paired, summed, order]) => {
  const [left, right] = [x!.shape.map((_, i) => `x${i}`), y!.shape.map((_, i) => `y${i}`)]
  const shared: string[] = []
  const turn = permuted(axesOf(right.length), order!)
  turn.forEach((j, k) => {
    const own = left.findIndex((l, i) => x!.shape[i] === y!.shape[j] && !shared.includes(l))
    if (own < 0 || digit(paired!, k, 4) === 3) return
    right[j] = left[own]!
    shared.push(left[own]!)
  })
  const lost = shared.filter((_, k) => digit(summed!, k, 3) !== 2)
  const kept = [...left, ...right.filter((l) => !left.includes(l))].filter((l) => !lost.includes(l))
  const out = permuted(kept, Math.floor(order! / 6))
  const lengths = new Map([
    ...left.map((l, i) => [l, x!.shape[i]!] as const),
    ...right.map((l, i) => [l, y!.shape[i]!] as const),
  ])
  const products = sizeOf([...lengths.values()])
  const results = sizeOf(out.map((l) => lengths.get(l)!))
  if (products > MOST_PRODUCTS * b.largest || results > b.largest || out.length > 5) return x!
  return b.put('contract', { left, right, out }, [x!, y!])
}

const reshape: Step = (b, [x], [kind, at]) => {
  const s = x!.shape
  const k = s.length === 0 ? 0 : at! % s.length
  const divisor = [2, 3, 4, 5, 7].find((d) => (s[k] ?? 1) % d === 0 && (s[k] ?? 1) > d)
  const shapes: Shape[] = [
    [sizeOf(s)],
    [...s.slice(0, k), 1, ...s.slice(k)],
    [...s].reverse(),
    s.filter((d) => d !== 1),
    s.length < 2 || k === 0 ? s : [...s.slice(0, k - 1), s[k - 1]! * s[k]!, ...s.slice(k + 1)],
    divisor === undefined ? s : [...s.slice(0, k), s[k]! / divisor, divisor, ...s.slice(k + 1)],
  ]
  return b.put('reshape', { shape: shapes[kind! % shapes.length]! }, [x!])
}

const NEW_LENGTHS = [2, 1, 3, 5, 8, 4, 9, 17]
const broadcast: Step = (b, [x], [more, order, which]) => {
  const s = x!.shape
  const added = NEW_LENGTHS[which! % NEW_LENGTHS.length]!
  const rank = s.length + (more! % 3)
  const axes = permuted(axesOf(rank), order!).slice(0, s.length)
  const shape = axesOf(rank).map((a) => {
    const k = axes.indexOf(a)
    const stretched = s[k] === 1 && digit(which!, k, 2) === 1
    return k < 0 || stretched ? added : s[k]!
  })
  if (sizeOf(shape) > b.largest || rank > 5) return x!
  return b.put('broadcast', { shape, axes }, [x!])
}

const slice: Step = (b, [x], [from, to]) => {
  const start = x!.shape.map((d, k) => Math.min(digit(from!, k, 4), Math.max(0, d - 1)))
  const stop = x!.shape.map((d, k) => Math.max(start[k]!, d - digit(to!, k, 3)))
  return b.put('slice', { start, stop }, [x!])
}
const pad: Step = (b, [x], [before, after]) => {
  const low = x!.shape.map((_, k) => digit(before!, k, 3))
  const high = x!.shape.map((_, k) => digit(after!, k, 3))
  const shape = x!.shape.map((d, k) => d + low[k]! + high[k]!)
  return sizeOf(shape) > b.largest ? x! : b.put('pad', { low, high }, [x!])
}
const concatenate: Step = (b, [x, y, z], [at, count, lengths]) => {
  const s = x!.shape
  if (s.length === 0) return fitted(b, y!, [])
  const axis = at! % s.length
  const like = (v: Variable, k: number): Variable => {
    const length = digit(lengths!, k, 3) === 0 ? s[axis]! : 1 + digit(lengths!, k, 5)
    return fitted(b, v, s.with(axis, length))
  }
  const parts = [x!, ...[y!, z!].slice(0, 1 + (count! % 2)).map(like)]
  const total = parts.reduce((n, v) => n + sizeOf(v.shape), 0)
  return total > b.largest ? x! : b.put('concatenate', { axis }, permuted(parts, count!))
}
const gather: Step = (b, [x], [at, seed, count]) => {
  if (x!.shape.length === 0) return x!
  const axis = at! % x!.shape.length
  const indices = indicesBelow(x!.shape[axis]!, count! % 9, seed!)
  const rest = sizeOf(x!.shape.with(axis, indices.length))
  return rest > b.largest ? x! : b.put('gather', { axis, indices }, [x!])
}
const scatterAdd: Step = (b, [x], [at, seed, more]) => {
  if (x!.shape.length === 0) return x!
  const axis = at! % x!.shape.length
  const size = 1 + (more! % 9)
  const indices = indicesBelow(size, x!.shape[axis]!, seed!)
  const all = sizeOf(x!.shape.with(axis, size))
  return all > b.largest ? x! : b.put('scatterAdd', { axis, indices, size }, [x!])
}

const CONSTANTS = [1, 0, -1, 0.5, -0, 2, 1e-3]
/** One number everywhere; or everywhere but at the end; or all different. */
const constant: Step = (b, [x], [kind, which]) => {
  const { shape } = x!
  const value = CONSTANTS[which! % CONSTANTS.length]!
  if (kind! % 3 === 0) return filled(b, value, shape)
  const data = new Float64Array(sizeOf(shape)).fill(value)
  const other = (i: number): number => Math.sin(which! + 3 * i)
  const changed = kind! % 3 === 1 ? data.fill(other(1), -1) : data.map((_, i) => other(i))
  return b.put('constant', { data: changed, shape }, [])
}

/** Not their derivatives: what matters is that two programs are there. */
const own = (shape: Shape): PrimitiveParams['customVjp'] => {
  const { add, cos, mul, sin, sub, tanh } = operations
  const like = zeros(shape)
  const of = (f: (...xs: Tensor[]) => Tensor | Tensor[], count: number): Program =>
    programOf(f)(...new Array<Tensor>(count).fill(like))
  return {
    name: 'own',
    forward: of((x, y) => sin(add(mul(x!, y!), tanh(x!))), 2),
    pullback: of((x, y, z, bar) => [mul(bar!, cos(x!)), sub(mul(bar!, z!), y!)], 4),
  }
}

const EXPONENTS = [2, -1, 0.5, 3, -0.5, 1.5, -2, 0, 1, 0.3, -1.7, 5.5, 8, -9]

/** Complete by type: a primitive without a step does not compile. */
export const steps: { readonly [P in PrimitiveName]: Step } = {
  neg: unary('neg'),
  abs: unary('abs'),
  sign: unary('sign'),
  exp: unary('exp', small),
  expm1: unary('expm1', small),
  log: unary('log', positive),
  log1p: unary('log1p', squared),
  sqrt: unary('sqrt', positive),
  sin: unary('sin'),
  cos: unary('cos'),
  tanh: unary('tanh'),
  sinh: unary('sinh', small),
  cosh: unary('cosh', small),
  asinh: unary('asinh'),
  erf: unary('erf'),
  power: (b, [x], [wild, which]) => {
    const exponent = EXPONENTS[which! % EXPONENTS.length]!
    return b.put('power', { exponent }, [wild! % 8 === 7 ? x! : far(b, x!)])
  },
  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div', far),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  atan2: binary('atan2'),
  less: binary('less'),
  equal: binary('equal'),
  select: (b, [x, y, z], [wild]) => {
    const [c, other] = [fitted(b, z!, x!.shape), fitted(b, y!, x!.shape)]
    const test = wild! % 8 === 7 ? c : b.put('less', {}, [c, filled(b, 0.1, c.shape)])
    return b.put('select', {}, [test, x!, other])
  },
  sum: reduction('sum'),
  max: reduction('max'),
  contract,
  reshape,
  transpose: (b, [x], [order]) =>
    b.put('transpose', { axes: permuted(axesOf(x!.shape.length), order!) }, [x!]),
  broadcast,
  slice,
  pad,
  concatenate,
  gather,
  scatterAdd,
  constant,
  stopGradient: unary('stopGradient'),
  customVjp: (b, [x, y]) => b.put('customVjp', own(x!.shape), [x!, fitted(b, y!, x!.shape)]),
}
