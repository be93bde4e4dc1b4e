import { jvp, vjp } from '../../../../autodiff/index.ts'
import {
  type Precision,
  type PrimitiveName,
  type Program,
  programOf,
  runProgram,
  type Shape,
  type Tensor,
  type Variable,
  zeros,
} from '../../../../core/index.ts'
import { prune } from '../../../../core/primitives/program.ts'
import { newBuilder } from './builder.ts'
import { steps } from './steps.ts'

// A recipe is a program that may be made smaller anywhere and stays well typed: its steps make
// their operands fit.

export interface RecipeStep {
  readonly name: PrimitiveName
  /** Numbers of values: first the inputs, then one for each step. */
  readonly operands: readonly number[]
  readonly picks: readonly number[]
  /** Done; or its result comes from outside; or it hands on its first operand. */
  readonly state: 'done' | 'given' | 'skipped'
}

export interface Recipe {
  readonly inputs: readonly { readonly shape: Shape; readonly shared: boolean }[]
  readonly steps: readonly RecipeStep[]
  readonly outputs: readonly number[]
  readonly derivative: 'none' | 'vjp' | 'jvp'
  readonly precision: Precision
  readonly samples: number
  /** Are results added up over the samples? */
  readonly summed: boolean
  /** What the code is for: products that are added in one instruction, vectors in pairs. */
  readonly fused: boolean
  readonly wide: boolean
  /** Elements that a value may have. */
  readonly largest: number
  /** Do inputs that nothing reads stay? */
  readonly idle: boolean
  /** Are equal equations merged before the program is compiled? */
  readonly simplified: boolean
  readonly values: 'ones' | 'counted' | 'noise' | 'odd'
  readonly seed: number
}

/** A program with its marks; customVjp may stand in it. */
export interface Marked {
  readonly program: Program
  readonly perSample: readonly boolean[]
}

/** The program of the steps alone. */
const forwardOf = (recipe: Recipe): Marked => {
  const b = newBuilder(recipe.largest)
  const perSample: boolean[] = []
  const outside = (shape: Shape, shared: boolean): Variable => {
    perSample.push(!shared)
    return b.input(shape)
  }
  const values: Variable[] = recipe.inputs.map(({ shape, shared }) => outside(shape, shared))
  for (const { name, operands, picks, state } of recipe.steps) {
    const xs = operands.map((k) => values[k]!)
    if (state === 'skipped') values.push(xs[0]!)
    else if (state === 'done') values.push(steps[name](b, xs, picks))
    else {
      const { shape } = steps[name](b, xs, picks)
      values.push(outside(shape, false))
    }
  }
  const outputs = recipe.outputs.map((k) => values[k]!)
  const program = prune({ inputs: b.inputs, equations: b.equations, outputs })
  return { program, perSample }
}

/** The same without the inputs that nothing reads, but for one. */
const tidy = ({ program, perSample }: Marked): Marked => {
  const read = new Set([
    ...program.equations.flatMap((eq) => eq.inputs.map((v) => v.id)),
    ...program.outputs.map((v) => v.id),
  ])
  const kept = program.inputs.filter((v) => read.has(v.id))
  const inputs = kept.length === 0 ? program.inputs.slice(0, 1) : kept
  return {
    program: prune({ ...program, inputs }),
    perSample: inputs.map((v) => perSample[v.id]!),
  }
}

/** The recipe's program or its derivative. Cotangents and tangents are per sample. */
export const markedOf = (recipe: Recipe): Marked => {
  const all = forwardOf(recipe)
  const { program, perSample } = recipe.idle ? all : tidy(all)
  const n = program.inputs.length
  const f = (...xs: Tensor[]): Tensor[] => runProgram(program, xs)
  const like = (vs: readonly Variable[]): Tensor[] => vs.map((v) => zeros(v.shape))
  const moved = recipe.derivative === 'vjp' ? program.outputs : program.inputs
  const marks = [...perSample, ...moved.map(() => true)]
  const given = [...like(program.inputs), ...like(moved)]
  if (recipe.derivative === 'vjp')
    return {
      perSample: marks,
      program: programOf((...xs: Tensor[]) => {
        const { value, pullback } = vjp(f)(...xs.slice(0, n))
        return [...value, ...pullback(xs.slice(n))]
      })(...given),
    }
  if (recipe.derivative === 'jvp')
    return {
      perSample: marks,
      program: programOf((...xs: Tensor[]) => {
        const { value, tangent } = jvp(f)(xs.slice(0, n), xs.slice(n))
        return [...value, ...tangent]
      })(...given),
    }
  return { program, perSample }
}
