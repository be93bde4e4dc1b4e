import { describe, expect, it } from 'vitest'
import {
  type Concrete,
  dataOf,
  keyFrom,
  leavesOf,
  type Tensor,
  type Tree,
} from '../../core/index.ts'
import * as models from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import { alive, groups, shaken } from '../symmetricWaves.ts'

// A run of a wave function in a sector may look configurations up by their orbits, phases and all.

/** log ψ is a sum of a few dozen terms of order one, in another order for another member. */
const ROUNDING = 1e-10
/** A step's direction solves a system with condition number 1/diagShift at most. */
const AFTER_STEP = 1e-7

const close = (a: readonly number[], b: readonly number[], tolerance: number): void => {
  expect(a.length).toBe(b.length)
  const off = a.map((x, k) => Math.abs(x - b[k]!) / (1 + Math.abs(x)))
  expect(Math.max(0, ...off)).toBeLessThan(tolerance)
}

const systems = [groups.ring, groups.odd, groups.mirrorOdd, groups.triangular] as const

describe('a wave function in a sector', () => {
  for (const [k, { lat, group, already, wave, hamiltonian }] of systems.entries()) {
    const { sites } = lat
    const psi = models.symmetrise(wave, group, already)
    const evaluators = physics.evaluatorsOf(psi, models.initialise(psi, keyFrom(0)), sites)
    const sector = physics.szSector(sites)
    const all = physics.allConfigurations(physics.basisOf(sector))
    const representative = physics.representatives(group, sites)

    it(`has the amplitudes of its representatives, turned by characters: ${lat.name}, ${k}`, () => {
      const params = shaken(psi, 3)
      const plain = evaluators.logPsi(params)(all)
      const looked = physics.cached(evaluators.logPsi(params), sites, representative)(all)
      const top = Math.max(...plain.re)
      const parts = ({ re, im }: physics.LogAmplitudes) =>
        [...re].flatMap((a, s) => {
          const size = Math.exp(a - top)
          return [size * Math.cos(im[s]!), size * Math.sin(im[s]!)]
        })
      close(parts(looked), parts(plain), ROUNDING)
      // Zeros are zeros exactly where symmetry asks for them, and only there.
      const zeros = [...looked.re].map((a) => a === Number.NEGATIVE_INFINITY)
      const stabilised = zeros.map((_, s) => {
        const sigma = all.subarray(sites * s, sites * s + sites)
        return group.some(
          (g) =>
            models.moved(g, sigma).every((x, i) => x === sigma[i]) &&
            Math.hypot(g.character.re - 1, g.character.im) > 1e-9,
        )
      })
      expect(zeros).toEqual(stabilised)
      if (group === groups.mirrorOdd.group) expect(zeros).toContain(true)
      const { configurations } = representative(all)
      const most = all.length / sites / 2
      expect(physics.distinct(configurations, sites).multiplicity.length).toBeLessThan(most)
    })

    it(`has the images of its configurations, one for each coset: ${lat.name}, ${k}`, () => {
      const terms = models.cosets(group, already)
      const wanted = Array.from({ length: all.length / sites }, (_, s) =>
        terms.flatMap((g) => models.moved(g, all.subarray(s * sites, (s + 1) * sites))),
      )
      expect([...psi.images!.of(all)]).toEqual(wanted.flat())
    })

    it(`is evaluated image by image, however many there are: ${lat.name}, ${k}`, () => {
      const { images, ...whole } = psi
      const params = shaken(psi, 3)
      // More than are in memory at a time, and not a multiple of that.
      const times = Math.ceil(70_000 / images!.count / (all.length / sites))
      const many = Int8Array.from({ length: times * all.length }, (_, i) => all[i % all.length]!)
      const got = evaluators.logPsi(params)(many)
      const { logPsi } = physics.evaluatorsOf(whole, models.initialise(psi, keyFrom(0)), sites)
      const once = logPsi(params)(all)
      const top = Math.max(...once.re)
      const states = all.length / sites
      for (let s = 0; s < got.re.length; s += 1) {
        const [a, b] = [got.re[s]!, once.re[s % states]!]
        const turn = got.im[s]! - once.im[s % states]!
        const [p, q] = [Math.exp(a - top), Math.exp(b - top)]
        const apart = Math.hypot(p * Math.cos(turn) - q, p * Math.sin(turn))
        if (!(apart < ROUNDING)) expect.fail(`${s}: ${a} is not ${b}, turned by ${turn}`)
      }
    })

    const plan = {
      sites,
      move: physics.bondExchange(physics.bonds(lat)),
      length: 12,
      proposals: sites,
    }
    const sampled: physics.Averages = { kind: 'sampled', plan, chains: 6, burnIn: 10 }
    const some = physics.orbits(representative, all, sites)
    const sources: Readonly<Record<string, readonly [physics.Averages, physics.Averages]>> = {
      'full sums': [
        { kind: 'full', configurations: all },
        { kind: 'full', configurations: some.configurations, multiplicity: some.multiplicity },
      ],
      samples: [sampled, sampled],
    }
    it.each(Object.entries(sources))(
      `steps alike with and without looking up by orbits, %s: ${lat.name}, ${k}`,
      (kind, [plain, reduced]) => {
        const params = shaken(psi, 5)
        const common = {
          hamiltonian: physics.compileOperator(hamiltonian, sites),
          sector,
          evaluators,
          optimizer: physics.stochasticReconfiguration({ diagShift: 1e-2 }),
          learningRate: 0.05,
        }
        const stepped = (vmc: physics.Vmc<unknown>) => {
          const first = physics.initialState(vmc, params, 4)
          // Chains that start at a zero of ψ move as rounding has it.
          const rows = Array.from({ length: 6 }, (_, c) => balanced(group, c))
          const chains = kind === 'samples' ? Int8Array.from(rows.flat()) : first.chains
          return physics.vmcStep(vmc)({ ...first, chains })
        }
        const a = stepped({ ...common, average: plain })
        const b = stepped({ ...common, average: reduced, symmetries: group })
        const numbers = ({ estimate: e }: typeof a): number[] =>
          [e.energy, e.energyImag, e.energyError, e.variance, e.acceptance].map((x) => x ?? -1)
        close(numbers(b), numbers(a), ROUNDING * 100)
        const flat = (p: unknown): number[] =>
          leavesOf(p as Tree<Tensor>).flatMap((leaf) => [...dataOf(leaf as Concrete)])
        close(flat(b.state.params), flat(a.state.params), AFTER_STEP)
        expect(b.state.chains).toEqual(a.state.chains)
        // A sector of one state leaves nothing to learn.
        if (group !== groups.mirrorOdd.group) expect(flat(a.state.params)).not.toEqual(flat(params))
      },
    )
  }
})

/** A configuration with as many spins up as down, where ψ need not vanish. */
const balanced = (group: models.SymmetryGroup, n: number): number[] =>
  alive(group, 1000 * n, (sigma) => sigma.reduce((a, b) => a + b, 0) === 0)
