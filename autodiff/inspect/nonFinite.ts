import type { Concrete, Equation, Program } from '../../core/index.ts'
import { nameOf } from '../../core/programs/index.ts'
import { type Pull, type Rules, ruleOf, vjpRules } from '../derivatives/index.ts'
import { isFiniteSummary, shownNonFinite, summaryOf, type ValueSummary } from './valueSummary.ts'

// Where the first NaN or infinity arose: the equations that made one of finite operands, forward,
// and those whose pullback made one of a finite cotangent, backward.

/** A place where something that is not finite arose. */
export interface Origin {
  /** The number of the equation, from 0; undefined for an input or a cotangent that was given. */
  readonly equation: number | undefined
  /** What made it of what, in words. */
  readonly what: string
}

/** What is known of a variable. */
type Known = readonly (ValueSummary | undefined)[]

const fine = (s: ValueSummary | undefined): boolean => s === undefined || isFiniteSummary(s)

/** What an equation is called where it is blamed: its primitive, or the name of a customVjp. */
export const operationOf = (eq: Equation): string =>
  eq.primitive === 'customVjp' ? `customVjp '${eq.params.name}'` : eq.primitive

/** Returns the places where values arose that are not finite, the first one first. */
export const forwardOrigins = (program: Program, values: Known): readonly Origin[] => [
  ...program.inputs.flatMap((v): Origin[] =>
    fine(values[v.id])
      ? []
      : [{ equation: undefined, what: `input ${nameOf(v)}: ${shownNonFinite(values[v.id]!)}` }],
  ),
  ...program.equations.flatMap((eq, equation): Origin[] => {
    const made = values[eq.output.id]!
    if (fine(made) || eq.inputs.some((v) => !fine(values[v.id]))) return []
    const of = eq.inputs.length === 0 ? '' : ` of finite ${eq.inputs.map(nameOf).join(', ')}`
    const what = `${nameOf(eq.output)} = ${operationOf(eq)}: ${shownNonFinite(made)}${of}`
    return [{ equation, what }]
  }),
]

/** The values and cotangents of a run, by the ids of variables. */
export interface Pass {
  readonly program: Program
  readonly values: readonly Concrete[]
  /** Undefined where no cotangent arrives. */
  readonly cotangents: readonly (Concrete | undefined)[]
}

/** Returns what operand k of an equation gets from the cotangent of its value. */
const contribution = (
  { primitive, params, inputs, output }: Equation,
  k: number,
  { values, cotangents }: Pass,
): Concrete | null => {
  const pull = ruleOf(vjpRules[primitive] as Rules<Pull<typeof primitive>>, k)
  const xs = inputs.map((v) => values[v.id]!)
  const bar = cotangents[output.id]!
  return pull(bar, xs as never, values[output.id]!, params as never) as Concrete | null
}

/** Returns the places where cotangents arose that are not finite, in the order of the way back. */
export const backwardOrigins = (pass: Pass, given: readonly Concrete[]): readonly Origin[] => {
  const { program, cotangents } = pass
  const spoiled = (x: Concrete | null | undefined): boolean => x != null && !fine(summaryOf(x))
  const bad = cotangents.map(spoiled)
  /** Variables whose cotangent is a sum with a term that is not finite. */
  const explained = new Set<number>()
  const seeds = program.outputs.flatMap((v, k): Origin[] => {
    if (!spoiled(given[k])) return []
    explained.add(v.id)
    const what = `cotangent given to ${nameOf(v)}: ${shownNonFinite(summaryOf(given[k]!))}`
    return [{ equation: undefined, what }]
  })
  const rules = [...program.equations.entries()].toReversed().flatMap(([equation, eq]) =>
    eq.inputs.flatMap((v, k): Origin[] => {
      if (!bad[v.id] || cotangents[eq.output.id] === undefined) return []
      const bar = contribution(eq, k, pass)
      if (!spoiled(bar)) return []
      explained.add(v.id)
      if (bad[eq.output.id]) return []
      const what =
        `pullback of ${operationOf(eq)}, from a finite cotangent of ${nameOf(eq.output)} ` +
        `to ${nameOf(v)}: ${shownNonFinite(summaryOf(bar!))}`
      return [{ equation, what }]
    }),
  )
  const sums = bad.flatMap((is, id): Origin[] =>
    is && !explained.has(id)
      ? [{ equation: undefined, what: `the sum of finite cotangents of ${nameOf({ id, shape: [] })} overflows` }]
      : [],
  )
  return [...seeds, ...rules, ...sums]
}
