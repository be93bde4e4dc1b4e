import { either as E } from 'fp-ts'
import ops from 'ndarray-ops'
import {
  type Concrete,
  collapse,
  erf,
  forEachRow,
  mapInto,
  sameShape,
  shapeError,
  showShape,
  sizeOf,
  tanh,
} from '../values/index.ts'
import type { Domain, Primitive, PrimitiveName } from './program.ts'

type Write = (out: Concrete, ...inputs: Concrete[]) => void

/** Elementwise primitives take operands of one shape; users' broadcasting happens before. */
const elementwise = <P extends PrimitiveName>(
  name: P,
  arity: number,
  equation: string,
  domain: Domain,
  write: (params: unknown) => Write,
): Primitive<P> => ({
  name,
  equation,
  domain,
  shape: (inputs) =>
    inputs.length === arity && inputs.every((s) => sameShape(s, inputs[0]!))
      ? E.right(inputs[0]!)
      : shapeError(name, `needs ${arity} operand(s) of one shape.`, inputs.map(showShape)),
  evaluate: { write: (inputs, params, out) => write(params)(out, ...inputs) },
  flops: (_, output) => sizeOf(output),
})

/** An operation of ndarray-ops, on views with as few axes as possible. */
const viaOps =
  (name: keyof typeof ops) =>
  (): Write =>
  (out, ...inputs) => {
    if (out.size > 0) (ops[name] as Write)(...(collapse([out, ...inputs]) as [Concrete]))
  }
const viaLoop = (f: (x: number) => number) => (): Write => (out, x) => mapInto(f, out, x!)

const all: Domain = { low: -3, high: 3 }
const positive: Domain = { low: 0.2, high: 3 }
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

const powerFunction = (exponent: number): ((x: number) => number) =>
  exponent === 2 ? (x) => x * x : exponent === -1 ? (x) => 1 / x : (x) => x ** exponent

export const elementwisePrimitives = {
  neg: elementwise('neg', 1, '−x', all, viaOps('neg')),
  abs: elementwise('abs', 1, '|x|', kinkAtZero, viaOps('abs')),
  sign: elementwise('sign', 1, 'sign x, 0 at 0', kinkAtZero, viaLoop(Math.sign)),
  exp: elementwise('exp', 1, 'eˣ', all, viaOps('exp')),
  expm1: elementwise('expm1', 1, 'eˣ − 1', all, viaLoop(Math.expm1)),
  log: elementwise('log', 1, 'ln x', positive, viaOps('log')),
  log1p: elementwise('log1p', 1, 'ln(1 + x)', { low: -0.7, high: 3 }, viaLoop(Math.log1p)),
  sqrt: elementwise('sqrt', 1, '√x', positive, viaOps('sqrt')),
  sin: elementwise('sin', 1, 'sin x', all, viaOps('sin')),
  cos: elementwise('cos', 1, 'cos x', all, viaOps('cos')),
  tanh: elementwise('tanh', 1, 'tanh x', all, viaLoop(tanh)),
  erf: elementwise('erf', 1, '2/√π ∫₀ˣ exp(−t²) dt', all, viaLoop(erf)),
  power: elementwise('power', 1, 'xᵖ, p fixed', positive, (params) => (out, x) => {
    mapInto(powerFunction((params as { exponent: number }).exponent), out, x!)
  }),
  add: elementwise('add', 2, 'x + y', all, viaOps('add')),
  sub: elementwise('sub', 2, 'x − y', all, viaOps('sub')),
  mul: elementwise('mul', 2, 'x · y', all, viaOps('mul')),
  div: elementwise('div', 2, 'x / y', nonzero, viaOps('div')),
  maximum: elementwise('maximum', 2, 'max(x, y)', distinct, viaOps('max')),
  minimum: elementwise('minimum', 2, 'min(x, y)', distinct, viaOps('min')),
  atan2: elementwise('atan2', 2, 'angle of the point (y, x)', nonzero, viaOps('atan2')),
  less: elementwise('less', 2, '1 where x < y, else 0', distinct, viaOps('lt')),
  equal: elementwise('equal', 2, '1 where x = y, else 0', distinct, viaOps('eq')),
  select: elementwise('select', 3, 'a where c ≠ 0, else b', kinkAtZero, () => selectInto),
} as const
