// Finds faults in autodiff/verify/{refusedRule, nearbyRuns, numericSlopes}.ts.

import { describe, expect, it } from 'vitest'
import {
  customVjp,
  type GradientReport,
  gradientReport,
  vjpRules,
} from '../../../autodiff/index.ts'
import { problemOf } from '../../../autodiff/verify/index.ts'
import {
  add,
  broadcastTo,
  cos,
  gather,
  log,
  log1p,
  reshape,
  showProblem,
  sin,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '../../../core/index.ts'

// Rules that give derivatives of wrong shapes, and functions that no step can follow.

const report = <X>(f: (x: X) => unknown, x: X): GradientReport => gradientReport(f)(x)

describe('a derivative of the wrong shape', () => {
  it('a cotangent of the wrong shape is blamed on its rule, with the line and the mistake', () => {
    const biased = customVjp({
      name: 'biased',
      forward: (x, b) => add(x, broadcastTo(b, [2, 3])),
      pullback: (_x, _b, yBar) => [yBar, yBar],
    })
    const p = { x: tensor([1, 2, 3, 4, 5, 6], [2, 3]), b: tensor([1, 2, 3], [1, 3]) }
    const found = report((q: typeof p) => sum(sin(biased(q.x, q.b))), p)
    expect(found).toMatchObject({
      verdict: 'wrong',
      blamed: [{ name: 'biased', rule: 'vjp', operand: 1, mistake: { kind: 'forgotten sum' } }],
    })
    expect(found.blamed[0]!.site?.file).toContain('blamedShapes.spec.ts')
    expect(showProblem(problemOf(found))).toContain('vjp gives [2, 3] where [1, 3] is due.')
  })

  it('a rule of a table that gives a wrong shape, or throws, is blamed and not thrown', () => {
    const rules = vjpRules as unknown as { tanh: readonly unknown[] }
    const before = rules.tanh
    const f = (x: Tensor): Tensor => sum(square(tanh(sin(x))))
    const blamedOf = (rule: (yBar: Tensor) => Tensor): unknown => {
      rules.tanh = [rule]
      try {
        const { verdict, blamed } = report(f, tensor([0.3, 1]) as Tensor)
        return [verdict, blamed.map(({ primitive, rule: table }) => [primitive, table])]
      } finally {
        rules.tanh = before
      }
    }
    const guilty = ['wrong', [['tanh', 'vjp']]]
    expect(blamedOf((yBar) => sum(yBar))).toEqual(guilty)
    expect(blamedOf((yBar) => reshape(yBar, [7]))).toEqual(guilty)
  })
})

describe('what no step can follow', () => {
  it('a function that turns faster than any step can follow is not called wrong', () => {
    for (const x of [1e9, 1e11, 1e12, 1e13])
      for (const f of [sin, cos]) {
        const found = report((t: Tensor) => f(t), tensor([x, 0.7 * x]) as Tensor)
        expect(found.verdict).not.toBe('wrong')
        expect(found.blamed).toEqual([])
      }
  })

  it('an edge of the domain nearer than any step, and an infinity nobody uses, blame nobody', () => {
    expect(report((x: Tensor) => log1p(x), tensor([-1 + 1e-12, 2]) as Tensor).blamed).toEqual([])
    const f = (x: Tensor): Tensor => sum(square(gather(log(x), [1])))
    expect(report(f, tensor([0, 2]) as Tensor).blamed).toEqual([])
  })
})
