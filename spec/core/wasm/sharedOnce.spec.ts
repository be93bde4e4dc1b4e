import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  add,
  compile,
  type Data,
  dataOf,
  div,
  exp,
  mul,
  type Tensor,
  tensor,
} from '../../../core/index.ts'

// What follows from shared arguments alone is computed once for equal arguments: calls with any
// others, changed in place or of another sign of zero, must not see what an earlier call left.

/** The first factor follows from the weights alone; its sign of zero is seen in the quotient. */
const f = (w: Tensor, x: Tensor): Tensor => div(mul(exp(w), x), w)
const constant = (x: Tensor): Tensor => add(x, exp(tensor([1, 2])))

const values = fc.constantFrom(0, -0, 1, 2, Number.NaN, Number.POSITIVE_INFINITY)
const weights = fc.tuple(values, values)
const inputs = [3, -4, 0, 1, 5, 7]

it('calls do not depend on the calls before', () => {
  fc.assert(
    fc.property(fc.array(weights, { minLength: 2, maxLength: 6 }), fc.boolean(), (all, summed) => {
      const make = (backend: 'wasm' | 'reference') =>
        compile(f, ['shared', 'perSample'], { backend, summed })(tensor([1, 1]), tensor([1, 1]))
      const kept = make('wasm')
      const w = tensor([0, 0])
      for (const next of all) {
        // The same tensor with other numbers: nothing but these may tell calls apart.
        ;(dataOf(w) as Data).set(next)
        const x = tensor(inputs, [3, 2])
        const want = make('reference').run(w, x)
        const got = kept.run(w, x)
        expect([...dataOf(got as never)]).toEqual(
          [...dataOf(want as never)].map((v) => (Number.isFinite(v) ? expect.closeTo(v, 12) : v)),
        )
      }
    }),
    { numRuns: 100 },
  )
})

it('programs without shared arguments have their constants', () => {
  const run = compile(constant, ['perSample'], { backend: 'wasm' })(tensor([0, 0])).run
  for (let k = 0; k < 2; k += 1)
    expect([...dataOf(run(tensor([1, 1, 0, 0], [2, 2])) as never)]).toEqual(
      [1 + Math.E, 1 + Math.E ** 2, Math.E, Math.E ** 2].map((v) => expect.closeTo(v, 12)),
    )
})
