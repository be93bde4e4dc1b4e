// Finds faults in models/attention/shownForm.ts and models/layers/shownParameters.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, leavesOf, type Tensor, type Tree, tensor, zeros } from '../../core/index.ts'
import * as models from '../../models/index.ts'
import { noise } from '../arbitraries.ts'
import { problemOf } from '../expectations.ts'
import { expectFits } from '../shownTexts.ts'
import { anyExpressions, expressions } from './attention/expressions.ts'

const { show } = models
const names = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,9}$/)
/** Trees of tensors as parameters have them: records and arrays, some empty. */
const trees: fc.Arbitrary<Tree<Tensor>> = fc.letrec<{ tree: Tree<Tensor> }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.array(fc.nat(5), { maxLength: 3 }).map((s) => noise(s, 1) as Tensor),
    fc.dictionary(names, tie('tree'), { maxKeys: 5, noNullPrototype: true }),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.array(fc.constant(noise([2], 1) as Tensor), { maxLength: 20 }),
  ),
})).tree
const records = fc.dictionary(names, trees, { maxKeys: 5, noNullPrototype: true })
const sizeOf = (tree: Tree<Tensor>): number =>
  leavesOf(tree).reduce((n, x) => n + x.shape.reduce((a, b) => a * b, 1), 0)

describe('show of parameters', () => {
  it('fits, and counts them: their sum over all leaves', () => {
    fc.assert(
      fc.property(records, (params) => {
        const text = show(params)
        expectFits(text)
        const [, count, tensors] = /^([\d,]+) parameters? in (\d+) tensors?/.exec(text)!
        expect(Number(count!.replaceAll(',', ''))).toBe(sizeOf(params))
        expect(Number(tensors)).toBe(leavesOf(params).length)
        expect(models.parameterCount(params)).toBe(sizeOf(params))
      }),
    )
  })

  it('gives every branch the sum of what is below it, alike members of an array once', () => {
    const block = { up: { w: zeros([2, 3]), b: zeros([3]) }, none: {} }
    const params = { blocks: [block, block, block], other: [zeros([2]), { x: zeros([4]) }] }
    expect(show(params)).toBe(
      [
        '33 parameters in 8 tensors, float64',
        '├── blocks: 27',
        '│   └── [0] to [2], each: 9',
        '│       └── up: 9, w [2, 3], b [3]',
        '└── other: 6',
        '    ├── [0] [2]',
        '    └── [1]: 4, x [4]',
      ].join('\n'),
    )
    const mixed = { a: tensor([1], [1], 'float32'), b: zeros([1]) }
    expect(show(mixed)).toContain('2 parameters in 2 tensors, float32, float64')
    expect(show({})).toBe('0 parameters in 0 tensors')
  })
})

describe('show of a form', () => {
  it('is its formula, with the operands of every operation below', () => {
    fc.assert(
      fc.property(anyExpressions, (e) => {
        expectFits(show(e))
        const parts = (x: models.Expression): number =>
          models.partsOf(x).reduce((n, part) => n + parts(part), 1)
        expect(show(e).split('\n')).toHaveLength(parts(e))
      }),
    )
    expect(show(models.namedForms.spatial)).toBe(
      'relative * distanceDecay\n├── relative\n└── distanceDecay',
    )
  })

  it('at some sizes tells its facts', () => {
    const grid = models.patchGrid([4], 1)
    const sizes = { grid, heads: 2, dim: 4 }
    fc.assert(
      fc.property(expressions, (e) => {
        const form = models.attention(e)
        const text = show(form, sizes)
        expectFits(text)
        const facts = models.formProperties(form, sizes)
        expect(text).toContain(`: ${facts.parameters.toLocaleString('en-US')} parameter`)
        expect(text.includes('weights depend on the input')).toBe(facts.inputDependent)
        expect(text.includes('translate the weights')).toBe(facts.translationEquivariant)
      }),
      { numRuns: 20 },
    )
  })
})

describe('show of a wave function', () => {
  const sizes = { patches: models.patchGrid([4, 2], 2), layers: 2, dim: 8, heads: 4 }
  const vit = models.vit(models.factored, sizes)

  it('tells layers, width, heads, form, patches and parameters', () => {
    const text = show(vit)
    expectFits(text)
    const params = models.initialise(vit, keyFrom(3))
    expect(text).toContain(`${models.parameterCount(params).toLocaleString('en-US')} param`)
    for (const words of [
      '2 layers of dim 8 and hidden width 32',
      'attention relative\n',
      '4 heads of width 2: 8 parameters',
      '2x1 patches of 4 cells, periodic: 2 tokens of 4 spins',
    ])
      expect(text).toContain(words)
  })

  it('says of a symmetrised one how many images it sums, and of every other its parameters', () => {
    const group = models.symmetryGroup(8, [models.spinInversion(8)])
    const text = show(models.symmetrise(vit, group))
    expect(text).toMatch(/^symmetrised vit\n├── sum over 2 images\n├── 2 layers/)
    for (const wave of [models.rbm({ sites: 4, hidden: 3 }), models.jastrow(4)]) {
      expectFits(show(wave))
      expect(show(wave)).toMatch(/^\w+\n└── \d+ parameters in \d+ tensors, float64\n/)
    }
  })

  it('shows grids of patches, and what core shows', () => {
    expect(show(models.patchGrid([6, 6], 3, 'open'))).toBe(
      '2x2 patches of 9 cells, open: 4 tokens of 9 spins',
    )
    expect(show(tensor([1, 2]))).toBe('tensor [2] of float64\n├── from 1 to 2, mean 1.5\n└── 1, 2')
  })

  it('goes over lists: the index that map gives second means nothing', () => {
    const list = [vit.sizes.patches, models.namedForms.spatial]
    expect(list.map(show)).toEqual(list.map((x) => show(x)))
  })

  it.each([[undefined], ['text'], [5], [{ a: { b: 'text' } }], [vit.apply]])('refuses %j', (x) => {
    problemOf(() => show(x as never), 'TypeError in show', 'cannot be shown')
  })
})
