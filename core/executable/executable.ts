import type { Program } from '../primitives/index.ts'
import {
  type AnyFunction,
  argumentName,
  calledAs,
  fitted,
  inlined,
  simplified,
  type Tensor,
  Traced,
  traceFunction,
} from '../programs/index.ts'
import {
  type BackendName,
  freshMemory,
  type ResultMemory,
  type Runner,
  runSerially,
  sumOfRows,
  type TileSpec,
} from '../tiles/index.ts'
import {
  allocate,
  axesOf,
  type Concrete,
  type Data,
  dataOf,
  fail,
  knownOptions,
  type Precision,
  type Shape,
  sizeOf,
  toPrecision,
  wrap,
} from '../values/index.ts'
import { bestBackend, prepared, tilesOf } from './backend.ts'

/** A mark says how an argument relates to the samples: one for all of them, or one for each. */
export type Mark = 'shared' | 'perSample'

export interface CompileOptions {
  readonly precision?: Precision
  /** Default: 'wasm' where the engine has SIMD, else 'reference'. */
  readonly backend?: BackendName
  /** Whether results are added up over the samples. Default: one result for each. */
  readonly summed?: boolean
  /**
   * Uses vectors of 256 bits, which switches an experimental flag of V8 on for the whole process.
   * It is up to twice as fast from Node 24 on with AVX2, and makes no difference elsewhere. Leave
   * it off if other WebAssembly with float64 vectors runs in the process: with the flag, Node 24
   * computes wrong signs there. Default: false.
   */
  readonly wide?: boolean
  /** Runs all samples of a call; the default runs them on this thread. */
  readonly runner?: Runner
}

/** Runs jobs on the calling thread only. */
export const serialRunner: Runner = (spec) => {
  const tiles = tilesOf(spec)
  return (job) => runSerially(tiles, job, spec.tile)
}

export interface Executable<Args extends readonly unknown[], Out> {
  /** The program of one sample. */
  readonly program: Program
  /** What the backend was given; `explain` reads it. */
  readonly spec: TileSpec
  /** Per-sample leaves carry the samples first, [B, …]; so do results, unless they are summed. */
  readonly run: (...args: Args) => Out
  /**
   * The same, with results in memory that the caller chooses. Fresh memory costs more than filling
   * it, twenty times as much for megabytes: a caller that needs no result after the next call
   * gives `keptMemory()`.
   */
  readonly runInto: (results: ResultMemory) => (...args: Args) => Out
}

/** The arguments of one call, as data. */
export interface CallData {
  readonly shared: readonly Concrete[]
  readonly rows: readonly Data[]
  readonly samples: number
}

/** A function traced at the shapes of one sample has a program, and a way to data and back. */
export interface SampleFunction {
  readonly program: Program
  readonly perSample: readonly boolean[]
  readonly callOf: (args: readonly unknown[], precision: Precision) => CallData
  readonly toOutput: (leaves: readonly Concrete[]) => unknown
}

const untraced = (where: string): never =>
  fail('TraceError', where, 'a traced value of an outer function has no numbers yet.', {
    fix: 'pass it as an argument, and call what was compiled outside of traced functions.',
  })

const unwatchable = (where: string, name: string): never =>
  fail('TraceError', where, `'${name}' watches a value, and compiled programs show none.`, {
    fix: 'remove it, or call the function without compiling it.',
  })

/**
 * Traces a function of one sample for some backend.
 *
 * Errors  TypeError unless there is one mark for each argument; TraceError for a traced value of an
 *         outer function, and for a customVjp with `onValue`; from `callOf` TypeError or ShapeError
 *         when arguments do not fit the example: records pair by their keys.
 */
export const traceForSamples = (
  f: AnyFunction,
  marks: readonly Mark[],
  example: readonly unknown[],
): SampleFunction => {
  const where = `compile of ${calledAs(f)}`
  const given: readonly unknown[] = Array.isArray(marks) ? marks : []
  const unknown = given.find((mark) => mark !== 'shared' && mark !== 'perSample')
  if (given.length !== example.length || unknown !== undefined)
    return fail(
      'TypeError',
      where,
      unknown === undefined
        ? `${given.length} marks for ${example.length} arguments.`
        : `'${unknown}' is no mark.`,
      { fix: "one mark for each argument, 'shared' or 'perSample'." },
    )
  const traced = traceFunction(f, example)
  const watched = traced.program.equations.find(
    (eq) => eq.primitive === 'customVjp' && eq.params.onValue !== undefined,
  )
  if (watched?.primitive === 'customVjp') return unwatchable(where, watched.params.name)
  const program = simplified(inlined(traced.program))
  const count = traced.counts.reduce((a, b) => a + b, 0)
  if (traced.inputs.length > count) return untraced(where)
  const perSample = traced.counts.flatMap((n, i) =>
    new Array<boolean>(n).fill(marks[i] === 'perSample'),
  )
  const firstSample = perSample.indexOf(true)
  const samplesIn = (leaves: readonly Tensor[]): number => leaves[firstSample]?.shape[0] ?? 1
  const shape = (k: number, leaves: readonly Tensor[]): Shape => [
    ...(perSample[k] ? [samplesIn(leaves)] : []),
    ...program.inputs[k]!.shape,
  ]
  const like = traced.toArguments(axesOf(count))
  const callOf = (args: readonly unknown[], precision: Precision): CallData => {
    const name = `run of ${f.name || 'executable'}`
    const fit = fitted(like, args, name, argumentName(), shape, precision)
    const leaves = fit.map((x) => (x instanceof Traced ? untraced(name) : x))
    const rows = leaves.filter((_, k) => perSample[k])
    return {
      shared: leaves.filter((_, k) => !perSample[k]),
      rows: rows.map((x) => dataOf(toPrecision(x, precision))),
      samples: samplesIn(leaves),
    }
  }
  return { program, perSample, callOf, toOutput: traced.toOutput }
}

/**
 * Compiles a function of one sample to run on many: it is traced once at the shapes of the
 * example arguments, and its marks tell which arguments all samples share.
 *
 * With `summed` the results are added up over the samples, as in the gradient of a loss: this is
 * much cheaper than a result for each and their sum.
 * Shapes  example arguments are those of ONE sample; `run` takes [B, …] for 'perSample' leaves.
 * Errors  TypeError unless there is one mark for each argument; TypeError or ShapeError when an
 *         argument of `run` does not fit the example: records pair by their keys.
 * @example compile((w: Tensor, x: Tensor) => sum(mul(w, x)), ['shared', 'perSample'])
 *   (zeros([2]), zeros([2]))
 *   .run(tensor([3, 4]), tensor([[1, 0], [0, 1], [1, 1]])) // → [3, 4, 7]
 */
export const compile =
  <Args extends readonly unknown[], Out>(
    f: (...args: Args) => Out,
    marks: readonly Mark[],
    options: CompileOptions = {},
  ) =>
  (...example: Args): Executable<Args, Out> => {
    const names = ['precision', 'backend', 'summed', 'wide', 'runner'] as const
    const known = knownOptions('compile', options, names)
    const { precision = 'float64', backend = bestBackend(), summed = false, wide = false } = known
    const { program, perSample, callOf, toOutput } = traceForSamples(
      f as AnyFunction,
      marks,
      example,
    )
    allocate(0, precision, 'compile')
    const spec = prepared({ backend, program, perSample, precision, summed, wide })
    const execute = (options.runner ?? serialRunner)(spec)
    const runInto =
      (results: ResultMemory) =>
      (...args: Args): Out => {
        const { shared, rows, samples } = callOf(args, precision)
        const count = summed ? Math.ceil(samples / spec.tile) : samples
        const out = program.outputs.map((v, i) => results(i, count * sizeOf(v.shape), precision))
        if (samples > 0) execute({ shared, rows, out, samples })
        const shaped = program.outputs.map(({ shape }, i) =>
          summed
            ? wrap(sumOfRows(out[i]!, sizeOf(shape)), shape)
            : wrap(out[i]!, [samples, ...shape]),
        )
        return toOutput(shaped) as Out
      }
    return { program, spec, run: runInto(freshMemory), runInto }
  }
