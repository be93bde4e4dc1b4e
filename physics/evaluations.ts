import type { Evaluators } from './update/index.ts'

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

/**
 * The same evaluators, and how many configurations they were called for so far. Counting is this
 * decorator's alone: whoever evaluates does not know of it.
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
