import { either as E, function as F } from 'fp-ts'
import { openBridge } from '../../core/gpu/index.ts'
import {
  type Checked,
  type Concrete,
  flatten,
  keyFrom,
  type Problem,
  raise,
  sizeOf,
  split,
  TensorError,
  toPrecision,
  zeros,
} from '../../core/index.ts'
import type { ThreadPool } from '../../core/threads/index.ts'
import {
  type FormOf,
  type FormParams,
  flopsPerSample,
  initialise,
  type PatchGrid,
  patchGrid,
  type SymmetryGroup,
  symmetrise,
  type VitParams,
  vit,
} from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import { formAt } from '../forms/index.ts'
import {
  groupsOf,
  modelOf,
  ownSymmetries,
  parseSector,
  parseStages,
  type SpinModel,
  type Stage,
  sitesOf,
  stageAfter,
  type TrainConfig,
} from '../settings/index.ts'
import { attentionMaps } from './attentionMaps.ts'
import { costNotes, secondsPerEvaluation } from './cost.ts'
import { exactGround, keptGround } from './exactGround.ts'
import { moveOf } from './exchanges.ts'
import { knownEnergy } from './knownEnergies.ts'
import { groundLevel } from './level.ts'
import { type Machine, machineOf, type OpenDevice } from './machine.ts'
import { memoise } from './memoise.ts'
import { recordOf } from './record.ts'
import { withinTables } from './tables.ts'
import type { PlanTraining, Training, TrainState } from './training.ts'
import { unfitState } from './unfit.ts'

// This file makes a run from a configuration: it joins the parts of physics and models that the
// configuration names.

type Params = VitParams<FormParams>

/** Larger sectors are neither summed nor diagonalised unless requested: 4x4 has 12,870 states. */
const EXACT_LIMIT = 200_000

const optimizerOf = (
  { optimizer, diagShift, momentum, precision }: TrainConfig,
  { team }: ThreadPool,
): physics.Optimizer =>
  physics.optimizers[optimizer]({ diagShift, momentum, team, single: precision === 'float32' })

const averagesOf = (
  { sum, samples, samplePower }: TrainConfig,
  model: SpinModel,
  sector: physics.Sector,
  symmetries: SymmetryGroup,
): physics.Averages =>
  sum === 'full'
    ? physics.fullAverages(sector, symmetries)
    : physics.sampledAverages(sector, moveOf(model, sector, symmetries), samples, samplePower)

/** Returns the sizes of an update with as many different samples as a step may have. */
const largestUpdate = (vmc: physics.Vmc<Params>, params: number, { samples }: TrainConfig) => {
  const { average: source, sector } = vmc
  const most =
    source.kind === 'full'
      ? source.configurations.length / sector.sites
      : physics.fitsWithin(sector, samples)
        ? physics.dimension(sector)
        : samples
  return physics.updateSizes(vmc, most, params)
}

/** The parts that the settings name, made from their texts. */
interface Parts {
  readonly model: SpinModel
  readonly patches: PatchGrid
  readonly form: FormOf<FormParams>
  readonly stages: readonly Stage[]
  readonly sector: physics.Characters | 'auto'
}

const build = (
  config: TrainConfig,
  { model, patches, form, stages, sector: characters }: Parts,
  { pool, backend }: Machine,
): Training => {
  const { lattice, operator } = model
  const sector = physics.szSector(lattice.sites)
  const rotated = config.marshall ? physics.marshallRotated(operator, lattice) : operator
  const { layers, dim, heads } = config
  const sizes = { patches, layers, dim, heads }
  const network = vit(form, sizes)
  const own = ownSymmetries(sizes, form, model)
  const groupOf = groupsOf(model, own, { characters, marshall: config.marshall })
  // A sector without states is reported before anything runs.
  const waves = stages.map(({ symmetry }) => symmetrise(network, groupOf(symmetry), own))
  const drawn = initialise(network, split(keyFrom(config.seed), 3)[0]!)
  const { leaves, unflatten } = flatten<Concrete>(drawn as never)
  const params = unflatten(leaves.map((x) => toPrecision(x, config.precision))) as unknown as Params
  const parameters = leaves.reduce((n, x) => n + sizeOf(x.shape), 0)
  /** Returns a complete stage, made when it is first needed. */
  const staged = memoise((k: number) => {
    const { symmetry, from } = stages[k]!
    const symmetries = groupOf(symmetry)
    const vmc: physics.Vmc<Params> = {
      hamiltonian: physics.compileOperator(rotated, lattice.sites),
      sector,
      symmetries,
      evaluators: physics.evaluatorsOf(waves[k]!, params, lattice.sites, {
        precision: config.precision,
        ...backend.options,
      }),
      average: averagesOf(config, model, sector, symmetries),
      optimizer: optimizerOf(config, pool),
      team: pool.team,
      memory: config.memory,
      learningRate: config.lr,
      schedule: physics.schedules[config.lrSchedule](config.steps),
      start: from,
    }
    const update = largestUpdate(vmc, parameters, config)
    const problem = physics.memoryProblem(update, config.memory)
    if (problem !== undefined) raise({ ...problem, where: '--memory' })
    const step = config.takeBack ? physics.trustedStep(vmc) : physics.vmcStep(vmc)
    return { symmetry, vmc, update, step }
  })
  // The first stage is made now, so that a setting that does not fit is reported before anything
  // runs.
  staged(0)
  const stageAt = (done: number) => staged(stages.indexOf(stageAfter(stages, done)))
  /** Returns the stage of the last completed step. */
  const stageOf = ({ step }: TrainState) => stageAt(Math.max(0, step - 1))
  const typed = (state: TrainState) => state as unknown as physics.VmcState<Params>
  const flops = flopsPerSample(waves.at(-1)!.apply, params, zeros([lattice.sites]))
  /** The seconds are those of the last stage, the most expensive one. */
  const seconds = (tries: number): number => {
    const { vmc } = staged(stages.length - 1)
    return secondsPerEvaluation(vmc, vmc.evaluators.logPsi(params), { flops, tries })
  }
  const [rows, columns] = patches.grid.length === 1 ? [1, patches.grid[0]!] : patches.grid
  return {
    sites: lattice.sites,
    parameters,
    flops,
    evaluationSeconds: () => seconds(5),
    cost: () => {
      const { vmc, update } = staged(stages.length - 1)
      return costNotes(vmc, update, { flops, seconds: () => seconds(1) })
    },
    patchGrid: [rows!, columns!],
    initial: () =>
      physics.initialState(stageAt(0).vmc, params, config.seed) as unknown as TrainState,
    unfit: (state) => unfitState(state, config, sector),
    step: (state) => {
      const { step, symmetry } = stageAt(state.step)
      const next = step(typed(state))
      return {
        state: next.state as unknown as TrainState,
        record: {
          ...recordOf(next.state.step, symmetry, next.estimate, next.evaluations),
          refusals: next.state.trust?.refusals ?? null,
        },
      }
    },
    settled: (state) => physics.settled(stageOf(state).vmc)(typed(state)) as unknown as TrainState,
    measure: (state) => {
      const { vmc, symmetry } = stageOf(state)
      const measured = physics.measureEnergy(vmc, config.finalRounds)(typed(state))
      return recordOf(state.step, symmetry, measured)
    },
    attention: (state) => attentionMaps(form, sizes, stageOf(state).vmc)(typed(state)),
    observe: (state, rounds) => {
      const { vmc } = stageOf(state)
      return physics.observe(
        lattice,
        physics.logPsiOf(vmc, typed(state).params),
        physics.samplesOf(vmc, rounds)(typed(state)),
        (o) => (config.marshall ? physics.marshallRotated(o, lattice) : o),
      )
    },
    observeExactly: () => {
      if (!physics.fitsWithin(sector, EXACT_LIMIT)) return null
      const [first, ...others] = groundLevel(operator, sector) ?? []
      return first === undefined ? null : physics.observeExactly(lattice, sector, first, ...others)
    },
    exact: () =>
      physics.fitsWithin(sector, EXACT_LIMIT)
        ? physics.exactStates(operator, sector, { states: 1 }).energies[0]!
        : (knownEnergy(config) ?? groundWithin(config, { lattice, operator, sector })),
    notes: backend.notes,
    dispose: () => {
      backend.close()
      pool.close()
    },
  }
}

/** States up to which a run finds its exact energy itself: those of 24 sites, in seconds. */
const FOUND = 3_000_000

/** The exact energy that was kept, or is quick to find; null: neither. */
const groundWithin = (
  { threads }: TrainConfig,
  request: Parameters<typeof keptGround>[0],
): number | null =>
  physics.fitsWithin(request.sector, FOUND)
    ? exactGround({ ...request, threads }).energy
    : (keptGround(request)?.energy ?? null)

const caught = (error: unknown): Problem => {
  if (error instanceof TensorError) return error.problem
  throw error
}

/** Full sums are limited, and larger sectors are refused before they are listed. */
const checkedSettings = (config: TrainConfig): Checked<TrainConfig> => {
  const sites = sitesOf(config.lattice, config.size)
  return config.sum === 'sampled' || physics.fitsWithin({ sites, up: sites / 2 }, EXACT_LIMIT)
    ? E.right(config)
    : E.left({
        kind: 'SectorError',
        where: '--sum full',
        what: `the Sz = 0 sector of ${sites} sites has more than ${EXACT_LIMIT} states.`,
        fix: 'use --sum sampled, or a smaller lattice such as 4x4.',
      })
}

/** Returns a text that could not be read as a problem. */
const orProblem = <A>(where: string, read: E.Either<string, A>): Checked<A> =>
  E.mapLeft(
    (expected: string): Problem => ({ kind: 'ParseError', where, what: `expected ${expected}.` }),
  )(read)

/** Returns `planTraining` with devices that `open` opens. */
export const planWith =
  (open: OpenDevice): PlanTraining =>
  (config) =>
    F.pipe(
      checkedSettings(config),
      E.chain(withinTables),
      E.bindTo('checked'),
      E.bind('stages', () => orProblem('--symmetry', parseStages(config.symmetry))),
      E.bind('sector', () => orProblem('--sector', parseSector(config.sector))),
      E.bind('model', () => E.tryCatch(() => modelOf(config), caught)),
      E.bind('patches', ({ model: { lattice } }) =>
        E.tryCatch(() => patchGrid(config.size, config.patch, config.boundary, lattice), caught),
      ),
      E.bind('form', ({ patches: grid }) =>
        formAt(config.attention, { grid, heads: config.heads, dim: config.dim }),
      ),
      E.bind('machine', () => machineOf(config, open)),
      E.chain(({ machine, ...parts }) => E.tryCatch(() => build(config, parts, machine), caught)),
    )

/** Plans a run from its configuration; Left when lattice, patches, heads … do not fit together. */
export const planTraining: PlanTraining = planWith(openBridge)
