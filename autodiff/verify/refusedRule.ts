import {
  axesOf,
  type Concrete,
  type Equation,
  type Program,
  type Site,
  TensorError,
  type TensorTree,
} from '../../core/index.ts'
import { withSites } from '../../core/primitives/index.ts'
import { testEquations } from './blame.ts'
import { alone } from './localRule.ts'
import { irregular, like, valuesOf } from './nearbyRuns.ts'
import type { TreeFunction } from './subject.ts'
import type { Blamed } from './verdict.ts'

// A customVjp refuses a pullback whose cotangents have wrong shapes: no program holds it then.

/** The refusal of a customVjp that was called with numbers holds this. */
interface Refused {
  readonly customVjp: string
  readonly forward: Program
  readonly pullback: Program
  readonly operands: readonly Concrete[]
  readonly site?: Site
}

const isRefused = (data: object | undefined): data is Refused =>
  data !== undefined && 'customVjp' in data && 'operands' in data

/** Runs a function with numbers, and returns the refusal that it ends with, if it does. */
const refusalOf = (f: TreeFunction, x: TensorTree): Refused | undefined => {
  try {
    withSites(true, () => f(x))
  } catch (error) {
    const data = error instanceof TensorError ? error.problem.data : undefined
    return isRefused(data) ? data : undefined
  }
  return undefined
}

/**
 * Blames the customVjp that a function at a point refuses, tested alone as the one equation of a
 * program: which operands have a wrong cotangent, and what the mistake may be.
 */
export const refusedRule = (
  f: TreeFunction,
  x: TensorTree,
  tolerance: number,
): readonly Blamed[] => {
  const refused = refusalOf(f, x)
  if (refused === undefined) return []
  const { customVjp, forward, pullback, operands, site } = refused
  const n = operands.length
  const eq: Equation = {
    primitive: 'customVjp',
    params: { name: customVjp, forward, pullback },
    inputs: operands.map(({ shape }, id) => ({ id, shape })),
    output: { id: n, shape: forward.outputs[0]!.shape },
    ...(site === undefined ? {} : { site }),
  }
  const program = alone(eq)
  const values = valuesOf(program, operands)
  const bars = axesOf(n + 1).map((id) =>
    id < n ? null : like(values[n]!, irregular(values[n]!.size, n)),
  )
  return testEquations(program, values, bars, n, { rules: ['vjp'], tolerance }).blamed
}
