import {
  argsOf,
  functions,
  LAYOUT,
  type Lane,
  type LaneBuilder,
  type LaneCode,
  laneCode,
  type Node,
  power,
} from './lanes/index.ts'

// From lane code to code that machines have instructions for: functions written out, then pairs of
// operations that one instruction computes.

/** What replaces a node whose arguments are replaced already; undefined: it stays as it is. */
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

const rewritten = (code: LaneCode, rewrite: Rewrite): LaneCode =>
  laneCode(code.format, (b) => {
    const place: Lane[] = []
    for (const node of code.nodes) {
      const args = argsOf(node).map((a) => place[a]!)
      place.push(rewrite(b, node, args) ?? written(b, node, args))
    }
    return code.outputs.map((o) => place[o]!)
  })

/** Calls written out in lanes. Those that functions make themselves, rarely, stay calls. */
const withoutCalls = (code: LaneCode): LaneCode =>
  rewritten(code, (b, node, args) => {
    if (node.op !== 'call') return undefined
    if (node.name !== 'power') return functions[node.name](b, args[0]!, args[1]!)
    const exponent = code.nodes[node.args[1]!]!
    return exponent.op === 'constant' ? power(b, args[0]!, exponent.value) : undefined
  })

/**
 * Signs turned and cleared as bits. V8's own instructions for it make these bits anew each time,
 * and wrongly where Node 24 joins vectors of float64.
 */
const signsAsBits = (code: LaneCode): LaneCode =>
  rewritten(code, (b, node, args) => {
    if (node.op !== 'neg' && node.op !== 'abs') return undefined
    const sign = b.bits(1n << BigInt(LAYOUT[code.format].width - 1))
    return b.apply(node.op === 'neg' ? 'xor' : 'andnot', args[0]!, sign)
  })

/** Lane code without calls, nor anything else that has no instruction. */
export const writtenOut = (code: LaneCode): LaneCode => signsAsBits(withoutCalls(code))

/** How often each node is read. */
export const usesOf = ({ nodes, outputs }: LaneCode): number[] => {
  const uses = nodes.map(() => 0)
  for (const node of nodes) for (const a of argsOf(node)) uses[a]! += 1
  for (const o of outputs) uses[o]! += 1
  return uses
}

/**
 * Operations that one instruction computes:
 *
 *   select(c < x, c, x) → pmin(x, c)        x + a b → madd(a, b, x)
 *   select(x < c, c, x) → pmax(x, c)        x − a b → nmadd(a, b, x)
 *
 * The first two where nobody else reads the mask; the others, which round once instead of twice,
 * where the engine has them and every reader of a b takes it in.
 */
export const combined = (code: LaneCode, fused: boolean): LaneCode => {
  const { nodes } = code
  const uses = usesOf(code)
  /** x ± a b, the product second; x − c is x + (−c). */
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
        terms.minus ? 'nmadd' : 'madd',
        p!,
        q!,
        rest ? b.constant(-end.value) : at(terms.rest),
      )
    }
    const clamp = (mask: number, c: number, x: number): Lane | undefined => {
      const test = nodes[mask]!
      if (test.op !== 'lt' || uses[mask] !== 1) return undefined
      if (test.args[0] === c && test.args[1] === x) return b.apply('pmin', at(x), at(c))
      if (test.args[0] === x && test.args[1] === c) return b.apply('pmax', at(x), at(c))
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
