import {
  type AnyFunction,
  flopsOf,
  keyFrom,
  type Program,
  programOf,
  type Tensor,
  tensor,
} from '../../core/index.ts'
import { initialise, parameterCount } from '../layers/index.ts'
import { commutesWithTranslations } from './equivariance.ts'
import type { FormOf, FormSizes } from './form.ts'

/**
 * The properties of a form, whether it is an expression or any function, found from its program.
 */
export interface FormProperties {
  /** The number of real parameters of all heads. */
  readonly parameters: number
  /** Floating-point operations for the weights of one configuration; what follows from parameters
   * alone is computed once for all and does not count. */
  readonly flops: number
  /** True when the weights depend on the tokens. */
  readonly inputDependent: boolean
  /** True when the weights of translated tokens, by whole patches, are the translated weights. */
  readonly translationEquivariant: boolean
}

/** Returns the part of a program that depends on its last input. */
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
 * Returns the floating-point operations of f(params, x) for one x of many. Whatever depends on the
 * parameters alone is computed once for all x and does not count.
 */
export const flopsPerSample = <P>(
  f: (params: P, x: Tensor) => unknown,
  params: P,
  x: Tensor,
): number => flopsOf(reachedByLast(programOf(f as AnyFunction)(params as never, x)))

/**
 * Returns parameters, cost and symmetry of a form at these sizes.
 *
 * Errors  ShapeError when its weights are not [heads, patches, patches].
 */
export const formProperties = <P>(formOf: FormOf<P>, sizes: FormSizes): FormProperties => {
  const form = formOf(sizes)
  const params = initialise(form, keyFrom(1))
  const { grid, dim } = sizes
  const x: Tensor = tensor(new Float64Array(grid.tokens * dim), [grid.tokens, dim])
  const program = programOf(form.weights as AnyFunction)(params as never, x)
  const reached = reachedByLast(program)
  return {
    parameters: parameterCount(params),
    flops: flopsOf(reached),
    inputDependent: reached.outputs.length > 0,
    translationEquivariant: commutesWithTranslations(form, program, sizes),
  }
}
