import { vjp } from '../autodiff/index.ts'
import {
  type CompileOptions,
  type Complex,
  type Concrete,
  compile,
  concatenate,
  dataOf,
  leavesOf,
  reshape,
  scalar,
  type Tensor,
  type TensorTree,
  tensor,
  zeros,
} from '../core/index.ts'
import type { WaveFunction } from '../models/index.ts'
import type { LogPsi } from './amplitudes.ts'
import type { LogDerivatives } from './sr.ts'

/** A wave function made ready for many configurations at once. */
export interface Evaluators<P> {
  readonly logPsi: (params: P) => LogPsi
  /** O_k(σ) = ∂ log ψ(σ)/∂θ_k, parameters in the order of their leaves. */
  readonly logDerivatives: (params: P, configurations: Int8Array) => LogDerivatives
}

/** All leaves of a tree, one after the other, as one vector. */
export const ravel = (tree: unknown): Tensor =>
  concatenate(leavesOf(tree as TensorTree).map((leaf) => reshape(leaf, [-1])))

/** The gradients of Re log ψ and Im log ψ with respect to the parameters, for one configuration. */
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

/**
 * Traces and compiles log ψ and its derivatives once; parameters may change from call to call.
 *
 * Shapes  configurations [samples, sites], flat.
 */
export const evaluatorsOf = <P>(
  wave: WaveFunction<P>,
  params: P,
  sites: number,
  options: CompileOptions = {},
): Evaluators<P> => {
  const sigma = zeros([sites])
  const marks = ['shared', 'perSample'] as const
  const value = compile(wave.apply, marks, options)(params, sigma)
  const derivative = compile(logDerivative(wave), marks, options)(params, sigma)
  const asTensor = (configurations: Int8Array): Concrete =>
    tensor(Float64Array.from(configurations), [configurations.length / sites, sites])
  const run = (f: typeof value, p: P, c: Int8Array): { re: Concrete; im: Concrete } =>
    f.run(p, asTensor(c)) as { re: Concrete; im: Concrete }
  return {
    logPsi: (p) => (configurations) => {
      const { re, im } = run(value, p, configurations)
      return { re: Float64Array.from(dataOf(re)), im: Float64Array.from(dataOf(im)) }
    },
    logDerivatives: (p, configurations) => {
      const { re, im } = run(derivative, p, configurations)
      return {
        samples: re.shape[0]!,
        params: re.shape[1]!,
        re: dataOf(re),
        im: dataOf(im),
      }
    },
  }
}
