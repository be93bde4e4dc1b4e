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

describe('facts of a form', () => {
  const facts = (e: models.Expression, grid: models.PatchGrid = grids['periodic 2x3']) =>
    models.formFacts(models.attention(e), sizesOf(grid))

  it('of words of the algebra: what they cost, and whether tokens matter', () => {
    const { applied, gated, learned, loudness, over, raised } = models
    expect(facts(learned(0.5))).toMatchObject({ parameters: 2, inputDependent: false, flops: 0 })
    expect(facts(loudness())).toMatchObject({ parameters: 8, inputDependent: true })
    expect(facts(gated(relative(), learned()))).toMatchObject({
      parameters: 12 + 2 + 2,
      inputDependent: false,
      translationEquivariant: true,
    })
    const one = facts(loudness()).flops
    for (const e of [applied('tanh', loudness()), raised(3, loudness())])
      expect(facts(e).flops).toBe(one + 2 * 36)
    expect(facts(over(loudness(), constant(2))).flops).toBe(one + 2 * 36)
    expect(facts(applied('relu', relative())).flops).toBe(0)
  })

  it('count parameters: displacements, pairs, queries and keys', () => {
    expect(facts(relative()).parameters).toBe(2 * 6)
    expect(facts(relative(), grids['open 2x3']).parameters).toBe(2 * 15)
    expect(facts(models.absolute()).parameters).toBe(2 * 36)
    expect(facts(content()).parameters).toBe(2 * 16)
    expect(facts(models.positioned()).parameters).toBe(2 * 16 + 24)
    expect(facts(models.namedForms.spatial).parameters).toBe(12 + 2)
    expect(facts(models.namedForms.alibi).parameters).toBe(32)
  })

  it('tell whether the weights depend on the tokens, and what that costs', () => {
    for (const [name, e] of Object.entries(models.namedForms)) {
      const free = name === 'factored' || name === 'spatial'
      expect([name, facts(e).inputDependent]).toEqual([name, !free])
      expect([name, facts(e).flops > 0]).toEqual([name, !free])
    }
    expect(facts(scaled(0, relative())).inputDependent).toBe(false)
  })

  it('tell which forms commute with translations of the patches', () => {
    for (const [name, e] of Object.entries(models.namedForms)) {
      const relativeOnly = name !== 'dotProduct' && name !== 'diet'
      expect([name, facts(e).translationEquivariant]).toEqual([name, relativeOnly])
      expect(facts(e, grids['open 2x3']).translationEquivariant).toBe(false)
    }
  })

  it('judge small parts of large weights, and tiny weights, as they judge others', () => {
    const { absolute } = models
    const far = (e: models.Expression): boolean => facts(e).translationEquivariant
    for (const size of [1e-200, 1e-10, 1, 1e10, 1e12]) {
      expect([size, far(scaled(size, relative()))]).toEqual([size, true])
      expect([size, far(scaled(size, absolute()))]).toEqual([size, false])
      if (size < 1) continue
      const besides = (e: models.Expression) => plus(scaled(size, softmaxed(content())), e)
      expect([size, far(besides(absolute()))]).toEqual([size, false])
      expect([size, far(besides(relative()))]).toEqual([size, true])
      // What rounds away, and comes back: rounding is no dependence on places.
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
    expect(models.formFacts(bias, sizesOf(grids['periodic 2x3'])).translationEquivariant).toBe(
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
        () => models.formFacts(flat, sizesOf(grids['periodic 2x3'])),
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
    const told = models.formFacts(firstToken, sizesOf(grids['periodic 2x3']))
    expect(told).toMatchObject({
      parameters: 0,
      inputDependent: true,
      translationEquivariant: false,
    })
  })
})
