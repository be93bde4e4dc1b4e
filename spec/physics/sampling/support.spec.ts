import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, uniforms } from '../../../core/index.ts'
import * as physics from '../../../physics/index.ts'
import { onSupport } from '../../../physics/sampling/support.ts'
import { seed } from '../../arbitraries.ts'
import { problemOf } from '../../expectations.ts'
import { anyCase, anyPower, type Case, cases, random } from '../smallSectors.ts'

// Only ψ ≠ 0 is sampled, wherever chains start.

/** Numbers of some of a case's configurations: every one a zero of ψ with this probability. */
const zerosOf = ({ sector }: Case, n: number, share: number): number[] => {
  const count = physics.dimension(sector)
  const u = uniforms(keyFrom(n + 5), count)
  // One at least is left.
  const spared = n % count
  return [...u.keys()].filter((k) => u[k]! < share && k !== spared)
}
const shares = fc.constantFrom(0.2, 0.6, 0.9, 1)
/** Rows ask ψ itself; bits a table of it. */
const walkers = fc.constantFrom('rows', 'bits')
const cachedAs = (logPsi: physics.LogPsi, sites: number, kind: string): physics.CachedLogPsi => {
  if (kind === 'rows') return { logPsi }
  const table = physics.amplitudeTable(sites)!
  return { logPsi: physics.cached(logPsi, sites, undefined, table), table }
}

const starts = ({ sector }: Case, chains: number, n: number): Int8Array =>
  physics.randomChains(sector, chains, keyFrom(n + 77))
const planOf = ({ sector, move }: Case, power = 2): physics.SamplePlan => ({
  sites: sector.sites,
  move,
  length: 5,
  proposals: 2,
  power,
})
const always: physics.LogPsi = (c) => ({
  re: new Float64Array(c.length).fill(Number.NEGATIVE_INFINITY),
  im: new Float64Array(c.length),
})

describe('chains that start at zeros of ψ', () => {
  it('record no zero, for any power, walker, and share of zeros', () => {
    fc.assert(
      fc.property(
        anyCase,
        seed,
        shares,
        walkers,
        fc.oneof(anyPower, fc.constantFrom(0, 3)),
        (c, n, share, kind, power) => {
          const zeros = zerosOf(c, n, share)
          const psi = random(c, n, 1, zeros)
          const { logPsi, ...walk } = cachedAs(psi.logPsi, c.sector.sites, kind)
          const run = physics.metropolis({ ...planOf(c, power), ...walk })
          const out = run(logPsi, starts(c, 6, n), keyFrom(n))
          const seen = new Set(psi.place(out.configurations))
          expect(zeros.filter((k) => seen.has(k))).toEqual([])
          expect([...seen].every((k) => k !== undefined)).toBe(true)
        },
      ),
    )
  })

  it('find ψ ≠ 0 in the whole sector where that is given, all places equally likely', () => {
    const c = cases['exchange, line of 6']!
    const alive = [3, 8, 15]
    const zeros = [...Array(20).keys()].filter((k) => !alive.includes(k))
    const psi = random(c, 2, 1, zeros)
    const CHAINS = 3000
    const start = Int8Array.from(
      Array(CHAINS)
        .fill([...psi.configurations.slice(0, 6)])
        .flat(),
    )
    const found = onSupport(c.move, 6, psi.logPsi, start, keyFrom(4), psi.configurations)
    const places = psi.place(found.chains)
    expect(found.moved).toBe(CHAINS)
    for (const k of alive) {
      const count = places.filter((p) => p === k).length
      // Five standard deviations of a binomial with p = 1/3: 26 each, six in ten million.
      expect(Math.abs(count - CHAINS / 3)).toBeLessThan(130)
    }
  })

  it('leave those alone that stand where ψ ≠ 0, to the bit', () => {
    fc.assert(
      fc.property(anyCase, seed, shares, (c, n, share) => {
        const psi = random(c, n, 1, zerosOf(c, n, share))
        const start = starts(c, 6, n)
        const from = psi.place(start)
        const { chains, logAmplitude, moved } = onSupport(
          c.move,
          c.sector.sites,
          psi.logPsi,
          start,
          keyFrom(n),
        )
        const to = psi.place(chains)
        const good = from.map((k) => psi.π[k]! > 0)
        expect(to.filter((_, i) => good[i])).toEqual(from.filter((_, i) => good[i]))
        expect(moved).toBe(good.filter((g) => !g).length)
        expect(logAmplitude).toEqual(psi.logPsi(chains).re)
      }),
    )
  })

  it('that cannot get out by their moves take the place of a chain that stands well', () => {
    // Exchanges keep S^z of the full space, and ψ lives at S^z = 0 alone.
    const c = { move: cases['exchange, ring of 4']!.move, sector: physics.fullSpace(4) }
    const logPsi: physics.LogPsi = (sigma) => {
      const magnetised = Array.from({ length: sigma.length / 4 }, (_, s) =>
        sigma.subarray(4 * s, 4 * s + 4).reduce((a, b) => a + b, 0),
      )
      return {
        re: Float64Array.from(magnetised, (m) => (m === 0 ? 0 : Number.NEGATIVE_INFINITY)),
        im: new Float64Array(magnetised.length),
      }
    }
    const start = Int8Array.from([1, 1, 1, -1, 1, -1, 1, -1, 1, 1, 1, 1])
    const out = physics.metropolis(planOf(c))(logPsi, start, keyFrom(1))
    const { re } = logPsi(out.configurations)
    expect(re.every((a) => a === 0)).toBe(true)
  })

  it('settle for as many proposals as are asked for, and others for as many as burn in', () => {
    const c = cases['single flips, 4 sites']!
    const run = (zeros: readonly number[]) => {
      const psi = random(c, 3, 1, zeros)
      const start = psi.configurations.slice(0, 8)
      const plan = { ...planOf(c), burnIn: 3, settling: 50 }
      return { psi, out: physics.metropolis(plan)(psi.logPsi, start, keyFrom(3)) }
    }
    // Every flip changes something: each proposal asks once, beside the start.
    const whole = run([])
    expect(whole.out.requested).toBe(2 * (1 + 3 + 10))
    expect(whole.psi.asked.length).toBe(whole.out.requested)
    const holed = run([0])
    expect(holed.out.requested).toBeGreaterThanOrEqual(2 * (1 + 50 + 10) + 1)
    expect(holed.psi.asked.length).toBe(holed.out.requested)
  })

  it('end with words where ψ vanishes, on the whole sector or wherever they looked', () => {
    for (const c of Object.values(cases).slice(0, 3)) {
      const all = physics.allConfigurations(physics.basisOf(c.sector))
      const vanishing: physics.LogPsi = (given) => {
        const { re, im } = always(given)
        return { re: re.slice(0, given.length / c.sector.sites), im }
      }
      const run = physics.metropolis(planOf(c))
      problemOf(
        () => run(vanishing, starts(c, 2, 1), keyFrom(1), all),
        'DomainError in metropolis: the wave function vanishes',
        `on all ${physics.dimension(c.sector)} configurations`,
        'sector of symmetry',
      )
    }
    const c = cases['exchange, ring of 4']!
    problemOf(
      () =>
        physics.metropolis(planOf(c))(
          (given) => ({ re: always(given).re.slice(0, given.length / 4), im: new Float64Array() }),
          starts(c, 64, 1),
          keyFrom(1),
        ),
      'the wave function vanishes',
      '64 chain(s) walked through',
    )
  })

  it('sample no power below 0', () => {
    const c = cases['exchange, ring of 4']!
    const psi = random(c, 1)
    for (const power of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      problemOf(
        () => physics.metropolis(planOf(c, power))(psi.logPsi, starts(c, 2, 1), keyFrom(1)),
        'DomainError in metropolis',
        `power is ${power}`,
      )
  })
})

describe('the dimer state of Shastry and Sutherland, zero on all but 2^8 of 12,870', () => {
  const lat = physics.square(4, 4)
  const amplitude = physics.singletProduct(physics.dimers(lat))
  const logPsi: physics.LogPsi = (sigma) => {
    const psi = Array.from({ length: sigma.length / 16 }, (_, s) =>
      amplitude(sigma.subarray(16 * s, 16 * s + 16)),
    )
    return {
      re: Float64Array.from(psi, (a) => Math.log(Math.abs(a))),
      im: Float64Array.from(psi, (a) => (a < 0 ? Math.PI : 0)),
    }
  }
  const h = physics.compileOperator(physics.shastrySutherland(lat, { j: 0.5, jDimer: 1 }), 16)
  const moves = {
    'exchanges of neighbours': physics.bondExchange(physics.bonds(lat)),
    'exchanges of neighbours and on dimers': physics.bondExchange([
      ...physics.bonds(lat),
      ...physics.dimers(lat),
    ]),
  }
  it.each(Object.entries(moves))('has E = −6 and variance 0 in samples: %s', (_, move) => {
    fc.assert(
      fc.property(seed, anyPower, walkers, (n, power, kind) => {
        const start = physics.randomChains(physics.szSector(16), 16, keyFrom(n))
        const { logPsi: psi, ...walk } = cachedAs(logPsi, 16, kind)
        const plan = { sites: 16, move, length: 4, proposals: 16, power, ...walk }
        const { configurations } = physics.metropolis(plan)(psi, start, keyFrom(n))
        const local = physics.localEnergies(h, psi, configurations)
        const { mean, variance } = physics.complexMoments(local)
        expect(Math.abs(mean.re + 6)).toBeLessThan(1e-12)
        expect(variance).toBeLessThan(1e-12)
      }),
      { numRuns: 12 },
    )
  })
})
