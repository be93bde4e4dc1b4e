import { either as E, function as F } from 'fp-ts'
import {
  type Checked,
  type Concrete,
  flatten,
  keyFrom,
  type Problem,
  sizeOf,
  split,
  TensorError,
  toPrecision,
  zeros,
} from '../core/index.ts'
import { type ThreadPool, threadPool } from '../core/threads/pool.ts'
import {
  attention,
  type FormOf,
  type FormParams,
  flopsPerSample,
  formFacts,
  initialise,
  type PatchGrid,
  parseForm,
  patchGrid,
  type VitParams,
  type VitSizes,
  vit,
} from '../models/index.ts'
import * as physics from '../physics/index.ts'
import { attentionMaps } from './attentionMaps.ts'
import { knownEnergy } from './known.ts'
import { modelOf, type SpinModel } from './model.ts'
import type { PlanTraining, StepRecord, TrainConfig, Training, TrainState } from './training.ts'

// From a configuration to a run: the parts of physics and models that it names, put together.

type Params = VitParams<FormParams>

/** Larger sectors are neither summed nor diagonalised unless asked for: 4x4 has 12,870 states. */
const EXACT_LIMIT = 200_000
/** Configurations evaluated together to time one. */
const TIMED = 4096

/** Chains and records per chain: 8 records each where that divides the samples, so R-hat exists. */
const chainsFor = (samples: number): { chains: number; length: number } => {
  const length = [8, 4].find((n) => samples % n === 0 && samples / n >= 2) ?? 1
  return { chains: samples / length, length }
}

const optimizerOf = (
  { optimizer, diagShift, momentum, precision }: TrainConfig,
  { team }: ThreadPool,
): physics.Optimizer =>
  ({
    sr: () => {
      const single = precision === 'float32'
      return physics.stochasticReconfiguration({ diagShift, momentum, team, single })
    },
    adam: () => physics.adam(),
    sgd: () => physics.sgd(),
  })[optimizer]()

/** What weights that move along with the patches cannot tell apart. */
const symmetriesOf = (
  { patches, ...sizes }: VitSizes,
  form: FormOf<FormParams>,
  { lattice, period }: SpinModel,
): physics.SiteSymmetries => {
  // By whole patches, and by whole periods of the model.
  const step = patches.patch % period === 0 ? patches.patch : patches.patch * period
  return formFacts(form, { grid: patches, ...sizes }).translationEquivariant
    ? physics.patchTranslations(lattice, step)
    : []
}

const sourceOf = (
  config: TrainConfig,
  { exchange }: SpinModel,
  sector: physics.Sector,
  symmetries: physics.SiteSymmetries,
): physics.Source => {
  const wholeSector = (): Int8Array => physics.allConfigurations(physics.basisOf(sector))
  if (config.sum === 'full') {
    const standing = physics.representatives(symmetries, sector.sites)
    return { kind: 'full', ...physics.orbits(standing, wholeSector(), sector.sites) }
  }
  const { chains, length } = chainsFor(config.samples)
  const move = physics.bondExchange(exchange)
  const { sites } = sector
  return {
    kind: 'sampled',
    chains,
    burnIn: 20 * sites,
    ...(physics.fitsWithin(sector, 4 * config.samples) ? { prefetch: wholeSector() } : {}),
    plan: { sites, move, length, proposals: sites },
  }
}

const recordOf = (step: number, e: physics.EnergyEstimate): StepRecord => ({
  step,
  energy: e.energy,
  energyImag: e.energyImag,
  energyError: e.energyError ?? Number.POSITIVE_INFINITY,
  variance: e.variance,
  vScore: e.vScore,
  acceptance: e.acceptance,
  rHat: e.rHat,
  autocorrelationTime: e.autocorrelationTime,
})

const build = (config: TrainConfig, patches: PatchGrid, form: FormOf<FormParams>): Training => {
  const model = modelOf(config)
  const { lattice, operator } = model
  const sector = physics.szSector(lattice.sites)
  const rotated = config.marshall ? physics.marshallRotated(operator, lattice) : operator
  const { layers, dim, heads } = config
  const sizes = { patches, layers, dim, heads }
  const wave = vit(form, sizes)
  const symmetries = symmetriesOf(sizes, form, model)
  const drawn = initialise(wave, split(keyFrom(config.seed), 3)[0]!)
  const { leaves, unflatten } = flatten<Concrete>(drawn as never)
  const params = unflatten(leaves.map((x) => toPrecision(x, config.precision))) as unknown as Params
  const pool = threadPool(config.threads)
  const vmc: physics.Vmc<Params> = {
    hamiltonian: physics.compileOperator(rotated, lattice.sites),
    sector,
    symmetries,
    evaluators: physics.evaluatorsOf(wave, params, lattice.sites, {
      precision: config.precision,
      runner: pool.runner,
      // A step is done with its derivatives before the next one asks for more.
      reuse: true,
    }),
    source: sourceOf(config, model, sector, symmetries),
    optimizer: optimizerOf(config, pool),
    team: pool.team,
    learningRate: config.lr,
    schedule: physics.schedules[config.lrSchedule](config.steps),
  }
  const step = physics.vmcStep(vmc)
  const typed = (state: TrainState) => state as unknown as physics.VmcState<Params>
  const [rows, columns] = patches.grid.length === 1 ? [1, patches.grid[0]!] : patches.grid
  return {
    sites: lattice.sites,
    parameters: leaves.reduce((n, x) => n + sizeOf(x.shape), 0),
    flops: flopsPerSample(wave.apply, params, zeros([lattice.sites])),
    evaluationSeconds: () => {
      const many = physics.randomChains(sector, TIMED, keyFrom(0))
      const logPsi = vmc.evaluators.logPsi(params)
      const times = Array.from({ length: 5 }, () => {
        const start = performance.now()
        logPsi(many)
        return performance.now() - start
      })
      return Math.min(...times) / 1000 / TIMED
    },
    patchGrid: [rows!, columns!],
    initial: () => physics.initialState(vmc, params, config.seed) as unknown as TrainState,
    step: (state) => {
      const next = step(typed(state))
      return {
        state: next.state as unknown as TrainState,
        record: recordOf(next.state.step, next.estimate),
      }
    },
    measure: (state) =>
      recordOf(state.step, physics.measureEnergy(vmc, config.finalRounds)(typed(state))),
    attention: (state) => attentionMaps(form, sizes, vmc)(typed(state)),
    observe: (state, rounds) =>
      physics.observe(
        lattice,
        vmc.evaluators.logPsi(typed(state).params),
        physics.samplesOf(vmc, rounds)(typed(state)),
        (o) => (config.marshall ? physics.marshallRotated(o, lattice) : o),
      ),
    observeExactly: () => {
      if (!physics.fitsWithin(sector, EXACT_LIMIT)) return null
      const { vectors } = physics.exactStates(operator, sector, { states: 1 })
      return physics.observeExactly(lattice, sector, vectors[0]!)
    },
    exact: () =>
      physics.fitsWithin(sector, EXACT_LIMIT)
        ? physics.exactStates(operator, sector, { states: 1 }).energies[0]!
        : knownEnergy(config),
    dispose: pool.close,
  }
}

const caught = (error: unknown): Problem => {
  if (error instanceof TensorError) return error.problem
  throw error
}

/** Full summation beyond this is refused: memory and time grow with the sector. */
const checkedSum = (config: TrainConfig): Checked<TrainConfig> => {
  const sites = config.size.reduce((n, d) => n * d, 1)
  return config.sum === 'sampled' || physics.fitsWithin({ sites, up: sites / 2 }, EXACT_LIMIT)
    ? E.right(config)
    : E.left({
        kind: 'SectorError',
        where: '--sum full',
        what: `the Sz = 0 sector of ${sites} sites has more than ${EXACT_LIMIT} states.`,
        fix: 'use --sum sampled, or a smaller lattice such as 4x4.',
      })
}

/** A run from its configuration; Left when lattice, patches, heads … do not fit together. */
export const planTraining: PlanTraining = (config) =>
  F.pipe(
    checkedSum(config),
    E.chain(() => parseForm(config.attention)),
    E.bindTo('expression'),
    E.bind('patches', () => patchGrid(config.size, config.patch, config.boundary)),
    E.chain(({ expression, patches }) =>
      E.tryCatch(() => build(config, patches, attention(expression)), caught),
    ),
  )
