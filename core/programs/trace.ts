import { either as E } from 'fp-ts'
import {
  type Equation,
  evaluatePrimitive,
  type PrimitiveName,
  type PrimitiveParams,
  type Program,
  primitives,
  prune,
  scopeHere,
  siteHere,
  type Variable,
  withSites,
} from '../primitives/index.ts'
import {
  type Concrete,
  dataOf,
  describe,
  fail,
  isConcrete,
  type Precision,
  precisionOf,
  raise,
  refuseNumbers,
  refuseProperties,
  remedy,
  type Shape,
  showShape,
  wrap,
} from '../values/index.ts'

// Tracing: run a function on symbols instead of numbers and write down what it does.

/** A traced tensor has no values: it is a variable of the program being written. */
export class Traced {
  readonly recording: Recording
  readonly variable: Variable
  constructor(recording: Recording, variable: Variable) {
    this.recording = recording
    this.variable = variable
  }
  get shape(): Shape {
    return this.variable.shape
  }
}
const tracedIn = ({ shape, recording }: Traced): string =>
  `a tensor ${showShape(shape)} that is traced in ${recording.name}`
refuseNumbers(Traced.prototype, tracedIn, 'refused')
refuseProperties(Traced.prototype, tracedIn)

/** User functions compute with tensors: numbers when called directly, symbols when traced. */
export type Tensor = Concrete | Traced
export type TensorLike = Tensor | number

/** A recording is written while a function is traced, and closed when the function returns. */
interface Recording {
  /** The name of the function, for messages. */
  readonly name: string
  readonly order: number
  readonly equations: Equation[]
  readonly known: Map<Tensor, Variable>
  readonly captured: Map<Traced, Variable>
  variables: number
  open: boolean
}

// Nested traces need an order of creation: the younger one is the inner one. This supply of fresh
// names is the only state that outlives a call, and no result depends on its value.
let recordings = 0

const fresh = (recording: Recording, shape: Shape): Variable => {
  recording.variables += 1
  return { id: recording.variables - 1, shape }
}

const emit = (recording: Recording, equation: Omit<Equation, 'output'>, shape: Shape): Variable => {
  const output = fresh(recording, shape)
  const [site, scope] = [siteHere(), scopeHere()]
  const origin = { ...(site && { site }), ...(scope && { scope }) }
  recording.equations.push({ ...equation, output, ...origin } as Equation)
  return output
}

const constantOf = (recording: Recording, x: Concrete): Variable => {
  const params = { data: dataOf(x).slice(), shape: [...x.shape] }
  return emit(recording, { primitive: 'constant', params, inputs: [] }, params.shape)
}

/** Returns the variable of a value: constants become equations, outer symbols are captured. */
const variableFor = (recording: Recording, like: TensorLike): Variable => {
  const x = typeof like === 'number' ? scalar(like) : like
  if (x instanceof Traced && x.recording === recording) return x.variable
  const { known, captured } = recording
  const old = known.get(x)
  if (old !== undefined) return old
  if (x instanceof Traced && !x.recording.open) return outlived('a traced function')
  const variable = x instanceof Traced ? fresh(recording, x.shape) : constantOf(recording, x)
  known.set(x, variable)
  if (x instanceof Traced) captured.set(x, variable)
  return variable
}

const innermost = (inputs: readonly TensorLike[]): Recording | undefined => {
  const traced = inputs.filter((x) => x instanceof Traced).map((x) => x.recording)
  return traced.reduce((found, r) => (r.order > found.order ? r : found), traced[0]!)
}

const commonPrecision = (name: string, inputs: readonly TensorLike[]): Precision => {
  const found = new Set(inputs.filter(isConcrete).map(precisionOf))
  return found.size > 1
    ? fail('TypeError', name, 'operands are float32 and float64; precisions do not mix.', {
        fix: "convert one of them with toPrecision(x, 'float64').",
      })
    : ([...found][0] ?? 'float64')
}

/** Returns a number as a tensor without axes. */
export const scalar = (x: number, precision: Precision = 'float64'): Concrete =>
  wrap(precision === 'float32' ? Float32Array.of(x) : Float64Array.of(x), [])

/** Tells whether a value is a tensor, with values or traced. */
export const isTensor = (x: unknown): x is Tensor => x instanceof Traced || isConcrete(x)

/** Returns the lengths of the axes; a number has none. Errors: TypeError for other values. */
export const shapeOf = (x: TensorLike): Shape => {
  if (typeof x === 'number') return []
  if (x?.shape === undefined) requireTensors('shapeOf', [x])
  return x.shape
}

const isNumeric = (x: unknown): boolean => typeof x === 'number' || isTensor(x)
const isPair = (z: unknown): boolean => {
  const { re, im } = Object(z) as { readonly re?: unknown; readonly im?: unknown }
  return isNumeric(re) && isNumeric(im)
}
const requiring =
  (fits: (x: unknown) => boolean, wanted: string, fixOf: (x: unknown) => string) =>
  (where: string, operands: readonly unknown[], noun = 'operand'): void => {
    const alien = operands.findIndex((x) => !fits(x))
    if (alien < 0) return
    const what = `${noun} ${alien + 1} is ${describe(operands[alien])}, not ${wanted}.`
    fail('TypeError', where, what, { fix: fixOf(operands[alien]) })
  }

/** Throws a TypeError naming the first operand that is neither a tensor nor a number. */
export const requireTensors = requiring(isNumeric, 'a tensor or a number', remedy)
/** Throws a TypeError naming the first operand that is no complex number. */
export const requirePairs = requiring(
  isPair,
  'a pair { re, im } of tensors',
  () => '{ re: x, im: 0 } is a real x as a complex number.',
)

/** Throws a TypeError for the number NaN, which JavaScript makes of what is no number. */
export const refuseNaN = (where: string, noun: string): never =>
  fail('TypeError', where, `${noun} is the number NaN.`, {
    fix: 'JavaScript makes NaN of undefined + 1 or [1, 2] * 3; where it is meant, tensor(NaN).',
  })

/**
 * Applies a primitive: computes on concrete operands, writes an equation where one is traced.
 *
 * Errors  ShapeError from the primitive's shape rule; TypeError for mixed precisions or operands
 *         that are no tensors; TraceError for a symbol of a function that has returned.
 */
export const bind = <P extends PrimitiveName>(
  name: P,
  params: PrimitiveParams[P],
  inputs: readonly TensorLike[],
): Tensor => {
  requireTensors(name, inputs)
  const shape = primitives[name].shape(inputs.map(shapeOf), params)
  if (E.isLeft(shape)) return raise(shape.left)
  const recording = innermost(inputs)
  if (recording === undefined) {
    const precision = commonPrecision(name, inputs)
    const operands = inputs.map((x) => (typeof x === 'number' ? scalar(x, precision) : x))
    return evaluatePrimitive(name, params, operands as Concrete[], shape.right, precision)
  }
  if (!recording.open) return outlived(name)
  const variables = inputs.map((x) => variableFor(recording, x))
  const equation = { primitive: name, params, inputs: variables } as Omit<Equation, 'output'>
  return new Traced(recording, emit(recording, equation, shape.right))
}

const outlived = (where: string): never =>
  fail('TraceError', where, 'a symbol outlived the traced function that made it.', {
    fix: 'return it from that function instead of storing it in an outer variable.',
  })

export interface TracedProgram {
  readonly program: Program
  /** Symbols of outer functions that f closed over: the program's last inputs, in this order. */
  readonly captures: readonly Traced[]
}

export interface TraceOptions {
  /** Messages name the function so. */
  readonly name?: string
  /** Shall equations carry the lines of the user's code? Traces inside this one inherit it. */
  readonly sites?: boolean
}

/**
 * Returns the program of a function of tensors at the given input shapes.
 *
 * Errors  TypeError unless it returns a list of tensors; those of its operations.
 */
export const trace = (
  f: (inputs: readonly Tensor[]) => readonly TensorLike[],
  shapes: readonly Shape[],
  { name = 'function', sites = false }: TraceOptions = {},
): TracedProgram => {
  recordings += 1
  const recording: Recording = {
    name,
    order: recordings,
    equations: [],
    known: new Map(),
    captured: new Map(),
    variables: 0,
    open: true,
  }
  const inputs = shapes.map((shape) => fresh(recording, shape))
  const { equations, captured } = recording
  try {
    const results = withSites(sites, () => f(inputs.map((v) => new Traced(recording, v))))
    if (!Array.isArray(results))
      fail('TypeError', name, `it returned ${describe(results)}, not a list of tensors.`)
    requireTensors(name, results, 'result')
    const outputs = results.map((y) => variableFor(recording, y))
    const program = prune({ inputs: [...inputs, ...captured.values()], equations, outputs })
    return { program, captures: [...captured.keys()] }
  } finally {
    recording.open = false // even when f throws: its symbols are dead
  }
}
