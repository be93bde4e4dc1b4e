import { axesOf, type Concrete, dataOf, type Shape, tensor } from '../../core/index.ts'
import { largest } from '../../core/values/index.ts'
import type { RuleRun } from './evidence.ts'
import { nameMistake } from './mistakes.ts'
import { type Numbers, shapeOfPlaces } from './plainNumbers.ts'
import type { Blamed, Comparison } from './verdict.ts'

// Which operands of a pullback of plain numbers are wrong, and what the mistake may be.

/** The accused is a wrong pullback, with its operands, value and first cotangent. */
export interface Accused {
  readonly name: string
  readonly x: Numbers
  readonly y: Numbers
  readonly yBar: Float64Array
  /** The numbers of the operands that were moved. */
  readonly moved: readonly number[]
  /** The comparisons of the first cotangent, one for each number that was moved. */
  readonly first: readonly Comparison[]
  readonly run: (x: ArrayLike<number>, y: ArrayLike<number>, yBar: ArrayLike<number>) => Numbers
}

/** Returns the operands that are wrong, with their cotangents, and what the mistake may be. */
export const blamedOperands = (
  { name, x, y, yBar, moved, first, run }: Accused,
  wrong: ReadonlySet<number>,
): readonly Blamed[] => {
  const operandOf = (i: number): number => Number(x.paths[i]![0])
  const placesOf = (k: number): readonly number[] =>
    axesOf(x.paths.length).filter((i) => operandOf(i) === k)
  const shapeOf = (k: number): Shape => shapeOfPlaces(placesOf(k).map((i) => x.paths[i]!.slice(1)))
  const operand = (numbers: Float64Array, k: number): Concrete =>
    tensor(
      Float64Array.from(placesOf(k), (i) => numbers[i]!),
      shapeOf(k),
    )
  const count = new Set(x.paths.map((path) => path[0])).size
  const xs = axesOf(count).map((k) => operand(x.values, k))
  const value = (numbers: Float64Array): Concrete => tensor(numbers, shapeOfPlaces(y.paths))
  const again: RuleRun = (bar, inputs, out, k) => {
    const all = Float64Array.from(inputs.flatMap((input) => [...dataOf(input)]))
    try {
      return operand(run(all, dataOf(out), dataOf(bar)).values, k)
    } catch {
      return undefined
    }
  }
  const whole = moved.length === x.values.length
  return [...wrong].map((k): Blamed => {
    const own = first.filter((_, m) => operandOf(moved[m]!) === k)
    const shape = whole ? shapeOf(k) : [own.length]
    const expected = tensor(
      Float64Array.from(own, ({ reference }) => reference),
      shape,
    )
    const obtained = tensor(
      Float64Array.from(own, ({ claimed }) => claimed),
      shape,
    )
    const error = largest(own.map((c) => c.referenceError)) / (largest(own.map(sizeOfSlope)) || 1)
    const evidence = { xs, y: value(y.values), yBar: value(yBar), operand: k, again, error }
    const mistake = whole ? nameMistake({ ...evidence, expected, obtained }) : undefined
    return {
      equation: 1,
      primitive: 'customVjp',
      name,
      rule: 'vjp',
      operand: k,
      expected,
      obtained,
      ...(mistake === undefined ? {} : { mistake }),
    }
  })
}

const sizeOfSlope = ({ reference }: Comparison): number => Math.abs(reference)
