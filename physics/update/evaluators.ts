import { vjp } from '../../autodiff/index.ts'
import {
  type CompileOptions,
  type Complex,
  type Concrete,
  compile,
  concatenate,
  type Data,
  dataOf,
  type Executable,
  keptMemory,
  leavesOf,
  leavesWithPaths,
  type Precision,
  reshape,
  scalar,
  type Tensor,
  type TensorTree,
  tensor,
  zeros,
} from '../../core/index.ts'
import { largest } from '../../core/values/index.ts'
import type { Images, SymmetrisedWave, WaveFunction } from '../../models/index.ts'
import type { LogPsi } from '../configurations/index.ts'
import type { DerivativeSource, LogDerivatives } from './centred.ts'
import { countOf } from './parameters.ts'

/** Evaluators compute log ψ and its derivatives for many configurations at once. */
export interface Evaluators<P> {
  readonly logPsi: (params: P) => LogPsi
  /**
   * Returns O_k(σ) = ∂ log ψ(σ)/∂θ_k, with parameters in the order of their leaves. The result is
   * written to `memory` where that is given; it must have the right length and precision.
   */
  readonly logDerivatives: (params: P, configurations: Int8Array, memory?: Data) => LogDerivatives
  /** The precision of the derivatives. */
  readonly precision: Precision
}

interface Concretes {
  readonly re: Concrete
  readonly im: Concrete
}

/** Returns all leaves of a tree, one after the other, as one vector. */
export const ravel = (tree: unknown): Tensor =>
  concatenate(leavesOf(tree as TensorTree).map((leaf) => reshape(leaf, [-1])))

/**
 * Returns the gradients of Re log ψ and Im log ψ with respect to the parameters, for one
 * configuration.
 */
export const logDerivative =
  <P>(wave: WaveFunction<P>) =>
  (params: P, sigma: Tensor): Complex => {
    const { value, pullback } = vjp((p: P) => wave.apply(p, sigma))(params)
    const zero = (like: Tensor): Tensor => zeros(like.shape)
    return {
      re: ravel(pullback({ re: scalar(1), im: zero(value.im) })[0]),
      im: ravel(pullback({ re: zero(value.re), im: scalar(1) })[0]),
    }
  }

const marks = ['shared', 'perSample'] as const

const asTensor = (configurations: Int8Array, sites: number): Concrete =>
  tensor(Float64Array.from(configurations), [configurations.length / sites, sites])

const logPsiOf = <P>(
  wave: WaveFunction<P>,
  params: P,
  sites: number,
  options: CompileOptions,
): Evaluators<P>['logPsi'] => {
  const value = compile(wave.apply, marks, options)(params, zeros([sites]))
  // Amplitudes are copied before the next call overwrites them.
  const run = value.runInto(keptMemory())
  return (p) => (configurations) => {
    const { re, im } = run(p, asTensor(configurations, sites)) as Concretes
    return { re: Float64Array.from(dataOf(re)), im: Float64Array.from(dataOf(im)) }
  }
}

/** The number of images in memory at a time. */
const IMAGES = 65_536

/** A sum this small relative to its largest term is the rounding error of 0. */
const NOTHING = { float64: Math.log(1e-14), float32: Math.log(1e-6) } as const

/**
 * Computes log ψ as a sum over images. Every image is a sample of its own: the values of all images
 * of a few samples at once would not fit into the caches.
 */
const logPsiByImages = <P>(
  { count, wave, of, mean }: Images<P>,
  params: P,
  sites: number,
  options: CompileOptions,
): Evaluators<P>['logPsi'] => {
  const one = logPsiOf(wave, params, sites, options)
  const each = ['perSample', 'perSample'] as const
  const join = (re: Tensor, im: Tensor): Complex => mean({ re, im })
  const joined = compile(join, each, options)(zeros([count]), zeros([count])).runInto(keptMemory())
  const rows = Math.max(1, Math.floor(IMAGES / count)) * sites
  const nothing = NOTHING[options.precision ?? 'float64']
  return (p) => {
    const logPsi = one(p)
    return (configurations) => {
      const samples = configurations.length / sites
      const out = { re: new Float64Array(samples), im: new Float64Array(samples) }
      for (let from = 0; from < configurations.length; from += rows) {
        const { re, im } = logPsi(of(configurations.subarray(from, from + rows)))
        const shape = [re.length / count, count]
        const part = joined(tensor(re, shape), tensor(im, shape)) as Concretes
        out.re.set(dataOf(part.re), from / sites)
        for (let k = 0; k < shape[0]!; k += 1) {
          const at = from / sites + k
          const least = largest(re.subarray(k * count, (k + 1) * count)) + nothing
          // Where images cancel, log ψ is that of 0, not of the rounding error.
          if (out.re[at]! < least) out.re[at] = Number.NEGATIVE_INFINITY
        }
        out.im.set(dataOf(part.im), from / sites)
      }
      return out
    }
  }
}

/**
 * Traces and compiles log ψ and its derivatives once; parameters may change from call to call.
 *
 * Shapes  configurations [samples, sites], flat.
 */
export const evaluatorsOf = <P>(
  wave: SymmetrisedWave<P>,
  params: P,
  sites: number,
  options: CompileOptions = {},
): Evaluators<P> => {
  // A sample has one result, Re then Im, which is a pair of rows as the solve needs them.
  const rows = (p: P, x: Tensor): Tensor => {
    const { re, im } = logDerivative(wave)(p, x)
    return concatenate([re, im])
  }
  // Parameters keep the order of their updates, whatever the order of their keys.
  const compiled = new Map<string, Executable<[P, Tensor], Tensor>>()
  const derivativeOf = (p: P): Executable<[P, Tensor], Tensor> => {
    const order = JSON.stringify(leavesWithPaths(p as TensorTree).map(({ path }) => path))
    const found = compiled.get(order) ?? compile(rows, marks, options)(p, zeros([sites]))
    compiled.set(order, found)
    return found
  }
  derivativeOf(params)
  return {
    logPsi:
      wave.images === undefined
        ? logPsiOf(wave, params, sites, options)
        : logPsiByImages(wave.images, params, sites, options),
    logDerivatives: (p, configurations, memory) => {
      const derivative = derivativeOf(p)
      const run = memory === undefined ? derivative.run : derivative.runInto(() => memory)
      const o = run(p, asTensor(configurations, sites)) as Concrete
      return { samples: o.shape[0]!, params: o.shape[1]! / 2, rows: dataOf(o) }
    },
    precision: options.precision ?? 'float64',
  }
}

/**
 * Returns the log-derivatives of some configurations as a source that computes them when needed.
 */
export const derivativesOf = <P>(
  { logDerivatives, precision }: Evaluators<P>,
  params: P,
  configurations: Int8Array,
  sites: number,
): DerivativeSource => ({
  samples: configurations.length / sites,
  params: countOf(params),
  precision,
  rows: (from, to, memory) =>
    logDerivatives(params, configurations.subarray(from * sites, to * sites), memory).rows,
})
