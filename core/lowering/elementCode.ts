import type { Equation, PrimitiveName } from '../primitives/index.ts'
import { type Lane, type LaneBuilder, select, sign } from './lanes/index.ts'

/** An elementwise primitive as lane code. */
export type LaneRule = (b: LaneBuilder, args: readonly Lane[], eq: Equation) => Lane

const truth = (b: LaneBuilder, mask: Lane): Lane =>
  b.apply('select', mask, b.constant(1), b.constant(0))

const powerOf = (b: LaneBuilder, x: Lane, exponent: number): Lane => {
  if (exponent === 2) return b.apply('mul', x, x)
  if (exponent === -1) return b.apply('div', b.constant(1), x)
  return b.call('power', x, b.constant(exponent))
}

/** What one element of the output is, for every primitive that works element by element. */
export const laneRules: { readonly [P in PrimitiveName]?: LaneRule } = {
  neg: (b, [x]) => b.apply('neg', x!),
  abs: (b, [x]) => b.apply('abs', x!),
  sign: (b, [x]) => sign(b, x!),
  exp: (b, [x]) => b.call('exp', x!),
  expm1: (b, [x]) => b.call('expm1', x!),
  log: (b, [x]) => b.call('log', x!),
  log1p: (b, [x]) => b.call('log1p', x!),
  sqrt: (b, [x]) => b.apply('sqrt', x!),
  sin: (b, [x]) => b.call('sin', x!),
  cos: (b, [x]) => b.call('cos', x!),
  tanh: (b, [x]) => b.call('tanh', x!),
  erf: (b, [x]) => b.call('erf', x!),
  power: (b, [x], eq) => powerOf(b, x!, (eq.params as { exponent: number }).exponent),
  add: (b, [x, y]) => b.apply('add', x!, y!),
  sub: (b, [x, y]) => b.apply('sub', x!, y!),
  mul: (b, [x, y]) => b.apply('mul', x!, y!),
  div: (b, [x, y]) => b.apply('div', x!, y!),
  maximum: (b, [x, y]) => b.apply('max', x!, y!),
  minimum: (b, [x, y]) => b.apply('min', x!, y!),
  atan2: (b, [y, x]) => b.call('atan2', y!, x!),
  less: (b, [x, y]) => truth(b, b.apply('lt', x!, y!)),
  equal: (b, [x, y]) => truth(b, b.apply('eq', x!, y!)),
  select: (b, [c, x, y]) => select(b, c!, x!, y!),
}
