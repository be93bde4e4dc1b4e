import { fail, fewInRow } from '../messages/index.ts'

/**
 * Parameters are plain nested records and arrays with leaves of one type; nothing to subclass.
 * A leaf is whatever `isLeaf` says; here: anything that is not a plain record or an array.
 */
export type Tree<L> = L | readonly Tree<L>[] | { readonly [key: string]: Tree<L> }

export type Path = readonly (string | number)[]
/** Returns a path as text: `encoder[0].kernel`, or `(root)` for a tree that is one leaf. */
export const showPath = (path: Path): string =>
  path.length === 0
    ? '(root)'
    : path
        .map((p) => (typeof p === 'number' ? `[${p}]` : `.${p}`))
        .join('')
        .replace(/^\./, '')

const isRecord = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && Object.getPrototypeOf(x) === Object.prototype

/** Returns the children in a fixed order (indices, or key order), or undefined for a leaf. */
export const childrenOf = (
  x: unknown,
): readonly (readonly [string | number, unknown])[] | undefined =>
  Array.isArray(x)
    ? x.map((child, i) => [i, child] as const)
    : isRecord(x)
      ? Object.entries(x)
      : undefined

const rebuild = (like: unknown, children: readonly unknown[]): unknown =>
  Array.isArray(like)
    ? children
    : Object.fromEntries(Object.keys(like as object).map((key, i) => [key, children[i]]))

/** Returns the leaves with their paths, in order. */
export const leavesWithPaths = <L>(tree: Tree<L>, path: Path = []): { path: Path; leaf: L }[] => {
  const children = childrenOf(tree)
  if (children === undefined) return [{ path, leaf: tree as L }]
  return children.flatMap(([key, child]) => leavesWithPaths(child as Tree<L>, [...path, key]))
}

/** Returns the leaves, in order. */
export const leavesOf = <L>(tree: Tree<L>): L[] => leavesWithPaths(tree).map(({ leaf }) => leaf)

/** Returns the leaves, and the function that puts as many others in their places. */
export const flatten = <L>(
  tree: Tree<L>,
): { leaves: L[]; unflatten: <M>(leaves: readonly M[]) => Tree<M> } => {
  const leaves = leavesOf(tree)
  const unflatten = <M>(values: readonly M[]): Tree<M> => {
    if (values.length !== leaves.length)
      return fail(
        'TypeError',
        'unflatten',
        `${values.length} leaves given for a tree of ${leaves.length}.`,
      )
    const rest = values.values()
    const fill = (node: unknown): unknown => {
      const children = childrenOf(node)?.map(([, child]) => fill(child))
      return children === undefined ? rest.next().value : rebuild(node, children)
    }
    return fill(tree) as Tree<M>
  }
  return { leaves, unflatten }
}

/** Returns a tree of the same structure; f of a leaf and its path replaces each leaf. */
export const mapTree = <L, M>(tree: Tree<L>, f: (leaf: L, path: Path) => M): Tree<M> =>
  flatten(tree).unflatten(leavesWithPaths(tree).map(({ leaf, path }) => f(leaf, path)))

/**
 * Returns the leaves of `given` in the order of those of `like`. Records pair by keys, whatever the
 * order of these, arrays by their indices.
 *
 * Errors  TypeError naming the first path that only one of them has, in the caller's words.
 */
export const pairedLeaves = <L>(
  like: unknown,
  given: Tree<L>,
  where: string,
  nameOf: (path: Path) => string = showPath,
): { readonly path: Path; readonly leaf: L }[] => {
  const names = (tree: unknown): string =>
    fewInRow(leavesWithPaths(tree as Tree<unknown>).map((leaf) => nameOf(leaf.path)))
  const operands = (): string[] => [`needs: ${names(like)}`, `got: ${names(given)}`]
  const refuse = (path: Path, what: string): never =>
    fail('TypeError', where, `${nameOf(path)} ${what}.`, { operands: operands() })
  const walk = (a: unknown, b: unknown, path: Path): { path: Path; leaf: L }[] => {
    const [mine, theirs] = [childrenOf(a), childrenOf(b)]
    if (mine === undefined && theirs === undefined) return [{ path, leaf: b as L }]
    if (mine === undefined || theirs === undefined)
      return refuse(path, mine === undefined ? 'is a tree, not a leaf' : 'is a leaf, not a tree')
    const found = new Map(theirs)
    const pairs = mine.flatMap(([key, child]) => {
      const at = [...path, key]
      return found.has(key) ? walk(child, found.get(key), at) : refuse(at, 'is missing')
    })
    const known = new Set(mine.map(([key]) => key))
    const extra = theirs.find(([key]) => !known.has(key))
    return extra === undefined ? pairs : refuse([...path, extra[0]], 'has no counterpart')
  }
  return walk(like, given, [])
}

/**
 * Combines two trees leaf by leaf; records pair by their keys.
 *
 * Errors  TypeError naming the first path that only one of them has.
 */
export const zipTrees = <L, M, N>(
  a: Tree<L>,
  b: Tree<M>,
  f: (left: L, right: M, path: Path) => N,
  where = 'zipTrees',
): Tree<N> => {
  const right = pairedLeaves(a, b, where)
  const { leaves, unflatten } = flatten(a)
  return unflatten(leaves.map((leaf, i) => f(leaf, right[i]!.leaf, right[i]!.path)))
}
