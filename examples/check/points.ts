import {
  type Concrete,
  dataOf,
  foldIn,
  isConcrete,
  isTensor,
  keyFrom,
  leavesOf,
  mapTree,
  normals,
  type Shape,
  showShape,
  sizeOf,
  type TensorTree,
  type Tree,
  tensor,
  uniforms,
} from '../../core/index.ts'

// Points at which a function is tried when no arguments are given: small shapes, several domains.

/** Shapes to try; a single row beside a matrix finds a sum over a broadcast that is forgotten. */
const shapes: readonly Shape[] = [[3], [2, 3], [], [1, 3], [3, 2], [2], [3, 3], [2, 3, 2]]

/** With more parameters than this, all arguments have the same shape. */
const MOST_FREE = 3

/** The numbers of parameters that are tried where a function does not tell how many it has. */
const UNKNOWN_ARITIES: readonly number[] = [1, 2, 3]

/** Returns lists of shapes for a function of so many arguments, in the order of their trial. */
export const shapeLists = (arity: number): readonly (readonly Shape[])[] =>
  (arity === 0 ? UNKNOWN_ARITIES : [arity]).flatMap((count) => {
    const equal = shapes.map((shape) => new Array<Shape>(count).fill(shape))
    if (count < 2 || count > MOST_FREE) return equal
    let lists: readonly (readonly Shape[])[] = [[]]
    for (let k = 0; k < count; k += 1)
      lists = lists.flatMap((list) => shapes.map((shape) => [...list, shape]))
    return [...equal, ...lists.filter((list) => list.some((shape) => shape !== list[0]))]
  })

/** The most axes' lengths of parameters that are combined to the length of an input. */
const MOST_LENGTHS = 8

/** Returns shapes for the input of a layer, whose lengths follow from those of its parameters. */
export const layerShapes = (params: unknown): readonly Shape[] => {
  const found = leavesOf(params as Tree<unknown>).flatMap((leaf) =>
    isConcrete(leaf) ? leaf.shape : [],
  )
  const own = [...new Set(found)].filter((d) => d > 1).slice(0, MOST_LENGTHS)
  const products = own.flatMap((a) => own.map((b) => a * b))
  const lengths = [...new Set([...own, 3, ...products])]
  const tall = own.flatMap((n) => own.map((d): Shape => [n, d]))
  const all = [...lengths.map((d): Shape => [d]), ...lengths.map((d): Shape => [3, d]), ...tall, []]
  return [...new Map(all.map((shape) => [shape.join(), shape])).values()]
}

/** Ways to draw n numbers, the most general first: a logarithm takes only the second. */
export const domains: readonly ((seed: number, place: number, n: number) => Float64Array)[] = [
  (seed, place, n) => normals(foldIn(keyFrom(seed), place), n),
  (seed, place, n) => uniforms(foldIn(keyFrom(seed), place), n).map((u) => 0.5 + u),
  (seed, place, n) => uniforms(foldIn(keyFrom(seed), place), n).map((u) => 1.6 * u - 0.8),
]

/** Draws one tensor for each shape. */
export const drawn = (list: readonly Shape[], seed: number, domain: number): readonly Concrete[] =>
  list.map((shape, k) => tensor(domains[domain]!(seed, k, sizeOf(shape)), shape))

/** Tells whether all numbers of a tree are finite. */
export const isFiniteTree = (tree: unknown): boolean =>
  leavesOf(tree as Tree<unknown>).every((leaf) =>
    typeof leaf === 'number'
      ? Number.isFinite(leaf)
      : ArrayBuffer.isView(leaf)
        ? (leaf as Float64Array).every(Number.isFinite)
        : !isConcrete(leaf) || dataOf(leaf).every(Number.isFinite),
  )

/** Tells whether every leaf is a tensor or a number, and one at least a tensor. */
export const isTensorTree = (x: unknown): x is TensorTree => {
  const leaves = leavesOf(x as Tree<unknown>)
  return leaves.some(isTensor) && leaves.every((leaf) => typeof leaf === 'number' || isTensor(leaf))
}

/** Tells whether x is a number, a typed array, or nested arrays and records of these. */
export const isPlainTree = (x: unknown): boolean => {
  const leaves = leavesOf(x as Tree<unknown>)
  const fits = (leaf: unknown): boolean => typeof leaf === 'number' || ArrayBuffer.isView(leaf)
  return leaves.length > 0 && leaves.every(fits)
}

/** Names some shapes: `[2, 3] and [1, 3]`; a number has none. */
export const showShapes = (list: readonly Shape[]): string =>
  list.map((shape) => (shape.length === 0 ? 'a number' : showShape(shape))).join(' and ')

/** Names the shapes of some arguments. */
export const showArguments = (args: readonly unknown[]): string =>
  args.map((x) => (isConcrete(x) ? showShapes([x.shape]) : 'a tree')).join(' and ')

const lengthsOf = (x: unknown): readonly number[] =>
  Array.isArray(x) || ArrayBuffer.isView(x)
    ? [(x as ArrayLike<unknown>).length, ...lengthsOf((x as ArrayLike<unknown>)[0])]
    : []

/** Names the shapes of operands of plain numbers: of nested arrays the outermost first. */
export const showNumbers = (operands: readonly unknown[]): string =>
  showShapes(operands.map(lengthsOf))

/** Returns plain data in place of tensors, for JSON and for messages between threads. */
export const plain = (x: unknown): unknown =>
  mapTree(x as Tree<unknown>, (leaf) =>
    isConcrete(leaf)
      ? { shape: [...leaf.shape], data: [...dataOf(leaf)] }
      : typeof leaf === 'object' || typeof leaf === 'function'
        ? String(leaf)
        : leaf,
  )
