import { type Extrapolated, extrapolate } from './differences.ts'

// The slope of a function of which only values are known, along one line, with its error.

/** A slope, or, at a kink, the slopes from either side. */
export interface LineSlope extends Extrapolated {
  readonly kink: boolean
}

/** Values of all outputs at a distance along the line; undefined where the function has none. */
export type Line = (t: number) => Float64Array | undefined

const RUNGS = 26
const FIRST = 2 ** -3
/** A relative error that suffices. */
const GOAL = 1e-10
/** A difference of slopes is clear when it exceeds their errors by this factor. */
const CLEAR = 8

interface Rung {
  readonly step: number
  readonly ahead: Float64Array | undefined
  readonly behind: Float64Array | undefined
}

const dot = (u: Float64Array, y: Float64Array): number =>
  y.reduce((total, v, o) => (u[o] === 0 ? total : total + u[o]! * v), 0)

const finite = (y: Float64Array | undefined): Float64Array | undefined =>
  y?.every(Number.isFinite) === true ? y : undefined

const quotients = (
  rungs: readonly Rung[],
  base: number,
  noise: number,
  u: Float64Array,
  side: 'central' | 'ahead' | 'behind',
): Extrapolated => {
  const there = rungs.flatMap(({ step, ahead, behind }) => {
    if (side === 'ahead') return ahead ? [{ step, rise: dot(u, ahead) - base, run: step }] : []
    if (side === 'behind') return behind ? [{ step, rise: base - dot(u, behind), run: step }] : []
    return ahead && behind ? [{ step, rise: dot(u, ahead) - dot(u, behind), run: 2 * step }] : []
  })
  const steps = there.map(({ step }) => step)
  const values = there.map(({ rise, run }) => rise / run)
  const errors = there.map(({ run }) => (2 * noise) / run)
  return extrapolate({ steps, values, errors }, side === 'central' ? 2 : 1)
}

/**
 * Returns the slope of ⟨u, y⟩ at t = 0 for every u, from values along a line alone. `noises` are the
 * rounding errors of ⟨u, y⟩, `scale` is the size of what moves.
 */
export const slopesOnLine = (
  line: Line,
  base: Float64Array,
  us: readonly Float64Array[],
  noises: readonly number[],
  scale: number,
): LineSlope[] => {
  const rungs: Rung[] = []
  let slopes: LineSlope[] = []
  for (let k = 0; k < RUNGS; k += 1) {
    const step = FIRST * scale * 2 ** -k
    rungs.push({ step, ahead: finite(line(step)), behind: finite(line(-step)) })
    if (k < 4) continue
    slopes = us.map((u, i) => slopeOf(rungs, dot(u, base), noises[i]!, u))
    if (slopes.every((s) => !s.kink && s.error <= GOAL * Math.abs(s.value))) break
  }
  return slopes
}

const slopeOf = (
  rungs: readonly Rung[],
  base: number,
  noise: number,
  u: Float64Array,
): LineSlope => {
  const of = (side: 'central' | 'ahead' | 'behind') => quotients(rungs, base, noise, u, side)
  const [middle, ahead, behind] = [of('central'), of('ahead'), of('behind')]
  const apart = Math.abs(ahead.value - behind.value)
  const doubt = ahead.error + behind.error
  const kink = apart > CLEAR * doubt && apart > 1e-6 * Math.abs(middle.value)
  const best = [ahead, behind].reduce((a, b) => (b.error < a.error / CLEAR ? b : a), middle)
  return { ...best, kink }
}
