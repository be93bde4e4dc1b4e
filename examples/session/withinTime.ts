import { either as E } from 'fp-ts'
import { smallest } from '../../core/values/index.ts'
import { parseStages, type Stage, sitesOf, type TrainConfig } from '../settings/index.ts'
import { extentOf } from './effort.ts'
import { planTraining } from './planTraining.ts'
import type { PlanTraining } from './training.ts'

// This file chooses the steps of a run, and of its stages, so that it ends in a given time.

/** The share of the time for the last measurement, and that for start, pictures and delays. */
const MEASURING = 0.1
const SPARE = 0.1
/** Stages before the last one take at most this share of the time. */
const BEFORE = 0.35
/** A stage of fewer steps is not worth its while; more than so many add nothing. */
const FEWEST = 20
const MOST = 2000
/**
 * On large lattices steps are timed with so many samples, and their time is proportional to them.
 * On others samples share orbits, so that all of them have to be there.
 */
const TIMED_SAMPLES = 256

/** Returns the seconds of a step with some symmetry. */
export type StepSeconds = (config: TrainConfig, symmetry: string) => number

/**
 * Times the second and third step: the first one compiles, and settles the chains. Infinity where
 * no step can be made, which the run itself will report.
 */
export const measuredWith =
  (plan: PlanTraining): StepSeconds =>
  (config, symmetry) => {
    const planned = plan({ ...config, symmetry, steps: 3 })
    if (E.isLeft(planned)) return Number.POSITIVE_INFINITY
    const training = planned.right
    try {
      let state = training.initial()
      const seconds = [0, 1, 2].map(() => {
        const start = performance.now()
        state = training.step(state).state
        return (performance.now() - start) / 1000
      })
      return smallest(seconds.slice(1))
    } finally {
      training.dispose()
    }
  }

export interface TimedOptions {
  /** The settings that the user chose; they stay. */
  readonly given?: readonly string[]
  readonly secondsOf?: StepSeconds
}

/** The settings of a run of about so many seconds, and words about them. */
export interface Timed {
  readonly config: TrainConfig
  readonly notes: readonly string[]
}

/** A stage with the number of its steps, and the seconds of one. */
interface TimedStage extends Stage {
  readonly steps: number
  readonly step: number
}

const within = (low: number, n: number, high: number): number =>
  Math.max(low, Math.min(high, Math.floor(n)))

const showSeconds = (seconds: number): string => `${Number(seconds.toPrecision(2))} s`

/** Returns the stages of a run, with a few steps of each timed. */
const timedStages = (config: TrainConfig, secondsOf: StepSeconds): readonly TimedStage[] => {
  const stages = E.getOrElseW((): readonly Stage[] => [])(parseStages(config.symmetry))
  const extent = extentOf(sitesOf(config.lattice, config.size))
  const shared = config.sum === 'full' || extent === 'small' || extent === 'middle'
  const samples = shared ? config.samples : Math.min(config.samples, TIMED_SAMPLES)
  return stages.map((stage, k) => ({
    ...stage,
    steps: (stages[k + 1]?.from ?? config.steps) - stage.from,
    step: secondsOf({ ...config, samples }, stage.symmetry) * (config.samples / samples),
  }))
}

/** Returns the stages before the last one, no longer than their share of the seconds left. */
const shortened = (before: readonly TimedStage[], left: number): readonly TimedStage[] => {
  const planned = before.reduce((sum, { step, steps }) => sum + step * steps, 0)
  const share = Math.min(1, (BEFORE * left) / planned)
  return before.map((stage) => ({ ...stage, steps: Math.max(1, Math.round(stage.steps * share)) }))
}

const showStages = (before: readonly TimedStage[], last: TimedStage): string =>
  [...before.map(({ symmetry, steps }) => `${symmetry}:${steps}`), last.symmetry].join(',')

/**
 * Returns the settings with as many steps as end in the given time on this machine, as busy as it
 * is now: a few steps of every stage are timed. The schedule of the learning rate follows the
 * steps. Where a last stage would have too few steps, the run stays in the first one; stages that
 * the user gave stay. The settings say how many steps there are, so they repeat the run anywhere.
 */
export const withinTime = (
  config: TrainConfig,
  seconds: number,
  { given = [], secondsOf = measuredWith(planTraining) }: TimedOptions = {},
): Timed => {
  const start = performance.now()
  const stages = timedStages(config, secondsOf)
  const left = (1 - SPARE) * Math.max(0, seconds - (performance.now() - start) / 1000)
  const stay = config.sum === 'full' || given.includes('finalRounds')
  /** Returns the settings that end with a stage, after others, with the steps that are left. */
  const endingWith = (last: TimedStage, before: readonly TimedStage[]): TrainConfig => {
    const rounds = stay
      ? config.finalRounds
      : within(1, (MEASURING * seconds) / last.step, config.finalRounds)
    const spent = before.reduce((sum, { step, steps }) => sum + step * steps, 0)
    const measuring = config.sum === 'full' ? 1 : rounds
    const steps = within(1, (left - spent) / last.step - measuring, MOST)
    return {
      ...config,
      finalRounds: rounds,
      symmetry: showStages(before, last),
      steps: before.reduce((sum, stage) => sum + stage.steps, steps),
    }
  }
  const kept = given.includes('symmetry')
    ? stages.slice(0, -1)
    : shortened(stages.slice(0, -1), left)
  const whole = endingWith(stages.at(-1)!, kept)
  const few = whole.steps - kept.reduce((sum, { steps }) => sum + steps, 0) < FEWEST
  const chosen = few && !given.includes('symmetry') ? endingWith(stages[0]!, []) : whole
  const each = stages.map(({ symmetry, step }) => `${showSeconds(step)} with symmetry ${symmetry}`)
  const note = `${chosen.steps} steps fit into ${showSeconds(seconds)}: one takes ${each.join(', ')}`
  return { config: chosen, notes: [`${note}.`] }
}
