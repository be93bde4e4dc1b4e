import { type Concrete, dataOf, type Equation, type Program } from '../../core/index.ts'

// A program is smooth as long as none of its decisions changes: which operand of a maximum wins,
// on which side of 0 an absolute value is. These are known exactly, from the values of a run. The
// condition of a select is a mask: where it is computed, the comparison that made it decides.

/** Says for every entry on which side of its decision it is: −1, 1, or 0 for a tie. */
type Sides = Int8Array

const sideOf = (x: number): number => (Number.isNaN(x) ? 2 : Math.sign(x))
const sides = (x: Concrete, side: (v: number, i: number) => number): Sides => {
  const data = dataOf(x)
  const out = new Int8Array(data.length)
  for (let i = 0; i < out.length; i += 1) out[i] = side(data[i]!, i)
  return out
}
const signs = (x: Concrete): Sides => sides(x, sideOf)
/** Compares numbers rather than subtracting them: equal infinities are a tie. */
const compared = (a: Concrete, b: Concrete): Sides => {
  const right = dataOf(b)
  return sides(a, (x, i) => (x === right[i] ? 0 : sideOf(x - right[i]!)))
}

/** Marks the entries that attain a maximum over axes by 0, and the others by −1. */
const attained = (x: Concrete, y: Concrete, axes: readonly number[]): Sides => {
  const out = new Int8Array(x.size)
  const kept = x.shape.map((_, a) => a).filter((a) => !axes.includes(a))
  const top = dataOf(y)
  dataOf(x).forEach((v, i) => {
    let rest = i
    let at = 0
    let stride = 1
    for (let a = x.shape.length - 1; a >= 0; a -= 1) {
      const index = rest % x.shape[a]!
      rest = Math.floor(rest / x.shape[a]!)
      if (!kept.includes(a)) continue
      at += index * stride
      stride *= x.shape[a]!
    }
    out[i] = v === top[at] ? 0 : -1
  })
  return out
}

/** Returns the decision of an equation, or undefined where it is smooth. */
const decisionOf = (
  { primitive, params }: Equation,
  xs: readonly Concrete[],
  y: Concrete,
): Sides | undefined => {
  switch (primitive) {
    case 'abs':
    case 'sign':
      return signs(xs[0]!)
    case 'maximum':
    case 'minimum':
    case 'less':
      return compared(xs[0]!, xs[1]!)
    case 'equal':
      return compared(xs[0]!, xs[1]!).map((side) => side * side)
    case 'max':
      return attained(xs[0]!, y, params.axes)
    case 'div': // a pole is no decision, but steps must not cross it either
      return signs(xs[1]!)
    case 'power':
      return params.exponent < 0 ? signs(xs[0]!) : undefined
    case 'atan2': {
      const c = dataOf(xs[1]!)
      return signs(xs[0]!).map((side, i) => (c[i]! <= 0 ? side : 1))
    }
    default:
      return undefined
  }
}

/** The decisions of a run: one list for each equation that decides. */
export type Decisions = readonly Sides[]

export const decisionsOf = (program: Program, values: readonly Concrete[]): Decisions =>
  program.equations.flatMap((equation) => {
    const xs = equation.inputs.map((v) => values[v.id]!)
    return decisionOf(equation, xs, values[equation.output.id]!) ?? []
  })

/**
 * How two runs differ in their decisions: not at all; only where the first has a tie, which its
 * point therefore stands on; or elsewhere, so that a kink lies between the two points.
 */
export type Crossing = 'none' | 'tie' | 'kink'

export const crossingOf = (from: Decisions, to: Decisions): Crossing => {
  let found: Crossing = 'none'
  for (const [k, sides] of from.entries()) {
    const others = to[k]!
    for (let i = 0; i < sides.length; i += 1) {
      if (sides[i] === others[i]) continue
      if (sides[i] !== 0) return 'kink'
      found = 'tie'
    }
  }
  return found
}
