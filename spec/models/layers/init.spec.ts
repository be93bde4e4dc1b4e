import fc from 'fast-check'
import { state as S } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import {
  draw,
  type Key,
  keyFrom,
  normals,
  ones,
  type Tensor,
  tensor,
  zeros,
} from '../../../core/index.ts'
import {
  dense,
  drawing,
  type Init,
  initialise,
  layer,
  scaledNormal,
  together,
} from '../../../models/index.ts'
import { problemOf } from '../../expectations.ts'

describe('initialisers', () => {
  const normal = scaledNormal([3], 1)

  it('are drawn alike as a record, together, and one after the other by hand', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 20), (seed) => {
        const parts = { a: normal, b: { c: normal, d: zeros([2]) }, e: [normal, normal] }
        const record: { readonly b: { readonly c: Tensor } } = initialise(
          { init: together(parts) },
          keyFrom(seed),
        )
        const [a, k1] = normal(keyFrom(seed))
        const [c, k2] = normal(k1)
        const [e0, k3] = normal(k2)
        const [e1] = normal(k3)
        expect(record).toEqual({ a, b: { c, d: zeros([2]) }, e: [e0, e1] })
        expect(initialise({ init: drawing(parts as Init<unknown>) }, keyFrom(seed))).toEqual(record)
      }),
    )
  })

  it('are records of layers, with the types of what they draw', () => {
    const shift = layer(
      'shift',
      { by: zeros([2]), own: draw((key) => tensor(normals(key, 2))) },
      ({ by }, x: Tensor) => [x, by] as const,
    )
    const params: { readonly by: Tensor; readonly own: Tensor } = initialise(shift, keyFrom(1))
    expect(params.by).toEqual(zeros([2]))
    expect(params.own.shape).toEqual([2])
    for (const wrong of [3, undefined, null, 'x'])
      problemOf(
        () => initialise({ init: together({ a: wrong }) }, keyFrom(1)),
        'ParamsError in init',
        `${wrong} says not how`,
      )
    const old = layer('old', { w: S.of<Key, Tensor>(zeros([1])) }, ({ w }) => w)
    expect(initialise(old, keyFrom(1))).toEqual({ w: zeros([1]) })
  })

  it('of a layer draw its parts in their order, layers among them, and ask for each by name', () => {
    const inner = dense({ in: 2, out: 3 })
    const named = { init: normal, apply: normal }
    const parts = { first: normal, inner, all: [inner, inner], named, start: zeros([2]) }
    const outer = layer('outer', parts, ({ inner: own }, x: Tensor) => inner.apply(own, x))
    fc.assert(
      fc.property(fc.nat(2 ** 20), (seed) => {
        const [first, k1] = normal(keyFrom(seed))
        const [own, k2] = inner.init(k1)
        const [one, k3] = inner.init(k2)
        const [two, k4] = inner.init(k3)
        const [init, k5] = normal(k4)
        const [apply] = normal(k5)
        const expected = { first, inner: own, all: [one, two], named: { init, apply } }
        const params = initialise(outer, keyFrom(seed))
        expect(params).toEqual({ ...expected, start: zeros([2]) })
        const x = ones([2])
        expect(outer.apply(params, x)).toEqual(inner.apply(params.inner, x))
        const kernel: Tensor = params.all[1]!.kernel
        expect(kernel.shape).toEqual([2, 3])
      }),
    )
    for (const missing of Object.keys(parts)) {
      const { [missing]: _, ...others } = initialise(outer, keyFrom(1)) as Record<string, unknown>
      problemOf(
        () => outer.apply(others as never, ones([2])),
        'ParamsError in outer',
        'needs parameters first, inner, all, named, start, got a record with',
        'initialise(layer, key)',
      )
    }
    problemOf(() => outer.apply(inner.init(keyFrom(1)) as never, ones([2])), 'result of init')
  })
})
