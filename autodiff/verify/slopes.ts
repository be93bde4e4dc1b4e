import type { Precision } from '../../core/index.ts'
import { largest } from '../../core/values/index.ts'
import { comparePair } from './agreement.ts'
import { claimsAt, cotangentsOf, jittered } from './claimedSlopes.ts'
import { irregular, like, type Reference, scalesOf } from './nearbyRuns.ts'
import {
  contradicted,
  FINE_LADDER,
  joined,
  LADDER,
  type Ladder,
  OTHER_LADDER,
  type Slope,
  slopesAlong,
} from './numericSlopes.ts'
import type { Subject } from './subject.ts'
import type { Agreement, Comparison, Mode } from './verdict.ts'

// The slopes of a function, as its rules claim them, beside those of the reference.

export interface SlopeOptions {
  readonly order: 1 | 2
  readonly modes: readonly Mode[]
  readonly tolerance: number
  /** At most so many entries of each leaf are compared one by one. */
  readonly entries: number
  readonly seed: number
  readonly precision: Precision
  /** Ends with the first leaf of which a slope is wrong. */
  readonly brief?: boolean
}

export interface SlopeFindings {
  /** The number of slopes that were compared. */
  readonly compared: number
  /** The comparisons, of which only the worst stands for all results of one slope. */
  readonly comparisons: readonly Comparison[]
}

/** Agreements from the best to the worst. */
const RANK: readonly Agreement[] = ['agree', 'unsure', 'kink', 'not finite', 'disagree']

/** Returns at most so many of the numbers 0 … n − 1, evenly spread. */
const spreadIndices = (n: number, most: number): number[] =>
  Array.from({ length: Math.min(n, most) }, (_, i) => (n <= most ? i : Math.floor((i * n) / most)))

const indexOf = (shape: readonly number[], at: number): number[] => {
  let rest = at
  return shape
    .toReversed()
    .map((d) => {
      const i = rest % d
      rest = Math.floor(rest / d)
      return i
    })
    .toReversed()
}

const dotOf = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, v, i) => (v === 0 ? sum : sum + v * b[i]!), 0)

/** Compares the claims of a program's rules with differences, slope by slope. */
export const compareSlopes = (
  subject: Subject,
  reference: Reference,
  { order, modes, tolerance, entries, seed, precision, brief = false }: SlopeOptions,
): SlopeFindings => {
  const { leaves, inputs } = subject
  const us = modes.includes('reverse') ? cotangentsOf(subject, seed) : []
  const claims = claimsAt(subject, inputs, us, precision)
  // The same at points some units in the last place away: what changes is rounding.
  const others = [1.3, 2.9].map((phase) =>
    claimsAt(subject, jittered(subject, precision, phase + seed), us, precision),
  )
  if (precision === 'float32') others.push(claimsAt(subject, inputs, us, 'float64'))
  const unit = 8 * (precision === 'float32' ? 2 ** -23 : 2 ** -52)
  const { y } = reference.base
  const sizes = y.map(Math.abs)

  /** Compares one slope with what the rules claim, by all cotangents and results. */
  const compareOne = (
    k: number,
    direction: Float64Array,
    scale: number,
    slopes: readonly Slope[],
  ): Comparison[] => {
    const step = slopes.reduce((least, s) => (s.step > 0 ? Math.min(least, s.step) : least), scale)
    const place = { order, path: leaves[k]!.path }
    const worst = (found: Comparison[]): Comparison[] =>
      found.length === 0
        ? []
        : [
            found.reduce((a, b) => {
              const [i, j] = [RANK.indexOf(a.agrees), RANK.indexOf(b.agrees)]
              return j > i || (j === i && errorOf(b) > errorOf(a)) ? b : a
            }),
          ]
    const comparison = (
      mode: Mode,
      kink: boolean,
      claimed: number,
      claimedError: number,
      value: number,
      referenceError: number,
      natural: number,
      sides: readonly [number, number],
    ): Comparison => {
      const pair = { claimed, claimedError, reference: value, referenceError }
      const { agrees, scale: size } = comparePair({ ...pair, natural }, tolerance)
      // On a kink the two sides may have one slope; a claim that is another one is no mistake.
      const said = agrees === 'agree' || agrees === 'not finite' || !kink ? agrees : 'kink'
      return {
        ...place,
        mode,
        ...pair,
        witness: 'differences',
        step,
        scale: size,
        agrees: said,
        ...(said === 'kink' ? { sides } : {}),
      }
    }
    const onKink = slopes.some((s) => s.atKink)
    const byPullback = us.map(({ flat, single }, j): Comparison => {
      // The slope of a lone number is told in its own units, not those of its cotangent.
      const u = single ?? 1
      const of = (all: typeof claims): number => dotOf(all.gradients[j]![k]!, direction) / u
      const c = of(claims)
      const around =
        dotOf(claims.gradients[j]![k]!.map(Math.abs), direction.map(Math.abs)) / Math.abs(u)
      const doubt = largest(others.map((o) => Math.abs(of(o) - c)))
      const total = (f: (s: Slope, o: number) => number): number =>
        slopes.reduce((sum, s, o) => (flat[o] === 0 ? sum : sum + (flat[o]! / u) * f(s, o)), 0)
      const size = (f: (s: Slope, o: number) => number): number =>
        total((s, o) => Math.sign(flat[o]! / u) * f(s, o))
      const leaf = claims.gradients[j]![k]!.reduce((a, b) => Math.max(a, Math.abs(b / u)), 0)
      const natural = Math.max(size((_, o) => sizes[o]!) / scale, leaf)
      return comparison(
        'reverse',
        onKink,
        c,
        2 * doubt + unit * (around + natural),
        total((s) => s.value),
        size((s) => s.error),
        natural,
        [total((s) => s.behind), total((s) => s.ahead)],
      )
    })
    const byPush = (): Comparison[] => {
      const c = claims.pushed(k, direction)
      const byDoubt = (doubt: (o: number) => number): Comparison[] =>
        slopes.map((s, o) => {
          // Terms of the size of the value may have cancelled.
          const natural = sizes[o]! / scale
          const error = 2 * doubt(o) + unit * (Math.abs(c[o]!) + natural)
          const two = [s.behind, s.ahead] as const
          return comparison('forward', s.atKink, c[o]!, error, s.value, s.error, natural, two)
        })
      // Rounding is measured only where it matters.
      const strict = byDoubt(() => 0)
      if (strict.every(({ agrees }) => agrees === 'agree')) return strict
      const around = others.map((o) => o.pushed(k, direction))
      return byDoubt((o) => largest(around.map((a) => Math.abs(a[o]! - c[o]!))))
    }
    return [...worst(byPullback), ...(modes.includes('forward') ? worst(byPush()) : [])]
  }

  const goal = 1e-3 * tolerance
  const compareAlong = (k: number, direction: Float64Array, scale: number): Comparison[] => {
    const by = (ladder: Ladder) => slopesAlong(reference, k, direction, scale, goal, ladder)
    const quick = by(LADDER)
    const found = compareOne(k, direction, scale, quick)
    if (found.every(({ agrees }) => agrees === 'agree')) return found
    const sure = joined(quick, by(OTHER_LADDER))
    const surely = compareOne(k, direction, scale, sure)
    if (!surely.some(({ agrees }) => agrees === 'disagree')) return surely
    return compareOne(k, direction, scale, contradicted(sure, by(FINE_LADDER)))
  }
  const comparisons: Comparison[] = []
  let compared = 0
  for (const [k, { value }] of leaves.entries()) {
    if (value.size === 0) continue
    if (brief && comparisons.some(({ agrees }) => agrees === 'disagree')) break
    const scales = scalesOf(value)
    const signs = irregular(value.size, k + 0.17 * seed)
    const along = scales.map((s, i) => s * signs[i]!)
    const found = [
      ...spreadIndices(value.size, entries).flatMap((i) => {
        const unitVector = new Float64Array(value.size).fill(1, i, i + 1)
        return compareAlong(k, unitVector, scales[i]!).map((c) => ({
          ...c,
          index: indexOf(value.shape, i),
        }))
      }),
      ...compareAlong(k, along, 1).map((c) => ({ ...c, direction: like(value, along) })),
    ]
    for (const comparison of found) comparisons.push(comparison)
    compared += Math.min(value.size, entries) + 1
  }
  return { compared, comparisons }
}

/** The disagreement of a comparison relative to its scale. */
export const errorOf = ({ claimed, reference, scale }: Comparison): number =>
  claimed === reference ? 0 : Math.abs(claimed - reference) / scale
