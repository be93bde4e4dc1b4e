import type { LogPsi } from './configurations/index.ts'
import type { DerivativeSource } from './update/index.ts'

/**
 * How often log ψ is evaluated in a step: what its estimators ask for, one by one, and what was
 * computed. Parallel spins, equal configurations and what symmetries make equal save the rest.
 */
export interface Evaluations {
  /** Asked by the sampler: where each chain starts, and every proposal. */
  readonly proposals: number
  /** Asked by the local energies: every sample itself, */
  readonly samples: number
  /** and for every sample what each term of H that flips spins leads to. */
  readonly bonds: number
  /** Evaluations of log ψ that were made. */
  readonly made: number
  /** Configurations whose log-derivatives were computed: more often than once in pieces. */
  readonly derivatives: number
}

/** All that was asked. */
export const askedOf = ({ proposals, samples, bonds }: Evaluations): number =>
  proposals + samples + bonds

/** Those of several steps together. */
export const addEvaluations = (a: Evaluations, b: Evaluations): Evaluations => ({
  proposals: a.proposals + b.proposals,
  samples: a.samples + b.samples,
  bonds: a.bonds + b.bonds,
  made: a.made + b.made,
  derivatives: a.derivatives + b.derivatives,
})

/** The same function, and how many configurations it was called for so far. */
export const countedLogPsi = (
  logPsi: LogPsi,
  sites: number,
): { readonly logPsi: LogPsi; readonly count: () => number } => {
  let made = 0
  return {
    logPsi: (configurations) => {
      made += configurations.length / sites
      return logPsi(configurations)
    },
    count: () => made,
  }
}

/** The same derivatives, and for how many samples they were computed so far. */
export const countedSource = (
  source: DerivativeSource,
): { readonly source: DerivativeSource; readonly count: () => number } => {
  let made = 0
  return {
    source: {
      ...source,
      rows: (from, to, memory) => {
        made += to - from
        return source.rows(from, to, memory)
      },
    },
    count: () => made,
  }
}
