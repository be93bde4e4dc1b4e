import type { Concrete, Equation, Program, Site, Variable } from '../../core/index.ts'
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

/** Summaries of the variables, by their ids. */
type Known = readonly (ValueSummary | undefined)[]

const fine = (s: ValueSummary | undefined): boolean => s === undefined || isFiniteSummary(s)

/** A line of code without its folder: `form.ts:12`. */
export const shownSite = ({ file, line }: Site): string => `${file.split('/').at(-1)}:${line}`

/** Returns the name of an equation where it is blamed: its primitive, or that of a customVjp. */
export const operationOf = (eq: Equation): string =>
  eq.primitive === 'customVjp' ? `customVjp '${eq.params.name}'` : eq.primitive

/**
 * Returns the places where values arose that are not finite and reach an output, the first one
 * first. A NaN that a select or a comparison takes no notice of is no fault.
 */
export const forwardOrigins = (program: Program, values: Known): readonly Origin[] => {
  const bad = (v: Variable): boolean => !fine(values[v.id])
  const reaching = new Set(program.outputs.filter(bad).map((v) => v.id))
  const equations = [...program.equations.entries()].toReversed().flatMap(([equation, eq]) => {
    if (!reaching.has(eq.output.id)) return []
    const spoiled = eq.inputs.filter(bad)
    for (const v of spoiled) reaching.add(v.id)
    if (spoiled.length > 0) return []
    const of = eq.inputs.length === 0 ? '' : ` from finite ${eq.inputs.map(nameOf).join(', ')}`
    const made = shownNonFinite(values[eq.output.id]!)
    return [{ equation, what: `${nameOf(eq.output)} = ${operationOf(eq)} made ${made}${of}` }]
  })
  const inputs = program.inputs
    .filter((v) => reaching.has(v.id))
    .map((v) => ({
      equation: undefined,
      what: `input ${nameOf(v)} has ${shownNonFinite(values[v.id]!)}`,
    }))
  return [...inputs, ...equations.toReversed()]
}

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

/**
 * Returns the places where cotangents arose that are not finite and reach an input, in the order of
 * the way back.
 */
export const backwardOrigins = (pass: Pass, seeds: readonly Concrete[]): readonly Origin[] => {
  const { program, cotangents } = pass
  const spoiled = (x: Concrete | null | undefined): boolean => x != null && !fine(summaryOf(x))
  const bad = cotangents.map(spoiled)
  const given = new Set(program.outputs.flatMap((v, k) => (spoiled(seeds[k]) ? [v.id] : [])))
  const reaching = new Set(program.inputs.flatMap((v) => (bad[v.id] ? [v.id] : [])))
  /** Variables whose cotangent is a sum with a term that is not finite. */
  const explained = new Set(given)
  const rules = [...program.equations.entries()].flatMap(([equation, eq]) =>
    eq.inputs.flatMap((v, k): Origin[] => {
      if (!reaching.has(v.id) || cotangents[eq.output.id] === undefined) return []
      const bar = contribution(eq, k, pass)
      if (!spoiled(bar)) return []
      explained.add(v.id)
      if (bad[eq.output.id]) {
        reaching.add(eq.output.id)
        return []
      }
      const what =
        `the pullback of ${operationOf(eq)} made ${shownNonFinite(summaryOf(bar!))} for ` +
        `${nameOf(v)}, from a finite cotangent of ${nameOf(eq.output)}`
      return [{ equation, what }]
    }),
  )
  const outside = [...reaching].flatMap((id): Origin[] => {
    const name = nameOf({ id, shape: [] })
    if (given.has(id)) return [{ equation: undefined, what: `the cotangent given to ${name}` }]
    if (explained.has(id)) return []
    return [{ equation: undefined, what: `the sum of finite cotangents of ${name} overflowed` }]
  })
  return [...outside, ...rules.toReversed()]
}
