import { either as E } from 'fp-ts'
import { expect, it } from 'vitest'
import { planTraining } from '../../examples/session/planTraining.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'

// The exact mapping says that Factored attention can be the dimer state; a training finds it.

const config: TrainConfig = {
  ...defaults,
  lattice: 'shastry-sutherland',
  j1: 0.5,
  j2: 1,
  patch: 2,
  marshall: false,
  dim: 8,
  heads: 4,
  samples: 512,
  steps: 60,
  lr: 0.05,
  momentum: 0.8,
  diagShift: 0.01,
  seed: 2,
  threads: 1,
}

it('a Factored ViT with random parameters becomes the dimer state at J = J′/2', () => {
  const planned = planTraining(config)
  if (E.isLeft(planned)) throw new Error(planned.left.what)
  const training = planned.right
  let state = training.initial()
  const errors: number[] = []
  for (let step = 0; step < config.steps; step += 1) {
    const next = training.step(state)
    state = next.state
    errors.push(Math.abs(next.record.energy / 16 + 3 / 8))
  }
  const { energy, vScore } = training.measure(state)
  training.dispose()
  // It starts far away, and ends where both energy and variance are those of the eigenstate.
  expect(errors[0]).toBeGreaterThan(0.2)
  expect(Math.abs(energy / 16 + 3 / 8)).toBeLessThan(1e-3)
  expect(vScore).toBeLessThan(2e-2)
})
