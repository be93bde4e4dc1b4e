import { either as E } from 'fp-ts'
import {
  type AnyFunction,
  type Checked,
  type Concrete,
  dataOf,
  evaluate,
  flatten,
  isConcrete,
  isTensor,
  keyFrom,
  leavesWithPaths,
  normals,
  type Problem,
  programOf,
  sameShape,
  showPath,
  showShape,
  TensorError,
  type Tree,
  tensor,
} from '../../core/index.ts'
import { fewInRow } from '../../core/values/index.ts'
import { initialise } from '../layers/index.ts'
import type { AttentionForm, FormOf, FormSizes } from './form.ts'

// This file tries a form that a user wrote, before anything depends on it.

/**
 * The tolerance of weights computed in two ways, directly and as a program, which round
 * differently.
 */
const SAME = 1e-9

const kindOf = (x: unknown): string =>
  x instanceof Promise
    ? 'a promise (it is async; a form computes at once)'
    : x === null
      ? 'null'
      : Array.isArray(x)
        ? 'an array'
        : typeof x === 'object'
          ? `a record of ${fewInRow(Object.keys(x)) || 'nothing'}`
          : `${typeof x}`

const finite = (x: Concrete): boolean => dataOf(x).every(Number.isFinite)

const unfitParams = (params: unknown): string | undefined => {
  if (params instanceof Promise || typeof params !== 'object' || params === null)
    return `its init draws ${kindOf(params)}, not a record of tensors`
  for (const { path, leaf } of leavesWithPaths(params as Tree<unknown>)) {
    const name = showPath(path)
    if (!isConcrete(leaf)) return `its parameter ${name} is ${kindOf(leaf)}, not a tensor`
    if (!finite(leaf)) return `its first parameters ${name} are not all finite`
  }
  return undefined
}

const unfitWeights = (y: unknown, [heads, n]: readonly [number, number]): string | undefined => {
  if (!isTensor(y)) return `its weights are ${kindOf(y)}, not a tensor`
  if (!sameShape(y.shape, [heads, n, n]))
    return `its weights are ${showShape(y.shape)}, not [heads ${heads}, patches ${n}, patches ${n}]`
  return finite(y as Concrete) ? undefined : 'its first weights are not all finite'
}

const isForm = (x: unknown): x is AttentionForm<unknown> => {
  const { init, weights } = Object(x) as { init?: unknown; weights?: unknown }
  return typeof weights === 'function' && (typeof init === 'function' || typeof init === 'object')
}

const unfit = (formOf: FormOf<unknown>, sizes: FormSizes): string | undefined => {
  const { grid, heads, dim } = sizes
  const form = formOf(sizes) as unknown
  if (!isForm(form)) return `it gives ${kindOf(form)}, not { name, init, weights }`
  const params = initialise(form, keyFrom(1))
  const wrong = unfitParams(params)
  if (wrong !== undefined) return wrong
  const tokens = tensor(normals(keyFrom(2), grid.tokens * dim), [grid.tokens, dim])
  const plain = form.weights(params, tokens) as unknown
  const bad = unfitWeights(plain, [heads, grid.tokens])
  if (bad !== undefined) return bad
  // Training runs the traced program, so it must be the same function.
  const program = programOf(form.weights as AnyFunction)(params as never, tokens)
  const { leaves } = flatten<Concrete>(params as never)
  const traced = Float64Array.from(dataOf(evaluate(program, [...leaves, tokens])[0]!))
  const size = traced.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
  return dataOf(plain as Concrete).every((v, i) => Math.abs(v - traced[i]!) <= SAME * size)
    ? undefined
    : 'its weights depend on something else than parameters and tokens, such as Math.random()'
}

/**
 * Tries a form at these sizes. It must return a record with `init` and `weights`; its parameters
 * must be finite tensors; its weights must be finite, [heads, patches, patches], and a function of
 * parameters and tokens alone that can be traced.
 *
 * Errors  Left says what is wrong, with `where` as its place; errors thrown by the form are caught.
 */
export const checkForm = <P>(
  formOf: FormOf<P>,
  sizes: FormSizes,
  where: string,
): Checked<FormOf<P>> => {
  const problem = (what: string): Problem => ({ kind: 'TypeError', where, what: `${what}.` })
  try {
    const what = unfit(formOf as FormOf<unknown>, sizes)
    return what === undefined ? E.right(formOf) : E.left(problem(what))
  } catch (error) {
    if (error instanceof TensorError)
      return E.left({ ...error.problem, where: `${where}, ${error.problem.where}` })
    return E.left(problem(`it throws ${error instanceof Error ? error.message : String(error)}`))
  }
}
