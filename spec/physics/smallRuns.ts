import { expect } from 'vitest'
import {
  type Concrete,
  copy,
  dataOf,
  keyFrom,
  leavesOf,
  mapTree,
  normals,
  type Tensor,
  type Tree,
  tensor,
} from '../../core/index.ts'
import {
  factored,
  initialise,
  jastrow,
  type LookupParams,
  lookup,
  patchGrid,
  rbm,
  vit,
  type WaveFunction,
} from '../../models/index.ts'
import * as physics from '../../physics/index.ts'

// Runs on a ring of six sites, where every expectation value is known exactly.

export const SITES = 6
export type Params = Tree<Tensor>
export type State = physics.VmcState<Params>
export type Run = physics.Vmc<Params>

export const ring = physics.chain(SITES)
/** Complex Hermitian, so that rows and columns of H, and signs of phases, differ. */
const chiral = physics.addOperators(
  physics.heisenberg(ring),
  physics.dzyaloshinskiiMoriya(physics.bonds(ring).map(([i, j], k) => [i, j, 0.3 + 0.1 * k])),
)

export interface System {
  readonly operator: physics.Operator
  readonly sector: physics.Sector
  readonly move: physics.Move
}
/** Systems by name. */
export const systems = {
  chiral: {
    operator: chiral,
    sector: physics.szSector(SITES),
    move: physics.bondExchange(physics.bonds(ring)),
  },
  ising: {
    operator: physics.transverseFieldIsing(ring, { h: 1.5 }),
    sector: physics.fullSpace(SITES),
    move: physics.spinFlip(SITES),
  },
} as const satisfies Record<string, System>

export const configurationsOf = ({ sector }: System): Int8Array =>
  physics.allConfigurations(physics.basisOf(sector))

const patches = patchGrid([SITES], 2)
const sizes = { patches, layers: 1, dim: 4, heads: 2, hidden: 4 }
/** Wave functions by name; a table has one free number for each configuration of the sector. */
export const waves = {
  rbm: rbm({ sites: SITES, hidden: 3 }),
  jastrow: jastrow(SITES),
  vit: vit((form) => factored(form, { translationInvariant: false }), sizes),
} as unknown as Readonly<Record<'rbm' | 'jastrow' | 'vit', WaveFunction<Params>>>
export const tableOf = (system: System): WaveFunction<Params> => {
  const all = configurationsOf(system)
  const rows = tensor(Float64Array.from(all), [all.length / SITES, SITES])
  return lookup(rows) as unknown as WaveFunction<Params>
}

const countOf = (params: Params): number =>
  leavesOf(params).reduce((n, leaf) => n + (leaf as Concrete).size, 0)

/** Parameters away from every symmetric point, yet not far in size from the usual ones. */
export const drawn = (wave: WaveFunction<Params>, n: number): Params => {
  const params = initialise(wave, keyFrom(n))
  return physics.applyUpdate(params, normals(keyFrom(n + 7), countOf(params)), 0.2)
}

/** The table of an exact vector's logarithms. */
export const tableParams = ({ re, im }: physics.StateVector): Params => {
  const params: LookupParams = {
    table: {
      re: tensor(re.map((x, k) => Math.log(Math.hypot(x, im[k]!)))),
      im: tensor(re.map((x, k) => Math.atan2(im[k]!, x))),
    },
  }
  return params as unknown as Params
}

/** Compiled once for each wave function; specs that want them made again use `evaluatorsFor`. */
const compiled = new Map<WaveFunction<Params>, physics.Evaluators<Params>>()
export const evaluatorsFor = (wave: WaveFunction<Params>): physics.Evaluators<Params> =>
  physics.evaluatorsOf(wave, initialise(wave, keyFrom(0)), SITES)
const sharedEvaluators = (wave: WaveFunction<Params>): physics.Evaluators<Params> => {
  const made = compiled.get(wave) ?? evaluatorsFor(wave)
  compiled.set(wave, made)
  return made
}

export interface RunOptions {
  readonly system?: System
  readonly sum?: 'full' | 'sampled'
  readonly optimizer?: physics.Optimizer
  readonly learningRate?: number
  readonly chains?: number
  readonly length?: number
  readonly burnIn?: number
  readonly power?: number | undefined
}
export const runOf = (
  wave: WaveFunction<Params>,
  {
    system = systems.chiral,
    sum = 'full',
    optimizer = physics.stochasticReconfiguration({ diagShift: 1e-3 }),
    learningRate = 0.05,
    chains = 8,
    length = 20,
    burnIn = 30,
    power,
  }: RunOptions = {},
): Run => ({
  hamiltonian: physics.compileOperator(system.operator, SITES),
  sector: system.sector,
  evaluators: sharedEvaluators(wave),
  average:
    sum === 'full'
      ? { kind: 'full', configurations: configurationsOf(system) }
      : {
          kind: 'sampled',
          plan: {
            sites: SITES,
            move: system.move,
            length,
            proposals: SITES,
            ...(power === undefined ? {} : { power }),
          },
          chains,
          burnIn,
        },
  optimizer,
  learningRate,
})

/** All states and estimates of a run, those of step 0 not among them. */
export const unfolded = (vmc: Run, from: State, steps: number) => [...physics.run(vmc, from, steps)]

/** Everything in a state as plain arrays, in copies. */
export const plainly = (state: State) => ({
  step: state.step,
  params: leavesOf(state.params).map((leaf) => [...dataOf(leaf as Concrete)]),
  chains: [...state.chains],
  optimizer: leavesOf(state.optimizer).map((leaf) => [...dataOf(leaf as Concrete)]),
  key: [...state.key],
})
/** The same numbers in other memory: as read from a file. */
export const cloned = (state: State): State => {
  const copied = (tree: Tree<Tensor>): Tree<Tensor> =>
    mapTree(tree, (leaf): Tensor => copy(leaf as Concrete))
  return {
    step: state.step,
    params: copied(state.params),
    chains: state.chains.slice(),
    optimizer: copied(state.optimizer),
    key: [...state.key],
  }
}

export const expectNear = (got: number, wanted: number, tolerance: number): void => {
  const off = Math.abs(got - wanted) / (1 + Math.abs(wanted))
  if (!(off <= tolerance)) expect.fail(`${got} is not ${wanted}: off by ${off}`)
}
