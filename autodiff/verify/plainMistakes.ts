import {
  abs,
  axesOf,
  broadcastInDim,
  broadcastTo,
  type Concrete,
  mul,
  neg,
  otherAxes,
  type PrimitiveName,
  reshape,
  sameShape,
  shapeOf,
  sign,
  slice,
  sum,
} from '../../core/index.ts'
import {
  barOf,
  type Chapter,
  type Evidence,
  exchanged,
  near,
  numbersOf,
  pairsOfAxes,
  runAgain,
} from './evidence.ts'

// Mistakes that the numbers alone give away: the wrong derivative is a simple function of the
// right one, of the operands, or of the cotangent.

const times = (a: Concrete, b: Concrete | number): Concrete => mul(a, b) as Concrete
/** Returns a tensor where it has this shape, so that it can stand in a product. */
const ofShape = (x: Concrete, like: Concrete): readonly Concrete[] =>
  sameShape(x.shape, like.shape)
    ? [x]
    : x.size === 1
      ? [
          broadcastTo(
            reshape(
              x,
              shapeOf(like).map(() => 1),
            ),
            shapeOf(like),
          ) as Concrete,
        ]
      : []

/** Every set of axes that may have been summed. */
export const setsOfAxes = (rank: number): readonly (readonly number[])[] =>
  axesOf(2 ** Math.min(rank, 5)).map((bits) => axesOf(rank).filter((a) => (bits >> a) & 1))

/** Returns the cotangent in the shape of the derivative: as it is, repeated, or summed. */
const passedThrough = ({ yBar, expected }: Evidence): readonly Concrete[] => {
  const [from, to] = [yBar.shape, expected.shape]
  if (yBar.size === expected.size) return [reshape(yBar, to) as Concrete]
  const repeated = setsOfAxes(to.length)
    .filter((axes) =>
      sameShape(
        otherAxes(to.length, axes).map((a) => to[a]!),
        from,
      ),
    )
    .map((axes) => broadcastInDim(yBar, to, otherAxes(to.length, axes)))
  const summed = setsOfAxes(from.length)
    .map((axes) => sum(yBar, axes))
    .filter((total) => (total as Concrete).size === expected.size)
    .map((total) => reshape(total, to))
  return [...repeated, ...summed] as Concrete[]
}

/** Returns what a sum over axes gives when it takes the first or last part of one axis only. */
const partsOf = (e: Evidence): readonly { right: Concrete; words: string }[] =>
  axesOf(e.yBar.shape.length).flatMap((axis) => {
    const shape = e.yBar.shape
    const part = (from: number): Concrete =>
      slice(
        e.yBar,
        shape.map((_, a) => (a === axis ? from : 0)),
        shape.map((n, a) => (a === axis ? from + 1 : n)),
      ) as Concrete
    if (!(shape[axis]! > 1)) return []
    return [
      { right: part(0), words: 'the first part' },
      { right: part(shape[axis]! - 1), words: 'the last part' },
    ].flatMap(({ right, words }) =>
      passedThrough({ ...e, yBar: right }).map((x) => ({ right: x, words })),
    )
  })

const FACTORS = [2, 1 / 2, 3, 1 / 3, 4, 1 / 4, -2, -1 / 2]
const FACTOR_WORDS: Readonly<Record<number, string>> = {
  2: 'gives twice the derivative: a factor 2 is too much',
  0.5: 'gives half the derivative: a factor 2 is missing',
}
const factorWords = (c: number): string =>
  FACTOR_WORDS[c] ??
  (Math.abs(c) > 1
    ? `gives ${c} times the derivative: a factor ${c} is too much`
    : `gives the derivative divided by ${Math.round(1 / c)}: this factor is missing`)

interface Count {
  readonly n: number
  readonly words: string
}
/** The numbers that a mean divides by, each once: lengths of axes and counts of entries. */
const countsOf = ({ xs, y, operand }: Evidence): readonly Count[] => {
  const x = xs[operand]!
  const all: Count[] = [
    ...x.shape.map((n, a) => ({ n, words: `the length of axis ${a} of the operand` })),
    ...y.shape.map((n, a) => ({ n, words: `the length of axis ${a} of the value` })),
    { n: x.size, words: 'the number of entries of the operand' },
    { n: y.size, words: 'the number of entries of the value' },
    { n: Math.max(x.size, y.size) / Math.min(x.size, y.size), words: 'the repeats of an entry' },
  ]
  return all.filter(
    ({ n }, i) => Number.isInteger(n) && n > 1 && all.findIndex((c) => c.n === n) === i,
  )
}

/** These primitives choose axes; the others have an operand that can be transposed. */
const WITH_AXES: readonly (PrimitiveName | undefined)[] = [
  'sum',
  'max',
  'broadcast',
  'slice',
  'pad',
  'concatenate',
  'gather',
  'scatterAdd',
]
const axesExchanged =
  (kind: 'transposed' | 'wrong axis'): Chapter['suspicions'] =>
  ({ primitive, expected }) =>
    WITH_AXES.includes(primitive) === (kind === 'wrong axis')
      ? pairsOfAxes(expected.shape.length).map(([a, b]) => ({
          right: exchanged(expected, a, b),
          words: `gives the derivative with axes ${a} and ${b} exchanged: ${
            kind === 'transposed' ? 'a transpose is missing or too much' : 'it uses the wrong axis'
          }`,
        }))
      : []

/** Values that a factor may stand for, in the user's words. */
export const factorsAt = (e: Evidence): readonly { v: Concrete; words: string }[] =>
  [
    ...e.xs.map((x, k) => ({ x, words: `operand ${k + 1}` })),
    { x: e.y, words: 'the value y' },
  ].flatMap(({ x, words }) => ofShape(x, e.expected).map((v) => ({ v, words })))

/** The simplest explanations, most specific first. */
export const plainMistakes: readonly Chapter[] = [
  {
    kind: 'zero',
    suspicions: (e) => [
      {
        holds: numbersOf(e.obtained).every((v) => v === 0),
        words: `gives zero everywhere: the ${barOf(e)} is lost`,
      },
    ],
  },
  {
    kind: 'sign',
    suspicions: ({ expected }) => [
      { right: neg(expected) as Concrete, words: 'gives the derivative with the wrong sign' },
    ],
  },
  {
    kind: 'factor',
    suspicions: (e) => [
      ...FACTORS.map((c) => ({ right: times(e.expected, c), words: factorWords(c), factor: c })),
      ...countsOf(e).flatMap(({ n, words }) => [
        {
          right: times(e.expected, n),
          words: `gives ${n} times the derivative, and ${n} is ${words}: a factor 1/${n} is missing`,
          factor: n,
        },
        {
          right: times(e.expected, 1 / n),
          words: `gives the derivative divided by ${n}, and ${n} is ${words}: it takes a mean where a sum is meant`,
          factor: 1 / n,
        },
      ]),
    ],
  },
  {
    kind: 'derivative missing',
    suspicions: (e) => {
      const words = `passes the ${barOf(e)} on as it is: the derivative of the function is missing`
      const same = passedThrough(e)
      if (same.some((x) => near(x, e.expected, e))) return []
      return [...same, ...same.map((x) => neg(x) as Concrete)].map((right) => ({ right, words }))
    },
  },
  {
    kind: 'forgotten sum',
    suspicions: (e) =>
      passedThrough(e).some((x) => near(x, e.expected, e))
        ? partsOf(e).map(({ right, words }) => ({
            right,
            words: `gives only ${words} of the ${barOf(e)}: the sum over the repeated axes is forgotten`,
          }))
        : [],
  },
  {
    kind: 'wrong axis',
    suspicions: (e) => {
      const same = passedThrough(e)
      const words = 'sums or repeats along the wrong axis'
      return same.some((x) => near(x, e.expected, e)) ? same.map((right) => ({ right, words })) : []
    },
  },
  { kind: 'transposed', suspicions: axesExchanged('transposed') },
  { kind: 'wrong axis', suspicions: axesExchanged('wrong axis') },
  {
    kind: 'cotangent ignored',
    suspicions: (e) => [
      {
        right: runAgain(e, { yBar: times(e.yBar, 2) }),
        words: `does not change when the ${barOf(e)} is doubled: the ${barOf(e)} is ignored`,
      },
      ...ofShape(e.yBar, e.expected).map((bar) => ({
        left: times(e.obtained, bar),
        right: e.expected,
        words: `gives the derivative alone: the ${barOf(e)} is ignored`,
      })),
    ],
  },
  {
    kind: 'cotangent twice',
    suspicions: (e) =>
      ofShape(e.yBar, e.expected).map((bar) => ({
        right: times(e.expected, bar),
        words: `multiplies by the ${barOf(e)} twice`,
      })),
  },
  {
    kind: 'absolute value',
    suspicions: ({ expected, xs, operand }) => [
      {
        right: abs(expected) as Concrete,
        words: 'gives the absolute value of the derivative: a sign is lost',
      },
      ...ofShape(xs[operand]!, expected).map((x) => ({
        right: times(expected, sign(x) as Concrete),
        words: 'has the wrong sign where the operand is negative',
      })),
    ],
  },
]

/** A factor of the chain rule stands once too few or once too often. */
export const wrongFactors: readonly Chapter[] = [
  {
    kind: 'factor missing',
    suspicions: (e) =>
      factorsAt(e).map(({ v, words }) => ({
        left: times(e.obtained, v),
        right: e.expected,
        words: `lacks a factor of the chain rule: ${words}`,
      })),
  },
  {
    kind: 'factor too much',
    suspicions: (e) =>
      factorsAt(e).map(({ v, words }) => ({
        right: times(e.expected, v),
        words: `multiplies once too often, by ${words}`,
      })),
  },
]

/** This one is believed last: the numbers of a forgotten sum can look like it. */
export const valueForDerivative: Chapter = {
  kind: 'value for derivative',
  suspicions: (e) =>
    ofShape(e.yBar, e.expected)
      .filter(() => sameShape(e.y.shape, e.expected.shape))
      .map((bar) => ({
        right: times(bar, e.y),
        words: `multiplies the ${barOf(e)} by the value of the function, not by its derivative`,
      })),
}
