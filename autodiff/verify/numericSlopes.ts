import { type Crossing, crossingOf, type Decisions } from './branches.ts'
import { type Extrapolated, newTable, nothing, type Table } from './differences.ts'
import { EPSILON, movedInputs, type Reference, type Run, runAt } from './nearbyRuns.ts'

// The slopes of all outputs of a program along a direction, from values alone: no rule takes part.

/** The slope of one output: with its error, or, at a kink, from either side. */
export interface Slope extends Extrapolated {
  /** The slopes from either side differ, for certain or as far as is known. */
  readonly kink: boolean
  /** The point stands on a kink, whether this output has it or not. */
  readonly atKink: boolean
  readonly behind: number
  readonly ahead: number
  /** The error of the slopes from either side. */
  readonly sides: number
}

export interface Ladder {
  /** The first step, relative to the scale of what moves. */
  readonly first: number
  readonly shrink: number
}

export const LADDER: Ladder = { first: 2 ** -3, shrink: 2 }
/** Another ladder: where two disagree, neither is as certain as it says. */
export const OTHER_LADDER: Ladder = { first: 0.071, shrink: 1.6 }
/** Steps below those at which a function that saturates looks flat, or one that turns, straight. */
export const FINE_LADDER: Ladder = { first: 2 ** -18, shrink: 2 }

/** Joins what two ladders say: where they disagree, neither is as certain as it says. */
export const joined = (a: readonly Slope[], b: readonly Slope[]): Slope[] =>
  a.map((first, o) => {
    const second = b[o]!
    const error = Math.max(first.error, second.error, Math.abs(first.value - second.value))
    return { ...first, error, kink: first.kink || second.kink }
  })

/** Joins what fine steps say, which are noisy: it counts where it contradicts. */
export const contradicted = (slopes: readonly Slope[], fine: readonly Slope[]): Slope[] =>
  slopes.map((slope, o) => {
    const apart = Math.abs(slope.value - fine[o]!.value)
    return apart > 2 * fine[o]!.error ? { ...slope, error: Math.max(slope.error, apart) } : slope
  })

/** A kink closer than this, relative, counts as one at the point. */
const NEAREST = 2 ** -33
const MOST_RUNGS = 44
/** The part of a slope that curvature may change within the nearest step. */
const GROSS = 0.05

interface Rung {
  readonly step: number
  readonly ahead?: Run
  readonly behind?: Run
}

/** A side of the point has its decisions, and says whether they differ at once. */
interface Side {
  readonly decisions: Decisions
  readonly crossing: Crossing
  /** The run nearest to the point. */
  readonly run: Run
}

/** Two runs, and how far apart their points are. */
type Pair = readonly [number, Run, Run]

/** Quotients on one side of the point or about it, the nearest first, and what follows of each. */
interface Quotients {
  readonly power: 1 | 2
  readonly pairs: Pair[]
  readonly found: { readonly table: Table; used: number; best: Extrapolated }[]
}

/**
 * Returns the slope of every output along a direction of leaf k, with `goal` as the relative error
 * that suffices. Steps that cross a kink are left out; where only one side is free of kinks, its
 * one-sided differences are used; where the point stands on a kink, both sides are compared. At an
 * edge of the domain nothing is known.
 */
export const slopesAlong = (
  { program, inputs, base, noise, largest: most }: Reference,
  k: number,
  direction: Float64Array,
  scale: number,
  goal: number,
  { first, shrink }: Ladder = LADDER,
): Slope[] => {
  const directions = inputs.map((_, i) => (i === k ? direction : undefined))
  const at = (t: number): Run => runAt(program, movedInputs(inputs, directions, t))
  const sideAt = (sign: 1 | -1): Side => {
    const run = at(sign * NEAREST * scale)
    const crossing = crossingOf(base.decisions, run.decisions)
    return { decisions: run.decisions, crossing, run }
  }
  const [ahead, behind] = [sideAt(1), sideAt(-1)]
  const onKink = ahead.crossing !== 'none' || behind.crossing !== 'none'
  const sample = (side: Side, t: number): Run | undefined => {
    const run = at(t)
    return crossingOf(side.decisions, run.decisions) === 'none' ? run : undefined
  }

  const near = NEAREST * scale
  const noiseAt = (o: number, { y }: Run, other: Run): number =>
    noise[o]! + EPSILON * Math.max(Math.abs(y[o]!), Math.abs(other.y[o]!))
  /**
   * Extrapolates the quotients of an output between two sides of each rung. At the nearest points
   * they are all noise, but show what is grossly off: steps that are longer than the function's own
   * periods can agree with each other by chance.
   */
  const tableOf = (o: number, power: 1 | 2, [width, right, left]: Pair): Table => {
    const nearest = (right.y[o]! - left.y[o]!) / width
    const error = (2 * noiseAt(o, right, left)) / width
    const doubt = 2 * (error + (EPSILON * most) / near) + GROSS * Math.abs(nearest)
    return newTable(power, (value) => !(Math.abs(value - nearest) > doubt))
  }
  const between = (o: number, { power, pairs, found }: Quotients): Extrapolated => {
    found[o] ??= { table: tableOf(o, power, pairs[0]!), used: 1, best: nothing }
    const own = found[o]!
    for (; own.used < pairs.length; own.used += 1) {
      const [width, right, left] = pairs[own.used]!
      const value = (right.y[o]! - left.y[o]!) / width
      if (Number.isFinite(value))
        own.best = own.table(width, value, (2 * noiseAt(o, right, left)) / width)
    }
    return power === 2 ? { ...own.best, step: own.best.step / 2 } : own.best
  }
  const central: Quotients = { power: 2, pairs: [[2 * near, ahead.run, behind.run]], found: [] }
  const after: Quotients = { power: 1, pairs: [[near, ahead.run, base]], found: [] }
  const before: Quotients = { power: 1, pairs: [[near, base, behind.run]], found: [] }
  const add = ({ step, ahead: right, behind: left }: Rung): void => {
    if (right !== undefined) after.pairs.push([step, right, base])
    if (left !== undefined) before.pairs.push([step, base, left])
    if (right !== undefined && left !== undefined) central.pairs.push([2 * step, right, left])
  }
  const only = ({ value, error, step }: Extrapolated): Slope => {
    const two = { ahead: value, behind: value, sides: error }
    return { value, error, step, ...two, kink: false, atKink: false }
  }
  const slopeOf = (o: number): Slope => {
    // An edge of the domain is nearer than any step: what happens before it, no difference sees.
    if (!Number.isFinite(ahead.run.y[o]! - behind.run.y[o]!)) return only(nothing)
    if (!onKink) {
      const middle = between(o, central)
      const [n, right, left] = [central, after, before].map(({ pairs }) => pairs.length)
      // One side is better only where it is free of kinks at longer steps than the other.
      if (middle.error <= goal * Math.abs(middle.value) || (n === right && n === left))
        return only(middle)
      const all = [middle, between(o, after), between(o, before)]
      return only(all.reduce((a, b) => (b.error < a.error / 4 ? b : a)))
    }
    const [right, left] = [between(o, after), between(o, before)]
    const sides = right.error + left.error
    const apart = Math.abs(right.value - left.value)
    const value = (right.value + left.value) / 2
    const kink = !(apart <= 4 * sides || apart <= goal * Math.abs(value))
    const two = { ahead: right.value, behind: left.value, sides }
    const step = Math.min(right.step, left.step)
    return { value, error: sides + apart, step, ...two, kink, atKink: true }
  }

  const slopes: Slope[] = []
  const open = new Set(base.y.keys())
  let step = first * scale
  for (let rung = 0; rung < MOST_RUNGS && open.size > 0 && step > NEAREST * scale; rung += 1) {
    const next = { step, ahead: sample(ahead, step), behind: sample(behind, -step) } as Rung
    const empty = next.ahead === undefined && next.behind === undefined
    add(next)
    if (!empty)
      for (const o of open) {
        const slope = slopeOf(o)
        slopes[o] = slope
        const exhausted = noise[o]! / step >= slope.error
        const split = slope.kink && Math.abs(slope.ahead - slope.behind) > 1e3 * slope.sides
        if (slope.error <= goal * Math.abs(slope.value) || exhausted || split) open.delete(o)
      }
    step /= empty ? 8 : shrink
  }
  return Array.from(base.y, (_, o) => slopes[o] ?? slopeOf(o))
}
