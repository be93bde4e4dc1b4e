import { either as E } from 'fp-ts'
import { grad, type Inspection, inspect } from '../../autodiff/index.ts'
import { keyFrom, type Tensor, TensorError } from '../../core/index.ts'
import { type AnyLayer, initialise } from '../../models/index.ts'
import { asArgument, type formReference, loadModule, reasonOf } from '../forms/index.ts'
import { atDrawn, parsedArguments } from './argumentsFor.ts'

// FILE.ts#function is inspected: a function, or a layer with parameters that are drawn.

type Reference = NonNullable<ReturnType<typeof formReference>>

export interface ExportRequest {
  readonly reference: Reference
  /** The arguments in JSON; else those of the export `inputs`, or random ones. */
  readonly at?: string | undefined
  readonly seed: number
  /** Shall the gradient be inspected in place of the function? */
  readonly gradient?: boolean
  /** Shall every local rule be compared with differences? */
  readonly rules?: boolean
}

/** An inspection with a note on where it was made. */
export interface Inspected {
  readonly inspection: Inspection
  readonly note: string
}

const isLayer = (x: unknown): x is AnyLayer => {
  const { init, apply } = Object(x) as Partial<AnyLayer>
  return init !== undefined && typeof apply === 'function'
}
const canBeInspected = (x: unknown): boolean => typeof x === 'function' || isLayer(x)

/** Returns the name of the export that is meant. Left: why there is none. */
const chosen = (
  exports: Readonly<Record<string, unknown>>,
  wanted: string | undefined,
): E.Either<string, string> => {
  const names = Object.keys(exports).filter((name) => canBeInspected(exports[name]))
  const list = names.length === 0 ? 'no function' : names.join(', ')
  if (wanted !== undefined)
    return names.includes(wanted)
      ? E.right(wanted)
      : E.left(`it has no function or layer ${wanted}; it exports ${list}`)
  if (names.length === 1) return E.right(names[0]!)
  return names.includes('default')
    ? E.right('default')
    : E.left(`it exports ${list}: name one behind #`)
}

const messageOf = (error: unknown): string =>
  error instanceof TensorError
    ? error.message
    : (error as NodeJS.ErrnoException).code === undefined
      ? `it throws ${reasonOf(error)}`
      : reasonOf(error)

type AnyArguments = readonly unknown[]
type Anything = (...args: AnyArguments) => unknown

const named = (f: Anything, name: string): Anything =>
  Object.defineProperty((...args: AnyArguments) => f(...args), 'name', { value: name })

/** Inspects an export of a file. Left: why it cannot be. */
export const inspectExport = (request: ExportRequest): E.Either<string, Inspected> => {
  const { path, name: wanted } = request.reference
  const place = wanted === undefined ? path : `${path}#${wanted}`
  const because = (why: string): E.Either<string, never> => E.left(`${place}: ${why}`)
  const read = E.tryCatch(() => loadModule(path), messageOf)
  if (E.isLeft(read)) return because(read.left)
  const { exports } = read.right
  const found = chosen(exports, wanted)
  if (E.isLeft(found)) return because(found.left)
  const name = found.right
  const value = exports[name]
  const before = isLayer(value) ? [initialise(value, keyFrom(request.seed))] : []
  const f = (isLayer(value) ? value.apply : value) as Anything
  const called = name === 'default' ? f.name || 'default' : name
  const count = Math.max(0, f.length - before.length)
  const { gradient = false, rules = false } = request
  const run = gradient
    ? inspect(named(grad(f as (...args: AnyArguments) => Tensor), `gradient of ${called}`), {
        rules,
      })
    : inspect(named(f, called), { rules })
  const inspectAt = (...args: AnyArguments): Inspection => run(...before, ...args)
  const beside = (Object(exports.inputs) as Record<string, unknown>)[name]
  if (request.at === undefined && beside === undefined) {
    const tried = atDrawn(inspectAt, count, request.seed)
    return E.isLeft(tried)
      ? because(`${tried.left}. Give its arguments by --at, or export inputs = { ${name}: [...] }`)
      : E.right({ inspection: tried.right.value, note: count === 0 ? '' : tried.right.note })
  }
  const given =
    request.at === undefined
      ? E.right((Array.isArray(beside) ? beside : [beside]).map(asArgument))
      : parsedArguments(request.at, count)
  if (E.isLeft(given)) return given
  return E.tryCatch(
    () => ({ inspection: inspectAt(...given.right), note: '' }),
    (error) => `${place}: ${messageOf(error)}`,
  )
}
