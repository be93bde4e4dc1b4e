import { axesOf, type Concrete, type PrimitiveName, sameShape } from '../../core/index.ts'
import { largestSize, stridesOf } from '../../core/values/index.ts'
import {
  type Chapter,
  type Evidence,
  entries,
  largestKnown,
  nearNumbers,
  numbersOf,
  pairsOfAxes,
  scaleOf,
  wrongEntries,
} from './evidence.ts'
import { factorsAt } from './plainMistakes.ts'

// Mistakes that show in which entries are wrong, and in how the error varies along the axes.

/** Returns the position of entry i along an axis. */
const positionOf = (x: Concrete, axis: number): ((i: number) => number) => {
  const stride = stridesOf(x.shape)[axis]!
  return (i) => Math.floor(i / stride) % x.shape[axis]!
}

/** Returns the tensor moved along an axis: entry p is that from(p), or 0 where there is none. */
const moved = (x: Concrete, axis: number, from: (p: number, n: number) => number): Concrete => {
  const [numbers, stride, n] = [numbersOf(x), stridesOf(x.shape)[axis]!, x.shape[axis]!]
  const at = positionOf(x, axis)
  return entries(x, (i) => {
    const p = from(at(i), n)
    return p < 0 || p >= n ? 0 : numbers[i + (p - at(i)) * stride]!
  })
}

const indexOf = (x: Concrete, i: number): string =>
  `[${axesOf(x.shape.length)
    .map((a) => positionOf(x, a)(i))
    .join(', ')}]`

/** An error of the derivative, as it is or as a logarithm, and the value that it is a part of. */
interface Deviation {
  readonly error: Float64Array
  readonly of: Float64Array
  readonly words: string
}

/** Returns the logarithm of obtained / expected, where all these have one sign. */
const logRatio = (right: Float64Array, got: Float64Array): readonly Float64Array[] => {
  const ratios = got.map((v, i) => v / right[i]!)
  const clear = right.every((v) => Math.abs(v) > 1e-6 * largestSize(right))
  const side = Math.sign(ratios[0]!)
  return clear && ratios.every((r) => r * side > 0) ? [ratios.map((r) => Math.log(r * side))] : []
}

/** Returns the errors that may be simple along an axis: a term, a term times a value, a factor. */
const deviationsOf = (e: Evidence): readonly Deviation[] => {
  const [right, got] = [numbersOf(e.expected), numbersOf(e.obtained)]
  const error = got.map((v, i) => v - right[i]!)
  const ones = right.map(() => 1)
  return [
    { error, of: ones, words: 'a term' },
    ...factorsAt(e).map(({ v, words }) => ({
      error,
      of: numbersOf(v),
      words: `${words} times a term`,
    })),
    ...logRatio(right, got).map((log) => ({ error: log, of: ones, words: 'a factor' })),
  ]
}

/** Tells whether error / of is the same along an axis, where that says anything. */
const constantAlong = (x: Concrete, { error, of }: Deviation, axis: number): boolean => {
  const [stride, n] = [stridesOf(x.shape)[axis]!, x.shape[axis]!]
  if (x.size - x.size / n < 2) return false
  const at = positionOf(x, axis)
  const scale = largestSize(error)
  /** Returns the entry of the line through i whose `of` is largest. */
  const best = (i: number): number =>
    axesOf(n)
      .map((p) => i + (p - at(i)) * stride)
      .reduce((a, b) => (Math.abs(of[b]!) > Math.abs(of[a]!) ? b : a))
  return error.every((d, i) => {
    const b = best(i)
    return nearNumbers(d * of[b]!, error[b]! * of[i]!, scale * Math.abs(of[b]!))
  })
}

/** Tells whether error / of is a term that varies along one axis plus one that does on another. */
const additive = (x: Concrete, { error, of }: Deviation, a: number, b: number): boolean => {
  const [n, m] = [x.shape[a]!, x.shape[b]!]
  if ((n - 1) * (m - 1) < 2 || of.some((v) => Math.abs(v) < 1e-4 * largestSize(of))) return false
  const parts = error.map((d, i) => d / of[i]!)
  const [s, t] = [stridesOf(x.shape)[a]!, stridesOf(x.shape)[b]!]
  const [p, q] = [positionOf(x, a), positionOf(x, b)]
  const scale = largestSize(parts)
  return parts.every((d, i) => {
    const [row, column] = [i - p(i) * s, i - q(i) * t]
    return nearNumbers(d + parts[row - q(i) * t]!, parts[row]! + parts[column]!, scale)
  })
}

/** Only these choose among equal numbers; a function of the user may. */
const CHOOSING: readonly (PrimitiveName | undefined)[] = [
  'maximum',
  'minimum',
  'max',
  'customVjp',
  undefined,
]

/** Tells whether an entry ties with the same entry of another operand, or with a neighbour. */
const tied = ({ xs, operand }: Evidence, i: number): boolean => {
  const own = numbersOf(xs[operand]!)
  const others = xs.filter((x, k) => k !== operand && sameShape(x.shape, xs[operand]!.shape))
  return others.length > 0
    ? others.some((x) => numbersOf(x)[i] === own[i])
    : own.some((v, j) => j !== i && v === own[i])
}

const WHERE = ['first', 'last'] as const

export const patterns: readonly Chapter[] = [
  {
    kind: 'factor',
    suspicions: (e) => {
      const [right, got] = [numbersOf(e.expected), numbersOf(e.obtained)]
      const i = right.findIndex((v) => Math.abs(v) === largestKnown(right))
      const c = got[i]! / right[i]!
      const scale = scaleOf(e)
      const sizes = right.map((v) => Math.abs(v))
      const telling = sizes.some((v) => v > 1e-3 * scale && v < 0.99 * Math.abs(right[i]!))
      return [
        {
          holds:
            telling &&
            right.every((v, j) => Number.isNaN(v) || nearNumbers(c * v, got[j]!, scale, e.error)),
          words: `gives ${c.toPrecision(4)} times the derivative in every entry: a constant factor is wrong`,
          factor: c,
        },
      ]
    },
  },
  {
    kind: 'reversed',
    suspicions: ({ expected }) =>
      axesOf(expected.shape.length).map((axis) => ({
        right: moved(expected, axis, (p, n) => n - 1 - p),
        words: `gives the entries along axis ${axis} in reverse order`,
      })),
  },
  {
    kind: 'shifted',
    suspicions: ({ expected }) =>
      axesOf(expected.shape.length).flatMap((axis) =>
        [1, -1].flatMap((step) => [
          {
            right: moved(expected, axis, (p, n) => (p + step + n) % n),
            words: `gives the entries shifted by one along axis ${axis}: an index is off by one`,
          },
          {
            right: moved(expected, axis, (p) => p + step),
            words: `gives the entries shifted by one along axis ${axis}, and loses one: an index is off by one`,
          },
        ]),
      ),
  },
  {
    kind: 'ties',
    suspicions: (e) => {
      const wrong = wrongEntries(e)
      const all = axesOf(e.expected.size)
      return [
        {
          holds:
            CHOOSING.includes(e.primitive) &&
            e.expected.size === e.xs[e.operand]!.size &&
            wrong.every((i) => tied(e, i)) &&
            !all.every((i) => tied(e, i)),
          words: 'is wrong only where operands tie: each of two equal operands gets one half',
        },
      ]
    },
  },
  {
    kind: 'lost entries',
    suspicions: (e) => {
      const [wrong, got] = [wrongEntries(e), numbersOf(e.obtained)]
      return [
        {
          holds: wrong.length < e.expected.size && wrong.every((i) => got[i] === 0),
          words: `gives zero in ${wrong.length} of ${e.expected.size} entries, first at ${indexOf(e.expected, wrong[0]!)}; the rest is right`,
        },
      ]
    },
  },
  {
    kind: 'mask forgotten',
    suspicions: (e) => {
      const [wrong, right] = [wrongEntries(e), numbersOf(e.expected)]
      return [
        {
          holds: right.some((v) => v !== 0) && wrong.every((i) => right[i] === 0),
          words: `gives numbers where the derivative is zero, first at ${indexOf(e.expected, wrong[0]!)}; the rest is right: a condition is forgotten`,
        },
      ]
    },
  },
  {
    kind: 'one entry',
    suspicions: (e) => {
      const wrong = wrongEntries(e)
      return [
        {
          holds: wrong.length === 1 && e.expected.size > 2,
          words: `is wrong at ${indexOf(e.expected, wrong[0]!)} only`,
        },
      ]
    },
  },
  {
    kind: 'edge',
    suspicions: (e) => {
      const wrong = wrongEntries(e)
      return e.expected.shape.flatMap((n, axis) =>
        WHERE.map((where) => ({
          holds:
            n > 1 &&
            e.expected.size > 2 &&
            wrong.every((i) => positionOf(e.expected, axis)(i) === (where === 'first' ? 0 : n - 1)),
          words: `is wrong only at the ${where} position of axis ${axis}`,
        })),
      )
    },
  },
  {
    kind: 'constant added',
    suspicions: (e) => {
      const [right, got] = [numbersOf(e.expected), numbersOf(e.obtained)]
      const d = got.map((v, i) => v - right[i]!)
      return [
        {
          holds: d.length > 2 && d.every((v) => nearNumbers(v, d[0]!, scaleOf(e))),
          words: `adds ${d[0]!.toPrecision(4)} to every entry`,
        },
      ]
    },
  },
  {
    kind: 'forgotten sum',
    suspicions: (e) =>
      deviationsOf(e).flatMap((deviation) =>
        axesOf(e.expected.shape.length).map((axis) => ({
          holds: constantAlong(e.expected, deviation, axis),
          words: `is wrong by ${deviation.words} that is the same along axis ${axis}: a sum over this axis is forgotten or wrong`,
        })),
      ),
  },
  {
    kind: 'wrong axis',
    suspicions: (e) =>
      deviationsOf(e).flatMap((deviation) =>
        pairsOfAxes(e.expected.shape.length).map(([a, b]) => ({
          holds: additive(e.expected, deviation, a, b),
          words: `is wrong by ${deviation.words} of axis ${a} and one of axis ${b}: a sum runs over the wrong one of them`,
        })),
      ),
  },
]
