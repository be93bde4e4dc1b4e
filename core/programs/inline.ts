import { type Program, prune, rewritten, runEquations } from '../primitives/index.ts'

/** Returns the same program with every customVjp replaced by its equations, at every depth. */
export const inlined = (program: Program): Program =>
  prune(
    rewritten(program, (eq, emit) => {
      if (eq.primitive !== 'customVjp') return emit(eq)
      const forward = inlined(eq.params.forward)
      const values = runEquations(forward, eq.inputs, (e, inputs) => emit({ ...e, inputs }))
      return values[forward.outputs[0]!.id]!
    }),
  )
