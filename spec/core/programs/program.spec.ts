import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, vmap } from '../../../autodiff/index.ts'
import {
  add,
  type Concrete,
  copy,
  dot,
  einsum,
  evaluate,
  exp,
  interpret,
  mul,
  type Program,
  programOf,
  runProgram,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  toNumber,
  toPrecision,
  traceFunction,
  transpose,
} from '../../../core/index.ts'
import { noise } from '../../arbitraries.ts'
import { expectClose, problemOf } from '../../expectations.ts'
import { expression } from '../../expressions.ts'

/** Every variable is numbered densely, inputs first, and defined before it is read. */
const expectWellFormed = ({ inputs, equations, outputs }: Program): void => {
  inputs.forEach((v, i) => {
    expect(v.id).toBe(i)
  })
  equations.forEach((eq, i) => {
    expect(eq.output.id).toBe(inputs.length + i)
    for (const v of eq.inputs) expect(v.id).toBeLessThan(eq.output.id)
  })
  for (const v of outputs) expect(v.id).toBeLessThan(inputs.length + equations.length)
}

/** Every equation is needed by some output. */
const expectLean = (program: Program): void => {
  const used = new Set([
    ...program.outputs.map((v) => v.id),
    ...program.equations.flatMap((eq) => eq.inputs.map((v) => v.id)),
  ])
  for (const eq of program.equations) expect(used).toContain(eq.output.id)
}

describe('programs of random expressions', () => {
  it('are well-formed, lean, and compute what the function computes', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const program = programOf(f)(x)
        // Gradients leave work behind that nothing needs.
        const slope = programOf(grad((y: Tensor) => sum(f(y))))(x)
        for (const p of [program, slope]) {
          expectWellFormed(p)
          expectLean(p)
        }
        expectClose(evaluate(program, [x])[0]!, f(x), 0)
        expectClose(runProgram(program, [x])[0]!, f(x), 0)
      }),
    )
  })

  it('are plain data: they survive structuredClone, and hold no function', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const program = programOf(grad((y: Tensor) => sum(f(y))))(x)
        expect(structuredClone(program)).toEqual(program)
        expectClose(evaluate(structuredClone(program), [x])[0]!, evaluate(program, [x])[0]!, 0)
      }),
    )
  })

  it('of programs are the programs again', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const program = programOf(f)(x)
        const again = programOf((y: Tensor) => runProgram(program, [y])[0]!)(x)
        expect(again.equations.map((eq) => eq.primitive)).toEqual(
          program.equations.map((eq) => eq.primitive),
        )
        expectClose(evaluate(again, [x])[0]!, f(x), 0)
      }),
    )
  })

  it('run in float32 when their inputs are: constants follow', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const program = programOf(f)(x)
        const [single] = evaluate(program, [toPrecision(x, 'float32')])
        expect(single!.data).toBeInstanceOf(Float32Array)
        // Expressions keep their values near 1 and are some 8 operations deep.
        expectClose(single!, f(x), 1e-4)
        const all = interpret(program, [toPrecision(x, 'float32')]) as Concrete[]
        for (const v of all) expect(v.data).toBeInstanceOf(Float32Array)
      }),
    )
  })
})

describe('traceFunction', () => {
  it('keeps trees: arguments and results of any structure', () => {
    const f = (p: { w: Tensor; b: [Tensor, number] }, x: Tensor): unknown => ({
      y: add(einsum('i j, j -> i', p.w, x), p.b[0]),
      list: [mul(p.b[1], 2), 7],
    })
    const traced = traceFunction(f as never, [
      { w: noise([2, 3], 1), b: [tensor([1, 2]), 5] },
      noise([3], 2),
    ])
    expect(traced.counts).toEqual([3, 1])
    const out = traced.toOutput(runProgram(traced.program, traced.inputs)) as never as {
      y: Concrete
      list: [Concrete, Concrete]
    }
    expect(out.y.shape).toEqual([2])
    expectClose(out.list[0], tensor(10), 0)
    expectClose(out.list[1], tensor(7), 0)
  })

  it('writes what a function closes over into the program, once', () => {
    const w = noise([3], 1)
    const program = programOf((x: Tensor) => add(mul(x, w), sub(x, w)))(noise([3], 2))
    expect(program.equations.filter((eq) => eq.primitive === 'constant').length).toBe(1)
    const x = noise([3], 3)
    const before = copy(evaluate(program, [x])[0]!)
    w.data.fill(0) // the program holds its own copy
    expectClose(evaluate(program, [x])[0]!, before, 0)
  })

  it('gives numbers among the arguments the precision of their companions', () => {
    const x = tensor(Float32Array.of(1, 2))
    const traced = traceFunction((a: Tensor, b: Tensor) => mul(a, b), [2, x])
    const [y] = runProgram(traced.program, traced.inputs)
    expect((y as Concrete).data).toEqual(Float32Array.of(2, 4))
    const mapped = vmap((a: Tensor, b: Tensor) => mul(a, b), { inAxes: [null, 0] })
    expect((mapped(2 as never, x) as Concrete).data).toEqual(Float32Array.of(2, 4))
  })

  it('names the argument and the path of what is no tensor', () => {
    const f = (p: { w: Tensor }): Tensor => p.w
    problemOf(
      () => traceFunction(f as never, [{ w: 'text' as never }], 'loss'),
      'TypeError in loss, argument 1: w is a string',
      'Fix',
    )
    problemOf(() => traceFunction((() => ({ a: [null] })) as never, []), 'result: a[0] is null')
  })
})

describe('evaluate', () => {
  it('refuses inputs that do not fit, showing both lists of shapes', () => {
    const program = programOf((x: Tensor, y: Tensor) => dot(x, y))(noise([2], 1), noise([2], 2))
    problemOf(
      () => evaluate(program, [noise([2], 1), noise([3], 2)]),
      'program [2], [2]',
      '[2], [3]',
    )
    problemOf(() => evaluate(program, [noise([2], 1)]), 'ShapeError in evaluate')
    problemOf(
      () =>
        evaluate(
          program,
          [1, 2, 3].map((n) => noise([2], n)),
        ),
      'ShapeError',
    )
  })
})

describe('symbols', () => {
  it('that outlive their function are refused wherever they are used', () => {
    const kept: Tensor[] = []
    const keep = (x: Tensor): Tensor => {
      kept.push(x)
      return sum(square(x))
    }
    grad(keep)(tensor([1, 2]))
    const old = kept[0]!
    const text = 'a symbol outlived the traced function that made it'
    problemOf(() => exp(old), 'TraceError in exp', text, 'Fix: return it')
    problemOf(() => add(old, old), 'TraceError in add', text)
    // … also inside another function, and as its result without being used
    problemOf(() => programOf((x: Tensor) => mul(x, old))(tensor([1, 2])), 'TraceError', text)
    problemOf(() => programOf(() => sum(old))(), 'TraceError', text)
    problemOf(() => programOf(() => old)(), 'TraceError', text)
  })

  it('die even when their function throws', () => {
    let old: Tensor | undefined
    const f = (x: Tensor): Tensor => {
      old = x
      throw new RangeError('user error')
    }
    expect(() => programOf(f)(tensor([1]))).toThrow(RangeError)
    problemOf(() => sin(old!), 'TraceError')
  })

  it('of an outer function enter an inner one as its last inputs', () => {
    const outer = programOf((x: Tensor) => {
      const inner = traceFunction((y: Tensor) => mul(x, add(y, x)), [noise([2, 2], 1)])
      expect(inner.inputs.length).toBe(2)
      expect(inner.inputs[1]).toBe(x)
      expect(inner.program.inputs.length).toBe(2)
      expectWellFormed(inner.program)
      return runProgram(inner.program, [transpose(x), x])[0]!
    })(noise([2, 2], 2))
    const x = noise([2, 2], 3)
    expectClose(evaluate(outer, [x])[0]!, mul(x, add(transpose(x), x)), 1e-15)
  })

  it('have no number, and the error says what to use for choices', () => {
    const relu = (x: Tensor): Tensor => (toNumber(x) > 0 ? x : mul(0, x))
    problemOf(() => grad(relu)(tensor(1)), 'TraceError in toNumber', 'Fix: use select(...)')
    expectClose(relu(tensor(2)), 2, 0)
  })
})
