import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { type Concrete, dataOf, leavesOf } from '../../core/index.ts'
import { planTraining } from '../../examples/session/planTraining.ts'
import type { StepRecord, Training, TrainState } from '../../examples/session/training.ts'
import { resolveConfig, showConfigProblem } from '../../examples/settings/config.ts'
import { defaults, defaultsOf } from '../../examples/settings/defaults.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'
import { parseSector, parseStages, showSector, stageAfter } from '../../examples/settings/stages.ts'
import { right } from '../expectations.ts'

// Runs whose wave function is symmetrised, in stages, on every lattice.

const small: Partial<TrainConfig> = { dim: 4, heads: 2, samples: 128, threads: 1, j2: 0 }
const planned = (more: Partial<TrainConfig>): Training =>
  right(planTraining({ ...defaultsOf(more.lattice), ...small, ...more }))
const problemOf = (more: Partial<TrainConfig>): string => {
  const plan = planTraining({ ...defaultsOf(more.lattice), ...small, ...more })
  return E.isLeft(plan) ? `${plan.left.kind}: ${plan.left.what}` : 'Right'
}
const trained = (training: Training, steps: number, from = training.initial()) => {
  let state: TrainState = from
  const records: StepRecord[] = []
  while (state.step < steps) {
    const next = training.step(state)
    state = next.state
    records.push(next.record)
  }
  return { state, records }
}
const numbers = ({ params }: TrainState): number[] =>
  leavesOf(params).flatMap((leaf) => [...dataOf(leaf as Concrete)])

describe('stages', () => {
  it('are read, and say which makes the next step', () => {
    const stages = right(parseStages('none:60, translations:20,full'))
    expect(stages).toEqual([
      { symmetry: 'none', from: 0 },
      { symmetry: 'translations', from: 60 },
      { symmetry: 'full', from: 80 },
    ])
    const names = [0, 59, 60, 79, 80, 1000].map((done) => stageAfter(stages, done).symmetry)
    expect(names).toEqual(['none', 'none', 'translations', 'translations', 'full', 'full'])
    expect(right(parseStages('full'))).toEqual([{ symmetry: 'full', from: 0 }])
  })

  it.each([
    '',
    'some',
    'none:0,full',
    'none,full',
    'none:60',
    'none:1:2,full',
    'full,',
    'none:1.5,full',
  ])('not read: %j', (text) => {
    expect(E.isLeft(parseStages(text))).toBe(true)
  })
})

describe('sectors', () => {
  const sign = fc.constantFrom(1 as const, -1 as const)
  it('come back from their text', () => {
    const characters = fc.record(
      {
        momentum: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 2 }),
        rotation: sign,
        mirror: sign,
        inversion: sign,
      },
      { requiredKeys: ['momentum'] },
    )
    fc.assert(
      fc.property(characters, (c) => {
        expect(right(parseSector(showSector(c)))).toEqual(c)
      }),
    )
    expect(right(parseSector('auto'))).toBe('auto')
  })

  it.each(['', 'k=', 'k=1,2,3', 'k=0.5', 'spin=2', 'spin', 'turn=1', 'mirror=1=1'])(
    'not read: %j',
    (text) => {
      expect(E.isLeft(parseSector(text))).toBe(true)
    },
  )
})

describe('settings', () => {
  const problemWith = (flags: Record<string, string | boolean>): string => {
    const result = resolveConfig({ flags })
    return E.isLeft(result) ? result.left.map(showConfigProblem).join('\n') : 'Right'
  }

  it('say what does not fit', () => {
    expect(problemWith({ symmetry: 'ful' })).toContain(
      '--symmetry ful: expected none, translations or',
    )
    expect(problemWith({ symmetry: 'none:80,full' })).toContain('expected more than 80 steps')
    expect(problemWith({ symmetry: 'none:80,full', steps: '81' })).toBe('Right')
    expect(problemWith({ sector: 'k=1' })).toContain('expected 2 whole number(s) behind k')
    expect(problemWith({ sector: 'spin=0' })).toContain('--sector spin=0: expected auto, or')
    expect(problemWith({ lattice: 'triangular', marshall: true })).toContain('--no-marshall')
    expect(problemWith({ lattice: 'kagome', size: '3x3' })).toContain('27 spins 1/2')
  })

  it('give no Marshall signs where there are none, and count cells', () => {
    const kagome = right(resolveConfig({ flags: { lattice: 'kagome', size: '2x2' } }))
    expect(kagome.marshall).toBe(false)
    expect(planned(kagome).sites).toBe(12)
    expect(right(resolveConfig({ flags: {} })).marshall).toBe(defaults.marshall)
  })
})

describe('a run', () => {
  const stages = {
    lattice: 'chain',
    size: [6],
    patch: 2,
    symmetry: 'none:2,translations:2,full',
  } as const

  it('goes through its stages, parameters carried on, each told in its record', () => {
    const { records } = trained(planned(stages), 6)
    expect(records.map((r) => r.symmetry)).toEqual([
      'none',
      'none',
      'translations',
      'translations',
      'full',
      'full',
    ])
  })

  it('resumed in the middle of any stage, or between two, ends with the same numbers', () => {
    const whole = trained(planned(stages), 6)
    for (const stop of [2, 5]) {
      const { state } = trained(planned(stages), stop)
      const later = trained(planned(stages), 6, state)
      expect(numbers(later.state)).toEqual(numbers(whole.state))
      expect(later.state.chains).toEqual(whole.state.chains)
      expect(later.records).toEqual(whole.records.slice(stop))
    }
  })

  it('in full sums stays above the exact energy, and finds more with its symmetries', () => {
    const run = (symmetry: string) => {
      const training = planned({ size: [4, 2], patch: 2, symmetry, sum: 'full' })
      const { state } = trained(training, 20)
      return { energy: training.measure(state).energy, exact: training.exact()! }
    }
    const [none, full] = [run('none'), run('full')]
    for (const { energy, exact } of [none, full]) expect(energy).toBeGreaterThan(exact - 1e-9)
    expect(full.energy).toBeLessThan(none.energy)
  })

  it.each([
    { lattice: 'triangular', size: [4, 2], patch: 2 },
    { lattice: 'honeycomb', size: [2, 2], patch: 1, boundary: 'open' },
    { lattice: 'honeycomb', size: [2, 2], patch: 2 },
    { lattice: 'kagome', size: [2, 2], patch: 1, sector: 'rotation=-1' },
    { lattice: 'shastry-sutherland', size: [4, 4], patch: 2, j2: 2 },
    { lattice: 'chain', size: [6], patch: 2, marshall: false },
    { lattice: 'chain', size: [8], patch: 2, attention: 'absolute' },
  ] as const)('trains on %j', (settings) => {
    const training = planned({ ...settings, symmetry: 'none:4,full', samples: 256 })
    const { records, state } = trained(training, 8)
    expect(state.step).toBe(8)
    expect(records.every((r) => Number.isFinite(r.energy))).toBe(true)
    const last = training.measure(state)
    expect(last.energy).toBeLessThan(records[0]!.energy)
    expect(last.energy + 5 * last.energyError).toBeGreaterThan(training.exact()!)
  })

  it('says which sectors there are not, and which the network cannot be in', () => {
    expect(problemOf({ sector: 'k=1,0', symmetry: 'full' })).toMatch(/SectorError: no one-dim/)
    const odd = { lattice: 'chain', size: [6], symmetry: 'translations' } as const
    expect(problemOf({ ...odd, sector: 'k=1', marshall: false })).toMatch(/no part in this sector/)
    // Marshall's signs have momentum π on six sites, the network what is left: 0.
    expect(problemOf({ ...odd, sector: 'k=3' })).toBe('Right')
    expect(problemOf({ ...odd, sector: 'k=0' })).toMatch(/no part in this sector/)
    expect(problemOf({ symmetry: 'all' })).toMatch(/ParseError: expected none, translations/)
  })
})

describe('sectors with zeros of ψ', () => {
  const chain8 = {
    lattice: 'chain',
    size: [8],
    patch: 1,
    symmetry: 'full',
    marshall: false,
  } as const

  it.each([
    // One orbit of configurations alone is no zero: E = −1/2 whatever the network.
    { ...chain8, j2: 0.5, sector: 'k=0 spin=-1' },
    // So many zeros that exchanges of neighbours do not lead around them.
    { ...chain8, j2: 0, sector: 'k=0 mirror=-1 spin=-1' },
    { ...chain8, j2: 0.5, sector: 'k=0 spin=-1', samplePower: 1 },
  ] as const)('are sampled as they are summed: %j', (settings) => {
    const of = (sum: 'full' | 'sampled') => {
      const training = planned({ ...settings, sum, samples: 2048 })
      return trained(training, 1).records[0]!
    }
    const [full, sampled] = [of('full'), of('sampled')]
    // Five standard errors: one in two million each.
    const apart = Math.abs(sampled.energy - full.energy)
    expect(apart).toBeLessThan(5 * sampled.energyError + 1e-9)
    expect(sampled.energyError).toBeLessThan(0.2)
    if (settings.sector === 'k=0 spin=-1') {
      expect(sampled.energy).toBeCloseTo(-0.5, 9)
      expect(sampled.variance).toBeLessThan(1e-12)
    }
  })

  it.each([
    { ...chain8, j2: 0.5, sector: 'k=0 mirror=-1', others: ['mirror=1', 'spin=-1'] },
    { ...chain8, j2: 0, sector: 'k=4 mirror=-1 spin=-1', others: ['spin=1'] },
    { ...chain8, size: [4], sector: 'k=0 mirror=-1', others: ['mirror=1'] },
    { ...chain8, marshall: true, sector: 'k=0 mirror=-1', others: ['mirror=1'] },
    { ...chain8, sum: 'full', sector: 'k=0 mirror=-1', others: ['mirror=1'] },
    { ...chain8, symmetry: 'none:2,full', sector: 'k=0 mirror=-1', others: ['mirror=1'] },
    { ...chain8, symmetry: 'none:2,translations:2,full', sector: 'k=0 mirror=-1', others: [] },
  ] as const)('are refused before anything runs where they have no states: %j', (settings) => {
    const { others, ...config } = settings
    const plan = planTraining({ ...defaultsOf('chain'), ...small, steps: 80, ...config })
    if (E.isRight(plan)) throw new Error('it was planned')
    const { kind, where, what, fix } = plan.left
    expect([kind, where]).toEqual([
      'SectorError',
      `--sector "${config.sector}" with --symmetry full`,
    ])
    expect(what).toContain('is 0')
    for (const other of others) expect(fix).toContain(other)
  })
})
