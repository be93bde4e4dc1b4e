import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  type Concrete,
  compile,
  einsum,
  explain,
  leavesOf,
  mul,
  reshape,
  stack,
  type Tensor,
  type TensorTree,
} from '../../../core/index.ts'
import { noise, noiseLike } from '../../arbitraries.ts'
import { expectClose } from '../../expectations.ts'

/** Sums of a few products of order one. */
const ROUNDING = 1e-12
const marks = ['perSample', 'perSample'] as const

/** Both backends on three samples: equal; and what the compiler made of it. */
const sameOnBoth = (f: (x: Tensor, y: Tensor) => TensorTree, x: Tensor, y: Tensor): string => {
  const rows = [x, y].map((like, i) => stack([1, 2, 3].map((k) => noiseLike(like, 7 * k + i))))
  const [a, b] = rows as [Tensor, Tensor]
  const made = (backend: 'reference' | 'wasm') => compile(f, marks, { backend })(x, y)
  const [reference, wasm] = [made('reference'), made('wasm')]
  const [wanted, got] = [reference, wasm].map(({ run }) => leavesOf(run(a, b))) as [
    Concrete[],
    Concrete[],
  ]
  got.forEach((leaf, k) => {
    expectClose(leaf, wanted[k]!, ROUNDING)
  })
  return explain(wasm.spec)
}

const contractions = (text: string): number =>
  text.split('\n').filter((l) => /contract/.test(l)).length
const maps = (text: string): number => text.split('\n').filter((l) => / map /.test(l)).length

describe('an elementwise loop at the end of a contraction', () => {
  it('means what it means in a loop of its own, however the axes lie', () => {
    const sizes = fc.tuple(...[7, 7, 7].map((most) => fc.integer({ min: 1, max: most })))
    const outs = fc.shuffledSubarray(['i', 'j', 'k'], { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(sizes, outs, outs, fc.boolean(), ([i, j, k], first, second, cube) => {
        const n = cube ? [k!, k!, k!] : [i!, j!, k!]
        const length = (l: string): number => n['ijk'.indexOf(l)]!
        if (first.some((l, d) => length(l) !== length(second[d]!))) return
        const f = (x: Tensor, y: Tensor): Tensor =>
          add(
            einsum(`i j k, -> ${first.join(' ')}`, x, y),
            mul(einsum(`i j k, -> ${second.join(' ')}`, x, y), 3),
          )
        sameOnBoth(f, noise(n, 1), noise([], 2))
      }),
      { numRuns: 60 },
    )
  })

  it('is one where rounding would lose a step: 7 × 7 × 7 elements, turned', () => {
    const f = (x: Tensor, y: Tensor): Tensor =>
      add(einsum('i j k, -> k i j', x, y), einsum('i j k, -> j k i', x, y))
    const text = sameOnBoth(f, noise([7, 7, 7], 1), noise([], 2))
    expect([contractions(text), maps(text)]).toEqual([2, 0])
  })

  it('leaves a contraction alone that is a result itself, or that others read', () => {
    const product = (x: Tensor, y: Tensor): Tensor => einsum('i j, j k -> i k', x, y)
    const [x, y] = [noise([3, 4], 1), noise([4, 5], 2)]
    const both = (a: Tensor, b: Tensor): Tensor[] => [product(a, b), add(product(a, b), 1)]
    expect(maps(sameOnBoth(both, x, y))).toBe(1)
    const twice = (a: Tensor, b: Tensor): Tensor =>
      add(product(a, b), reshape(einsum('i k -> k i', product(a, b)), [3, 5]))
    expect(maps(sameOnBoth(twice, x, y))).toBeGreaterThanOrEqual(1)
  })

  it('or whose elements it takes in rows of another length', () => {
    const f = (x: Tensor, y: Tensor): Tensor =>
      add(reshape(einsum('i j, j k -> k i', x, y), [4, 3]), 1)
    sameOnBoth(f, noise([6, 5], 1), noise([5, 2], 2))
  })

  it('is not there when it is long: its code would be written for every sum', () => {
    const long = (x: Tensor, y: Tensor): Tensor => {
      const z = einsum('i j, j k -> i k', x, y)
      return Array.from({ length: 12 }, (_, n) => n + 2).reduce((w, n) => add(mul(w, z), n), z)
    }
    expect(maps(sameOnBoth(long, noise([3, 4], 1), noise([4, 5], 2)))).toBe(1)
  })
})
