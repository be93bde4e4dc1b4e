import {
  type Concrete,
  dataOf,
  type Program,
  runEquations,
  sizeOf,
  type Tensor,
} from '../../core/index.ts'
import { inlined } from '../../core/programs/index.ts'
import { largestSize } from '../../core/values/index.ts'
import { alone, type Ladders, type Local, laddersOf, once, testOperand } from './localRule.ts'
import { nameMistake } from './mistakes.ts'
import { like, referenceAt, valuesOf } from './nearbyRuns.ts'
import type { Blamed } from './verdict.ts'

// Which rules made a gradient wrong? Every equation of the program is tested alone, as a function
// of its operands, at the values and cotangents of the point.

/** This is what the test of the equations found. */
export interface LocalFindings {
  readonly blamed: readonly Blamed[]
  /** Says whether every rule that was used is certainly right. */
  readonly certain: boolean
  /** Equations that stand on a kink. */
  readonly kinks: readonly number[]
}

export interface BlameOptions {
  readonly rules: readonly ('vjp' | 'jvp')[]
  /** A rule may be off by so much, relative, before it is blamed. */
  readonly tolerance: number
}

/** Returns a cotangent whose largest entry is near 1: others may be too small for products. */
const moderate = (bar: Concrete): Concrete => {
  const data = Float64Array.from(dataOf(bar))
  const size = largestSize(data)
  const small = Number.isFinite(size) && size > 0
  const power = small ? Math.max(-1000, Math.min(1000, Math.floor(Math.log2(size)))) : 0
  return Math.abs(power) < 300
    ? bar
    : like(
        bar,
        data.map((v) => v / 2 ** power),
      )
}

/**
 * Tests the rules of all equations that take part in the derivative for the first `count` inputs.
 * `bars` are the cotangents of all values, if pullbacks are to be tested.
 */
export const testEquations = (
  program: Program,
  values: readonly Concrete[],
  bars: readonly (Tensor | null)[] | undefined,
  count: number,
  { rules, tolerance }: BlameOptions,
  within: readonly number[] = [],
): LocalFindings => {
  const moving = runEquations(
    program,
    program.inputs.map((_, i) => i < count),
    ({ primitive }, operands) => primitive !== 'stopGradient' && operands.includes(true),
  )
  const blamed: Blamed[] = []
  const kinks: number[] = []
  let certain = true
  program.equations.forEach((eq, line) => {
    const xs = eq.inputs.map((v) => values[v.id]!)
    const y = values[eq.output.id]!
    const active = eq.inputs.flatMap((v, k) => (moving[v.id] && xs[k]!.size > 0 ? [k] : []))
    if (active.length === 0 || sizeOf(y.shape) === 0 || !moving[eq.output.id]) return
    const given = bars?.[eq.output.id] as Concrete | null | undefined
    const bar = given && moderate(given)
    // A cotangent that is no number was made by another rule.
    const usable = bar && dataOf(bar).some((v) => v !== 0) && dataOf(bar).every(Number.isFinite)
    const pulls = rules.includes('vjp') && usable
    const own = eq.primitive === 'customVjp'
    const tables = [
      ...(pulls ? (['vjp'] as const) : []),
      ...(rules.includes('jvp') && !own ? (['jvp'] as const) : []),
    ]
    if (own && rules.includes('jvp')) {
      const { forward } = eq.params
      const inside = valuesOf(forward, xs)
      // Operands that stand still come last in no order: all are moved, which tests more.
      const found = testEquations(
        forward,
        inside,
        undefined,
        xs.length,
        { rules: ['jvp'], tolerance },
        [...within, line + 1],
      )
      for (const one of found.blamed) blamed.push(one)
    }
    if (tables.length === 0) return
    const reference = referenceAt(inlined(alone(eq)), xs, xs.length)
    const ladders = xs.map((x, k) => once(() => laddersOf(eq, reference, x, k, 1e-3 * tolerance)))
    const slopes = (k: number): Ladders => ladders[k]!()
    const local: Local = { eq, xs, y, reference, slopes, tolerance, ...(bar ? { yBar: bar } : {}) }
    for (const rule of tables)
      for (const operand of active) {
        const tested = testOperand(local, operand, rule)
        const { agrees, expected, obtained, given, thrown } = tested
        if (agrees === 'kink') kinks.push(line + 1)
        if (agrees === 'unsure' || agrees === 'not finite') certain = false
        if (expected === undefined || obtained === undefined || given === undefined) continue
        const numbers = { expected, obtained }
        const { primitive, params } = eq
        const evidence = { rule, primitive, params, xs, y, yBar: given, operand, ...numbers }
        const mistake = thrown ?? nameMistake(evidence)
        blamed.push({
          equation: line + 1,
          ...(within.length > 0 ? { within } : {}),
          primitive: eq.primitive,
          ...(own ? { name: eq.params.name } : {}),
          rule,
          operand,
          ...(eq.site === undefined ? {} : { site: eq.site }),
          ...numbers,
          ...(mistake === undefined ? {} : { mistake }),
        })
      }
  })
  return { blamed, certain: certain && kinks.length === 0, kinks }
}
