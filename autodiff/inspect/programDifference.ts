import {
  axesOf,
  type Equation,
  type Program,
  runEquations,
  showShape,
  type Variable,
} from '../../core/index.ts'
import { handsOn, operationText } from '../../core/programs/index.ts'

// What differs between two programs, such as before and after a pass of the compiler. Values are
// equal when the same operations make them of the same inputs, whatever their names and order.

/** A change says what became of an equation. */
export type Change =
  /** Both programs compute its value. */
  | 'same'
  /** Both have the operation at this place, but its operands are other values. */
  | 'changed'
  | 'removed'
  | 'added'

/** An equation of one program, or a pair of both. */
export interface ChangedEquation {
  readonly change: Change
  /** The number of the equation in each program, from 0; undefined where it has none. */
  readonly before: number | undefined
  readonly after: number | undefined
}

export interface ProgramDifference {
  readonly before: Program
  readonly after: Program
  /** All equations of both programs, each once, in program order. */
  readonly equations: readonly ChangedEquation[]
  /** Tells whether outputs of the same place are the same values. */
  readonly sameOutputs: boolean
}

export interface DifferenceOptions {
  /** The names of the inputs of each program; inputs of one name are the same value. */
  readonly inputs?: readonly [readonly string[], readonly string[]]
}

/** Numbers texts: equal texts have equal numbers. */
const numbering = (): ((text: string) => number) => {
  const numbers = new Map<string, number>()
  return (text) => {
    const known = numbers.get(text) ?? numbers.size
    numbers.set(text, known)
    return known
  }
}

interface Keys {
  /** A number for the value of each variable. */
  readonly values: readonly number[]
  /** A number for each equation: its operation and the values of its operands. */
  readonly equations: readonly number[]
}

/** A view that changes nothing has the value of its operand, so that it can vanish alone. */
const keysOf = (
  program: Program,
  number: (text: string) => number,
  inputName: (v: Variable, k: number) => string,
): Keys => {
  const equations: number[] = []
  const inputs = program.inputs.map((v, k) => number(`input ${inputName(v, k)}`))
  const values = runEquations<number>(program, inputs, (eq, operands) => {
    const key = number(`${operationText(eq)} of ${operands}`)
    equations.push(key)
    return handsOn(eq) ? operands[0]! : key
  })
  return { values, equations }
}

type Pair = readonly [before: number, after: number]

/** Pairs equations of equal keys, the first with the first. */
const equalPairs = (before: readonly number[], after: readonly number[]): readonly Pair[] => {
  const waiting = new Map<number, number[]>()
  before.forEach((key, i) => {
    waiting.set(key, [...(waiting.get(key) ?? []), i])
  })
  return after.flatMap((key, j): Pair[] => {
    const i = waiting.get(key)?.shift()
    return i === undefined ? [] : [[i, j]]
  })
}

/** Larger tables than this are not filled: then nothing is called changed. */
const MOST_CELLS = 4e6

/** Returns the longest common subsequence of two lists of texts, as pairs of positions. */
const commonPairs = (a: readonly string[], b: readonly string[]): readonly Pair[] => {
  if (a.length * b.length > MOST_CELLS) return []
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  for (const i of axesOf(a.length).toReversed())
    for (const j of axesOf(b.length).toReversed())
      lengths[i * width + j] =
        a[i] === b[j]
          ? 1 + lengths[(i + 1) * width + j + 1]!
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
  const pairs: Pair[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    const [down, right] = [lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!]
    const equal = a[i] === b[j]
    if (equal) pairs.push([i, j])
    const [stepDown, stepRight] = equal ? [1, 1] : down >= right ? [1, 0] : [0, 1]
    i += stepDown
    j += stepRight
  }
  return pairs
}

/**
 * Returns what differs between two programs. Equal values are found from the inputs on; the rest is
 * aligned by operation and shape.
 *
 * Laws  a program has no difference to itself; every equation of both occurs once; exchanging the
 *       programs exchanges added and removed, and keeps the same and their number.
 */
export const programDifference = (
  before: Program,
  after: Program,
  { inputs }: DifferenceOptions = {},
): ProgramDifference => {
  const number = numbering()
  const keys = [before, after].map((program, side) =>
    keysOf(program, number, (v, k) => `${inputs?.[side]?.[k] ?? k}: ${showShape(v.shape)}`),
  ) as [Keys, Keys]
  const same = equalPairs(keys[0].equations, keys[1].equations)
  const rest = [before, after].map((program, side) => {
    const paired = new Set(same.map((pair) => pair[side]!))
    return axesOf(program.equations.length).filter((k) => !paired.has(k))
  }) as [number[], number[]]
  const text = (eq: Equation): string => `${operationText(eq)} ${showShape(eq.output.shape)}`
  const changed = commonPairs(
    rest[0].map((k) => text(before.equations[k]!)),
    rest[1].map((k) => text(after.equations[k]!)),
  ).map(([i, j]): Pair => [rest[0][i]!, rest[1][j]!])
  const partners = new Map<number, Pick<ChangedEquation, 'change'> & { before: number }>([
    ...same.map(([i, j]) => [j, { change: 'same' as Change, before: i }] as const),
    ...changed.map(([i, j]) => [j, { change: 'changed' as Change, before: i }] as const),
  ])
  const gone = new Set(axesOf(before.equations.length))
  for (const [i] of [...same, ...changed]) gone.delete(i)
  /** Takes the removed equations that stand before a position of the earlier program. */
  const removedUntil = (end: number): readonly ChangedEquation[] => {
    const found = [...gone].filter((i) => i < end)
    for (const i of found) gone.delete(i)
    return found.map((i) => ({ change: 'removed', before: i, after: undefined }))
  }
  // The removed equations of a gap come before the added ones.
  const nextPaired = after.equations.map(() => before.equations.length)
  for (const j of axesOf(after.equations.length).toReversed())
    nextPaired[j] = partners.get(j)?.before ?? nextPaired[j + 1] ?? before.equations.length
  const equations = after.equations.flatMap((_, j): readonly ChangedEquation[] => {
    const partner = partners.get(j)
    const own: ChangedEquation =
      partner === undefined
        ? { change: 'added', before: undefined, after: j }
        : { ...partner, after: j }
    return [...removedUntil(nextPaired[j]!), own]
  })
  const outputs = (program: Program, { values }: Keys): string =>
    String(program.outputs.map((v) => values[v.id]))
  return {
    before,
    after,
    equations: [...equations, ...removedUntil(before.equations.length)],
    sameOutputs: outputs(before, keys[0]) === outputs(after, keys[1]),
  }
}
