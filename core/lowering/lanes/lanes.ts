import { fail } from '../../values/index.ts'

// Straight-line code: every node is one number of each sample, made from earlier nodes. Programs
// are written in plain code, which every target compiles. Elementary functions are written in lane
// code, which also sees the bits of a number: targets that have such instructions take them from
// here. A lane is the place of one sample in a vector.

/** The format of a number says its width, exponent and mantissa. */
export type Format = 'f64' | 'f32'

/** A number of each format has so many bytes. */
export const WIDTH: Readonly<Record<Format, number>> = { f64: 8, f32: 4 }

/**
 * Programs are made of these operations on real numbers. A target has to know them and the called
 * functions, and nothing else. Comparisons give a mask, which only `select` reads.
 */
export type PlainOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'min'
  | 'max'
  | 'sqrt'
  | 'neg'
  | 'abs'
  | 'lt'
  | 'le'
  | 'eq'
  /** mask, a, b → a where the mask is set, else b */
  | 'select'

/**
 * Lane code has these operations. Those on bits see a lane as an integer of its width, and a mask
 * has all bits set or none. The last four are pairs of operations that many machines do in one.
 */
export type LaneOp =
  | PlainOp
  /** `nearest` rounds to the nearest whole number, ties to even. */
  | 'nearest'
  | 'floor'
  | 'and'
  | 'or'
  | 'xor'
  /** a & ~b */
  | 'andnot'
  /** These add and subtract bits as integers. */
  | 'iadd'
  | 'isub'
  /** a, b → b < a ? b : a; NaN of a stays. */
  | 'atMost'
  /** a, b → a < b ? b : a; NaN of a stays. */
  | 'atLeast'
  /** a, b, c → a b + c, rounded once or twice. */
  | 'addProduct'
  /** a, b, c → c − a b, rounded once or twice. */
  | 'subProduct'

/** Shifts are by a fixed number of bits; `shr` fills with zeros, `sar` with the sign. */
export type ShiftOp = 'shl' | 'shr' | 'sar'

/** Programs call these elementary functions by name. */
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

/** A step of plain code is an input, a number, an operation or a call. */
export type PlainNode =
  | { readonly op: 'input'; readonly index: number }
  /** A constant is the same number in every lane. */
  | { readonly op: 'constant'; readonly value: number }
  | { readonly op: PlainOp; readonly args: readonly number[] }
  | { readonly op: 'call'; readonly name: CalledFunction; readonly args: readonly number[] }

/** A step of lane code may also look at bits. */
export type Node =
  | PlainNode
  /** Every lane has these bits. */
  | { readonly op: 'bits'; readonly value: bigint }
  | { readonly op: LaneOp; readonly args: readonly number[] }
  | { readonly op: ShiftOp; readonly args: readonly number[]; readonly by: number }

/** Nodes stand in the order of definition; arguments are indices of earlier nodes. */
export interface Code<N extends Node> {
  readonly nodes: readonly N[]
  readonly outputs: readonly number[]
}

/** A program's code knows neither a format nor bits. */
export type PlainCode = Code<PlainNode>

/** Lane code is for one format, in which its constants are rounded already. */
export interface LaneCode extends Code<Node> {
  readonly format: Format
}

/** A lane is a node under construction, named by its index. */
export type Lane = number

/** This builder writes plain code. It writes an equal node only once. */
export interface PlainBuilder {
  readonly input: (index: number) => Lane
  readonly constant: (value: number) => Lane
  readonly apply: (op: PlainOp, ...args: readonly Lane[]) => Lane
  readonly call: (name: CalledFunction, ...args: readonly Lane[]) => Lane
}

/** This builder writes lane code of one format. */
export interface LaneBuilder extends PlainBuilder {
  readonly format: Format
  readonly bits: (value: bigint) => Lane
  readonly apply: (op: LaneOp, ...args: readonly Lane[]) => Lane
  readonly shift: (op: ShiftOp, x: Lane, by: number) => Lane
}

/** The key is equal for equal nodes only; −0 is not 0. */
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

/**
 * Collects the nodes that `write` adds, each once, and its results; what no result needs is left
 * out.
 */
const recorded = <N extends Node>(write: (add: (node: N) => Lane) => readonly Lane[]): Code<N> => {
  const nodes: N[] = []
  const known = new Map<string, Lane>()
  const outputs = write((node) => {
    const key = keyOf(node)
    const old = known.get(key)
    if (old !== undefined) return old
    nodes.push(node)
    known.set(key, nodes.length - 1)
    return nodes.length - 1
  })
  return prunedCode({ nodes, outputs })
}

const plainBuilder = (add: (node: PlainNode) => Lane): PlainBuilder => ({
  input: (index) => add({ op: 'input', index }),
  constant: (value) => add({ op: 'constant', value }),
  apply: (op, ...args) => add({ op, args }),
  call: (name, ...args) => add({ op: 'call', name, args }),
})

/** Makes plain code: the results of `write` are its outputs. */
export const plainCode = (write: (builder: PlainBuilder) => readonly Lane[]): PlainCode =>
  recorded<PlainNode>((add) => write(plainBuilder(add)))

/** Makes lane code: the results of `write` are its outputs. */
export const laneCode = (
  format: Format,
  write: (builder: LaneBuilder) => readonly Lane[],
): LaneCode => ({
  format,
  ...recorded<Node>((add) =>
    write({
      ...plainBuilder(add),
      format,
      constant: (value) =>
        add({ op: 'constant', value: format === 'f32' ? Math.fround(value) : value }),
      bits: (value) => add({ op: 'bits', value }),
      apply: (op, ...args) => add({ op, args }),
      shift: (op, x, by) => add({ op, args: [x], by }),
    }),
  ),
})

export const argsOf = (node: Node): readonly number[] => ('args' in node ? node.args : [])

/** Removes the nodes that no output needs. */
export const prunedCode = <N extends Node>({ nodes, outputs }: Code<N>): Code<N> => {
  const needed = new Set(outputs)
  for (let i = nodes.length - 1; i >= 0; i -= 1)
    if (needed.has(i)) for (const a of argsOf(nodes[i]!)) needed.add(a)
  const place = new Map<number, number>()
  const kept: N[] = []
  nodes.forEach((node, i) => {
    if (!needed.has(i)) return
    place.set(i, kept.length)
    kept.push('args' in node ? { ...node, args: node.args.map((a) => place.get(a)!) } : node)
  })
  return { nodes: kept, outputs: outputs.map((o) => place.get(o)!) }
}

/** Throws where an argument comes later than its reader, or does not exist. */
export const checkLaneCode = ({ nodes, outputs }: Code<Node>): void => {
  const bad = nodes.findIndex((node, i) => argsOf(node).some((a) => !(a >= 0 && a < i)))
  if (bad >= 0 || outputs.some((o) => !(o >= 0 && o < nodes.length)))
    fail(
      'TraceError',
      'lane code',
      `node ${bad < 0 ? 'of an output' : bad} reads a node that is not defined before it.`,
    )
}
