import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Concrete,
  dataOf,
  keyFrom,
  mapTree,
  type Tensor,
  type Tree,
} from '../../../core/index.ts'
import * as models from '../../../models/index.ts'
import * as physics from '../../../physics/index.ts'

const { content, relative, plus, times, scaled, softmaxed, symmetrised } = models
const patches = models.patchGrid([6, 6], 1)
const seeds = fc.nat(2 ** 20)

describe('first parameters', () => {
  const sixBySix: models.FormSizes = { grid: patches, heads: 8, dim: 16 }
  const n = 36
  /** The positional numbers p of a form, wherever they stand in it. */
  const positional = (e: models.Expression, seed: number): readonly number[] => {
    const found: number[] = []
    mapTree(
      models.initialise(models.attention(e)(sixBySix), keyFrom(seed)) as Tree<Tensor>,
      (leaf, path) => {
        if (path.at(-1) === 'p') found.push(...dataOf(leaf as Concrete))
        return leaf
      },
    )
    return found
  }
  const deviation = (x: readonly number[]): number =>
    Math.sqrt(x.reduce((q, v) => q + v * v, 0) / x.length)
  /** Contexts of a position term that do not make it a score. */
  const around = fc.constantFrom<(e: models.Expression) => models.Expression>(
    (e) => e,
    (e) => plus(content(), e),
    (e) => times(models.mask(1), e),
    (e) => scaled(2, e),
    (e) => symmetrised(e),
    (e) => plus(softmaxed(content()), e),
  )
  const positions = fc.constantFrom(relative(), models.absolute())

  it('weights of positions are within the bound of Xavier, scores in a softmax of order one', () => {
    fc.assert(
      fc.property(positions, around, around, seeds, (atom, outer, inner, seed) => {
        const bound = Math.sqrt(6 / (n + n))
        const weights = positional(outer(inner(atom)), seed)
        expect(Math.max(...weights.map(Math.abs))).toBeLessThan(bound)
        expect(deviation(weights) * Math.sqrt(n)).toBeCloseTo(1, 0)
        expect(deviation(positional(outer(softmaxed(inner(atom))), seed))).toBeCloseTo(1, 0)
      }),
      { numRuns: 50 },
    )
  })

  it('of T5 make a wave function that is not constant where tokens are single spins', () => {
    // The total spin is fixed: with equal weights every token would see the same.
    const configurations = physics.randomChains(physics.szSector(n), 64, keyFrom(5))
    const spread = (e: models.Expression, seed: number): number => {
      const wave = models.vit(models.attention(e), {
        patches: sixBySix.grid,
        layers: 1,
        dim: 16,
        heads: 8,
      })
      const params = models.initialise(wave, keyFrom(seed))
      const { re } = physics.evaluatorsOf(wave, params, n).logPsi(params)(configurations)
      const centre = re.reduce((a, b) => a + b, 0) / re.length
      return deviation(Array.from(re, (x) => x - centre))
    }
    const typical = (e: models.Expression): number =>
      Math.exp([1, 2, 3, 4].reduce((sum, seed) => sum + Math.log(spread(e, seed)) / 4, 0))
    const factored = typical(relative())
    for (const form of ['t5', 'diet'] as const)
      expect(typical(models.namedForms[form])).toBeGreaterThan(factored / 20)
  })
})
