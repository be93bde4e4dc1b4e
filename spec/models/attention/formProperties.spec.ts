// Finds faults in models/attention/equivariance.ts.

import { describe, expect, it } from 'vitest'
import { add, reshape, slice, type Tensor, zeros } from '../../../core/index.ts'
import * as models from '../../../models/index.ts'
import { problemOf } from '../../expectations.ts'

const grids = {
  'periodic 2x3': models.patchGrid([2, 3], 1),
  'open 2x3': models.patchGrid([2, 3], 1, 'open'),
  'periodic chain of 4': models.patchGrid([8], 2),
  'open chain of 4': models.patchGrid([8], 2, 'open'),
}
const sizesOf = (grid: models.PatchGrid): models.FormSizes => ({ grid, heads: 2, dim: 4 })
const { content, relative, plus, scaled, softmaxed, constant } = models

describe('properties of a form', () => {
  const properties = (e: models.Expression, grid: models.PatchGrid = grids['periodic 2x3']) =>
    models.formProperties(models.attention(e), sizesOf(grid))

  it('of words of the algebra: what they cost, and whether tokens matter', () => {
    const { applied, gated, learned, loudness, over, raised } = models
    expect(properties(learned(0.5))).toMatchObject({
      parameters: 2,
      inputDependent: false,
      flops: 0,
    })
    expect(properties(loudness())).toMatchObject({ parameters: 8, inputDependent: true })
    expect(properties(gated(relative(), learned()))).toMatchObject({
      parameters: 12 + 2 + 2,
      inputDependent: false,
      translationEquivariant: true,
    })
    const one = properties(loudness()).flops
    for (const e of [applied('tanh', loudness()), raised(3, loudness())])
      expect(properties(e).flops).toBe(one + 2 * 36)
    expect(properties(over(loudness(), constant(2))).flops).toBe(one + 2 * 36)
    expect(properties(applied('relu', relative())).flops).toBe(0)
  })

  it('count parameters: displacements, pairs, queries and keys', () => {
    expect(properties(relative()).parameters).toBe(2 * 6)
    expect(properties(relative(), grids['open 2x3']).parameters).toBe(2 * 15)
    expect(properties(models.absolute()).parameters).toBe(2 * 36)
    expect(properties(content()).parameters).toBe(2 * 16)
    expect(properties(models.positioned()).parameters).toBe(2 * 16 + 24)
    expect(properties(models.namedForms.spatial).parameters).toBe(12 + 2)
    expect(properties(models.namedForms.alibi).parameters).toBe(32)
  })

  it('tell whether the weights depend on the tokens, and what that costs', () => {
    for (const [name, e] of Object.entries(models.namedForms)) {
      const free = name === 'factored' || name === 'spatial'
      expect([name, properties(e).inputDependent]).toEqual([name, !free])
      expect([name, properties(e).flops > 0]).toEqual([name, !free])
    }
    expect(properties(scaled(0, relative())).inputDependent).toBe(false)
  })

  it('tell which forms commute with translations of the patches', () => {
    for (const [name, e] of Object.entries(models.namedForms)) {
      const relativeOnly = name !== 'dotProduct' && name !== 'diet'
      expect([name, properties(e).translationEquivariant]).toEqual([name, relativeOnly])
      expect(properties(e, grids['open 2x3']).translationEquivariant).toBe(false)
    }
  })

  it('judge small parts of large weights, and tiny weights, as they judge others', () => {
    const { absolute } = models
    const far = (e: models.Expression): boolean => properties(e).translationEquivariant
    for (const size of [1e-200, 1e-10, 1, 1e10, 1e12]) {
      expect([size, far(scaled(size, relative()))]).toEqual([size, true])
      expect([size, far(scaled(size, absolute()))]).toEqual([size, false])
      if (size < 1) continue
      const besides = (e: models.Expression) => plus(scaled(size, softmaxed(content())), e)
      expect([size, far(besides(absolute()))]).toEqual([size, false])
      expect([size, far(besides(relative()))]).toEqual([size, true])
      // The constant rounds the scores away and comes off again: rounding is no dependence.
      const back = plus(plus(constant(size), softmaxed(content())), constant(-size))
      expect([size, far(back)]).toEqual([size, true])
    }
  })

  it('try more than the first parameters: what starts at zero may grow', () => {
    const bias: models.FormOf<{ readonly b: Tensor }> = ({ grid, heads }) => ({
      name: 'a bias of every pair, from zero',
      init: { b: zeros([heads, grid.tokens, grid.tokens]) },
      weights: ({ b }) => b,
    })
    expect(models.formProperties(bias, sizesOf(grids['periodic 2x3'])).translationEquivariant).toBe(
      false,
    )
  })

  it('refuse weights without heads, or of other shapes', () => {
    for (const shape of [[6, 6], [1, 6, 6], [2, 6, 4], [36], []]) {
      const flat: models.FormOf<object> = () => ({
        name: 'flat',
        init: {},
        weights: () => zeros(shape),
      })
      problemOf(
        () => models.formProperties(flat, sizesOf(grids['periodic 2x3'])),
        `ShapeError in weights of 'flat': they are [${shape.join(', ')}]`,
        'not [heads 2, patches 6, patches 6]',
      )
    }
  })

  it('hold for plain functions too', () => {
    const firstToken: models.FormOf<object> = ({ grid, heads }) => ({
      name: 'looks at the first token',
      init: {},
      weights: (_, x) =>
        add(zeros([heads, grid.tokens, grid.tokens]), reshape(slice(x, [0, 0], [1, 1]), [1, 1, 1])),
    })
    const properties = models.formProperties(firstToken, sizesOf(grids['periodic 2x3']))
    expect(properties).toMatchObject({
      parameters: 0,
      inputDependent: true,
      translationEquivariant: false,
    })
  })
})
