import { type Equation, type Program, prune, type Variable } from '../primitives/index.ts'

/** The same program with customVjp replaced by what it computes: nothing is left to inline. */
export const inlined = (program: Program): Program => {
  const equations: Equation[] = []
  const renamed = new Map<number, Variable>()
  let next = program.inputs.length + program.equations.length
  const resolve = (v: Variable): Variable => renamed.get(v.id) ?? v
  for (const eq of program.equations) {
    if (eq.primitive !== 'customVjp') {
      equations.push({ ...eq, inputs: eq.inputs.map(resolve) })
      continue
    }
    const body = inlined(eq.params.forward)
    const local = new Map<number, Variable>()
    body.inputs.forEach((v, i) => {
      local.set(v.id, resolve(eq.inputs[i]!))
    })
    for (const inner of body.equations) {
      const output = { id: next, shape: inner.output.shape }
      next += 1
      local.set(inner.output.id, output)
      equations.push({ ...inner, inputs: inner.inputs.map((v) => local.get(v.id)!), output })
    }
    renamed.set(eq.output.id, local.get(body.outputs[0]!.id)!)
  }
  return prune({ inputs: program.inputs, equations, outputs: program.outputs.map(resolve) })
}
