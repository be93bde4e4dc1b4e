import { describe, expect, it } from 'vitest'
import { type Concrete, dataOf, tensor, toNumber } from '../../../core/index.ts'
import { planTraining } from '../../../examples/session/planTraining.ts'
import { defaults } from '../../../examples/settings/defaults.ts'
import type { TrainConfig } from '../../../examples/settings/settings.ts'
import { attention, parseForm, patchGrid, vit, vitAttention } from '../../../models/index.ts'
import * as physics from '../../../physics/index.ts'
import { right } from '../../expectations.ts'

// The maps of a run against the average of its weights over every configuration, by hand.

/** Sums over twenty configurations. */
const ROUNDING = 1e-10

const config: TrainConfig = {
  ...defaults,
  lattice: 'chain',
  size: [6],
  j2: 0,
  patch: 2,
  layers: 2,
  dim: 4,
  heads: 2,
  attention: 't5',
  sum: 'full',
  threads: 1,
  memory: 2 ** 28,
}

describe('maps of attention', () => {
  it('are means and standard deviations under |ψ|², head by head, row i to column j', () => {
    const training = right(planTraining(config))
    // Some steps away from the start the weights differ among configurations.
    let state = training.initial()
    for (let k = 0; k < 3; k += 1) state = training.step(state).state
    const maps = training.attention(state)
    training.dispose()

    const form = attention(right(parseForm(config.attention)))
    const patches = patchGrid([6], 2)
    const sizes = { patches, layers: 2, dim: 4, heads: 2 }
    const all = physics.allConfigurations(physics.basisOf(physics.szSector(6)))
    const rows = Array.from({ length: all.length / 6 }, (_, s) =>
      tensor(Float64Array.from(all.subarray(6 * s, 6 * s + 6)), [6]),
    )
    const [wave, alphaOf] = [vit(form, sizes), vitAttention(form, sizes)]
    const params = state.params as never
    const sizesOf = rows.map((sigma) => Math.exp(2 * toNumber(wave.apply(params, sigma).re)))
    const norm = sizesOf.reduce((a, b) => a + b, 0)
    const alphas = rows.map((sigma) => dataOf(alphaOf(params, sigma) as Concrete))
    const average = (of: (alpha: ArrayLike<number>) => number): number =>
      alphas.reduce((sum, alpha, s) => sum + (sizesOf[s]! / norm) * of(alpha), 0)

    expect(maps.map(({ layer, head }) => [layer, head])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ])
    for (const map of maps) {
      const squares: number[] = []
      const means: number[] = []
      for (let i = 0; i < 3; i += 1)
        for (let j = 0; j < 3; j += 1) {
          const at = ((map.layer * 2 + map.head) * 3 + i) * 3 + j
          const mean = average((alpha) => alpha[at]!)
          const square = average((alpha) => (alpha[at]! - mean) ** 2)
          expect(Math.abs(map.weights[i]![j]! - mean)).toBeLessThan(ROUNDING)
          expect(Math.abs(map.deviations[i]![j]! - Math.sqrt(square))).toBeLessThan(1e-7)
          means.push(mean)
          squares.push(square)
        }
      const plain = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length
      const among = plain(means.map((m) => (m - plain(means)) ** 2))
      const wanted = plain(squares) / (plain(squares) + among)
      expect(wanted).toBeGreaterThan(0)
      expect(Math.abs(map.inputDriven - wanted)).toBeLessThan(ROUNDING)
    }
  })

  it('are of no configuration where ψ = 0', () => {
    const training = right(
      planTraining({
        ...config,
        size: [8],
        j2: 0.5,
        patch: 1,
        sum: 'sampled',
        samples: 64,
        marshall: false,
        symmetry: 'full',
        sector: 'k=0 spin=-1',
        attention: 't5',
      }),
    )
    const { state } = training.step(training.initial())
    // A translation and an inversion both make of a Néel state the other one.
    const chains = state.chains.map((_, i) => (i % 2 === 0 ? 1 : -1))
    const [map] = training.attention({ ...state, chains })
    training.dispose()
    expect(Math.max(...map!.deviations.flat())).toBeGreaterThan(0)
  })
})
