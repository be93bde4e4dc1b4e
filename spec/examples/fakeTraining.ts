import { either as E } from 'fp-ts'
import {
  type Concrete,
  dataOf,
  fail,
  keyFrom,
  leavesOf,
  mapTree,
  nextKey,
  precisionOf,
  type Tensor,
  type Tree,
  tensor,
  uniforms,
} from '../../core/index.ts'
import type {
  PlanTraining,
  StepRecord,
  Training,
  TrainState,
} from '../../examples/session/training.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'

// A training run without physics: numbers that fall to an "exact" energy, made from the state
// alone, so that a resumed run can be held against an uninterrupted one to the last bit.

export interface Faults {
  /** Step whose execution throws NonFinite. */
  readonly throwsAt?: number
  /** Step whose energy is NaN. */
  readonly nanEnergyAt?: number
  /** Step after which a parameter is Infinity. */
  readonly infiniteParamAt?: number
  /** Step whose execution throws something that is no TensorError. */
  readonly bugAt?: number
  /** A number that every step adds to every parameter. */
  readonly growth?: number
  readonly onStep?: (step: number) => void
}

const grid = ({ size, patch }: TrainConfig): readonly [number, number] =>
  size.length === 1 ? [1, size[0]! / patch] : [size[0]! / patch, size[1]! / patch]

const initialOf = (config: TrainConfig): TrainState => {
  const [rows, columns] = grid(config)
  const n = rows * columns
  const key = keyFrom(config.seed)
  const draw = (shape: readonly number[], k: number): Tensor => {
    const size = shape.reduce((a, b) => a * b, 1)
    const values = uniforms([key[0], key[1] + k], size).map((u) => u - 0.5)
    return tensor(values, shape, config.precision)
  }
  const sites = config.size.reduce((a, b) => a * b, 1)
  return {
    step: 0,
    params: {
      embed: { kernel: draw([config.patch, config.dim], 1), bias: draw([config.dim], 2) },
      encoder: Array.from({ length: config.layers }, (_, l) => ({
        attention: { p: draw([config.heads, n], 10 + l) },
      })),
    },
    chains: config.sum === 'full' ? new Int8Array(0) : new Int8Array(4 * sites).fill(1),
    optimizer: config.optimizer === 'adam' ? { m: draw([3], 5), t: tensor(0) } : {},
    key,
  }
}

const mean = (params: Tree<Tensor>): number => {
  const values = leavesOf(params).flatMap((leaf) => [...dataOf(leaf as Concrete)])
  return values.reduce((sum, x) => sum + x, 0) / values.length
}

const recordOf = (config: TrainConfig, state: TrainState, noise: number): StepRecord => {
  const sites = config.size.reduce((a, b) => a * b, 1)
  const distance = Math.exp(-state.step / 25) + 1e-4 * Math.abs(mean(state.params))
  const full = config.sum === 'full'
  return {
    step: state.step,
    seconds: null,
    refusals: null,
    energy: sites * (-0.5 + 0.4 * distance + (full ? 0 : 0.02 * noise * distance)),
    energyImag: full ? 0 : 1e-3 * noise,
    energyError: full ? 0 : 0.02 * sites * distance,
    reliable: true,
    variance: sites * distance,
    varianceError: full ? 0 : 0.1 * sites * distance,
    vScore: 4 * distance,
    vScoreError: full ? 0 : 0.4 * distance,
    acceptance: full ? null : 0.45 + 0.05 * noise,
    rHat: full ? null : 1.01 + 0.01 * noise,
    rHatLimit: full ? null : 1.4,
    autocorrelationTime: full ? null : 1.5,
    effectiveSamples: full ? null : 12,
    symmetry: 'none',
    evaluations: { proposals: 0, samples: 12, bonds: 48, made: 30 + state.step, derivatives: 12 },
  }
}

const stepOf =
  (config: TrainConfig, faults: Faults) =>
  (state: TrainState): { state: TrainState; record: StepRecord } => {
    const step = state.step + 1
    faults.onStep?.(step)
    if (step === faults.throwsAt) fail('NonFinite', 'localEnergy', 'sample 7 has local energy NaN.')
    if (step === faults.bugAt) throw new RangeError('not a numerical problem')
    const [use, key] = nextKey(state.key)
    const noise = uniforms(use, 1)[0]! - 0.5
    const params = mapTree(state.params, (leaf): Tensor => {
      const x = leaf as Concrete
      const moved = dataOf(x).map(
        (v) => v * (1 - config.lr / 10) + 0.01 * noise + (faults.growth ?? 0),
      )
      if (step === faults.infiniteParamAt) moved[0] = Number.POSITIVE_INFINITY
      return tensor(moved, x.shape, precisionOf(x))
    })
    const chains = state.chains.map((s, i) => ((i + step) % 3 === 0 ? -s : s))
    const next = { ...state, step, key, params, chains }
    // The energy is that of the parameters before the step, as in a real one.
    const record = recordOf(config, { ...next, params: state.params }, noise)
    return {
      state: next,
      record: step === faults.nanEnergyAt ? { ...record, energy: Number.NaN } : record,
    }
  }

const attentionOf = (config: TrainConfig) => {
  const [rows, columns] = grid(config)
  const n = rows * columns
  const weight = (l: number, h: number, i: number, j: number): number => {
    const dx = (Math.floor(i / columns) - Math.floor(j / columns) + rows) % rows
    const dy = ((i % columns) - (j % columns) + columns) % columns
    return Math.cos((2 * Math.PI * (h * dx)) / rows + (l * dy * Math.PI) / columns) / (1 + dx + dy)
  }
  return Array.from({ length: config.layers }, (_, layer) =>
    Array.from({ length: config.heads }, (_, head) => ({
      layer,
      head,
      weights: Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (_, j) => weight(layer, head, i, j)),
      ),
      deviations: Array.from({ length: n }, () => Array<number>(n).fill(0)),
      inputDriven: 0,
    })),
  ).flat()
}

/** A plan with faults at chosen steps. */
export const fakePlan =
  (faults: Faults = {}): PlanTraining =>
  (config) => {
    const sites = config.size.reduce((a, b) => a * b, 1)
    const training: Training = {
      sites,
      parameters: leavesOf(initialOf(config).params).reduce(
        (n, leaf) => n + dataOf(leaf as Concrete).length,
        0,
      ),
      flops: 1000,
      evaluationSeconds: () => 1e-6,
      patchGrid: grid(config),
      initial: () => initialOf(config),
      step: stepOf(config, faults),
      measure: (state) => recordOf(config, state, 0),
      attention: () => attentionOf(config),
      observe: () => ({
        correlations: [],
        structureFactor: [],
        staggeredMagnetisation: null,
        dimerOrder: null,
        absent: [],
      }),
      observeExactly: () => null,
      exact: () => (sites <= 20 ? -0.5 * sites : null),
      dispose: () => undefined,
    }
    return E.right(training)
  }
