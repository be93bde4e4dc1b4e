// Finds faults in core/programs/ops.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, hvp, jvp, vjp, vmap } from '../../../autodiff/index.ts'
import * as core from '../../../core/index.ts'
import { elementwise } from '../../../core/primitives/index.ts'
import { srUpdate } from '../../../physics/index.ts'
import { problemOf } from '../../expectations.ts'

// Whatever is no tensor is refused by name: nothing, an array, text, an empty list, a shape that no
// memory holds, a word that no option has. JavaScript's own errors name none of our operations.

const x = core.tensor([1, 2, 3])
const alien = fc.constantFrom<readonly [unknown, string]>(
  [undefined, 'undefined'],
  [null, 'null'],
  [[1, 2, 3], 'an array'],
  ['1', 'a string'],
  [{ a: 1 }, 'an object'],
)
type Call = (...args: readonly unknown[]) => unknown
const named = core as unknown as Readonly<Record<string, Call>>

const unary = [
  ...Object.entries(elementwise).flatMap(([name, { arity }]) =>
    arity === 1 && name !== 'power' ? [name] : [],
  ),
  ...['square', 'sum', 'max', 'mean', 'softmax', 'logSumExp', 'transpose', 'stopGradient'],
  ...['zerosLike', 'toNested', 'toNumber', 'toTensor', 'dataOf', 'copy', 'contiguous', 'at'],
]
const binary = [
  ...['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'atan2', 'less', 'equal', 'dot'],
]
const withRest: readonly (readonly [string, readonly unknown[]])[] = [
  ['power', [2]],
  ['reshape', [[3]]],
  ['broadcastTo', [[3]]],
  ['slice', [[0], [1]]],
  ['pad', [[0], [1]]],
  ['gather', [[0]]],
  ['scatterAdd', [[0], 1]],
  ['toPrecision', ['float32']],
]

describe('what is no complex number, no program, no list, no option', () => {
  it('is refused by name where a pair { re, im } is meant', () => {
    const z = { re: x, im: x }
    fc.assert(
      fc.property(alien, ([value, words]) => {
        for (const name of ['complexAdd', 'complexMul']) {
          problemOf(() => named[name]!(value, z), `in ${name}: operand 1 is ${words}, not a pair`)
          problemOf(() => named[name]!(z, value), `in ${name}: operand 2 is ${words}, not a pair`)
        }
        for (const name of ['complexSum', 'logCosh', 'complexLogMean']) {
          problemOf(() => named[name]!(value), `in ${name}: operand 1 is ${words}, not a pair`)
          problemOf(() => named[name]!({ re: x, im: value }), `${name}: operand 1 is an object`)
        }
        for (const name of ['showProgram', 'toMermaid', 'flopsOf', 'evaluate'])
          problemOf(() => named[name]!(value, []), `TypeError in ${name}: ${words} is no program`)
        problemOf(() => named.shapeOf!(value), `in shapeOf: operand 1 is ${words}`)
      }),
      { numRuns: 10 },
    )
    problemOf(() => named.complexMul!(z), 'complexMul: operand 2 is undefined')
    problemOf(() => named.explain!(undefined), 'TypeError in explain: undefined is no program')
    expect(core.shapeOf(core.complexAdd({ re: 1, im: x }, { re: x, im: 0 }).re)).toEqual([3])
  })

  it('is refused where values, lengths, axes, marks and functions are meant', () => {
    problemOf(() => named.tensor!('123'), 'contain, a string')
    for (const odd of ['1', undefined, null, [1]])
      problemOf(() => named.tensor!([1, odd], [2]), 'TypeError in tensor')
    for (const odd of [3, undefined, null, 'a'])
      problemOf(() => named.zeros!(odd), `in zeros: ${odd} is no list of lengths`)
    problemOf(() => named.sum!(x, 'a'), 'in sum: axes [a]')
    const f = (y: core.Tensor): core.Tensor => core.sum(y)
    const compile = core.compile as unknown as (...args: unknown[]) => Call
    for (const marks of [undefined, 'shared', null])
      problemOf(() => compile(f, marks)(x), '0 marks for 1 arguments')
    problemOf(() => compile(undefined, ['shared'])(x), 'undefined is no function of tensors')
  })

  it('is refused among options, too: a setting that does nothing is a mistake', () => {
    const f = (y: core.Tensor): core.Tensor => core.sum(y)
    const compile = core.compile as unknown as (...args: unknown[]) => Call
    problemOf(() => compile(f, ['shared'], { sumed: true })(x), "there is no option 'sumed'")
    problemOf(() => compile(f, ['shared'], { reuse: true })(x), "there is no option 'reuse'")
    problemOf(() => (vmap as unknown as typeof compile)(f, [0])(x), 'the options are no record')
    problemOf(() => (grad as unknown as typeof compile)(f, 1)(x), 'the options are no record')
    problemOf(() => (grad as unknown as typeof compile)(f, { argnum: 0 })(x), "'argnum'")
    problemOf(() => (grad as unknown as typeof compile)(undefined)(x), 'undefined is no function')
    const later = (async (y: core.Tensor) => y) as unknown as typeof f
    problemOf(() => grad(later)(x), 'a promise, of an async')
  })

  it('is told by the name of the user’s function', () => {
    const loss = (y: core.Tensor): core.Tensor => core.sum(y)
    problemOf(() => grad(loss)('a' as never), 'in loss, argument 1')
  })
})

describe('operands that are no tensors', () => {
  it('are refused by every operation, with its name and what they are', () => {
    fc.assert(
      fc.property(alien, ([value, words]) => {
        for (const name of unary) problemOf(() => named[name]!(value), 'TypeError in ', words)
        for (const [name, rest] of withRest)
          problemOf(() => named[name]!(value, ...rest), 'TypeError in ', words)
        for (const name of binary) {
          problemOf(() => named[name]!(value, x), `TypeError in ${name}: operand 1 is ${words}`)
          problemOf(() => named[name]!(x, value), `TypeError in ${name}: operand 2 is ${words}`)
        }
        problemOf(() => named.select!(x, x, value), `in select: operand 3 is ${words}`)
        problemOf(() => named.einsum!('i, i ->', x, value), `operand 2 is ${words}`)
        problemOf(() => named.concatenate!([x, value]), `in concatenate: operand 2 is ${words}`)
        problemOf(() => named.stack!([value]), `in stack: operand 1 is ${words}`)
      }),
      { numRuns: 10 },
    )
  })

  it('are refused by what differentiates, too', () => {
    const f = (y: core.Tensor): core.Tensor => core.sum(y)
    for (const [what, words] of [
      [undefined, 'undefined'],
      ['1', 'a string'],
    ] as const) {
      const bad = what as unknown as core.Tensor
      problemOf(() => grad(f)(bad), 'TypeError', words)
      problemOf(() => vjp(f)(bad), 'TypeError', words)
      problemOf(() => vjp(f)(x).pullback(bad), 'TypeError in pullback of f', words)
      problemOf(() => jvp(f)([x], [bad]), 'TypeError in jvp of f: tangent 1', words)
      problemOf(() => hvp(f)(x, bad), 'TypeError', words)
    }
    problemOf(() => vjp(undefined as never)(x as never), 'is no function')
    problemOf(() => core.programOf(3 as never)(x), 'a number is no function')
  })

  it('lists may not be empty, and must be lists', () => {
    problemOf(() => core.concatenate([]), 'TypeError in concatenate: the list of operands is empty')
    problemOf(() => core.stack([]), 'TypeError in stack: the list of operands is empty')
    problemOf(() => core.concatenate(x as never), 'the operands are no list', 'concatenate([a, b')
    problemOf(() => core.power(x, x as never), 'in power: the exponent is not a fixed number')
    for (const values of [undefined, null, {}, [1, null], [[1], ['2']]])
      problemOf(() => core.tensor(values as never), 'TypeError in tensor')
  })
})

describe('shapes that no memory holds, words that no option has', () => {
  it('are told in numbers and units', () => {
    problemOf(() => core.zeros([2 ** 20, 2 ** 20]), 'ShapeError in zeros [1048576, 1048576]', 'GiB')
    problemOf(() => core.zeros([2 ** 30, 2 ** 30, 2 ** 30]), 'ShapeError in zeros', 'GiB')
    const large = core.broadcastTo(core.zeros([1, 1]), [2 ** 20, 2 ** 20])
    problemOf(() => core.add(large, 1), 'ShapeError', '8.19e+3 GiB')
  })

  it('name what there is', () => {
    const options = (o: object) => () => core.compile((y: core.Tensor) => y, ['perSample'], o)(x)
    problemOf(
      options({ backend: 'tiles' }),
      "TypeError in compile: there is no backend 'tiles'.",
      "'reference' or 'wasm'",
    )
    problemOf(options({ backend: 'toString' }), "no backend 'toString'")
    problemOf(options({ precision: 'float16' }), "'float16' is no precision", "'float32'")
    problemOf(() => core.zeros([2], 'double' as never), "'double' is no precision")
  })
})

describe('srUpdate where the matrix is not positive definite', () => {
  const update = (
    rows: readonly (readonly number[])[],
    diagShift: number,
    space: 'samples' | 'parameters',
  ) =>
    srUpdate({ diagShift, space })({
      x: { rows: rows.length, cols: rows[0]!.length, data: Float64Array.from(rows.flat()) },
      f: new Float64Array(rows.length).fill(1),
    })

  it('names a shift that works, and less than it does not for a shift below zero', () => {
    const cases = [
      {
        rows: [
          [1, 0, 0],
          [0, 1, 0],
        ],
        shift: 0,
      },
      {
        rows: [
          [1, 2],
          [2, 4],
          [3, 6],
        ],
        shift: 0,
      },
      {
        rows: [
          [0, 0],
          [0, 0],
        ],
        shift: 0,
      },
      {
        rows: [
          [1, 0],
          [0, 1e3],
        ],
        shift: -2,
      },
      {
        rows: [
          [3, 4],
          [5, 6],
          [7, 8],
        ],
        shift: -500,
      },
    ]
    for (const { rows, shift } of cases)
      for (const space of ['samples', 'parameters'] as const) {
        let works: number
        try {
          update(rows, shift, space)
          continue
        } catch (error) {
          const { problem } = error as core.TensorError
          expect(problem.kind).toBe('NotPositiveDefinite')
          works = (problem.data as { readonly works: number }).works
          expect(problem.fix).toContain(`diagShift >= ${works}`)
        }
        expect(works).toBeGreaterThan(shift)
        expect([...update(rows, works, space)].every(Number.isFinite)).toBe(true)
      }
    expect(() =>
      update(
        [
          [1, 0, 0],
          [0, 1, 0],
        ],
        0,
        'parameters',
      ),
    ).toThrow('is enough for this')
  })
})
