import { counted, rounded, type Shown } from '../core/values/index.ts'
import { shown as shownInModels, showWith } from '../models/index.ts'
import type { Sector } from './configurations/index.ts'
import type { EnergyEstimate } from './energy.ts'
import type { ExactStates } from './exact/index.ts'
import type { Lattice } from './lattice/index.ts'
import type { CompiledOperator, Operator } from './operators/index.ts'
import { type Averages, powerOf } from './sampling/index.ts'
import { showEvaluations, shownEnergy, shownEstimate, shownStates } from './showEnergy.ts'
import { shownLattice, shownOperator, shownSector } from './showSystem.ts'
import type { Estimate } from './statistics/index.ts'
import { countOf } from './update/index.ts'
import type { StepResult, Vmc, VmcState } from './vmc.ts'

// `show` of this room: trainings, and everything that physics, models and core know of.

const showAverages = (average: Averages, sites: number): string => {
  if (average.kind === 'full')
    return `full sums over ${counted(average.configurations.length / sites, 'configuration')}`
  const { chains, plan } = average
  const power = powerOf(plan)
  return (
    `${counted(chains * plan.length, 'sample')} of |ψ|^${power} from ${counted(chains, 'chain')} ` +
    `by ${plan.move.name}`
  )
}

const showCompiled = ({ sites, isReal, maxConnected }: CompiledOperator): string =>
  `${isReal ? 'real' : 'complex'} operator of ${counted(sites, 'site')}, compiled: ` +
  `at most ${counted(maxConnected, 'off-diagonal element')} a row`

const shownVmc = (vmc: Vmc<unknown>): Shown => ({
  line: `training by ${vmc.optimizer.name}, learning rate ${rounded(vmc.learningRate)}`,
  parts: [
    showCompiled(vmc.hamiltonian),
    shownSector(vmc.sector),
    vmc.symmetries === undefined
      ? 'symmetries: none used'
      : `symmetries: ${vmc.symmetries.length}, configurations of an orbit evaluated once`,
    showAverages(vmc.average, vmc.sector.sites),
    `derivatives in ${vmc.evaluators.precision}`,
  ],
})

const shownState = ({ step, params, chains }: VmcState<unknown>): Shown =>
  `state after ${counted(step, 'step')}: ${counted(countOf(params), 'parameter')}, ` +
  (chains.length === 0 ? 'no chains' : `${counted(chains.length, 'spin')} in its chains`)

const shownStep = ({ state, estimate, evaluations }: StepResult<unknown>): Shown => {
  const energy = shownEnergy(estimate)
  const { line, parts } = typeof energy === 'string' ? { line: energy, parts: [] } : energy
  return { line: `step ${state.step}: ${line}`, parts: [...parts, showEvaluations(evaluations)] }
}

/** Returns the line and the parts that `show` prints of a value of any room. */
export const shown = (x: object): Shown => {
  const { positions, strings, sites, up, vScore, standardError, residuals } = Object(x)
  const { maxConnected, learningRate, evaluations, chains, step } = Object(x)
  const number = (y: unknown): boolean => typeof y === 'number'
  if (Array.isArray(positions)) return shownLattice(x as Lattice)
  if (Array.isArray(strings)) return shownOperator(x as Operator)
  if (number(maxConnected)) return showCompiled(x as CompiledOperator)
  if (number(sites) && 'up' in x && (up === undefined || number(up)))
    return shownSector(x as Sector)
  if (number(vScore)) return shownEnergy(x as EnergyEstimate)
  if (number(standardError)) return shownEstimate(x as Estimate)
  if (Array.isArray(residuals)) return shownStates(x as ExactStates)
  if (number(learningRate)) return shownVmc(x as Vmc<unknown>)
  if (number(evaluations?.made)) return shownStep(x as StepResult<unknown>)
  if (chains instanceof Int8Array && number(step)) return shownState(x as VmcState<unknown>)
  return shownInModels(x)
}

/**
 * The text of a lattice, an operator, a sector, an energy, exact states, a training, its state or
 * its step, and of what `show` of psigrad/models knows: a line that sums it up, and its parts as a
 * tree.
 *
 * Errors  TypeError for what is none of these.
 * @example show(chain(4)) // →
 * // chain 4 periodic: 4 sites
 * // ├── x: 4 cells along [1], periodic
 * // ├── shell 1: 4 bonds of length 1, 2 a site
 * // ├── shell 2: 2 bonds of length 2, 1 a site
 * // ├── bipartite: 2 sites against 2
 * // └── 8 symmetries, 4 translations among them
 */
export const show = showWith(shown)
