import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { planTraining } from '../../../examples/session/planTraining.ts'
import type { Training } from '../../../examples/session/training.ts'
import { resolveConfig } from '../../../examples/settings/config.ts'
import { defaults } from '../../../examples/settings/defaults.ts'
import { showDecimals, showEnergy } from '../../../examples/settings/numbers.ts'
import type { TrainConfig } from '../../../examples/settings/settings.ts'

// Lattices of many sites: they start, and say what a step costs.

const planned = (changes: Partial<TrainConfig>): Training => {
  const training = planTraining({ ...defaults, threads: 1, ...changes })
  if (E.isLeft(training)) throw new Error(training.left.what)
  return training.right
}

describe('large lattices', () => {
  // Each of these spread more than 120,000 numbers into arguments.
  it.each([
    { size: [12, 12] },
    { lattice: 'chain', size: [128] },
    { size: [10, 10], heads: 16, dim: 16 },
    { size: [12, 12], symmetry: 'translations' },
  ] as const)('are planned, and their cost is told: %o', (changes) => {
    const training = planned(changes)
    const [cost, advice] = training.cost!()
    training.dispose()
    expect(cost).toMatch(/a step takes about [\d,]+ evaluations of log ψ, \d.* each, and up to/)
    expect(cost).toMatch(/the first, whose chains settle, [\d,]+/)
    expect(advice).toContain('--samples')
  })

  it('with more patches than attention weights have room for are refused, with bytes', () => {
    for (const [changes, size] of [
      [{ lattice: 'chain', size: [10000] }, '23.9GiB'],
      [{ lattice: 'square', size: [100, 100], patch: 2, heads: 200, dim: 200 }, '37.3GiB'],
      [{ lattice: 'chain', size: [20000], precision: 'float32' }, '47.7GiB'],
    ] as const) {
      const refused = planTraining({ ...defaults, threads: 1, memory: 8 * 2 ** 30, ...changes })
      const problem = E.isLeft(refused) ? refused.left : undefined
      expect(problem?.what).toContain(`with their derivatives ${size}, and --memory allows 8GiB`)
      expect(problem?.fix).toContain('larger patches')
    }
  })

  it('and small ones have none to tell', () => {
    const training = planned({ size: [4, 4], samples: 512, patch: 2 })
    expect(training.cost!()).toEqual([])
    training.dispose()
  })

  it('with couplings whose variances are no numbers are refused', () => {
    for (const j1 of [1e-200, 1e200]) {
      const refused = resolveConfig({ flags: { j1: String(j1), j2: String(j1 / 2) } })
      expect(E.isLeft(refused) && refused.left.map(({ where }) => where)).toEqual(['--j1'])
    }
  })
})

describe('energies in print', () => {
  it('keep their digits in any unit', () => {
    for (const [x, text] of [
      [-0.5286202, '-0.528620'],
      [0, '0.000000'],
      [-5.286202e-13, '-5.286202e-13'],
      [1.2345678e-4, '1.234568e-4'],
      [1234567.25, '1234567.250000'],
      [8.25e200, '8.250000e+200'],
    ] as const)
      expect(showEnergy(x)).toBe(text)
    expect(showDecimals(-8.4579233514e-300, 10)).toBe('-8.4579233514e-300')
    expect(showEnergy(null)).toBe('–')
  })
})
