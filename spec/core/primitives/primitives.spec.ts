// Finds faults in core/primitives/evaluate.ts.

import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { vmap } from '../../../autodiff/index.ts'
import {
  add,
  bind,
  type Concrete,
  copy,
  dataOf,
  equal,
  evaluate,
  less,
  max,
  maximum,
  minimum,
  type PrimitiveName,
  primitives,
  programOf,
  showProblem,
  showShape,
  sign,
  stack,
  type Tensor,
  tensor,
  toNested,
  toNumber,
  toPrecision,
  zeros,
} from '../../../core/index.ts'
import { anyTensor, indicesOf, layouts } from '../../arbitraries.ts'
import { type Case, cases } from '../../cases.ts'
import { expectClose, problemOf } from '../../expectations.ts'
import { naive } from '../programs/naive.ts'
import { refusals } from '../refusals.ts'

// One loop over the registry: a primitive that is not tested cannot exist.

/** Sums of a few terms of order one, in another order. */
const ROUNDING = 1e-12
/** Rounding of float32 inputs (6e-8), amplified by derivatives of order 100 in the domains. */
const SINGLE = 1e-5

const namesOf = (table: object): PrimitiveName[] => Object.keys(table) as PrimitiveName[]
const apply = ({ primitive, params }: Case, operands: readonly Tensor[]): Concrete =>
  bind(primitive, params, operands) as Concrete

/** These jump: a small change of an operand may change the value by 1. */
const jumps: readonly PrimitiveName[] = ['less', 'equal', 'sign']

for (const name of namesOf(primitives)) {
  const numRuns = ['contract', 'broadcast'].includes(name) ? 60 : 20
  const each = (check: (c: Case) => void): void => {
    fc.assert(fc.property(cases[name], check), { numRuns })
  }
  const hasOperands = name !== 'constant'

  describe(name, () => {
    it('has the shape its rule says, and computes what its definition says', () => {
      each((c) => {
        const rule = primitives[name].shape(
          c.operands.map((x) => x.shape),
          c.params as never,
        )
        const y = apply(c, c.operands)
        expect(rule).toEqual(E.right(y.shape))
        const element = naive[name](c.operands, c.params as never)
        expectClose(y, tensor(indicesOf(y.shape).map(element), y.shape), ROUNDING)
      })
    })

    it('refuses what does not fit, as data and as an error that shows the operands', () => {
      expect(refusals[name].length).toBeGreaterThan(0)
      for (const { shapes, params } of refusals[name]) {
        const refused = primitives[name].shape(shapes, params as never)
        expect(E.isLeft(refused) && refused.left.kind).toBe('ShapeError')
        if (E.isRight(refused)) continue
        const text = showProblem(refused.left)
        expect(text).toContain(name === 'contract' ? 'einsum' : name)
        for (const s of shapes.slice(0, 1)) expect(text).toContain(showShape(s))
        const operands = shapes.map((s) => zeros(s))
        expect(problemOf(() => bind(name, params as never, operands)).problem).toEqual(refused.left)
      }
    })

    it('leaves its operands as they were', () => {
      each((c) => {
        const before = c.operands.map((x) => copy(x))
        apply(c, c.operands)
        expect(c.operands.map(dataOf)).toEqual(before.map(dataOf))
      })
    })

    it('is plain data in a program', () => {
      each((c) => {
        const f = (...xs: Tensor[]): Tensor => bind(name, c.params, xs)
        const program = programOf(f)(...c.operands)
        const [y] = evaluate(structuredClone(program), c.operands)
        expectClose(y!, apply(c, c.operands), 0)
      })
    })

    if (!hasOperands) return

    for (const [layout, view] of Object.entries(layouts))
      it(`gives the same on views ${layout} as on row-major copies`, () => {
        each((c) => {
          const views = c.operands.map(view)
          const rows = views.map((x) => copy(x))
          expectClose(apply(c, views), apply(c, rows), ROUNDING)
        })
      })

    it('computes in float32 what it computes in float64', () => {
      each((c) => {
        const single = c.operands.map((x) => toPrecision(x, 'float32'))
        const z = apply(c, single)
        expect(z.data).toBeInstanceOf(Float32Array)
        expectClose(z, apply(c, c.operands), SINGLE)
      })
    })

    it('does for many samples what it does for each', () => {
      fc.assert(
        fc.property(cases[name], fc.array(fc.boolean(), { maxLength: 3 }), (c, marks) => {
          // Any mixture of shared and per-sample operands, at least one of them per sample.
          const shared = c.operands.map((_, k) => k > 0 && marks[k] === true)
          const moved = (x: Concrete, b: number): Concrete =>
            jumps.includes(name) ? x : (add(x, 0.001 * b) as Concrete)
          const rows = [0, 1, 2].map((b) => c.operands.map((x, k) => (shared[k] ? x : moved(x, b))))
          const inputs = c.operands.map((x, k) => (shared[k] ? x : stack(rows.map((r) => r[k]!))))
          const f = (...xs: Tensor[]): Tensor => bind(name, c.params, xs)
          const together = vmap(f, { inAxes: shared.map((s) => (s ? null : 0)) })(...inputs)
          expectClose(together, stack(rows.map((r) => apply(c, r))), ROUNDING)
        }),
        { numRuns },
      )
    })
  })
}

describe('the registry', () => {
  it('names every primitive by its key and says what it computes', () => {
    for (const name of namesOf(primitives)) {
      expect(primitives[name].name).toBe(name)
      expect(primitives[name].equation.length).toBeGreaterThan(0)
    }
  })

  it('refuses values that are no tensors, naming the primitive and the operand', () => {
    problemOf(() => bind('add', {}, [1, 'x' as never]), 'TypeError', 'add', 'operand 2 is a string')
    problemOf(() => bind('exp', {}, [undefined as never]), 'exp', 'undefined', 'Fix')
    problemOf(() => bind('exp', {}, [[1, 2] as never]), 'an array', 'tensor([...])')
  })

  it('refuses to mix precisions, and lets numbers take that of their companions', () => {
    fc.assert(
      fc.property(anyTensor, (x) => {
        const single = toPrecision(x, 'float32')
        problemOf(() => add(x, single), 'TypeError', 'add', 'float32 and float64', 'toPrecision')
        expect((add(single, 1) as Concrete).data).toBeInstanceOf(Float32Array)
        expect((add(1, x) as Concrete).data).toBeInstanceOf(Float64Array)
      }),
    )
  })
})

describe('where values tie', () => {
  it('comparisons say so, and nothing is both less and equal', () => {
    const [x, y] = [tensor([1, 2, 3, -0, Number.NaN]), tensor([2, 2, 2, 0, Number.NaN])]
    expect(toNested(less(x, y) as Concrete)).toEqual([1, 0, 0, 0, 0])
    expect(toNested(equal(x, y) as Concrete)).toEqual([0, 1, 0, 1, 0])
    expect(toNested(sign(tensor([-2, 0, 2])) as Concrete)).toEqual([-1, 0, 1])
  })

  it('extrema let NaN through', () => {
    const x = tensor([1, Number.NaN])
    for (const y of [max(x), max(tensor([Number.NaN, 1]))]) expect(toNumber(y)).toBeNaN()
    expect(toNested(maximum(x, 2) as Concrete)).toEqual([2, Number.NaN])
    expect(toNested(minimum(2, x) as Concrete)).toEqual([1, Number.NaN])
  })
})
