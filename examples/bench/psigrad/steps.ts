import { type Concrete, mapTree, toPrecision } from '../../../core/index.ts'
import type { ThreadPool } from '../../../core/threads/index.ts'
import * as physics from '../../../physics/index.ts'
import { type Bundle, type Params, waveOf } from '../bundle.ts'
import type { Task } from '../items.ts'
import { phases } from '../numbers.ts'

// Whole VMC steps, composed as examples/session/planTraining.ts does for a run.

/** Prepared steps; each call of `step` performs the next one. */
export interface Steps {
  readonly step: () => void
  /**
   * The evaluations of log psi in the last step: those requested by the estimators, and those
   * computed.
   */
  readonly evaluations: () => { readonly asked: number; readonly made: number }
  /** Returns log psi and local energies of the first configurations at the first parameters. */
  readonly numbers: () => Float64Array
}

/** The number of configurations whose amplitudes and local energies are compared. */
const COMPARED = 16
const SEED = 1

export const stepsOf = (
  { model, vmc: { j1, j2, sweeps, diagShift, learningRate }, precision }: Task,
  { params: drawn, configurations }: Bundle,
  { runner, team }: Pick<ThreadPool, 'runner' | 'team'>,
): Steps => {
  const lattice = physics.square(model.lattice[0], model.lattice[1], 'periodic')
  const { sites } = lattice
  const sector = physics.szSector(sites)
  const params = mapTree(drawn as never, (x) =>
    toPrecision(x as Concrete, precision),
  ) as unknown as Params
  const bonds = [1, 2].flatMap((shell) => physics.bonds(lattice, shell))
  const compiled = physics.evaluatorsOf(waveOf(model), params, sites, {
    precision,
    runner,
    wide: true,
  })
  const proposals = sweeps * sites
  const hamiltonian = physics.compileOperator(physics.j1j2(lattice, { j1, j2 }), sites)
  const vmc: physics.Vmc<Params> = {
    hamiltonian,
    sector,
    symmetries: physics.patchTranslations(lattice, model.patch),
    evaluators: compiled,
    average: {
      kind: 'sampled',
      chains: model.samples,
      burnIn: 0,
      plan: { sites, move: physics.bondExchange(bonds), length: 1, proposals },
    },
    optimizer: physics.stochasticReconfiguration({
      diagShift,
      team,
      single: precision === 'float32',
    }),
    team,
    learningRate,
  }
  const step = physics.vmcStep(vmc)
  let state: physics.VmcState<Params> = {
    ...physics.initialState(vmc, params, SEED),
    chains: configurations.slice(0, model.samples * sites),
  }
  let counted = { asked: 0, made: 0 }
  return {
    step: () => {
      const next = step(state)
      state = next.state
      counted = { asked: physics.totalRequests(next.evaluations), made: next.evaluations.made }
    },
    evaluations: () => counted,
    numbers: () => {
      const logPsi = compiled.logPsi(params)
      const compared = configurations.slice(0, COMPARED * sites)
      const { re, im } = logPsi(compared)
      const energies = physics.localEnergies(hamiltonian, logPsi, compared)
      return Float64Array.from([...phases(re, im), ...energies.re, ...energies.im])
    },
  }
}
