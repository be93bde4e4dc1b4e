import type { ScheduleName } from '../../physics/update/index.ts'
import type { LatticeName } from './lattices.ts'
import type { OptimizerName } from './optimizerKinds.ts'

// What a user may set, as resolved.

/**
 * The wave function is evaluated by WebAssembly, by the reference interpreter, by gpu.js on the
 * best device there is or in one of its modes, or (auto) by a graphics card if there is one and
 * else by WebAssembly.
 */
export const backends = [
  'wasm',
  'gpu',
  'auto',
  'reference',
  'gpu:webgpu',
  'gpu:headlessgl',
  'gpu:webgl2',
  'gpu:webgl',
  'gpu:webasm',
  'gpu:cpu',
] as const
export type Backend = (typeof backends)[number]

/** The resolved configuration of `psigrad train`, as written to config.json. */
export interface TrainConfig {
  readonly lattice: LatticeName
  /** Unit cells per side: [n] or [lx, ly]. */
  readonly size: readonly number[]
  readonly boundary: 'periodic' | 'open'
  readonly j1: number
  readonly j2: number
  readonly marshall: boolean
  readonly patch: number
  readonly layers: number
  readonly dim: number
  readonly heads: number
  /**
   * The attention form: a formula such as softmax(content + relative), the name of one, or a file
   * with a user's form, FILE.ts#name@hash.
   */
  readonly attention: string
  /** none, translations or full, or stages such as none:60,translations:20,full. */
  readonly symmetry: string
  /** auto, or characters such as k=2,2 spin=-1. */
  readonly sector: string
  readonly samples: number
  /** p, 0 < p <= 2: steps sample |ψ|^p and weigh by |ψ|^(2−p); measurements sample |ψ|². */
  readonly samplePower: number
  readonly steps: number
  readonly lr: number
  readonly lrSchedule: ScheduleName
  readonly diagShift: number
  /** Momentum of sr, 0 <= μ < 1 (SPRING); 0 is plain stochastic reconfiguration. */
  readonly momentum: number
  readonly optimizer: OptimizerName
  /** Is a step that raised the energy taken back, and made again at half the learning rate? */
  readonly takeBack: boolean
  readonly sum: 'sampled' | 'full'
  /** The last measurement takes so many times the samples of a step. */
  readonly finalRounds: number
  readonly precision: 'float64' | 'float32'
  readonly backend: Backend
  readonly seed: number
  readonly threads: number
  /** Bytes for derivatives and the matrix of the solve; beyond, derivatives come in pieces. */
  readonly memory: number
}
