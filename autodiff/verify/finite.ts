import { type Concrete, dataOf, type Program, type Tensor } from '../../core/index.ts'
import { type Pull, type Rules, ruleOf, vjpRules } from '../derivatives/index.ts'
import type { FirstNonFinite } from './verdict.ts'

// Which operation made the first number that is no number, or infinite?

const indexIn = (shape: readonly number[], at: number): number[] => {
  const index: number[] = []
  let rest = at
  for (const d of shape.toReversed()) {
    index.unshift(rest % d)
    rest = Math.floor(rest / d)
  }
  return index
}

const has = (x: Concrete | null | undefined, test: (v: number) => boolean): boolean =>
  x !== null && x !== undefined && dataOf(x).some((v) => test(v))
const infinite = (v: number): boolean => !Number.isFinite(v)

/** Variables that the outputs depend on. */
const neededBy = (program: Program): ReadonlySet<number> => {
  const needed = new Set(program.outputs.map((v) => v.id))
  for (const eq of program.equations.toReversed())
    if (needed.has(eq.output.id)) for (const v of eq.inputs) needed.add(v.id)
  return needed
}

/** Where the first entry for which a test holds is, with the operands at the same place. */
const found = (
  eq: Program['equations'][number],
  k: number,
  x: Concrete,
  operands: readonly Concrete[],
  test: (v: number) => boolean,
): Omit<FirstNonFinite, 'pass'> => {
  const data = dataOf(x)
  const at = data.findIndex((v) => test(v))
  const there = operands.filter((o) => o.size === data.length).map((o) => dataOf(o)[at]!)
  return {
    equation: k + 1,
    primitive: eq.primitive,
    ...(eq.primitive === 'customVjp' ? { name: eq.params.name } : {}),
    ...(eq.site === undefined ? {} : { site: eq.site }),
    value: data[at]!,
    index: indexIn(x.shape, at),
    operands: there,
  }
}

/** Finds the equation that makes the first NaN or infinity which reaches an output. */
export const firstForward = (
  program: Program,
  values: readonly Concrete[],
): FirstNonFinite | undefined => {
  const outputs = program.outputs.map((v) => values[v.id]!)
  if (!outputs.some((y) => has(y, infinite))) return undefined
  const needed = neededBy(program)
  // A NaN may come from an infinity: the operation to name is the one that made the infinity.
  for (const [k, eq] of program.equations.entries()) {
    if (!needed.has(eq.output.id) || eq.primitive === 'constant') continue
    const xs = eq.inputs.map((v) => values[v.id]!)
    const y = values[eq.output.id]!
    if (has(y, infinite) && !xs.some((x) => has(x, infinite)))
      return { pass: 'forward', ...found(eq, k, y, xs, infinite) }
  }
  const k = program.equations.findIndex((eq) => {
    const xs = eq.inputs.map((v) => values[v.id]!)
    return has(values[eq.output.id], Number.isNaN) && !xs.some((x) => has(x, Number.isNaN))
  })
  const eq = program.equations[k]
  if (eq === undefined) return undefined
  const xs = eq.inputs.map((v) => values[v.id]!)
  return { pass: 'forward', ...found(eq, k, values[eq.output.id]!, xs, Number.isNaN) }
}

/** Finds the equation whose rule makes the first cotangent that is NaN or infinite. */
export const firstBackward = (
  program: Program,
  values: readonly Concrete[],
  bars: readonly (Tensor | null)[],
): FirstNonFinite | undefined => {
  for (const [k, eq] of [...program.equations.entries()].toReversed()) {
    const yBar = bars[eq.output.id] as Concrete | null
    if (yBar === null || has(yBar, infinite)) continue
    const xs = eq.inputs.map((v) => values[v.id]!)
    for (const [i, v] of eq.inputs.entries()) {
      if (!has(bars[v.id] as Concrete | null, infinite)) continue
      const pull = ruleOf(vjpRules[eq.primitive] as Rules<Pull<typeof eq.primitive>>, i)
      const own = pull(yBar, xs as never, values[eq.output.id]!, eq.params as never)
      if (own === null || !has(own as Concrete, infinite)) continue
      return { pass: 'backward', ...found(eq, k, own as Concrete, xs, infinite) }
    }
  }
  return undefined
}
