import fc from 'fast-check'
import { state as S } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import {
  draw,
  type Key,
  keyFrom,
  normals,
  type Tensor,
  tensor,
  zeros,
} from '../../../core/index.ts'
import {
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
      ['by', 'own'],
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
    const old = layer('old', ['w'], S.of<Key, { w: Tensor }>({ w: zeros([1]) }), ({ w }) => w)
    expect(initialise(old, keyFrom(1))).toEqual({ w: zeros([1]) })
  })
})
