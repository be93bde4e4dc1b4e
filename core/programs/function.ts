import { type Equation, evaluate, type Program, runEquations } from '../primitives/index.ts'
import {
  asConcrete,
  describe,
  fail,
  flatten,
  isConcrete,
  leavesOf,
  leavesWithPaths,
  type Path,
  type Precision,
  pairedLeaves,
  precisionOf,
  type Shape,
  sameShape,
  showPath,
  showShape,
  type Tree,
  toPrecision,
  wrap,
} from '../values/index.ts'
import {
  bind,
  isTensor,
  scalar,
  type Tensor,
  type TensorLike,
  type TraceOptions,
  trace,
} from './trace.ts'

// Functions of trees of tensors, as programs of flat lists.

export type TensorTree = Tree<TensorLike>
// biome-ignore lint/suspicious/noExplicitAny: arguments of any tree type, checked where they enter
export type AnyFunction = (...args: any[]) => unknown

/** Returns a leaf as a tensor. Its name is made only for messages, to keep compiled calls quick. */
const checkedLeaf = (
  leaf: unknown,
  where: string,
  name: () => string,
  precision: Precision,
): Tensor => {
  if (typeof leaf === 'number') return scalar(leaf, precision)
  if (!isTensor(leaf))
    return fail('TypeError', where, `${name()} is ${describe(leaf)}, not a tensor or a number.`, {
      fix: 'use nested records and arrays whose leaves are tensors.',
    })
  return isConcrete(leaf) ? asConcrete(leaf) : leaf
}

/** Names a leaf in a list of arguments by its path: `argument 2, encoder.w`. */
export const argumentName =
  (noun = 'argument') =>
  ([first, ...rest]: Path): string =>
    [`${noun} ${Number(first) + 1}`, ...(rest.length === 0 ? [] : [showPath(rest)])].join(', ')

/**
 * Returns the leaves of a tree that must fit another: they are paired by their paths, and each is a
 * tensor of the shape that `shapeOfLeaf` asks for. One place decides what fits, for vjp, jvp and
 * executables alike.
 *
 * Errors  TypeError for a path that only one of them has, or a leaf that is no tensor; ShapeError.
 */
export const fitted = (
  like: unknown,
  given: unknown,
  where: string,
  nameOf: (path: Path) => string,
  shapeOfLeaf: (k: number, leaves: readonly Tensor[]) => Shape,
  precision: Precision,
): Tensor[] => {
  const pairs = pairedLeaves(like, given as TensorTree, where, nameOf)
  const leaves = pairs.map(({ leaf, path }) =>
    checkedLeaf(leaf, where, () => nameOf(path), precision),
  )
  leaves.forEach(({ shape }, k) => {
    const wanted = shapeOfLeaf(k, leaves)
    if (!sameShape(shape, wanted))
      fail(
        'ShapeError',
        where,
        `${nameOf(pairs[k]!.path)} has shape ${showShape(shape)}, needs ${showShape(wanted)}.`,
      )
  })
  return leaves
}

/** Returns the precision of the first tensor with values; symbols and numbers have none. */
export const precisionAmong = (xs: readonly TensorLike[]): Precision =>
  xs.filter(isConcrete).map(precisionOf)[0] ?? 'float64'

/** A traced function of trees has a program, values for all inputs, and the structure of trees. */
export interface TracedFunction {
  readonly program: Program
  /** The leaves of the arguments, then what the function closed over. */
  readonly inputs: readonly Tensor[]
  /** The number of leaves of each argument. */
  readonly counts: readonly number[]
  readonly toArguments: <L>(leaves: readonly L[]) => Tree<L>[]
  readonly toOutput: <L>(leaves: readonly L[]) => Tree<L>
}

/** Traces `f` at the shapes of these arguments, or at those that `shapeAt` gives their leaves. */
export const traceFunction = (
  f: AnyFunction,
  args: readonly unknown[],
  where = f?.name || 'function',
  shapeAt: (x: Tensor, leaf: number) => Shape = (x) => x.shape,
  options: TraceOptions = {},
): TracedFunction => {
  if (typeof f !== 'function')
    return fail('TypeError', where, `${describe(f)} is no function of tensors.`)
  const list = args as readonly TensorTree[]
  const { leaves, unflatten } = flatten<TensorLike>(list)
  // Numbers take the precision of the other leaves.
  const precision = precisionAmong(leaves)
  const inputs = list.flatMap((arg, i) =>
    leavesWithPaths<TensorLike>(arg).map(({ leaf, path }) =>
      checkedLeaf(leaf, `${where}, argument ${i + 1}`, () => showPath(path), precision),
    ),
  )
  const toArguments = unflatten as TracedFunction['toArguments']
  let toOutput: TracedFunction['toOutput'] | undefined
  const run = (symbols: readonly Tensor[]): Tensor[] => {
    const output = f(...toArguments(symbols)) as TensorTree
    toOutput = flatten<TensorLike>(output).unflatten
    return leavesWithPaths<TensorLike>(output).map(({ leaf, path }) =>
      checkedLeaf(leaf, `${where}, result`, () => showPath(path), 'float64'),
    )
  }
  const { program, captures } = trace(run, inputs.map(shapeAt), options)
  return {
    program,
    inputs: [...inputs, ...captures],
    counts: list.map((arg) => leavesOf(arg).length),
    toArguments,
    toOutput: toOutput!,
  }
}

/** Returns the program of a function at the shapes of example arguments; see showProgram. */
export const programOf =
  (f: AnyFunction) =>
  (...args: readonly TensorTree[]): Program =>
    traceFunction(f, args).program

/** Applies an equation to tensors of either kind; constants take the precision of the run. */
export const applied = (eq: Equation, operands: readonly Tensor[], precision: Precision): Tensor =>
  eq.primitive === 'constant'
    ? toPrecision(wrap(eq.params.data, eq.params.shape), precision)
    : bind(eq.primitive, eq.params, operands)

/** Returns every value of a program's run, by variable id: computed where inputs are concrete. */
export const interpret = (program: Program, inputs: readonly Tensor[]): Tensor[] => {
  const precision = precisionAmong(inputs)
  return runEquations(program, inputs, (eq, operands) => applied(eq, operands, precision))
}

/** Runs a program on tensors of either kind. */
export const runProgram = (program: Program, inputs: readonly Tensor[]): Tensor[] => {
  if (inputs.every(isConcrete)) return evaluate(program, inputs)
  const values = interpret(program, inputs)
  return program.outputs.map((v) => values[v.id]!)
}
