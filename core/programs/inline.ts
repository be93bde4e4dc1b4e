import { type Emit, type Program, prune, rewritten, type Variable } from '../primitives/index.ts'

/** Emits what a program does with these inputs; gives its first output. */
const written = (body: Program, inputs: readonly Variable[], emit: Emit): Variable => {
  const local = [...inputs]
  for (const eq of body.equations)
    local[eq.output.id] = emit({ ...eq, inputs: eq.inputs.map((v) => local[v.id]!) })
  return local[body.outputs[0]!.id]!
}

/** The same program with customVjp replaced by what it computes: nothing is left to inline. */
export const inlined = (program: Program): Program =>
  prune(
    rewritten(program, (eq, emit) =>
      eq.primitive === 'customVjp'
        ? written(inlined(eq.params.forward), eq.inputs, emit)
        : emit(eq),
    ),
  )
