import { showEnergy, showSmall } from '../../../settings/index.ts'
import { type PageState, problemOf, type ShownRun } from './pageState.ts'

// What happens, in sentences.

/** Numbers with a true minus sign. */
export const minus = (text: string): string => text.replaceAll('-', '−')

/** The decimal digits in which an energy agrees with the exact one; null without one. */
export const digitsOf = (energy: number, exact: number | null | undefined): number | null =>
  exact === null || exact === undefined || exact === 0
    ? null
    : -Math.log10(Math.max(Math.abs((energy - exact) / exact), 1e-16))

export const exactOf = (state: PageState, run: ShownRun): number | null | undefined =>
  state.exact[problemOf(run.described.config)]

/** The name of a run among others: its form, and the seed where forms repeat. */
export const nameOf = (run: ShownRun, among: readonly ShownRun[]): string => {
  if (run.name !== undefined) return run.name
  const { attention, seed } = run.described.config
  const repeated =
    among.filter((r) => r.name === undefined && r.described.config.attention === attention).length >
    1
  return repeated ? `${attention}, seed ${seed}` : attention
}

const digits = (x: number | null): string => (x === null ? '' : `${x.toFixed(1)} digits`)

/** Says on what the heads depend. */
const listening = ({ view }: ShownRun): string => {
  if (view === undefined || view.maps.length === 0) return ''
  const driven = view.maps.filter(({ inputDriven }) => inputDriven > 0).length
  const heads = view.maps.length
  const all = `${heads === 1 ? 'The head' : `All ${heads} heads`}`
  if (driven === 0) return ` ${all} ${heads === 1 ? 'listens' : 'listen'} to positions only.`
  return ` ${driven} of ${heads} heads listen to the spins.`
}

const runSentence = (state: PageState, run: ShownRun): string => {
  const last = run.records.at(-1)
  const { config } = run.described
  const exact = exactOf(state, run)
  switch (run.phase) {
    case 'planning':
      return 'Compiling the wave function to WebAssembly.'
    case 'measuring':
      return `All ${run.records.length} steps are done; the energy is measured once more, with more samples.`
    case 'failed':
      return 'The run ended: see below what went wrong.'
    case 'paused':
    case 'running': {
      if (last === undefined) return 'The chains of the sampler warm up.'
      const reached = digits(digitsOf(last.energy, exact))
      const where = `Step ${last.step} of ${config.steps}${run.phase === 'paused' ? ', paused' : ''}`
      return `${where}${reached === '' ? '.' : `: ${reached} of the exact energy.`}${listening(run)}`
    }
    case 'done': {
      const { record, seconds } = run.outcome!
      const sites = run.described.drawing.sites.length
      const reached = digits(digitsOf(record.energy, exact))
      return (
        `Done in ${seconds.toFixed(seconds < 10 ? 1 : 0)} s: E/N = ${minus(showEnergy(record.energy / sites))} ± ` +
        `${minus(showSmall(record.energyError / sites))}${reached === '' ? '.' : `, ${reached}.`}${listening(run)}`
      )
    }
  }
}

/** Compares the last run with one before it, in words and with their uncertainty. */
const verdict = (state: PageState): string => {
  const done = state.runs.filter((run) => run.outcome !== undefined)
  const [last, ...others] = done.toReversed()
  if (last === undefined || others.length === 0) return ''
  return others
    .filter((run) => problemOf(run.described.config) === problemOf(last.described.config))
    .map((other) => {
      const [a, b] = [last.outcome!, other.outcome!]
      const gap = a.record.energy - b.record.energy
      const error = Math.hypot(a.record.energyError, b.record.energyError)
      const name = nameOf(other, state.runs)
      const times = b.seconds / a.seconds
      const pace =
        times > 1.1
          ? `, which took ${times.toFixed(1)} times as long`
          : times < 0.9
            ? `, which took ${times.toFixed(1)} of its time`
            : ''
      return Math.abs(gap) <= 2 * error
        ? ` The same as ${name} within two standard errors${pace}.`
        : ` ${gap < 0 ? 'Lower' : 'Higher'} than ${name} by ${minus(showSmall(Math.abs(gap) / last.described.drawing.sites.length))} a site, ${(Math.abs(gap) / error).toFixed(0)} standard errors${pace}.`
    })
    .join('')
}

/** Returns the sentence above the figures. */
export const sentenceOf = (state: PageState): string => {
  const run = state.runs.at(-1)
  if (run !== undefined) return `${runSentence(state, run)}${verdict(state)}`
  if (state.problems.length > 0) return 'These settings do not fit together yet: see the marks.'
  const { described } = state
  if (described === undefined) return 'The engine starts.'
  const sites = described.drawing.sites.length
  return (
    `A Transformer with ${described.parameters} parameters is to find the ground state of ` +
    `${sites} spins. Press Train.`
  )
}
