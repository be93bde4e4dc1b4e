import { describe, expect, it } from 'vitest'
import { cells, smallCells } from './robust/cells.ts'
import { type Outcome, runCell } from './robust/runCell.ts'
import { MOST_SIGMAS, misleads, pageOf, summaryOf } from './robust/table.ts'

// Runs whose flags name only the problem need no tuning: twelve small cells of `npm run robust`.

/** A tenth of the usual samples and half of the steps still end so near to the exact energy. */
const NEAR = 2e-3
const smaller = { steps: 40, samples: 1024, finalRounds: 4, threads: 1 }

describe('a run whose flags name only the problem', () => {
  it.each(smallCells.map((cell) => [cell.name, cell] as const))('%s', (_, cell) => {
    const outcome = runCell(cell, smaller)
    expect(outcome.failure).toBeNull()
    expect(outcome.relativeError).toBeLessThan(NEAR)
    expect(outcome.sigmas).toBeLessThan(MOST_SIGMAS)
    expect(misleads(outcome)).toBe(false)
  })

  it('that cannot be made is a failure in words', () => {
    const odd = { name: 'odd', flags: { lattice: 'chain', size: '7' } }
    expect(runCell(odd)).toMatchObject({ steps: 0, energy: null })
    expect(runCell(odd).failure).toContain('--size 7')
  })
})

describe('the grid', () => {
  it('has at least 120 cells, each once, and every pair of its factors', () => {
    expect(cells.length).toBeGreaterThanOrEqual(120)
    expect(new Set(cells.map(({ name }) => name)).size).toBe(cells.length)
    const pairs = (a: string, b: string) =>
      new Set(cells.map(({ flags }) => `${flags[a]} ${flags[b]}`)).size
    expect(pairs('attention', 'patch')).toBe(14)
    expect(pairs('attention', 'precision')).toBe(14)
    expect(pairs('patch', 'precision')).toBe(4)
    expect(pairs('attention', 'seed')).toBe(21)
  })
})

describe('its table', () => {
  const good = (name: string): Outcome => ({
    name,
    failure: null,
    energy: -0.5,
    exact: -0.5,
    relativeError: 1e-5,
    energyError: 1e-6,
    reliable: true,
    rHat: 1,
    rHatLimit: 1.1,
    fullSum: -0.5,
    sigmas: 1,
    refusals: 2,
    steps: 80,
    symmetry: 'full',
    seconds: 12,
  })

  it('counts failures, distances and error bars that hide them', () => {
    const wrong = { ...good('b'), sigmas: 6 }
    const outcomes = [good('a'), wrong, { ...wrong, name: 'c', reliable: false }]
    expect(outcomes.map(misleads)).toEqual([false, true, false])
    expect(misleads({ ...wrong, rHat: 1.2 })).toBe(false)
    const failed = { ...good('d|e'), failure: 'it fell over\nin step 3', relativeError: null }
    const words = summaryOf([...outcomes, { ...failed, sigmas: null }], 168).join(' ')
    expect(words).toContain('4 of the 168 cells were run; 1 of 4 failed')
    expect(words).toContain('3 of 3 end within 1e-4')
    expect(words).toContain('1 of 3 energies are within 5')
    expect(words).toContain('1 of 4 error bars mislead')
    const page = pageOf([good('a'), failed], 168)
    expect(page).toContain('| a | 1.0e-5 | 12 | 80, full | 2 | 1.0e-6 | 1.0 | yes | 1.000 |')
    expect(page).toContain('| d\\|e | failed: it fell over |')
  })
})
