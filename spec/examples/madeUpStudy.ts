import { defaults } from '../../examples/settings/defaults.ts'
import type { CellData, StudyData } from '../../examples/study/data.ts'
import type { Block } from '../../examples/study/studyPlan.ts'

// A small study to run, and data of one that never ran.

const { attention: _a, heads: _h, layers: _l, seed: _s, ...common } = defaults
export const ring: Block = {
  name: 'ring',
  title: 'A ring of six',
  settings: {
    ...common,
    lattice: 'chain',
    size: [6],
    j2: 0,
    dim: 4,
    samples: 64,
    steps: 3,
    threads: 1,
    finalRounds: 1,
  },
  forms: ['factored', 't5', 'spatial'],
  sizes: [{ heads: 2, layers: 1 }],
  seeds: [1],
}

/** Data of made-up runs: only what the claims look at differs. */
export const madeUp = (
  energies: Readonly<Record<string, number>>,
  after: number,
  evaluation: Readonly<Record<string, number>>,
): StudyData => ({
  planned: 9,
  cells: Object.entries(energies).flatMap(([form, energy]) =>
    [1, 2, 3].map(
      (seed): CellData => ({
        name: `b/${form}/${seed}`,
        block: 'b',
        form,
        config: { ...ring.settings, attention: form, heads: 2, layers: 1, seed },
        energy: energy + 1e-4 * (seed - 2),
        error: 1e-5,
        exact: -0.5,
        relativeError: Math.abs(energy / -0.5 - 1),
        vScore: 1e-3,
        parameters: form === 'factored' ? 90 : 100,
        seconds: 10,
        curve: [[1, energy]],
        reached: [],
        heads: [0, 1].map((head) => ({
          layer: 0,
          head,
          before: 0.5,
          after: form === 'factored' ? 0 : after,
          spreadBefore: 0.5,
          spreadAfter: form === 'factored' ? 0 : after,
        })),
        patchGrid: [1, 3],
      }),
    ),
  ),
  timings: [
    {
      block: 'b',
      heads: 2,
      layers: 1,
      model: ring.settings,
      costs: Object.fromEntries(
        Object.entries(evaluation).map(([form, seconds]) => [form, { seconds, flops: 1000 }]),
      ),
    },
  ],
  dimer: null,
})
