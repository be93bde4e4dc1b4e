import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, jvp, vjp, vmap } from '../../autodiff/index.ts'
import {
  add,
  type Concrete,
  compile,
  dataOf,
  exp,
  keptMemory,
  leavesOf,
  type Mark,
  mul,
  programOf,
  sin,
  sum,
  type Tensor,
  tensor,
  threadPool,
  zeros,
} from '../../core/index.ts'
import { noise, seed, shuffled } from '../arbitraries.ts'
import { expectClose, problemOf } from '../expectations.ts'

// Arguments, tangents and cotangents fit what they belong to by name, never by position, and one
// function says what does not fit: for vjp, jvp and whatever compile makes.

interface Params {
  readonly a: Tensor
  readonly b: { readonly c: Tensor; readonly d: readonly [Tensor, Tensor] }
  readonly e: Tensor
}
const drawn = (n: number): Params => ({
  a: noise([2], n),
  b: { c: noise([2], n + 1), d: [noise([2], n + 2), noise([2], n + 3)] },
  e: noise([2], n + 4),
})
/** Every leaf has the shape of every other, and another meaning. */
const f = ({ a, b, e }: Params, x: Tensor): Tensor =>
  add(mul(a, sin(mul(b.c, x))), mul(exp(mul(0.1, b.d[0])), add(mul(2, b.d[1]), mul(e, e))))
const outputs = (p: Params, x: Tensor): { y: Tensor; z: Tensor } => ({
  y: f(p, x),
  z: mul(p.e, f(p, x)),
})

/** The same record with its keys, and those of records in it, in another order. */
const reordered = <T extends object>(record: T, order: readonly string[]): T => {
  const entries = Object.entries(record).sort(
    ([p], [q]) => order.indexOf(p) - order.indexOf(q),
  ) as [string, unknown][]
  return Object.fromEntries(
    entries.map(([key, x]) => [
      key,
      Object.getPrototypeOf(x) === Object.prototype ? reordered(x as object, order) : x,
    ]),
  ) as T
}
const anyOrder = shuffled(['a', 'b', 'c', 'd', 'e', 'y', 'z'])
const same = (got: unknown, wanted: unknown): void => {
  const [p, q] = [got, wanted].map((tree) => leavesOf(tree as Tensor)) as [Concrete[], Concrete[]]
  expect(p.map((x) => [...dataOf(x)])).toEqual(q.map((x) => [...dataOf(x)]))
}

describe('records pair by their keys, in any order', () => {
  const pool = threadPool(2)
  const runners = [undefined, pool.runner]
  const backends = ['reference', 'wasm'] as const

  it('in calls of what compile makes: run, runInto, summed or not, any backend and threads', () => {
    const x = noise([2], 9)
    const xs = noise([70, 2], 10)
    for (const backend of backends)
      for (const summed of [false, true])
        for (const runner of summed ? runners.slice(0, 1) : runners) {
          const options = { backend, summed, ...(runner === undefined ? {} : { runner }) }
          const made = compile(outputs, ['shared', 'perSample'], options)(drawn(1), x)
          fc.assert(
            fc.property(anyOrder, seed, (order, n) => {
              const p = drawn(n)
              const wanted = made.run(p, xs)
              same(made.run(reordered(p, order), xs), wanted)
              same(made.runInto(keptMemory())(reordered(p, order), xs), wanted)
            }),
            { numRuns: 2 },
          )
        }
    pool.close()
  })

  it('in calls where each sample brings its own record', () => {
    const many = (n: number): { a: Tensor; b: Tensor } => ({
      a: noise([5, 2], n),
      b: noise([5, 2], n + 1),
    })
    const g = (p: { a: Tensor; b: Tensor }): Tensor => add(p.a, mul(-2, p.b))
    const { run } = compile(g, ['perSample'])({ a: zeros([2]), b: zeros([2]) })
    same(run(reordered(many(1), ['b', 'a'])), run(many(1)))
    expectClose(run({ b: tensor([[1, 1]]), a: tensor([[2, 2]]) }), tensor([[0, 0]]), 0)
  })

  it('in cotangents and tangents', () => {
    fc.assert(
      fc.property(anyOrder, seed, (order, n) => {
        const [p, dp, x] = [drawn(n), drawn(n + 50), noise([2], n + 9)]
        const { value, pullback } = vjp(outputs)(p, x)
        const bar = { y: noise([2], n + 20), z: noise([2], n + 21) }
        same(pullback(reordered(bar, order)), pullback(bar))
        same(vjp(outputs)(reordered(p, order), x).value, value)
        const { tangent } = jvp(outputs)([p, x], [dp, x])
        same(jvp(outputs)([p, x], [reordered(dp, order), x]).tangent, tangent)
      }),
      { numRuns: 20 },
    )
  })

  it('and what comes back has the keys of what was given', () => {
    const g = grad((p: { a: Tensor; b: Tensor }) => sum(mul(p.a, mul(p.b, p.b))))
    const got = g({ b: tensor([3]), a: tensor([2]) })
    expect(Object.keys(got)).toEqual(['b', 'a'])
    expectClose(got.b, tensor([12]), 0)
    expectClose(got.a, tensor([9]), 0)
  })
})

describe('what does not fit is named by its path', () => {
  const layer = { w: zeros([2]), list: [zeros([2]), zeros([3])] }
  const g = (p: typeof layer, x: Tensor): Tensor => add(p.w, mul(x, p.list[0]!))
  const x = zeros([2])
  const made = compile(g, ['shared', 'perSample'])(layer, x)
  const call =
    (p: unknown, ...rest: readonly unknown[]) =>
    () =>
      (made.run as (...args: unknown[]) => unknown)(p, ...rest)
  const xs = zeros([4, 2])

  it('in a call: a key too few or too many, a leaf for a tree, a shape, an argument', () => {
    const where = 'TypeError in run of g: '
    problemOf(call({ w: x }, xs), `${where}argument 1, list is missing.`, 'got: argument 1, w')
    problemOf(call({ ...layer, bias: x }, xs), `${where}argument 1, bias has no counterpart.`)
    problemOf(call({ ...layer, list: [x] }, xs), `${where}argument 1, list[1] is missing.`)
    problemOf(call({ ...layer, w: { x } }, xs), 'argument 1, w is a tree, not a leaf.')
    problemOf(call({ ...layer, list: x }, xs), 'argument 1, list is a leaf, not a tree.')
    problemOf(call({ ...layer, list: [x, x] }, xs), 'argument 1, list[1] has shape [2], needs [3].')
    problemOf(call(layer, x), 'argument 2 has shape [2], needs [2, 2].')
    problemOf(call(layer), `${where}argument 2 is missing.`)
    problemOf(call(layer, xs, xs), `${where}argument 3 has no counterpart.`)
    problemOf(call({ ...layer, w: undefined }, xs), 'argument 1, w is undefined, not a tensor')
    problemOf(call({ ...layer, w: '1' }, xs), 'argument 1, w is a string, not a tensor')
    problemOf(call(layer, [[1, 2]]), 'argument 2 is a tree, not a leaf.')
  })

  it('in a call: numbers are scalars, traced values are refused with words', () => {
    const scaled = compile((p: { s: Tensor }, y: Tensor) => mul(p.s, y), ['shared', 'perSample'])
    const { run } = scaled({ s: tensor(1) }, x)
    expectClose(run({ s: 3 as unknown as Tensor }, tensor([[1, 2]])), tensor([[3, 6]]), 0)
    const inside = (y: Tensor): Tensor => sum(run({ s: tensor(1) }, y))
    problemOf(
      () => programOf(inside)(xs),
      'TraceError in run of executable',
      'pass it as an argument',
    )
  })

  it('marks and inAxes have one entry for each argument, of a known kind', () => {
    const marked =
      (...marks: readonly unknown[]) =>
      () =>
        compile(g, marks as Mark[])(layer, x)
    problemOf(marked('shared'), 'TypeError in compile of g: 1 marks for 2 arguments.', 'one mark')
    problemOf(marked(), '0 marks for 2 arguments.')
    problemOf(marked('shared', 'perSample', 'shared'), '3 marks for 2 arguments.')
    problemOf(marked('shared', 'persample'), "'persample' is no mark.", "'perSample'")
    const two = (a: Tensor, b: Tensor): Tensor => mul(a, b)
    const axes =
      (...inAxes: readonly unknown[]) =>
      () =>
        vmap(two, { inAxes: inAxes as (number | null)[] })(xs, xs)
    problemOf(axes(0), 'TypeError in vmap of two: inAxes [0] for 2 arguments.', 'or null')
    problemOf(axes(0, 0, 0), 'inAxes [0, 0, 0] for 2 arguments.')
    problemOf(axes(0, undefined), 'inAxes [0, undefined] for 2 arguments.')
    problemOf(axes(0, 0.5), 'inAxes [0, 0.5] for 2 arguments.')
  })
})
