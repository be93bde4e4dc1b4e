// Finds faults in physics/{doubts, showEnergy, showSystem, vmcDefaults}.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, TensorError } from '../../core/index.ts'
import { rbm } from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import { problemOf } from '../expectations.ts'
import { expectFits } from '../shownTexts.ts'
import { both } from './operators/randomOperators.ts'

const { show } = physics
const boundary = fc.constantFrom<physics.Boundary>('periodic', 'open')
const side = fc.integer({ min: 1, max: 4 })
const anyLattice = fc
  .tuple(
    fc.constantFrom(...(Object.keys(physics.lattices) as (keyof typeof physics.lattices)[])),
    side,
    side,
    boundary,
  )
  .map(([name, lx, ly, b]) => physics.lattices[name]([lx, ly], b))

describe('show of a lattice', () => {
  it('fits, and counts its sites, the bonds of each shell, and its symmetries', () => {
    fc.assert(
      fc.property(anyLattice, (lat) => {
        const text = show(lat)
        expectFits(text)
        expect(text.split('\n')[0]).toBe(
          `${lat.name}: ${lat.sites} site${lat.sites === 1 ? '' : 's'}`,
        )
        const shells = [
          ...text.matchAll(/shell (\d): ([\d,]+) bonds? of length ([\d.]+), (.*) a site/g),
        ]
        const distances = lat.sites === 1 ? [] : physics.shellDistances(lat)
        expect(shells.length).toBe(Math.min(3, distances.length))
        for (const [, k, count, length] of shells) {
          expect(Number(count)).toBe(physics.bonds(lat, Number(k)).length)
          expect(Number(length)).toBeCloseTo(distances[Number(k) - 1]!, 4)
        }
        const [, symmetries, translations] = /(\d+) symmetr\w+, (\d+) translation/.exec(text)!
        expect(Number(translations)).toBe(physics.translations(lat).length)
        expect(Number(symmetries) % Number(translations)).toBe(0)
      }),
      { numRuns: 20 },
    )
  })

  it('says which is bipartite, and how many neighbours a site has', () => {
    expect(show(physics.square(4, 4))).toContain('bipartite: 8 sites against 8')
    expect(show(physics.lieb(2, 2))).toContain('bipartite: 4 sites against 8')
    expect(show(physics.triangular(3, 3))).toContain('not bipartite')
    expect(show(physics.chain(5, 'open'))).toContain('shell 1: 4 bonds of length 1, 1 to 2 a site')
    expect(show(physics.square(20, 20))).toMatch(/└── 400 translations$/)
  })
})

describe('show of an operator', () => {
  it('fits, and its terms are all of its Pauli strings', () => {
    fc.assert(
      fc.property(both(3), ({ operator }) => {
        const text = show(operator)
        expectFits(text)
        const counted = [...text.matchAll(/── ([\d,]+) of (S·S|σ.*|identity) with/g)]
        const strings = counted.reduce(
          (n, [, c, kind]) => n + Number(c) * (kind === 'S·S' ? 3 : 1),
          0,
        )
        if (!text.includes(' more')) expect(strings).toBe(operator.strings.length)
        expect(text.includes(', Hermitian')).toBe(physics.isHermitian(operator))
        expect(text.includes('keeps S^z')).toBe(physics.conservesSz(operator))
      }),
    )
  })

  it('names the couplings of a Heisenberg model, and other terms by their Pauli matrices', () => {
    const lat = physics.square(4, 4)
    expect(show(physics.j1j2(lat, { j1: 1, j2: 0.5 }))).toBe(
      [
        'operator of 192 Pauli strings, Hermitian, keeps S^z',
        '├── 32 of S·S with coefficient 1',
        '└── 32 of S·S with coefficient 0.5',
      ].join('\n'),
    )
    expect(show(physics.transverseFieldIsing(physics.chain(6), { j: 1, h: 0.7 }))).toBe(
      [
        'operator of 12 Pauli strings, Hermitian, changes S^z',
        '├── 6 of σx with coefficient -0.7',
        '└── 6 of σz σz with coefficient -1',
      ].join('\n'),
    )
    expect(show(physics.xxz(physics.chain(4), { delta: 2 }))).not.toContain('S·S')
    expect(show(physics.zeroOperator)).toBe('operator of 0 Pauli strings, Hermitian, keeps S^z')
  })
})

describe('show of a sector', () => {
  it('counts its configurations as far as they can be counted', () => {
    expect(show(physics.szSector(16))).toBe(
      'sector of 16 sites with 8 up (S^z = 0): 12,870 configurations',
    )
    expect(show(physics.fullSpace(3))).toBe('full space of 3 sites: 8 configurations')
    expect(show(physics.szSector(100))).toContain('more than 2^53 configurations')
  })
})

const positive = fc.double({ min: 1e-12, max: 1e6, noNaN: true })
const perhaps = <A>(x: fc.Arbitrary<A>): fc.Arbitrary<A | null> => fc.option(x, { nil: null })
const anyEnergy: fc.Arbitrary<physics.EnergyEstimate> = fc.record({
  energy: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  energyImag: fc.constantFrom(0, 1e-17, 3),
  energyError: fc.oneof(fc.constant(0), positive, fc.constant(Number.POSITIVE_INFINITY)),
  reliable: fc.boolean(),
  variance: fc.oneof(fc.constant(0), positive),
  varianceError: fc.oneof(fc.constant(0), positive, fc.constant(Number.POSITIVE_INFINITY)),
  vScore: fc.oneof(fc.constant(0), positive),
  vScoreError: fc.oneof(fc.constant(0), positive, fc.constant(Number.POSITIVE_INFINITY)),
  acceptance: perhaps(fc.constantFrom(0, 0.25, 1)),
  rHat: perhaps(
    fc.oneof(fc.double({ min: 1, max: 3, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY)),
  ),
  rHatLimit: perhaps(fc.double({ min: 1, max: 3, noNaN: true })),
  effectiveSamples: perhaps(fc.double({ min: 1, max: 1e6, noNaN: true })),
  autocorrelationTime: perhaps(fc.double({ min: 1, max: 300, noNaN: true })),
})

describe('show of an energy', () => {
  it('fits; energy and error are what they are, to the second digit of the error', () => {
    fc.assert(
      fc.property(anyEnergy, (e) => {
        const text = show(e)
        expectFits(text)
        const [, mean, error] = /^energy (\S+)(?: ± (\S+))?/.exec(text)!
        const unknown = e.energyError === Number.POSITIVE_INFINITY
        const allowed = Math.max(1e-5 * Math.abs(e.energy), unknown ? 0 : e.energyError / 10)
        expect(Math.abs(Number(mean?.replace(',', '')) - e.energy)).toBeLessThanOrEqual(allowed)
        expect(text.includes('error unknown')).toBe(unknown)
        if (error !== undefined)
          expect(Math.abs(Number(error) / e.energyError - 1)).toBeLessThanOrEqual(0.1)
      }),
    )
  })

  it('says in words what cannot be relied on', () => {
    const good: physics.EnergyEstimate = {
      energy: -8.4,
      energyImag: 1e-4,
      energyError: 0.0123,
      reliable: true,
      variance: 0.1,
      varianceError: 0.0041,
      vScore: 0.02,
      vScoreError: 0.00078,
      acceptance: 0.31,
      rHat: 1.003,
      rHatLimit: 1.06,
      effectiveSamples: 812.3,
      autocorrelationTime: 1.4,
    }
    const words = (change: Partial<physics.EnergyEstimate>): string => show({ ...good, ...change })
    expect(words({})).toBe(
      [
        'energy -8.400 ± 0.012',
        '├── variance 0.1 ± 0.0041, V-score 0.02 ± 7.8e-4',
        '├── 31 % of the proposals were accepted',
        '├── autocorrelation time 1.4 in samples',
        '├── split R-hat 1.003: the chains agree',
        '└── the samples count as 812 equal ones',
      ].join('\n'),
    )
    expect(words({ rHat: 1.2 })).toContain('1.200: the chains disagree, sample longer')
    expect(words({ rHat: null })).toContain('chains are too short, or each stands still')
    expect(words({ rHat: Number.POSITIVE_INFINITY })).toContain('R-hat ∞: chains are too short, or')
    expect(words({ rHat: 1.05 })).toContain('1.050: the chains agree')
    expect(words({ reliable: false })).toContain('the error is unreliable: the chains are too few')
    expect(words({ acceptance: 0 })).toContain('no proposal was accepted')
    expect(words({ energyError: Number.POSITIVE_INFINITY })).toContain('-8.4, error unknown')
    expect(words({ energyImag: 0.2 })).toContain(
      'imaginary part 0.2, beyond noise: is H Hermitian?',
    )
    expect(words({ acceptance: null, energyError: 0, varianceError: 0, vScoreError: 0 })).toBe(
      [
        'energy -8.4',
        '├── variance 0.1, V-score 0.02',
        '├── imaginary part 0.0001, beyond noise: is H Hermitian?',
        '└── summed over the whole sector: no error of sampling',
      ].join('\n'),
    )
    const short = show(physics.estimate([Float64Array.of(1, 2, 3, 4)]))
    expectFits(short)
    expect(short).toContain('not reliable: the chains are too short')
  })
})

describe('show of exact states', () => {
  it('lists energies and residuals, the first few and the last', () => {
    const found = physics.exactStates(physics.heisenberg(physics.chain(6)), physics.szSector(6), {
      states: 20,
    })
    const text = show(found)
    expectFits(text)
    expect(text).toMatch(/^lowest 20 states of 20\n├── energy -2\.8027756, residual \S+\n/)
    expect(text).toContain('… 9 more')
  })
})

const lat = physics.chain(6)
const hamiltonian = physics.heisenberg(lat)
const sector = physics.szSector(6)
const wave = rbm({ sites: 6, hidden: 3 })
const params = wave.init(keyFrom(1))[0]
const about = { wave, params, hamiltonian, sector }

describe('vmc', () => {
  it('sums over the sector where no samples are asked for, and trains to the ground state', () => {
    const vmc = physics.vmc(about)
    expectFits(show(vmc))
    expect(show(vmc)).toContain('full sums over 20 configurations')
    expect(show(vmc)).toContain(show(vmc.hamiltonian))
    expect(show(vmc.hamiltonian)).toBe(
      'real operator of 6 sites, compiled: at most 6 off-diagonal elements a row',
    )
    const steps = [...physics.run(vmc, physics.initialState(vmc, params, 1), 100)]
    const { energies } = physics.exactStates(hamiltonian, sector)
    const { estimate, state } = steps.at(-1)!
    expect(estimate.energy).toBeGreaterThanOrEqual(energies[0]! - 1e-9)
    expect(estimate.energy).toBeLessThan(energies[0]! + 0.01)
    for (const x of [state, estimate, steps.at(-1)!]) expectFits(show(x))
    expect(show(state)).toBe('state after 100 steps: 54 parameters, no chains')
    expect(show(steps[0]!)).toMatch(/^step 1: energy .*\n(.*\n)*└── log ψ evaluated 20 times for/)
  })

  it('samples by exchanges that the Hamiltonian leads to, eight records a chain', () => {
    const vmc = physics.vmc({ ...about, samples: 64, learningRate: 0.1 })
    expect(vmc.learningRate).toBe(0.1)
    if (vmc.average.kind !== 'sampled') throw new Error('sums are full')
    expect([vmc.average.chains, vmc.average.plan.length]).toEqual([8, 8])
    expect(show(vmc)).toContain('64 samples of |ψ|^2 from 8 chains by bondExchange')
    const all = physics.representatives([], 6)
    expect(physics.reachesAll(vmc.average.plan.move, sector, all)).toBe(true)
    const { estimate, state } = physics.vmcStep(vmc)(physics.initialState(vmc, params, 1))
    expectFits(show(estimate))
    expect(show(state)).toBe('state after 1 step: 54 parameters, 48 spins in its chains')
  })

  it('goes on with equal bits as one that is put together by hand', () => {
    const byHand: physics.Vmc<typeof params> = {
      hamiltonian: physics.compileOperator(hamiltonian, 6),
      sector,
      evaluators: physics.evaluatorsOf(wave, params, 6),
      average: { kind: 'full', configurations: physics.allConfigurations(physics.basisOf(sector)) },
      optimizer: physics.sgd(),
      learningRate: 0.05,
    }
    const quick = physics.vmc({ ...about, optimizer: physics.sgd() })
    const [a, b] = [byHand, quick].map(
      (vmc) => [...physics.run(vmc, physics.initialState(vmc, params, 1), 3)].at(-1)!,
    )
    expect(a!.estimate).toEqual(b!.estimate)
    expect(a!.state.params).toEqual(b!.state.params)
  })

  it('refuses what it cannot do', () => {
    problemOf(() => physics.vmc({ ...about, samples: 0 }), 'DomainError', 'whole number')
    problemOf(() => physics.fullAverages(physics.szSector(24)), 'SectorError', 'take samples')
  })
})

describe('moveAlong', () => {
  it('exchanges what an operator turns over together, once, and flips where any may be up', () => {
    const pairs = ({ sites }: physics.Move): string[] =>
      Array.from({ length: sites.length / 2 }, (_, k) => `${sites[2 * k]}-${sites[2 * k + 1]}`)
    const along = physics.moveAlong(hamiltonian, sector)
    expect(pairs(along).toSorted()).toEqual(
      physics
        .bonds(lat)
        .map(([i, j]) => `${i}-${j}`)
        .toSorted(),
    )
    expect(pairs(physics.moveAlong(physics.scalarChirality(0, 1, 2), sector)).toSorted()).toEqual([
      '0-1',
      '0-2',
      '1-2',
    ])
    expect(physics.moveAlong(hamiltonian, physics.fullSpace(6)).name).toBe('spinFlip')
  })
})

describe('show of anything else', () => {
  it('knows what the rooms below know, and refuses the rest', () => {
    expect(show(wave)).toMatch(/^rbm\n└── 54 parameters/)
    expect(show(params)).toMatch(/^54 parameters in 6 tensors, float64\n/)
    expect(() => show(7 as never)).toThrow(TensorError)
    expect(() => show({ a: 'text' })).toThrow('cannot be shown')
    expect(() => show({ sites: 4 })).toThrow('cannot be shown')
  })
})
