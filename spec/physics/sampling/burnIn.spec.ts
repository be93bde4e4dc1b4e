import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, normals } from '../../../core/index.ts'
import * as physics from '../../../physics/index.ts'
import { burnInUntilSettled, drifts } from '../../../physics/sampling/burnIn.ts'
import { seed } from '../../arbitraries.ts'

// Burn-in ends when it is over: late for slow chains, and not later than before for others.

const plan = { least: 40, most: 640, sweep: 2 }

/** Makes rounds of chains whose log |ψ| is noise and a drift that is left after t rounds. */
const roundsOf = (chains: number, drift: (t: number) => number, n: number) => {
  const noise = normals(keyFrom(n), chains * plan.most)
  let now = 0
  const walkers = { logAmplitude: (c: number) => noise[now * chains + c]! + drift(now) }
  return burnInUntilSettled(walkers, chains, (round) => (now = round), plan)
}

describe('burn-in', () => {
  it.each([8, 16, 64])('of %d chains that are stationary ends as soon as it may', (chains) => {
    const longer = Array.from({ length: 100 }, (_, n) => roundsOf(chains, () => 0, n)).filter(
      ({ rounds }) => rounds > plan.least,
    )
    // Four errors: 0.5% for 8 chains, less for more.
    expect(longer.length).toBeLessThanOrEqual(3)
  })

  it('lasts as long as the chains drift, and says so at its bound', () => {
    for (const [time, least, most] of [
      [3, 40, 40],
      [40, 160, 320],
      [1e6, 640, 640],
    ] as const) {
      const { rounds, over } = roundsOf(
        64,
        (t) => (time > 1e3 ? t / 10 : 5 * Math.exp(-t / time)),
        1,
      )
      expect(rounds).toBeGreaterThanOrEqual(least)
      expect(rounds).toBeLessThanOrEqual(most)
      expect(over).toBe(time < 1e3)
    }
  })

  it('does not see drifts that are equal to chance, nor those of few or still chains', () => {
    expect(drifts(new Float64Array(64))).toBe(false)
    expect(drifts(new Float64Array(64).fill(0.1))).toBe(true)
    expect(drifts(new Float64Array(7).fill(0.1))).toBe(false)
    expect(drifts(Float64Array.from({ length: 64 }, (_, c) => (c % 2 === 0 ? 1 : -1)))).toBe(false)
  })

  /** Particles on a line that fall slowly: log ψ = −0.4 Σ_i i over the sites i with spin up. */
  const SITES = 32
  const falling: physics.LogPsi = (rows) => {
    const re = Float64Array.from({ length: rows.length / SITES }, (_, s) => {
      let height = 0
      for (let i = 0; i < SITES; i += 1) if (rows[s * SITES + i]! > 0) height += i
      return -0.4 * height
    })
    return { re, im: new Float64Array(re.length) }
  }
  const line = physics.bondExchange(
    Array.from({ length: SITES - 1 }, (_, i) => [i, i + 1] as const),
  )
  const CHAINS = 32
  const sampled = (start: Int8Array, longestBurnIn: number, n: number): physics.Sampled =>
    physics.metropolis({
      sites: SITES,
      move: line,
      length: 4,
      proposals: SITES,
      burnIn: 20 * SITES,
      longestBurnIn,
    })(falling, start, keyFrom(n))
  const top = Int8Array.from({ length: CHAINS * SITES }, (_, k) => (k % SITES < SITES / 2 ? -1 : 1))
  const bottom = top.map((s) => -s)
  const meanOf = ({ configurations }: physics.Sampled) => {
    const { re } = falling(configurations)
    return physics.estimate(physics.chainsOf(re, CHAINS))
  }

  it('lets chains forget where they started', () => {
    const reference = meanOf(sampled(bottom, 0, 1))
    const [short, long] = [sampled(top, 0, 2), sampled(top, 6400 * SITES, 2)]
    const distance = (s: physics.Sampled): number => {
      const { mean, standardError } = meanOf(s)
      return Math.abs(mean - reference.mean) / Math.hypot(standardError, reference.standardError)
    }
    expect(distance(short)).toBeGreaterThan(10)
    expect(distance(long)).toBeLessThan(5)
    expect([short.settled, long.settled]).toEqual([true, true])
    expect(sampled(top, 40 * SITES, 2).settled).toBe(false)
  })

  it('of any length has the records of a burn-in that was as long from the start', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const long = sampled(top, 80 * SITES, n)
        const burnIn = long.requested / CHAINS - 1 - 4 * SITES
        expect(burnIn % (20 * SITES)).toBe(0)
        const same = physics.metropolis({
          sites: SITES,
          move: line,
          length: 4,
          proposals: SITES,
          burnIn,
        })(falling, top, keyFrom(n))
        expect(same.configurations).toEqual(long.configurations)
        expect(same.requested).toBe(long.requested)
      }),
      { numRuns: 3 },
    )
  })
})
