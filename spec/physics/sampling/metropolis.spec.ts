import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom } from '../../../core/index.ts'
import * as physics from '../../../physics/index.ts'
import { seed } from '../../arbitraries.ts'
import { problemOf } from '../../expectations.ts'
import {
  anyCase,
  anyPower,
  type Case,
  cases,
  exchange,
  product,
  random,
  rowsOf,
  sum,
  transitions,
} from '../smallSectors.ts'

// The sampler against its exact transition matrix.

/** Sums of some ten numbers of order one. */
const EXACT = 1e-12

const plan = (c: Case, length: number, proposals: number, burnIn = 0): physics.SamplePlan => ({
  sites: c.sector.sites,
  move: c.move,
  length,
  proposals,
  burnIn,
})
const starts = (c: Case, chains: number, n: number): Int8Array =>
  physics.randomChains(c.sector, chains, keyFrom(n + 77))

describe('metropolis', () => {
  it('moves from every configuration with the frequencies of the matrix', () => {
    const CHAINS = 3000
    let [chiSquared, freedom] = [0, 0]
    Object.values(cases).forEach((c, n) => {
      const psi = random(c, n, 0.7)
      const power = [2, 1, 1.5][n % 3]!
      transitions(c, psi, power).forEach((row, i) => {
        const start = Int8Array.from(Array(CHAINS).fill(psi.rows[i]!.split(',').map(Number)).flat())
        const { chains } = physics.metropolis({ ...plan(c, 1, 1), power })(
          psi.logPsi,
          start,
          keyFrom(31 * n + i),
        )
        const counts = row.map(() => 0)
        for (const k of psi.place(chains)) counts[k]! += 1
        row.forEach((p, j) => {
          if (p === 0) expect(counts[j]).toBe(0)
          // Pearson's statistic, its categories all expected 5 times or more.
          if (p * CHAINS < 5 || p === 1) return
          chiSquared += (counts[j]! - CHAINS * p) ** 2 / (CHAINS * p)
          freedom += 1
        })
        freedom -= 1
      })
    })
    // Four and a half standard deviations of χ²: 7 in a million for right frequencies.
    expect(freedom).toBeGreaterThan(100)
    expect(Math.abs(chiSquared - freedom)).toBeLessThan(4.5 * Math.sqrt(2 * freedom))
  })

  it('draws |ψ|²: histograms of long runs within their exact autocorrelated errors', () => {
    const [LENGTH, CHAINS, PROPOSALS, BURN_IN] = [1500, 12, 2, 100]
    const z: number[] = []
    for (const name of ['exchange, line of 6', 'single flips, 4 sites']) {
      const c = cases[name]!
      const psi = random(c, 8, 0.5)
      const one = transitions(c, psi)
      const t = product(one, one)
      const { configurations } = physics.metropolis(plan(c, LENGTH, PROPOSALS, BURN_IN))(
        psi.logPsi,
        starts(c, CHAINS, 1),
        keyFrom(2),
      )
      const counts = psi.π.map(() => 0)
      for (const k of psi.place(configurations)) counts[k]! += 1
      // Var of a share: (π(1 − π) + 2 Σ_t π ((T^t)_kk − π)) / n, correlations from the matrix.
      const returns = psi.π.map(() => 0)
      let power: number[][] = t
      for (let lag = 1; lag < 120; lag += 1) {
        power.forEach((row, k) => {
          returns[k]! += row[k]! - psi.π[k]!
        })
        power = product(power, t)
      }
      const n = LENGTH * CHAINS
      psi.π.forEach((p, k) => {
        const error = Math.sqrt((p * (1 - p + 2 * returns[k]!)) / n)
        z.push((counts[k]! / n - p) / error)
      })
    }
    // 36 shares: none beyond 4, and their squares about 1 on average (they sum to 0 in each run).
    expect(Math.max(...z.map(Math.abs))).toBeLessThan(4)
    const square = sum(z.map((x) => x * x)) / z.length
    expect(square).toBeGreaterThan(0.4)
    expect(square).toBeLessThan(1.9)
  })

  it('accepts the share that the matrix predicts, of proposals that would change something', () => {
    const SEEDS = 30
    for (const [name, c] of Object.entries(cases)) {
      const psi = random(c, 4)
      const t = transitions(c, psi)
      const accepted = sum(psi.π.map((p, k) => p * (1 - t[k]![k]!)))
      // With a constant ψ all that would change something is accepted.
      const free = transitions(c, random(c, 0, 0))
      const tried = sum(psi.π.map((p, k) => p * (1 - free[k]![k]!)))
      const wanted = accepted / tried
      const got = Array.from({ length: SEEDS }, (_, n) => {
        const run = physics.metropolis(plan(c, 60, c.sector.sites, 60))
        return run(psi.logPsi, starts(c, 10, n), keyFrom(n)).acceptance
      })
      for (const a of got) {
        expect(a).toBeGreaterThanOrEqual(0)
        expect(a).toBeLessThanOrEqual(1)
      }
      const mean = sum(got) / SEEDS
      const spread = Math.sqrt(sum(got.map((a) => (a - mean) ** 2)) / (SEEDS - 1))
      // Student's t with 29 degrees of freedom passes 4.5 once in ten thousand times.
      expect(Math.abs(mean - wanted), name).toBeLessThan((4.5 * spread) / Math.sqrt(SEEDS) + EXACT)
    }
  })

  it('gives the same samples for the same key, and keeps what it is given', () => {
    fc.assert(
      fc.property(anyCase, seed, (c, n) => {
        const psi = random(c, n)
        const start = starts(c, 6, n)
        const before = start.slice()
        const run = physics.metropolis(plan(c, 8, 3))
        const first = run(psi.logPsi, start, keyFrom(n))
        expect(run(psi.logPsi, start, keyFrom(n))).toEqual(first)
        expect(start).toEqual(before)
      }),
    )
  })

  it('gives the same samples by bits and a table of amplitudes as by rows of spins', () => {
    fc.assert(
      // The steepest are beyond what exp(2 log psi) can hold, with gentle slopes far below the top.
      fc.property(anyCase, seed, fc.constantFrom(0, 20, 400), anyPower, (c, n, step, power) => {
        const { sites } = c.sector
        const gentle = random(c, n).logPsi
        const psi = {
          logPsi: (sigma: Int8Array): physics.LogAmplitudes => {
            const { re, im } = gentle(sigma)
            return { re: re.map((x, k) => x + step * sigma[k * sites]!), im }
          },
        }
        const run = physics.metropolis({ ...plan(c, 8, 3, 5), power })
        const table = physics.amplitudeTable(sites)!
        const looked = physics.cached(psi.logPsi, sites, undefined, table)
        const start = starts(c, 6, n)
        const byBits = physics.metropolis({ ...plan(c, 8, 3, 5), power, table })
        expect(byBits(looked, start, keyFrom(n))).toEqual(run(psi.logPsi, start, keyFrom(n)))
      }),
    )
  })

  it('gives other samples for another key', () => {
    const c = cases['exchange, line of 6']!
    const psi = random(c, 1, 0.5)
    const run = (n: number): string =>
      physics
        .metropolis(plan(c, 8, 3))(psi.logPsi, starts(c, 6, 1), keyFrom(n))
        .configurations.join()
    expect(new Set(Array.from({ length: 20 }, (_, n) => run(n))).size).toBe(20)
  })

  it('records every so many proposals after burn-in, chain after chain, up to where chains end', () => {
    fc.assert(
      fc.property(
        anyCase,
        seed,
        fc.nat(7),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        (c, n, burnIn, length, proposals) => {
          const { sites } = c.sector
          const [chains, total] = [4, burnIn + length * proposals]
          const psi = random(c, n)
          const start = starts(c, chains, n)
          const run = (p: physics.SamplePlan): physics.Sampled =>
            physics.metropolis(p)(psi.logPsi, start, keyFrom(n))
          const every = rowsOf(run(plan(c, total, 1)).configurations, sites)
          const some = run(plan(c, length, proposals, burnIn))
          const wanted = Array.from({ length: chains * length }, (_, r) => {
            const [chain, k] = [Math.floor(r / length), r % length]
            return every[chain * total + burnIn + (k + 1) * proposals - 1]
          })
          expect(rowsOf(some.configurations, sites)).toEqual(wanted)
          const last = Array.from({ length: chains }, (_, chain) => every[(chain + 1) * total - 1])
          expect(rowsOf(some.chains, sites)).toEqual(last)
        },
      ),
    )
  })

  it('runs each chain as if it were alone', () => {
    fc.assert(
      fc.property(anyCase, seed, (c, n) => {
        const psi = random(c, n)
        const start = starts(c, 5, n)
        const run = physics.metropolis(plan(c, 6, 2))
        const five = run(psi.logPsi, start, keyFrom(n)).configurations
        const two = run(psi.logPsi, start.slice(0, 2 * c.sector.sites), keyFrom(n)).configurations
        expect(five.slice(0, two.length)).toEqual(two)
      }),
    )
  })

  it('stays in its sector and moves on from where it ended', () => {
    fc.assert(
      fc.property(anyCase, seed, (c, n) => {
        const psi = random(c, n)
        const run = physics.metropolis(plan(c, 10, 2))
        const first = run(psi.logPsi, starts(c, 5, n), keyFrom(n))
        const second = run(psi.logPsi, first.chains, keyFrom(n + 1))
        for (const k of psi.place(second.configurations)) expect(k).toBeDefined()
      }),
    )
  })

  it('evaluates ψ once at the start and once for each proposal that would change something', () => {
    const c = cases['exchange, line of 6']!
    const psi = random(c, 6)
    const sampled = physics.metropolis(plan(c, 10, 6))(psi.logPsi, starts(c, 7, 6), keyFrom(6))
    const tried = psi.asked.length - 7
    expect(tried).toBeLessThan(7 * 60)
    const accepted = sampled.acceptance * tried
    expect(accepted).toBeCloseTo(Math.round(accepted), 9)
    // Parallel spins everywhere: nothing to change, nothing to ask.
    const still = { move: c.move, sector: physics.upSector(6, 6) }
    const flat = random(still, 1)
    const rest = physics.metropolis(plan(still, 3, 5))(flat.logPsi, starts(still, 2, 1), keyFrom(1))
    expect(rest.acceptance).toBe(0)
    expect(flat.asked.length).toBe(2)
  })

  it('leaves zeros of ψ and never comes back', () => {
    const c = cases['single flips, 4 sites']!
    const psi = random(c, 3, 1, [0, 1, 7])
    const start = Int8Array.from([
      ...psi.configurations.slice(0, 8),
      ...psi.configurations.slice(28, 32),
    ])
    const sampled = physics.metropolis(plan(c, 1000, 4, 40))(psi.logPsi, start, keyFrom(3))
    const visited = new Set(psi.place(sampled.configurations))
    for (const zero of [0, 1, 7]) expect(visited.has(zero)).toBe(false)
    expect(visited.size).toBe(13)
  })
})

describe('moves', () => {
  it('random chains belong to their sector', () => {
    fc.assert(
      fc.property(anyCase, seed, fc.nat(9), ({ sector }, n, chains) => {
        const start = physics.randomChains(sector, chains, keyFrom(n))
        expect(start.length).toBe(chains * sector.sites)
        for (let k = 0; k < chains; k += 1)
          physics.checkConfiguration('spec', sector, start, k * sector.sites)
      }),
    )
  })

  it('that leave the sector are refused', () => {
    const check = physics.checkMove
    problemOf(
      () => check(physics.spinFlip(4), physics.szSector(4)),
      'SectorError in metropolis: spinFlip',
      '2 up spins',
      'bondExchange',
    )
    for (const { move, sector } of Object.values(cases)) check(move, sector)
    check(exchange(physics.chain(4)), physics.fullSpace(4))
    const c = cases['exchange, ring of 4']!
    const psi = random(c, 1)
    problemOf(
      () => transitions({ ...c, move: physics.spinFlip(4) }, psi),
      'SectorError in transitionMatrix: spinFlip',
    )
  })

  it('without sites are refused wherever they enter', () => {
    const c = { move: physics.bondExchange([]), sector: physics.szSector(4) }
    const psi = random(c, 1)
    const entrances = [
      () => physics.checkMove(c.move, c.sector),
      () => transitions(c, psi),
      () => physics.metropolis(plan(c, 1, 1))(psi.logPsi, starts(c, 2, 1), keyFrom(1)),
    ]
    for (const enter of entrances)
      problemOf(enter, 'LatticeError in metropolis: bondExchange', 'no sites')
  })
})
