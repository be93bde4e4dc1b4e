// This file holds the schedules by which the learning rate decreases during a run.

/** A schedule returns the fraction of the learning rate for a step; steps are counted from 0. */
export type Schedule = (step: number) => number

/** After this fraction of the run, 1/t has halved the learning rate. */
const HALVED_AFTER = 1 / 10

/**
 * The table maps names to schedules, each for the number of steps of a run.
 *
 *   constant 1    linear 1 - t/T    cosine (1 + cos(πt/T))/2    inverse 1/(1 + 10 t/T)
 *
 * With sampling noise, smaller last steps give a more precise final energy.
 * Laws   1 at the first step, above 0 at every other one, never rising.
 */
export const schedules = {
  constant: () => () => 1,
  linear: (steps) => (t) => 1 - t / steps,
  cosine: (steps) => (t) => (1 + Math.cos((Math.PI * t) / steps)) / 2,
  inverse: (steps) => (t) => 1 / (1 + t / steps / HALVED_AFTER),
} as const satisfies Readonly<Record<string, (steps: number) => Schedule>>

export type ScheduleName = keyof typeof schedules
