import { exactBytes } from './bytes.ts'
import { shellWord } from './command.ts'
import { defaults, showSize } from './defaults.ts'
import { conditions, isIdle } from './effects.ts'
import { latticeNames, sitesOf } from './lattices.ts'
import { optimizerNames } from './optimizerKinds.ts'
import type { TrainConfig } from './settings.ts'

// The settings of a run as flags, one entry each, for the help text and the error messages.

export interface Flag {
  readonly key: keyof TrainConfig
  readonly flag: string
  /** The placeholder after the flag in the help text; '' for a switch. */
  readonly value: string
  readonly help: string
  readonly group: string
}

const model = 'Model (energies in units of the coupling J):'
const network = 'Wave function (Vision Transformer):'
const training = 'Training:'
const machine = 'Machine:'

const flag = (
  key: keyof TrainConfig,
  value: string,
  group: string,
  help: string,
  name: string = key,
): Flag => ({ key, flag: `--${name}`, value, help, group })

/** The lattices with more than one site in a cell, each with this number. */
const largeCells = latticeNames
  .map((name) => [name, sitesOf(name, [])] as const)
  .filter(([, sites]) => sites > 1)
  .map(([name, sites]) => `${name} ${sites}`)
  .join(', ')

export const flags: readonly Flag[] = [
  flag(
    'lattice',
    latticeNames.join('|'),
    model,
    'the lattice; shastry-sutherland is a square one with orthogonal dimers',
  ),
  flag(
    'size',
    'cells',
    model,
    `unit cells per side: 16 for a chain, 4x4 else (sites in a cell: ${largeCells})`,
  ),
  flag('boundary', 'periodic|open', model, 'boundary in every direction'),
  flag('j1', 'J', model, 'coupling of nearest neighbours, H = J1 Σ S·S + J2 Σ S·S'),
  flag(
    'j2',
    'J',
    model,
    'coupling of next-nearest neighbours; on shastry-sutherland the coupling of the dimers',
  ),
  flag(
    'marshall',
    '',
    model,
    'multiply the wave function by the Marshall signs (--no-marshall: learn all signs)',
  ),
  flag('patch', 'cells', network, 'side of a patch; must divide every side of the lattice'),
  flag('layers', 'n', network, 'encoder blocks'),
  flag('dim', 'n', network, 'features of a token; a multiple of --heads'),
  flag('heads', 'n', network, 'attention heads'),
  flag(
    'attention',
    'form',
    network,
    'factored, t5, decoupled, dotProduct, spatial, diet, alibi; a formula of content, ' +
      'positioned, relative, absolute, distanceDecay, slopes, loudness, mask(r), learned(c), ' +
      'numbers, + - * / ^, tanh(...), sigmoid(...), exp(...), relu(...), gate(a, b), ' +
      'softmax(...), symmetrised(...); or a file with a form of your own: FILE.ts, FILE.ts#name',
  ),
  flag(
    'symmetry',
    'stages',
    network,
    'symmetries that are summed over: none, translations or full; or stages such as ' +
      'none:60,translations:20,full',
  ),
  flag(
    'sector',
    'characters',
    network,
    'characters of these symmetries: auto, or a text such as "k=0,0 rotation=1 mirror=1 spin=-1"',
  ),
  flag('samples', 'n', training, 'Monte Carlo samples per step, at least 2'),
  flag(
    'samplePower',
    'p',
    training,
    'sample |ψ|^p, 0 < p <= 2, with weights |ψ|^(2−p); below 2 more samples are near the nodes',
    'sample-power',
  ),
  flag('steps', 'n', training, 'optimisation steps'),
  flag('lr', 'η', training, 'learning rate, θ ← θ − η δθ'),
  flag(
    'lrSchedule',
    'constant|linear|cosine|inverse',
    training,
    'how the learning rate decreases over the steps',
    'lr-schedule',
  ),
  flag(
    'diagShift',
    'λ',
    training,
    'added to the diagonal in stochastic reconfiguration',
    'diag-shift',
  ),
  flag('momentum', 'μ', training, 'share of the last update that is kept, 0 <= μ < 1 (SPRING)'),
  flag(
    'optimizer',
    optimizerNames.join('|'),
    training,
    'sr: stochastic reconfiguration (natural gradient)',
  ),
  flag(
    'takeBack',
    '',
    training,
    'take back a step that raised the energy beyond its error, and make it again at half the ' +
      'learning rate (--no-take-back: keep every step)',
    'take-back',
  ),
  flag(
    'sum',
    'sampled|full',
    training,
    'full: exact sums over the whole sector; small lattices only',
  ),
  flag(
    'finalRounds',
    'n',
    training,
    'the last measurement takes n times the samples of a step',
    'final-rounds',
  ),
  flag(
    'precision',
    'float64|float32',
    machine,
    'numbers of the wave function; float32 with --backend gpu or auto',
  ),
  flag(
    'backend',
    'wasm|gpu|auto|reference',
    machine,
    'evaluates the wave function; gpu: gpu.js on the best device in psigrad devices, ' +
      'gpu:webgpu, gpu:webasm …: one of its modes; auto: a graphics card if there is one, else wasm',
  ),
  flag('seed', 'n', machine, 'any whole number; the same seed repeats the run to the last bit'),
  flag('threads', 'n', machine, 'worker threads; the results do not depend on it'),
  flag(
    'memory',
    'size',
    machine,
    'most memory for derivatives and the matrix of the solve, such as 2GiB; beyond it, ' +
      'derivatives are computed in pieces, with the same results',
  ),
]

export const flagOf = (key: keyof TrainConfig): string =>
  flags.find((f) => f.key === key)?.flag ?? `--${key}`

/** Writes a value as its flag takes it. */
export const showSetting = (config: TrainConfig, key: keyof TrainConfig): string => {
  const value = config[key]
  if (key === 'memory') return exactBytes(config.memory)
  return Array.isArray(value) ? showSize(value) : String(value)
}

const typed = (value: unknown): string | boolean =>
  typeof value === 'boolean' ? value : Array.isArray(value) ? showSize(value) : String(value)

/** Returns the flags of settings; settings that are undefined have none. */
export const asFlags = (
  settings: Partial<TrainConfig>,
): Readonly<Record<string, string | boolean>> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typed(value)]],
    ),
  )

export const showDefault = (key: keyof TrainConfig): string => {
  return showSetting(defaults, key)
}

/** Returns the condition under which a setting has an effect, and its default, for the help. */
export const showTerms = (key: keyof TrainConfig): string => {
  const condition = conditions[key]
  const needs = condition === null ? '' : `with ${condition.needs}; `
  return `(${needs}default: ${showDefault(key)})`
}

/**
 * Returns the flags of a configuration, to be pasted into a command line: all settings that have an
 * effect in it, except those in `without`.
 */
export const flagsOf = (config: TrainConfig, without: readonly (keyof TrainConfig)[]): string =>
  flags
    .filter(({ key }) => !isIdle(config, key) && !without.includes(key))
    .map(({ key, flag }) => {
      const value = config[key]
      if (typeof value === 'boolean') return value ? flag : flag.replace('--', '--no-')
      return `${flag} ${shellWord(showSetting(config, key))}`
    })
    .join(' ')

/** Returns the command that repeats a run, from another run's parameters if it began so. */
export const commandOf = (config: TrainConfig, from?: string): string =>
  `psigrad train ${flagsOf(config, [])}${from === undefined ? '' : ` --from ${shellWord(from)}`}`
