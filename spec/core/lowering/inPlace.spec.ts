import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  type Concrete,
  compile,
  concatenate,
  einsum,
  exp,
  mul,
  pad,
  programOf,
  reshape,
  stack,
  sum,
  type Tensor,
  tensor,
  transpose,
} from '../../../core/index.ts'
import { planned } from '../../../core/wasm/module.ts'
import { STRIP } from '../../../core/wasm/sampleRows.ts'
import { IN_ROWS } from '../../../core/wasm/wasmTarget.ts'
import { noise } from '../../arbitraries.ts'
import { expectClose } from '../../expectations.ts'

const ROUNDING = 1e-12
/** Two roundings: of a factor, and of the product. */
const EPSILON32 = 2 ** -23
const together = (rows: readonly Tensor[]): Concrete => stack(rows) as Concrete

const expectSame = (f: (x: Tensor) => Tensor, shape: readonly number[], samples: number): void => {
  const rows = Array.from({ length: samples }, (_, b) => noise(shape, b))
  const { run } = compile(f, ['perSample'], { backend: 'wasm' })(noise(shape, 0))
  expectClose(run(together(rows)), together(rows.map(f)), ROUNDING)
}

/** Loops that only copy. */
const copies = (f: (x: Tensor) => Tensor, x: Tensor): number =>
  planned({
    program: programOf(f)(x),
    perSample: [true],
    precision: 'float64',
    summed: false,
  }).lowered.kernels.filter(
    (kernel) => kernel.kind === 'map' && kernel.code.nodes.every((node) => node.op === 'input'),
  ).length

const parts = (x: Tensor): Tensor[] => {
  const outer = einsum('i, j -> i j', x, exp(x))
  return [reshape(outer, [-1]), add(x, 1), sum(outer, 0), sum(mul(outer, 2), 1)]
}

describe('values that end up in larger ones', () => {
  it('are made there: a concatenation of computed values copies nothing', () => {
    expect(copies((x) => concatenate(parts(x)), noise([5], 1))).toBe(0)
  })

  it('are copied where they are inputs, used twice, padded, or in another order', () => {
    expect(copies((x) => pad(exp(x), [1], [2]), noise([5], 1))).toBe(1)
    expect(copies((x) => concatenate([x, exp(x)]), noise([5], 1))).toBe(1)
    const twice = (x: Tensor): Tensor => {
      const y = exp(x)
      return concatenate([y, y])
    }
    expect(copies(twice, noise([5], 1))).toBe(1)
    const turned = (x: Tensor): Tensor => concatenate([transpose(exp(x), [1, 0]), transpose(x)])
    expect(copies(turned, noise([3, 4], 1))).toBe(2)
    for (const [f, shape] of [
      [twice, [5]],
      [turned, [3, 4]],
    ] as const)
      expectSame(f, shape, 11)
  })

  it('have the same numbers there, read again or moved twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 19 }), (n, samples) => {
        const nested = (x: Tensor): Tensor => {
          const [a, b, c, d] = parts(x) as [Tensor, Tensor, Tensor, Tensor]
          const inner = concatenate([b, c])
          return concatenate([d, inner, a, mul(b, c), pad(inner, [2], [1])])
        }
        expectSame(nested, [n], samples)
      }),
      { numRuns: 40 },
    )
  })
})

describe('rows out of a tile', () => {
  const sizes = [1, IN_ROWS - 1, IN_ROWS, IN_ROWS + 1, STRIP - 1, STRIP, STRIP + 3]
  it.each(sizes)('of %i numbers are right for any number of samples', (size) => {
    for (const samples of [1, 7, 8, 9])
      for (const precision of ['float64', 'float32'] as const) {
        const f = (x: Tensor): Tensor => mul(x, tensor(noise([size], 3).data, [size]))
        const rows = Array.from({ length: samples }, (_, b) => tensor(b + 1))
        const { run } = compile(f, ['perSample'], { backend: 'wasm', precision })(tensor(1))
        const got = run(together(rows)) as Concrete
        const wanted = together(rows.map(f))
        const relative = precision === 'float64' ? 0 : EPSILON32
        wanted.data.forEach((y, i) => {
          expect(Math.abs(got.data[i]! - y)).toBeLessThanOrEqual(relative * Math.abs(y))
        })
      }
  })

  it('leave in their order, whatever view they are', () => {
    expectSame((x) => transpose(x, [1, 0]), [4, 5], 9)
    expectSame((x) => transpose(exp(x), [2, 0, 1]), [3, 4, 5], 9)
  })
})
