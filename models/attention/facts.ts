import { state as S } from 'fp-ts'
import { largestSize } from '../../core/extremes.ts'
import {
  type AnyFunction,
  type Concrete,
  dataOf,
  flatten,
  flopsOf,
  keyFrom,
  normals,
  type Program,
  programOf,
  sizeOf,
  type Tensor,
  tensor,
} from '../../core/index.ts'
import type { PatchGrid } from '../patches.ts'
import type { AttentionForm, FormOf, FormSizes } from './form.ts'

/** What can be told of a form, whether an expression or any function, from its program. */
export interface FormFacts {
  /** Real parameters of all heads. */
  readonly parameters: number
  /** Floating-point operations for the weights of one configuration; what follows from parameters
   * alone is computed once for all and does not count. */
  readonly flops: number
  /** Do the weights depend on the tokens? */
  readonly inputDependent: boolean
  /** Do translations of the tokens by whole patches translate the weights, and nothing else? */
  readonly translationEquivariant: boolean
}

/** The part of a program that its last input reaches. */
const reachedByLast = (program: Program): Program => {
  const reached = new Set([program.inputs.at(-1)!.id])
  const equations = program.equations.filter(({ inputs, output }) => {
    const touched = inputs.some((v) => reached.has(v.id))
    if (touched) reached.add(output.id)
    return touched
  })
  return { ...program, equations, outputs: program.outputs.filter((v) => reached.has(v.id)) }
}

/**
 * Floating-point operations of f(params, x) for one x of many: what follows from the parameters
 * alone is computed once for all, and does not count.
 */
export const flopsPerSample = <P>(
  f: (params: P, x: Tensor) => unknown,
  params: P,
  x: Tensor,
): number => flopsOf(reachedByLast(programOf(f as AnyFunction)(params as never, x)))

/** Patch i goes where patch i + 1 along an axis was. */
const shifted = ({ grid, tokens }: PatchGrid, axis: number): number[] => {
  const stride = grid.slice(axis + 1).reduce((a, b) => a * b, 1)
  const side = grid[axis]!
  return Array.from({ length: tokens }, (_, i) => {
    const at = Math.floor(i / stride) % side
    return i + (((at + 1) % side) - at) * stride
  })
}

/** Rounding of weights of order one, made of some hundred operations. */
const ROUNDING = 1e-9

/** Tried at random parameters and tokens: a form that is not equivariant fails there, surely. */
const commutesWithTranslations = <P>(form: AttentionForm<P>, sizes: FormSizes): boolean => {
  const { grid, dim, heads } = sizes
  if (grid.boundary !== 'periodic') return false
  const n = grid.tokens
  const params = S.evaluate(keyFrom(1))(form.init)
  const x = normals(keyFrom(2), n * dim)
  const alpha = dataOf(form.weights(params, tensor(x, [n, dim])) as Concrete)
  const scale = Math.max(1, largestSize(alpha))
  return grid.grid.every((_, axis) => {
    const from = shifted(grid, axis)
    const moved = Float64Array.from(x, (_, k) => x[from[Math.floor(k / dim)]! * dim + (k % dim)]!)
    const beta = dataOf(form.weights(params, tensor(moved, [n, dim])) as Concrete)
    for (let h = 0; h < heads; h += 1)
      for (let i = 0; i < n; i += 1)
        for (let j = 0; j < n; j += 1) {
          const wanted = alpha[(h * n + from[i]!) * n + from[j]!]!
          if (Math.abs(beta[(h * n + i) * n + j]! - wanted) > ROUNDING * scale) return false
        }
    return true
  })
}

/** Parameters, cost and symmetry of a form at these sizes. */
export const formFacts = <P>(formOf: FormOf<P>, sizes: FormSizes): FormFacts => {
  const form = formOf(sizes)
  const params = S.evaluate(keyFrom(1))(form.init)
  const { leaves } = flatten<Concrete>(params as never)
  const x: Tensor = tensor(new Float64Array(sizes.grid.tokens * sizes.dim), [
    sizes.grid.tokens,
    sizes.dim,
  ])
  const reached = reachedByLast(programOf(form.weights as AnyFunction)(params as never, x))
  return {
    parameters: leaves.reduce((n, leaf) => n + sizeOf(leaf.shape), 0),
    flops: flopsOf(reached),
    inputDependent: reached.outputs.length > 0,
    translationEquivariant: commutesWithTranslations(form, sizes),
  }
}
