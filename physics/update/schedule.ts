// How the learning rate goes down in the course of a run.

/** The share of the learning rate that a step takes, steps counted from 0. */
export type Schedule = (step: number) => number

/** After a tenth of the run, 1/t has come down to a half. */
const HALVED_AFTER = 1 / 10

/**
 * Schedules by name, each for the number of steps of a run.
 *
 *   constant 1    linear 1 - t/T    cosine (1 + cos(πt/T))/2    inverse 1/(1 + 10 t/T)
 *
 * With noise of sampling, energies settle as far as the last steps are small.
 * Laws   1 at the first step, above 0 at every other one, never rising.
 */
export const schedules = {
  constant: () => () => 1,
  linear: (steps) => (t) => 1 - t / steps,
  cosine: (steps) => (t) => (1 + Math.cos((Math.PI * t) / steps)) / 2,
  inverse: (steps) => (t) => 1 / (1 + t / steps / HALVED_AFTER),
} as const satisfies Readonly<Record<string, (steps: number) => Schedule>>

export type ScheduleName = keyof typeof schedules
