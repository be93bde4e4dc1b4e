import {
  isConcrete,
  leavesOf,
  precisionOf,
  type Shown,
  shapeOf,
  showShape,
  sizeOf,
  type Tensor,
  type TensorTree,
} from '../../core/index.ts'
import { childrenOf, counted, few, outline } from '../../core/values/index.ts'

// A tree of parameters as a tree of text: shapes at its leaves, counts at its branches.

/** Returns the number of numbers in a tree of parameters. */
export const parameterCount = (params: unknown): number =>
  leavesOf(params as TensorTree).reduce<number>((n, x) => n + sizeOf(shapeOf(x)), 0)

type Children = readonly (readonly [string | number, TensorTree])[]

/** The branches of a tree that hold anything; undefined for a tensor. */
const branchesIn = (tree: TensorTree): Children | undefined =>
  (childrenOf(tree) as Children | undefined)?.filter(([, child]) => leavesOf(child).length > 0)

/** Longer lists of leaves stand below each other. */
const SHORT = 48

/** A branch before it has its name. */
const bodyOf = (tree: TensorTree): Shown => {
  const branches = branchesIn(tree)
  if (branches === undefined) return ` ${showShape(shapeOf(tree as Tensor))}`
  const line = `: ${parameterCount(tree).toLocaleString('en-US')}`
  const parts = partsOf(branches)
  const isFlat = branches.every(([, child]) => branchesIn(child) === undefined)
  const leaves = isFlat ? parts.join(', ') : ''
  return isFlat && leaves.length <= SHORT ? `${line}, ${leaves}` : { line, parts }
}

const named = (name: string, body: Shown): Shown =>
  typeof body === 'string' ? name + body : { ...body, line: name + body.line }

/** Branches by their names; members of an array that look alike stand there once. */
const partsOf = (branches: Children): readonly Shown[] => {
  const bodies = branches.map(([, child]) => bodyOf(child))
  const [first, ...others] = bodies.map(outline)
  const isArray = branches.every(([key]) => typeof key === 'number')
  if (isArray && others.length > 0 && others.every((other) => other === first))
    return [named(`[0] to [${others.length}], each`, bodies[0]!)]
  const nameAt = (k: number): string => {
    const [key] = branches[k]!
    return typeof key === 'number' ? `[${key}]` : key
  }
  return few(bodies.length, (k) => named(nameAt(k), bodies[k]!))
}

/** A tree of parameters: how many there are, and the shapes of its tensors. */
export const shownParameters = (params: TensorTree): Shown => {
  const leaves = leavesOf(params)
  const precisions = new Set(leaves.map((x) => (isConcrete(x) ? precisionOf(x) : 'traced')))
  return {
    line: [
      `${counted(parameterCount(params), 'parameter')} in ${counted(leaves.length, 'tensor')}`,
      ...precisions,
    ].join(', '),
    parts: partsOf(branchesIn(params) ?? []),
  }
}
