import { either as E } from 'fp-ts'
import { type Problem, showProblem, TensorError } from '../../../core/index.ts'
import { planTraining } from '../../../examples/session/planTraining.ts'
import { suited } from '../../../examples/session/suited.ts'
import type { StepRecord, Training, TrainState } from '../../../examples/session/training.ts'
import { resolveConfig, showConfigProblems } from '../../../examples/settings/config.ts'
import type { TrainConfig } from '../../../examples/settings/settings.ts'
import { parseStages } from '../../../examples/settings/stages.ts'
import { fitsWithin, szSector } from '../../../physics/index.ts'
import type { Cell } from './cells.ts'

// Runs one cell of the grid as `psigrad train` does, and sums over the whole sector at the same
// parameters.

/** The outcome of a cell. Energies are per site; null stands for what was not measured. */
export interface Outcome {
  readonly name: string
  /** Why there is no result, or null. */
  readonly failure: string | null
  readonly energy: number | null
  readonly exact: number | null
  readonly relativeError: number | null
  readonly energyError: number | null
  readonly reliable: boolean | null
  readonly rHat: number | null
  readonly rHatLimit: number | null
  /** The energy of full sums at the same parameters, and the distance to it in standard errors. */
  readonly fullSum: number | null
  readonly sigmas: number | null
  readonly refusals: number | null
  readonly steps: number
  readonly symmetry: string
  /** The time of the run with its last measurement, without the full sums. */
  readonly seconds: number
}

/** Larger sectors are not summed over. */
const SUMMED = 20_000
/** An exact energy is sought in sectors of up to so many states. */
const DIAGONALISED = 3_000_000

/** Below this share of the energy a difference from the full sum is rounding. */
const ROUNDING = { float64: 1e-9, float32: 1e-5 } as const

const trained = (training: Training, steps: number) => {
  let state = training.initial()
  let last: StepRecord | undefined
  while (state.step < steps) {
    const next = training.step(state)
    state = next.state
    last = next.record
  }
  const settled = training.settled?.(state) ?? state
  return { state: settled, refusals: last?.refusals ?? null, measured: training.measure(settled) }
}

/** Returns the energy of full sums over the sector at the parameters of a state. */
const summed = (config: TrainConfig, { params, step }: TrainState): number | null => {
  const stages = parseStages(config.symmetry)
  const symmetry = E.isRight(stages) ? stages.right.at(-1)!.symmetry : 'none'
  const planned = planTraining({ ...config, sum: 'full', samplePower: 2, symmetry })
  if (E.isLeft(planned)) return null
  try {
    return planned.right.measure({ ...planned.right.initial(), params, step }).energy
  } finally {
    planned.right.dispose()
  }
}

const problemOf = (error: unknown): Problem => {
  if (error instanceof TensorError) return error.problem
  throw error
}

const nothing = {
  energy: null,
  exact: null,
  relativeError: null,
  energyError: null,
  reliable: null,
  rHat: null,
  rHatLimit: null,
  fullSum: null,
  sigmas: null,
  refusals: null,
}

/** Runs a cell; `changes` make it smaller than its flags do. */
export const runCell = ({ name, flags }: Cell, changes: Partial<TrainConfig> = {}): Outcome => {
  const start = performance.now()
  const spent = () => (performance.now() - start) / 1000
  const resolved = resolveConfig({ flags })
  if (E.isLeft(resolved)) {
    const failure = showConfigProblems(resolved.left)
    return { name, failure, ...nothing, steps: 0, symmetry: '', seconds: spent() }
  }
  const { config: suiting } = suited(resolved.right, Object.keys(flags))
  const config = { ...suiting, ...changes }
  const { steps, symmetry } = config
  const planned = planTraining(config)
  if (E.isLeft(planned)) {
    const failure = showProblem(planned.left)
    return { name, failure, ...nothing, steps, symmetry, seconds: spent() }
  }
  const training = planned.right
  try {
    const { state, refusals, measured } = trained(training, steps)
    const seconds = spent()
    const { sites } = training
    const small = fitsWithin(szSector(sites), SUMMED)
    const fullSum = small ? summed(config, state) : null
    const exact =
      fitsWithin(szSector(sites), DIAGONALISED) || sites === 36 ? training.exact() : null
    const { energy, energyError, reliable, rHat, rHatLimit } = measured
    const rounding = ROUNDING[config.precision] * Math.abs(energy)
    const error = Math.hypot(energyError, rounding)
    return {
      name,
      failure: null,
      energy: energy / sites,
      exact: exact === null ? null : exact / sites,
      relativeError: exact === null ? null : (energy - exact) / Math.abs(exact),
      energyError: energyError / sites,
      reliable,
      rHat,
      rHatLimit,
      fullSum: fullSum === null ? null : fullSum / sites,
      sigmas: fullSum === null ? null : Math.abs(energy - fullSum) / error,
      refusals,
      steps,
      symmetry,
      seconds,
    }
  } catch (error) {
    const failure = showProblem(problemOf(error))
    return { name, failure, ...nothing, steps, symmetry, seconds: spent() }
  } finally {
    training.dispose()
  }
}
