import {
  type AnyFunction,
  type Concrete,
  copy,
  dataOf,
  type Equation,
  equalTensors,
  interpret,
  isConcrete,
  leavesOf,
  leavesWithPaths,
  type Path,
  type Program,
  prune,
  type Tensor,
  type TensorLike,
  type TensorTree,
  type TracedFunction,
  toPrecision,
  toTensor,
  traceFunction,
  zerosLike,
} from '../../core/index.ts'
import { rewritten } from '../../core/primitives/index.ts'
import { inlined } from '../../core/programs/index.ts'
import { backward } from '../derivatives/index.ts'
import { irregular, like, valuesOf } from './nearbyRuns.ts'

// What is checked: a function at a point, as a program whose rules are used, and as one without.

/** A tree function maps a tree to a tree. */
export type TreeFunction = (x: TensorTree) => TensorTree

export interface Leaf {
  readonly path: Path
  readonly value: Concrete
}

export interface Subject {
  /** The program whose rules are checked; what `stopGradient` returns is held fixed. */
  readonly program: Program
  /** The same function without rules: every customVjp is its forward. */
  readonly plain: Program
  /** The leaves of the argument, in float64, then what the function closed over. */
  readonly inputs: readonly Concrete[]
  readonly leaves: readonly Leaf[]
  /** Paths of the results. */
  readonly outputs: readonly Path[]
  /** The paths of the leaves that the function never uses. */
  readonly unused: readonly Path[]
  /** Says whether a `stopGradient` was held fixed. */
  readonly held: boolean
}

/** Returns the program with what `stopGradient` returns at these inputs as constants. */
const held = (program: Program, inputs: readonly Concrete[]): Program => {
  const values = valuesOf(program, inputs)
  const step = (eq: Equation, emit: (e: Equation) => Equation['output']): Equation['output'] => {
    if (eq.primitive !== 'stopGradient') return emit(eq)
    const value = values[eq.output.id]!
    const params = { data: Float64Array.from(dataOf(value)), shape: [...value.shape] }
    return emit({ primitive: 'constant', params, inputs: [], output: eq.output })
  }
  return prune(rewritten(program, step))
}

const usedBy = (program: Program): ReadonlySet<number> =>
  new Set([...program.equations.flatMap((eq) => eq.inputs), ...program.outputs].map((v) => v.id))

const float64 = (x: TensorLike): Concrete => copy(toPrecision(toTensor(x) as Concrete, 'float64'))

/** Traces a function at a point; `plainly` is the same function, if values come from another. */
export const subjectOf = (
  f: TreeFunction,
  x: TensorTree,
  plainly: TreeFunction = f,
  holds = true,
): Subject => {
  const traceOf = (g: TreeFunction): TracedFunction =>
    traceFunction(g as AnyFunction, [x], f.name || 'function', undefined, { sites: true })
  const traced = traceOf(f)
  const inputs = traced.inputs.map((input) => float64(input))
  const fixed = (program: Program): Program => (holds ? held(program, inputs) : program)
  const program = fixed(traced.program)
  const plain = f === plainly ? program : fixed(traceOf(plainly).program)
  const leaves = leavesWithPaths<TensorLike>(x).map(({ path }, k) => ({ path, value: inputs[k]! }))
  const used = usedBy(program)
  const structure = traced.toOutput(program.outputs.map((_, i) => i))
  return {
    program,
    plain: inlined(plain),
    inputs,
    leaves,
    outputs: leavesWithPaths<number>(structure).map(({ path }) => path),
    unused: leaves
      .filter(({ value }, k) => value.size > 0 && !used.has(program.inputs[k]!.id))
      .map(({ path }) => path),
    held: traced.program.equations.some(({ primitive }) => primitive === 'stopGradient'),
  }
}

/** Returns the cotangents of the outputs of a program that every projection is made with. */
export const cotangentsFor = (program: Program, seed = 0): Concrete[] =>
  program.outputs.map((v, o) => {
    const size = v.shape.reduce((a, b) => a * b, 1)
    const weights = irregular(size, o + 0.31 * seed)
    return like({ shape: v.shape } as Concrete, weights)
  })

/** Returns x ↦ Jᵀ(x) u for the u of `cotangentsFor`: a function whose derivative has order 2. */
export const pulledBack =
  (subject: Subject, seed: number): TreeFunction =>
  (x) => {
    const { program, inputs, leaves } = subject
    const moved = leavesOf<Tensor>(x as never)
    const values = interpret(program, [...moved, ...inputs.slice(leaves.length)])
    const bars = backward(program, values, cotangentsFor(program, seed), leaves.length)
    return moved.map((leaf, k) => bars[k] ?? zerosLike(leaf))
  }

const sameNumbers = (a: unknown, b: unknown): boolean => {
  const [p, q] = [leavesOf<TensorLike>(a as never), leavesOf<TensorLike>(b as never)]
  return (
    p.length === q.length &&
    p.every((x, i) => {
      const [left, right] = [toTensor(x), toTensor(q[i]!)]
      return isConcrete(left) && isConcrete(right) && equalTensors(left, right)
    })
  )
}

/** Says whether two calls of a function with the same point give the same numbers. */
export const isDeterministic = (f: TreeFunction, x: TensorTree): boolean => sameNumbers(f(x), f(x))
