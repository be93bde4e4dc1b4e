import {
  type Format,
  hostFunctions,
  type LaneCode,
  type LaneOp,
  type Node,
  type ShiftOp,
} from './lanes/index.ts'

// Lane code runs on plain numbers, as one lane of vector instructions does, to the last bit.

/** Rounds to the nearest whole number, ties to even: beyond 2⁵² all numbers are whole. */
const nearest = (x: number): number => {
  const a = Math.abs(x)
  if (!(a < 2 ** 52)) return x
  const whole = a + 2 ** 52 - 2 ** 52
  return x < 0 || Object.is(x, -0) ? -whole : whole
}

/**
 * An operation works on numbers (and gives a number or a mask), on 32-bit words, or on integers.
 */
type Operation =
  | { readonly on: 'numbers'; readonly f: (x: number, y: number, z: number) => number }
  | { readonly on: 'comparison'; readonly f: (x: number, y: number) => boolean }
  | { readonly on: 'words'; readonly f: (x: number, y: number, z: number) => number }
  | { readonly on: 'integers'; readonly f: (x: bigint, y: bigint) => bigint }

// Rounding a float64 result once more to float32 gives the float32 result, for all of these.
const operations: Readonly<Record<LaneOp, Operation>> = {
  add: { on: 'numbers', f: (x, y) => x + y },
  sub: { on: 'numbers', f: (x, y) => x - y },
  mul: { on: 'numbers', f: (x, y) => x * y },
  div: { on: 'numbers', f: (x, y) => x / y },
  min: { on: 'numbers', f: Math.min },
  max: { on: 'numbers', f: Math.max },
  sqrt: { on: 'numbers', f: Math.sqrt },
  neg: { on: 'numbers', f: (x) => -x },
  abs: { on: 'numbers', f: Math.abs },
  nearest: { on: 'numbers', f: nearest },
  floor: { on: 'numbers', f: Math.floor },
  lt: { on: 'comparison', f: (x, y) => x < y },
  le: { on: 'comparison', f: (x, y) => x <= y },
  eq: { on: 'comparison', f: (x, y) => x === y },
  select: { on: 'words', f: (mask, x, y) => (mask & x) | (~mask & y) },
  and: { on: 'words', f: (x, y) => x & y },
  or: { on: 'words', f: (x, y) => x | y },
  xor: { on: 'words', f: (x, y) => x ^ y },
  andnot: { on: 'words', f: (x, y) => x & ~y },
  iadd: { on: 'integers', f: (x, y) => x + y },
  isub: { on: 'integers', f: (x, y) => x - y },
  atMost: { on: 'numbers', f: (x, y) => (y < x ? y : x) },
  atLeast: { on: 'numbers', f: (x, y) => (x < y ? y : x) },
  addProduct: { on: 'numbers', f: (x, y, z) => x * y + z },
  subProduct: { on: 'numbers', f: (x, y, z) => z - x * y },
}

const shifts: Readonly<Record<ShiftOp, (x: bigint, by: bigint, width: number) => bigint>> = {
  shl: (x, by) => x << by,
  shr: (x, by, width) => BigInt.asUintN(width, x) >> by,
  sar: (x, by) => x >> by,
}

/**
 * Makes memory of one lane per node, seen as numbers, as 32-bit words and as integers of its width.
 */
const slotsFor = (format: Format, count: number) => {
  const width = format === 'f64' ? 64 : 32
  const numbers = format === 'f64' ? new Float64Array(count) : new Float32Array(count)
  const words = new Int32Array(numbers.buffer)
  const integers = format === 'f64' ? new BigInt64Array(numbers.buffer) : undefined
  return {
    width,
    numbers,
    words,
    integer: (i: number): bigint => integers?.[i] ?? BigInt(words[i]!),
    setInteger: (i: number, value: bigint): void => {
      if (integers === undefined) words[i] = Number(BigInt.asIntN(32, value))
      else integers[i] = value
    },
  }
}
type Slots = ReturnType<typeof slotsFor>

/**
 * Makes the step that fills slot i from the slots of the node's arguments. Constants have no step.
 */
const stepOf = (slots: Slots, node: Node, i: number): (() => void) | undefined => {
  if (!('args' in node)) return undefined
  const { width, numbers, words, integer, setInteger } = slots
  const [a, b = a, c = a] = node.args as readonly [number, number?, number?]
  if (node.op === 'call') {
    const f = hostFunctions[node.name]
    return () => {
      numbers[i] = f(numbers[a]!, numbers[b]!)
    }
  }
  if (node.op === 'shl' || node.op === 'shr' || node.op === 'sar') {
    const [f, by] = [shifts[node.op], BigInt(node.by)]
    return () => setInteger(i, f(integer(a), by, width))
  }
  const operation = operations[node.op]
  const perLane = width / 32
  switch (operation.on) {
    case 'numbers':
      return () => {
        numbers[i] = operation.f(numbers[a]!, numbers[b]!, numbers[c]!)
      }
    case 'comparison':
      return () => {
        words.fill(operation.f(numbers[a]!, numbers[b]!) ? -1 : 0, i * perLane, (i + 1) * perLane)
      }
    case 'words':
      return () => {
        for (let w = 0; w < perLane; w += 1)
          words[i * perLane + w] = operation.f(
            words[a * perLane + w]!,
            words[b * perLane + w]!,
            words[c * perLane + w]!,
          )
      }
    case 'integers':
      return () => setInteger(i, operation.f(integer(a), integer(b)))
  }
}

/**
 * Makes a function of numbers of lane code. It computes exactly what vector instructions compute on
 * one lane; only the payload of a NaN may differ. Inputs are rounded to the format.
 */
export const laneByLane = (code: LaneCode): ((...inputs: readonly number[]) => number[]) => {
  const slots = slotsFor(code.format, code.nodes.length)
  const inputs: { readonly slot: number; readonly index: number }[] = []
  code.nodes.forEach((node, slot) => {
    if (node.op === 'input') inputs.push({ slot, index: node.index })
    else if (node.op === 'constant') slots.numbers[slot] = node.value
    else if (node.op === 'bits') slots.setInteger(slot, node.value)
  })
  const steps = code.nodes.flatMap((node, i) => stepOf(slots, node, i) ?? [])
  return (...values) => {
    for (const { slot, index } of inputs) slots.numbers[slot] = values[index]!
    for (const step of steps) step()
    return code.outputs.map((o) => slots.numbers[o]!)
  }
}
