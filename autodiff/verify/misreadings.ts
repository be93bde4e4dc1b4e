import {
  axesOf,
  bind,
  type Concrete,
  mul,
  sameShape,
  sub,
  type Tensor,
  zerosLike,
} from '../../core/index.ts'
import { barOf, type Chapter, type Evidence, exchanged, pairsOfAxes, runAgain } from './evidence.ts'

// Mistakes of a rule that reads one thing where it should read another. The rule is run again with
// the two exchanged: when its answer is then right, this was the mistake.

/** Returns operands of which those that `change` knows are replaced. */
const withOperands = (
  { xs }: Evidence,
  change: (x: Concrete, k: number) => Concrete,
): readonly Concrete[] => xs.map(change)

const equalAxes = (x: Concrete): (readonly [number, number])[] =>
  pairsOfAxes(x.shape.length).filter(([a, b]) => x.shape[a] === x.shape[b])

/** Exchanges two axes wherever a tensor has both. */
const turned = (x: Concrete, a: number, b: number): Concrete =>
  b < x.shape.length ? exchanged(x, a, b) : x

/** Returns every pair of operands of one shape. */
const pairsOfOperands = ({ xs }: Evidence): (readonly [number, number])[] =>
  pairsOfAxes(xs.length).filter(([i, j]) => sameShape(xs[i]!.shape, xs[j]!.shape))

/** Returns f at the cotangent, less f at zero: the function itself, where it is linear. */
const applied = ({ primitive, params, xs, yBar, operand }: Evidence): Concrete | undefined => {
  if (primitive === undefined || params === undefined) return undefined
  if (!sameShape(yBar.shape, xs[operand]!.shape)) return undefined
  const at = (x: Tensor): Tensor =>
    bind(
      primitive,
      params as never,
      xs.map((other, k) => (k === operand ? x : other)),
    )
  return sub(at(yBar), at(zerosLike(yBar))) as Concrete
}

export const misreadings: readonly Chapter[] = [
  {
    kind: 'transposed',
    suspicions: (e) => [
      ...e.xs.flatMap((x, j) =>
        equalAxes(x).map(([a, b]) => ({
          left: runAgain(e, {
            xs: withOperands(e, (other, k) => (k === j ? exchanged(other, a, b) : other)),
          }),
          right: e.expected,
          words: `would be right with operand ${j + 1} transposed (axes ${a} and ${b} exchanged)`,
        })),
      ),
      ...equalAxes(e.yBar).map(([a, b]) => ({
        left: runAgain(e, { yBar: exchanged(e.yBar, a, b) }),
        right: e.expected,
        words: `would be right with the ${barOf(e)} transposed (axes ${a} and ${b} exchanged)`,
      })),
      {
        right: applied(e),
        words: `applies the function itself to the ${barOf(e)}, where the transpose is due`,
      },
    ],
  },
  {
    kind: 'wrong axis',
    suspicions: (e) =>
      equalAxes(e.expected).map(([a, b]) => {
        const answer = runAgain(e, {
          yBar: turned(e.yBar, a, b),
          xs: withOperands(e, (x) => turned(x, a, b)),
          y: turned(e.y, a, b),
        })
        return {
          left: answer === undefined ? undefined : turned(answer, a, b),
          right: e.expected,
          words: `would be right for axis ${b} in place of axis ${a}: it uses the wrong axis`,
        }
      }),
  },
  {
    kind: 'cotangent twice',
    suspicions: (e) => [
      {
        left: runAgain(e, { yBar: mul(e.yBar, 2) as Concrete }),
        right: mul(e.obtained, 4) as Concrete,
        words: `grows with the square of the ${barOf(e)}: it must be linear in it`,
      },
    ],
  },
  {
    kind: 'x for y',
    suspicions: (e) =>
      axesOf(e.xs.length)
        .filter((j) => sameShape(e.xs[j]!.shape, e.y.shape))
        .map((j) => ({
          left: runAgain(e, { xs: withOperands(e, (x, k) => (k === j ? e.y : x)) }),
          right: e.expected,
          words: `reads operand ${j + 1} where the value y is meant`,
        })),
  },
  {
    kind: 'y for x',
    suspicions: (e) =>
      e.xs
        .filter((x) => sameShape(x.shape, e.y.shape))
        .map((x) => ({
          left: runAgain(e, { y: x }),
          right: e.expected,
          words: `reads the value y where operand ${e.xs.indexOf(x) + 1} is meant`,
        })),
  },
  {
    kind: 'other operand',
    suspicions: (e) => [
      ...axesOf(e.xs.length)
        .filter((j) => j !== e.operand)
        .map((j) => ({
          right: runAgain(e, { operand: j }),
          words: `gives the derivative by operand ${j + 1}, not by operand ${e.operand + 1}`,
        })),
      ...pairsOfOperands(e).map(([i, j]) => ({
        left: runAgain(e, {
          xs: withOperands(e, (x, k) => (k === i ? e.xs[j]! : k === j ? e.xs[i]! : x)),
        }),
        right: e.expected,
        words: `would be right with operands ${i + 1} and ${j + 1} exchanged`,
      })),
    ],
  },
]

/** The results are right, but in the order of other operands. */
export const wrongOrder: Chapter = {
  kind: 'other operand',
  suspicions: (e) =>
    axesOf(e.xs.length)
      .filter((j) => j !== e.operand)
      .map((j) => ({
        left: runAgain(e, { operand: j }),
        right: e.expected,
        words: `gives for operand ${j + 1} what belongs to operand ${e.operand + 1}: the results are in another order than the operands`,
      })),
}
