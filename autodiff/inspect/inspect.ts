import {
  type AnyFunction,
  add,
  argumentName,
  type Concrete,
  fail,
  fitted,
  interpret,
  isConcrete,
  knownOptions,
  leavesWithPaths,
  type PrimitiveName,
  type Program,
  precisionAmong,
  type Scope,
  type Shape,
  type Site,
  scopePath,
  showPath,
  type TensorTree,
  traceFunction,
  zerosLike,
} from '../../core/index.ts'
import { nameOf, showParams } from '../../core/programs/index.ts'
import { cotangents } from '../derivatives/index.ts'
import { unwatched } from './debug.ts'
import { backwardOrigins, forwardOrigins, type Origin, operationOf } from './nonFinite.ts'
import { ruleErrors } from './ruleErrors.ts'
import { type RuleWords, ruleWords } from './ruleWords.ts'
import { summaryOf, type ValueSummary } from './valueSummary.ts'

// A function at a point, as data: every equation of its program with the value it had, the
// cotangent that came back to it, its rule, and where it comes from.

/** An input or a value of a program at a point. */
export interface InspectedVariable {
  /** The variable, named as `showProgram` does: a, b, c. */
  readonly name: string
  readonly shape: Shape
  readonly value: ValueSummary
  /** Undefined where no cotangent arrives: the outputs do not depend on it. */
  readonly cotangent: ValueSummary | undefined
}

export interface InspectedInput extends InspectedVariable {
  /** The place among the arguments: `argument 1, encoder.kernel`. */
  readonly path: string
}

export interface InspectedEquation extends InspectedVariable {
  /** The number of the equation in the program, from 0. */
  readonly index: number
  readonly primitive: PrimitiveName
  /** The primitive, or the name of a customVjp. */
  readonly operation: string
  /** The static parameters in words, such as `axes [0]`. */
  readonly params: string
  readonly operands: readonly string[]
  /** The rule of the primitive: y, its pullback, its pushforward. */
  readonly rule: RuleWords
  /** The layers around it, the outermost first; a layer applied again is numbered. */
  readonly layers: readonly string[]
  /** The line of the user's code that wrote it, where it is known. */
  readonly site: Site | undefined
  /** The relative error of the local rule, where `rules` asked for it. */
  readonly ruleError: number | undefined
}

export interface Inspection {
  /** The name of the function. */
  readonly name: string
  readonly program: Program
  readonly inputs: readonly InspectedInput[]
  readonly equations: readonly InspectedEquation[]
  /** The variables that are returned, with their places in the result. */
  readonly outputs: readonly { readonly name: string; readonly path: string }[]
  /** Where NaN and infinities arose; the first of each list is the cause of others. */
  readonly nonFinite: { readonly forward: readonly Origin[]; readonly backward: readonly Origin[] }
}

export interface InspectOptions<Out = unknown> {
  /** The cotangent of the value, which the backward pass starts from; ones unless given. */
  readonly cotangent?: Out
  /** Shall the local rule of each equation be compared with differences? Default: no. */
  readonly rules?: boolean
  /** Shall equations have the line of code that wrote them? It takes some time. Default: yes. */
  readonly lines?: boolean
}

/** Names every application of a part by its number among those of the same name beside it. */
const layersOf = (program: Program): ((index: number) => readonly string[]) => {
  const names = new Map<Scope, string>()
  const counts = new Map<Scope | undefined, Map<string, number>>()
  const nameOfScope = (scope: Scope): string => {
    const known = names.get(scope)
    if (known !== undefined) return known
    const beside = counts.get(scope.outer) ?? new Map<string, number>()
    counts.set(scope.outer, beside)
    const number = (beside.get(scope.name) ?? 0) + 1
    beside.set(scope.name, number)
    const name = number === 1 ? scope.name : `${scope.name} (${number})`
    names.set(scope, name)
    return name
  }
  // A part inside of a part of the same name, such as a layer that was given its own, is one.
  const named = (path: readonly Scope[]): readonly string[] =>
    path.filter(({ name }, k) => name !== path[k - 1]?.name).map(nameOfScope)
  return (index) => named(scopePath(program.equations[index]!.scope))
}

/**
 * Returns a function at a point as data: for each equation of its program the variable, operands,
 * shape, a summary of its value and of the cotangent that the backward pass brings to it, the local
 * rule in words, the layers around it, and where the first NaN or infinity arose.
 *
 * Shapes  arguments are tensors or trees; the cotangent has the shape of the value.
 * Errors  TraceError inside a traced function, where there are no numbers; errors of f.
 * Cost    one run of f and one walk back, by the reference interpreter.
 * @example inspect((x) => log(x))(0).nonFinite.forward.length // → 1
 */
export const inspect =
  <Args extends readonly unknown[], Out>(
    f: (...args: Args) => Out,
    options: InspectOptions<Out> = {},
  ) =>
  (...args: Args): Inspection => {
    const name = f?.name || 'function'
    const where = `inspect of ${name}`
    const {
      cotangent,
      rules = false,
      lines = true,
    } = knownOptions(where, options, ['cotangent', 'rules', 'lines'])
    const shapeAt = ({ shape }: { readonly shape: Shape }): Shape => shape
    const traced = traceFunction(f as AnyFunction, args, name, shapeAt, { sites: lines })
    const { inputs } = traced
    const program = unwatched(traced.program)
    if (!inputs.every(isConcrete))
      return fail('TraceError', where, 'a traced value has no numbers yet.', {
        fix: 'call inspect outside of functions that are differentiated or compiled.',
      })
    const values = interpret(program, inputs) as Concrete[]
    const outputs = program.outputs.map((v) => values[v.id]!)
    const result = traced.toOutput(outputs) as TensorTree
    const seeds =
      cotangent === undefined
        ? outputs.map((y) => add(zerosLike(y), 1) as Concrete)
        : (fitted(
            result,
            cotangent,
            where,
            (path) => `cotangent ${showPath(path)}`,
            (k) => outputs[k]!.shape,
            precisionAmong(outputs),
          ) as Concrete[])
    const count = traced.counts.reduce((a, b) => a + b, 0)
    const bars = cotangents(program, values, seeds, count) as (Concrete | null)[]
    const pass = { program, values, cotangents: bars.map((bar) => bar ?? undefined) }
    const errors = rules ? ruleErrors(pass) : []
    const summaries = values.map(summaryOf)
    const known = (v: { readonly id: number; readonly shape: Shape }): InspectedVariable => {
      const bar = bars[v.id]
      return {
        name: nameOf(v),
        shape: v.shape,
        value: summaries[v.id]!,
        cotangent: bar == null ? undefined : summaryOf(bar),
      }
    }
    const argument = argumentName()
    const paths = leavesWithPaths(args as unknown as TensorTree).map(({ path }) => argument(path))
    const layers = layersOf(program)
    return {
      name,
      program,
      inputs: program.inputs.map((v, k) => ({ ...known(v), path: paths[k] ?? 'captured' })),
      equations: program.equations.map((eq, index) => ({
        ...known(eq.output),
        index,
        primitive: eq.primitive,
        operation: operationOf(eq),
        params: eq.primitive === 'customVjp' ? '' : showParams(eq).trim(),
        operands: eq.inputs.map(nameOf),
        rule: ruleWords[eq.primitive],
        layers: layers(index),
        site: eq.site,
        ruleError: errors[index],
      })),
      outputs: leavesWithPaths(traced.toOutput(program.outputs.map(nameOf))).map(
        ({ leaf, path }) => ({ name: leaf as string, path: showPath(path) }),
      ),
      nonFinite: {
        forward: forwardOrigins(program, summaries),
        backward: backwardOrigins(pass, seeds),
      },
    }
  }
