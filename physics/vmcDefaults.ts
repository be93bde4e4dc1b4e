import type { CompileOptions } from '../core/index.ts'
import type { SymmetrisedWave } from '../models/index.ts'
import type { Sector } from './configurations/index.ts'
import { compileOperator, type Operator } from './operators/index.ts'
import { fullAverages, moveAlong, sampledAverages } from './sampling/index.ts'
import { evaluatorsOf, stochasticReconfiguration } from './update/index.ts'
import type { Vmc } from './vmc.ts'

/** A training needs these settings; the others have defaults, and each of them may be given. */
export interface VmcOptions<P>
  extends Partial<Omit<Vmc<P>, 'hamiltonian' | 'sector' | 'evaluators' | 'average'>> {
  readonly wave: SymmetrisedWave<P>
  /** Parameters of its shapes, such as the first ones. */
  readonly params: P
  readonly hamiltonian: Operator
  readonly sector: Sector
  /** Samples of a step; without, nothing is sampled: sums go over the whole sector. */
  readonly samples?: number
  /** How log ψ and its derivatives are compiled. */
  readonly compile?: CompileOptions
}

/**
 * A training of a wave function by a Hamiltonian. Samples are taken by exchanges of spins that the
 * Hamiltonian turns over together; the parameters move by stochastic reconfiguration with momentum
 * 0.9 and diagonal shift 0.001, and learning rate 0.05, unless something else is given.
 *
 * Errors  SectorError for a sum over more than 200,000 states; DomainError for no samples.
 */
export const vmc = <P>({
  wave,
  params,
  hamiltonian,
  sector,
  samples,
  compile,
  ...given
}: VmcOptions<P>): Vmc<P> => ({
  optimizer: stochasticReconfiguration({ diagShift: 1e-3, momentum: 0.9 }),
  learningRate: 0.05,
  ...given,
  hamiltonian: compileOperator(hamiltonian, sector.sites),
  sector,
  evaluators: evaluatorsOf(wave, params, sector.sites, compile),
  average:
    samples === undefined
      ? fullAverages(sector, given.symmetries)
      : sampledAverages(sector, moveAlong(hamiltonian, sector), samples),
})
