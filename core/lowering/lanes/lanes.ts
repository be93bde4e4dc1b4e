import { fail } from '../../values/index.ts'

// Straight-line code on lanes: every node is one number in each lane of a vector, made from
// earlier nodes. Elementary functions and fused elementwise chains are written in it once; the
// emitter turns it into SIMD instructions, `laneByLane` into plain numbers.

/** Lane formats: width of a number, its exponent and mantissa. */
export type Format = 'f64' | 'f32'

/** Bytes of a number. */
export const WIDTH: Readonly<Record<Format, number>> = { f64: 8, f32: 4 }

/**
 * Operations on floating-point numbers; those on bits see a lane as an integer of its width.
 * Comparisons give a mask, all bits set or none, which only `select` and the bit operations read.
 */
export type LaneOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'min'
  | 'max'
  | 'sqrt'
  | 'neg'
  | 'abs'
  /** To the nearest whole number, ties to even. */
  | 'nearest'
  | 'floor'
  | 'lt'
  | 'le'
  | 'eq'
  /** mask, a, b → a where the mask is set, else b */
  | 'select'
  | 'and'
  | 'or'
  | 'xor'
  /** a & ~b */
  | 'andnot'
  /** Integer addition and subtraction on bits. */
  | 'iadd'
  | 'isub'
  /** a, b → b < a ? b : a; NaN of a stays. */
  | 'pmin'
  /** a, b → a < b ? b : a */
  | 'pmax'
  /** a, b, c → a b + c and −a b + c, rounded once or twice. */
  | 'madd'
  | 'nmadd'

/** Shifts by a fixed number of bits; `shr` fills with zeros, `sar` with the sign. */
export type ShiftOp = 'shl' | 'shr' | 'sar'

/** Functions that no instruction computes and nobody wrote in lanes: called lane by lane. */
export type CalledFunction =
  | 'atan2'
  | 'power'
  | 'log1p'
  | 'expm1'
  | 'erf'
  | 'sin'
  | 'cos'
  | 'log'
  | 'exp'
  | 'tanh'

export type Node =
  | { readonly op: 'input'; readonly index: number }
  /** The same number in every lane. */
  | { readonly op: 'constant'; readonly value: number }
  /** The same bits in every lane. */
  | { readonly op: 'bits'; readonly value: bigint }
  | { readonly op: LaneOp; readonly args: readonly number[] }
  | { readonly op: ShiftOp; readonly args: readonly number[]; readonly by: number }
  | { readonly op: 'call'; readonly name: CalledFunction; readonly args: readonly number[] }

/** Nodes in the order of definition; arguments are indices of earlier nodes. */
export interface LaneCode {
  readonly format: Format
  readonly nodes: readonly Node[]
  readonly outputs: readonly number[]
}

/** A node under construction: its index. */
export type Lane = number

/** Writes nodes; an equal node is written once. */
export interface LaneBuilder {
  readonly format: Format
  readonly input: (index: number) => Lane
  readonly constant: (value: number) => Lane
  readonly bits: (value: bigint) => Lane
  readonly apply: (op: LaneOp, ...args: readonly Lane[]) => Lane
  readonly shift: (op: ShiftOp, x: Lane, by: number) => Lane
  readonly call: (name: CalledFunction, ...args: readonly Lane[]) => Lane
}

/** Equal for equal nodes only; −0 is not 0. */
const keyOf = (node: Node): string => {
  switch (node.op) {
    case 'input':
      return `input ${node.index}`
    case 'constant':
      return `constant ${Object.is(node.value, -0) ? '-0' : node.value}`
    case 'bits':
      return `bits ${node.value}`
    case 'call':
      return `call ${node.name} ${node.args.join(' ')}`
    case 'shl':
    case 'shr':
    case 'sar':
      return `${node.op} ${node.by} ${node.args[0]}`
    default:
      return `${node.op} ${node.args.join(' ')}`
  }
}

/** The code that `write` writes, its results as outputs; nodes no output needs are left out. */
export const laneCode = (
  format: Format,
  write: (builder: LaneBuilder) => readonly Lane[],
): LaneCode => {
  const nodes: Node[] = []
  const known = new Map<string, Lane>()
  const add = (node: Node): Lane => {
    const key = keyOf(node)
    const old = known.get(key)
    if (old !== undefined) return old
    nodes.push(node)
    known.set(key, nodes.length - 1)
    return nodes.length - 1
  }
  const outputs = write({
    format,
    input: (index) => add({ op: 'input', index }),
    constant: (value) =>
      add({ op: 'constant', value: format === 'f32' ? Math.fround(value) : value }),
    bits: (value) => add({ op: 'bits', value }),
    apply: (op, ...args) => add({ op, args }),
    shift: (op, x, by) => add({ op, args: [x], by }),
    call: (name, ...args) => add({ op: 'call', name, args }),
  })
  return prunedCode({ format, nodes, outputs })
}

export const argsOf = (node: Node): readonly number[] => ('args' in node ? node.args : [])

const prunedCode = ({ format, nodes, outputs }: LaneCode): LaneCode => {
  const needed = new Set(outputs)
  for (let i = nodes.length - 1; i >= 0; i -= 1)
    if (needed.has(i)) for (const a of argsOf(nodes[i]!)) needed.add(a)
  const place = new Map<number, number>()
  const kept: Node[] = []
  nodes.forEach((node, i) => {
    if (!needed.has(i)) return
    place.set(i, kept.length)
    kept.push('args' in node ? { ...node, args: node.args.map((a) => place.get(a)!) } : node)
  })
  return { format, nodes: kept, outputs: outputs.map((o) => place.get(o)!) }
}

/** Why the code is not well formed: an argument that comes later, or does not exist. */
export const checkLaneCode = ({ nodes, outputs }: LaneCode): void => {
  const bad = nodes.findIndex((node, i) => argsOf(node).some((a) => !(a >= 0 && a < i)))
  if (bad >= 0 || outputs.some((o) => !(o >= 0 && o < nodes.length)))
    fail({
      kind: 'TraceError',
      where: 'lane code',
      what: `node ${bad < 0 ? 'of an output' : bad} reads a node that is not defined before it.`,
    })
}
