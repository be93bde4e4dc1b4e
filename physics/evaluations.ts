import type { Evaluators } from './update/index.ts'

/**
 * Counts the evaluations of log ψ in a step: those that each estimator requests, and those that
 * were computed. Parallel spins, equal configurations and symmetries save the rest.
 */
export interface Evaluations {
  /** Requested by the sampler: the start of each chain, and every proposal. */
  readonly proposals: number
  /** Requested by the local energies: every sample itself. */
  readonly samples: number
  /**
   * Requested by the local energies: for every sample, one configuration for each term of H that
   * flips spins.
   */
  readonly bonds: number
  /** The number of evaluations of log ψ that were computed. */
  readonly made: number
  /**
   * The number of configurations whose log-derivatives were computed; in blocks, some are computed
   * more than once.
   */
  readonly derivatives: number
}

/** Returns the number of all requested evaluations. */
export const totalRequests = ({ proposals, samples, bonds }: Evaluations): number =>
  proposals + samples + bonds

/** Adds the evaluations of two steps. */
export const addEvaluations = (a: Evaluations, b: Evaluations): Evaluations => ({
  proposals: a.proposals + b.proposals,
  samples: a.samples + b.samples,
  bonds: a.bonds + b.bonds,
  made: a.made + b.made,
  derivatives: a.derivatives + b.derivatives,
})

/**
 * Returns the same evaluators, and a function that tells for how many configurations they were
 * called. Only this decorator counts; the evaluators themselves do not.
 */
export const countedEvaluators = <P>(
  { logPsi, logDerivatives, ...rest }: Evaluators<P>,
  sites: number,
): {
  readonly evaluators: Evaluators<P>
  readonly count: () => Pick<Evaluations, 'made' | 'derivatives'>
} => {
  let made = 0
  let derivatives = 0
  return {
    evaluators: {
      ...rest,
      logPsi: (params) => {
        const at = logPsi(params)
        return (configurations) => {
          made += configurations.length / sites
          return at(configurations)
        }
      },
      logDerivatives: (params, configurations, memory) => {
        derivatives += configurations.length / sites
        return logDerivatives(params, configurations, memory)
      },
    },
    count: () => ({ made, derivatives }),
  }
}
