import {
  argsOf,
  type Code,
  type Format,
  functions,
  type Lane,
  type LaneBuilder,
  type LaneCode,
  laneCode,
  type Node,
  power,
} from './lanes/index.ts'

// Plain code becomes lane code of vector instructions: functions are replaced by their lane code,
// then pairs of operations are joined where one instruction computes both.

/** Returns the replacement of a node, given replaced arguments; undefined keeps the node. */
type Rewrite = (b: LaneBuilder, node: Node, args: readonly Lane[]) => Lane | undefined

const written = (b: LaneBuilder, node: Node, args: readonly Lane[]): Lane => {
  switch (node.op) {
    case 'input':
      return b.input(node.index)
    case 'constant':
      return b.constant(node.value)
    case 'bits':
      return b.bits(node.value)
    case 'call':
      return b.call(node.name, ...args)
    case 'shl':
    case 'shr':
    case 'sar':
      return b.shift(node.op, args[0]!, node.by)
    default:
      return b.apply(node.op, ...args)
  }
}

/** Rewrites code, node by node, as lane code of a format. */
export const rewriteNodes = (code: Code<Node>, format: Format, rewrite: Rewrite): LaneCode =>
  laneCode(format, (b) => {
    const place: Lane[] = []
    for (const node of code.nodes) {
      const args = argsOf(node).map((a) => place[a]!)
      place.push(rewrite(b, node, args) ?? written(b, node, args))
    }
    return code.outputs.map((o) => place[o]!)
  })

/**
 * Writes plain code as lane code of a format, with functions inlined. Calls that the functions make
 * themselves are rare, and stay calls.
 */
export const writtenOut = (code: Code<Node>, format: Format): LaneCode =>
  rewriteNodes(code, format, (b, node, args) => {
    if (node.op !== 'call') return undefined
    if (node.name !== 'power') return functions[node.name](b, args[0]!, args[1]!)
    const exponent = code.nodes[node.args[1]!]!
    if (exponent.op !== 'constant') return undefined
    return power(b, args[0]!, format === 'f32' ? Math.fround(exponent.value) : exponent.value)
  })

/** Counts how often each node is read. */
export const usesOf = ({ nodes, outputs }: Code<Node>): number[] => {
  const uses = nodes.map(() => 0)
  for (const node of nodes) for (const a of argsOf(node)) uses[a]! += 1
  for (const o of outputs) uses[o]! += 1
  return uses
}

/**
 * Joins operations that one instruction computes:
 *
 *   select(c < x, c, x) → atMost(x, c)        x + a b → addProduct(a, b, x)
 *   select(x < c, c, x) → atLeast(x, c)       x − a b → subProduct(a, b, x)
 *
 * The first two are joined where nothing else reads the mask. The others round once instead of
 * twice; they are joined where the target has them (`fused`) and every reader of a b is joined.
 */
export const combined = (code: LaneCode, fused: boolean): LaneCode => {
  const { nodes } = code
  const uses = usesOf(code)
  /** Reads a node as x ± a b; x − c is x + (−c). */
  const termsOf = (node: Node): { product: number; rest: number; minus: boolean } | undefined => {
    if (!fused || (node.op !== 'add' && node.op !== 'sub')) return undefined
    const [x, y] = node.args as [number, number]
    if (nodes[y]!.op === 'mul' && x !== y) return { product: y, rest: x, minus: node.op === 'sub' }
    const turns = node.op === 'add' || nodes[y]!.op === 'constant'
    if (nodes[x]!.op === 'mul' && turns) return { product: x, rest: y, minus: false }
    return undefined
  }
  const taken = nodes.map(() => 0)
  for (const node of nodes) {
    const terms = termsOf(node)
    if (terms !== undefined) taken[terms.product]! += 1
  }
  return laneCode(code.format, (b) => {
    const place: Lane[] = []
    const at = (i: number): Lane => place[i]!
    const sum = (node: Node): Lane | undefined => {
      const terms = termsOf(node)
      if (terms === undefined || taken[terms.product] !== uses[terms.product]) return undefined
      const [p, q] = argsOf(nodes[terms.product]!).map(at)
      const end = nodes[terms.rest]!
      const rest = node.op === 'sub' && !terms.minus && end.op === 'constant'
      return b.apply(
        terms.minus ? 'subProduct' : 'addProduct',
        p!,
        q!,
        rest ? b.constant(-end.value) : at(terms.rest),
      )
    }
    const clamp = (mask: number, c: number, x: number): Lane | undefined => {
      const test = nodes[mask]!
      if (test.op !== 'lt' || uses[mask] !== 1) return undefined
      if (test.args[0] === c && test.args[1] === x) return b.apply('atMost', at(x), at(c))
      if (test.args[0] === x && test.args[1] === c) return b.apply('atLeast', at(x), at(c))
      return undefined
    }
    for (const node of nodes) {
      const args = argsOf(node)
      const shorter = node.op === 'select' ? clamp(args[0]!, args[1]!, args[2]!) : sum(node)
      place.push(shorter ?? written(b, node, args.map(at)))
    }
    return code.outputs.map(at)
  })
}
