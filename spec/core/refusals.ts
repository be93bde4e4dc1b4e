import type { PrimitiveName, PrimitiveParams, Shape } from '../../core/index.ts'
import { programOf, sin, tensor } from '../../core/index.ts'
import { type ElementwiseName, elementwise } from '../../core/primitives/index.ts'

/** Operands and parameters that do not fit a primitive. */
export interface Refusal<P extends PrimitiveName> {
  readonly shapes: readonly Shape[]
  readonly params: PrimitiveParams[P]
}

const arity = (n: number, params: unknown = {}): Refusal<never>[] =>
  [
    new Array(n - 1).fill([2]),
    new Array(n + 1).fill([2]),
    ...(n > 1
      ? [
          [...new Array(n - 1).fill([2]), [3]],
          [[1], ...new Array(n - 1).fill([2])],
        ]
      : []),
  ].map((shapes) => ({ shapes, params: params as never }))

const reductions = [
  { shapes: [[2, 3]], params: { axes: [2] } },
  { shapes: [[2, 3]], params: { axes: [-1] } },
  { shapes: [[2, 3]], params: { axes: [0, 0] } },
  { shapes: [[2, 3]], params: { axes: [0.5] } },
]
const identity = programOf(sin)(tensor([1, 2]))

const elementwiseRefusals = Object.fromEntries(
  Object.entries(elementwise).map(([name, record]) => [name, arity(record.arity)]),
) as unknown as { readonly [P in ElementwiseName]: readonly Refusal<P>[] }

/** Complete by type: a primitive that refuses nothing does not compile. */
export const refusals: { readonly [P in PrimitiveName]: readonly Refusal<P>[] } = {
  ...elementwiseRefusals,
  power: arity(1, { exponent: 2 }),
  sum: reductions,
  max: [...reductions, { shapes: [[0, 3]], params: { axes: [0] } }],
  contract: [
    // one label missing; two lengths; a label twice on one operand, twice in the result
    { shapes: [[2, 3], [3]], params: { left: ['i'], right: ['k'], out: ['i'] } },
    { shapes: [[2, 3], [4]], params: { left: ['i', 'k'], right: ['k'], out: ['i'] } },
    { shapes: [[2, 2], [2]], params: { left: ['i', 'i'], right: ['i'], out: ['i'] } },
    { shapes: [[2], [2]], params: { left: ['i'], right: ['i'], out: ['i', 'i'] } },
    // the result names an unknown label; an operand's label is neither shared nor kept
    { shapes: [[2], [2]], params: { left: ['i'], right: ['i'], out: ['j'] } },
    { shapes: [[2, 3], [2]], params: { left: ['i', 'k'], right: ['i'], out: ['i'] } },
    { shapes: [[2], [2, 3]], params: { left: ['i'], right: ['i', 'k'], out: ['i'] } },
  ],
  reshape: [
    { shapes: [[2, 3]], params: { shape: [5] } },
    { shapes: [[2, 3]], params: { shape: [4, 1.5] } },
    { shapes: [[2, 3]], params: { shape: [-2, -3] } },
  ],
  transpose: [
    { shapes: [[2, 3]], params: { axes: [0] } },
    { shapes: [[2, 3]], params: { axes: [0, 0] } },
    { shapes: [[2, 3]], params: { axes: [0, 2] } },
  ],
  broadcast: [
    { shapes: [[2]], params: { shape: [3], axes: [0] } },
    { shapes: [[2, 2]], params: { shape: [2, 2], axes: [0, 0] } },
    { shapes: [[2]], params: { shape: [2], axes: [1] } },
    { shapes: [[2]], params: { shape: [2], axes: [] } },
    { shapes: [[2]], params: { shape: [2, -1], axes: [0] } },
    { shapes: [[2]], params: { shape: [2, 1.5], axes: [0] } },
  ],
  slice: [
    { shapes: [[3]], params: { start: [0], stop: [4] } },
    { shapes: [[3]], params: { start: [-1], stop: [2] } },
    { shapes: [[3]], params: { start: [2], stop: [1] } },
    { shapes: [[3]], params: { start: [0.5], stop: [1.5] } },
    { shapes: [[3]], params: { start: [0, 0], stop: [1, 1] } },
  ],
  pad: [
    { shapes: [[3]], params: { low: [-1], high: [1] } },
    { shapes: [[3]], params: { low: [0.5], high: [0.5] } },
    { shapes: [[3]], params: { low: [0, 0], high: [0] } },
  ],
  concatenate: [
    { shapes: [], params: { axis: 0 } },
    { shapes: [[2]], params: { axis: 1 } },
    {
      shapes: [
        [2, 3],
        [2, 4],
      ],
      params: { axis: 0 },
    },
    { shapes: [[2, 3], [2]], params: { axis: 0 } },
  ],
  gather: [
    { shapes: [[3]], params: { axis: 0, indices: [3] } },
    { shapes: [[3]], params: { axis: 0, indices: [-1] } },
    { shapes: [[3]], params: { axis: 0, indices: [0.5] } },
    { shapes: [[3]], params: { axis: 1, indices: [0] } },
  ],
  scatterAdd: [
    { shapes: [[2]], params: { axis: 0, indices: [0], size: 3 } },
    { shapes: [[2]], params: { axis: 0, indices: [0, 3], size: 3 } },
    { shapes: [[0]], params: { axis: 0, indices: [], size: 1.5 } },
    { shapes: [[0]], params: { axis: 0, indices: [], size: -1 } },
    { shapes: [[2]], params: { axis: 1, indices: [0, 1], size: 3 } },
  ],
  constant: [{ shapes: [], params: { data: Float64Array.of(1, 2), shape: [3] } }],
  stopGradient: [
    { shapes: [], params: {} },
    { shapes: [[2], [2]], params: {} },
  ],
  customVjp: [
    { shapes: [[3]], params: { name: 'own', forward: identity, pullback: identity } },
    { shapes: [[2], [2]], params: { name: 'own', forward: identity, pullback: identity } },
  ],
}
