import { argsOf, type PlainCode, type PlainNode, type PlainOp } from '../lowering/lanes/index.ts'
import { literal, type TabledConstant } from './source.ts'
import type { FunctionName } from './sourceFunctions.ts'

// Plain code as statements of a kernel's source, a constant for each node; numbers are float32.

/** A kernel's source refers to these things besides its own text. */
export interface Names {
  readonly tabled: TabledConstant
  /** Notes that a function is called. */
  readonly uses: (name: FunctionName) => void
}

/** Writes xⁿ by squaring, n ≥ 1. */
const product = (x: string, n: number): string => {
  if (n === 1) return x
  const half = product(x, Math.floor(n / 2))
  return n % 2 === 0 ? `(${half} * ${half})` : `(${half} * ${half} * ${x})`
}

/** Writes xᵖ: multiples of 1/2 up to ±8 by products and a root, others by a logarithm. */
const powerOf = (x: string, p: number, { uses }: Names): string => {
  if (p === 0) return '1'
  if ((2 * p) % 1 === 0 && Math.abs(p) <= 8) {
    const whole = Math.floor(Math.abs(p))
    const root = p % 1 === 0 ? [] : [`Math.sqrt(${x})`]
    const size = [...(whole > 0 ? [product(x, whole)] : []), ...root].join(' * ')
    return p > 0 ? `(${size})` : `(1 / (${size}))`
  }
  uses('powerOf')
  if (p % 1 === 0) return `powerOf(${x}, ${p}, ${p % 2 === 0 ? 1 : -1})`
  uses('log')
  return `Math.exp(${p} * logOf(${x}))`
}

const callOf = (
  node: Extract<PlainNode, { op: 'call' }>,
  args: readonly string[],
  nodes: readonly PlainNode[],
  names: Names,
): string => {
  if (node.name === 'exp') return `Math.exp(${args[0]})`
  if (node.name === 'power') {
    const exponent = nodes[node.args[1]!]!
    if (exponent.op !== 'constant') throw new Error('powers have fixed exponents')
    return powerOf(args[0]!, Math.fround(exponent.value), names)
  }
  names.uses(node.name)
  return `${node.name}Of(${args.join(', ')})`
}

/** Every operation has a text; comparisons stand only where `select` reads them. */
const operations: Readonly<Record<PlainOp, (x: string, y: string, z: string) => string>> = {
  add: (x, y) => `(${x} + ${y})`,
  sub: (x, y) => `(${x} - ${y})`,
  mul: (x, y) => `(${x} * ${y})`,
  div: (x, y) => `(${x} / ${y})`,
  min: (x, y) => `Math.min(${x}, ${y})`,
  max: (x, y) => `Math.max(${x}, ${y})`,
  sqrt: (x) => `Math.sqrt(${x})`,
  neg: (x) => `(-${x})`,
  abs: (x) => `Math.abs(${x})`,
  lt: (x, y) => `(${x} < ${y})`,
  le: (x, y) => `(${x} <= ${y})`,
  eq: (x, y) => `(${x} === ${y})`,
  select: (mask, x, y) => `(${mask} ? ${x} : ${y})`,
}
const masks: readonly string[] = ['lt', 'le', 'eq']

/** Counts how often each node is read; powers read theirs several times. */
const readsOf = ({ nodes, outputs }: PlainCode): number[] => {
  const counts = nodes.map(() => 0)
  for (const node of nodes)
    for (const a of argsOf(node)) counts[a]! += node.op === 'call' && node.name === 'power' ? 2 : 1
  for (const o of outputs) counts[o]! += 1
  return counts
}

/**
 * Writes statements, and the text of each output. `input` returns the text of an operand. A node
 * that is read once is written where it is read; only nodes that are read again get a name.
 */
export const laneStatements = (
  code: PlainCode,
  input: (index: number) => string,
  names: Names,
  prefix = 'n',
): { readonly statements: readonly string[]; readonly outputs: readonly string[] } => {
  const texts: string[] = []
  const statements: string[] = []
  const counts = readsOf(code)
  code.nodes.forEach((node, i) => {
    const args = argsOf(node).map((a) => texts[a]!)
    const text = ((): string => {
      if (node.op === 'input') return input(node.index)
      if (node.op === 'constant') return literal(Math.fround(node.value), names.tabled)
      if (node.op === 'call') return callOf(node, args, code.nodes, names)
      return operations[node.op](args[0]!, args[1]!, args[2]!)
    })()
    const short = node.op === 'constant' || masks.includes(node.op) || counts[i]! < 2
    if (short) texts.push(text)
    else {
      statements.push(`const ${prefix}${i} = ${text};`)
      texts.push(`${prefix}${i}`)
    }
  })
  return { statements, outputs: code.outputs.map((o) => texts[o]!) }
}
