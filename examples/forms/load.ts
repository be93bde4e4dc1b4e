import { createHash } from 'node:crypto'
import { dirname, relative, resolve, sep } from 'node:path'
import { either as E } from 'fp-ts'
import { type Checked, type Problem, TensorError } from '../../core/index.ts'
import type { FormOf, FormParams } from '../../models/index.ts'
import { type FormReference, showReference } from './formReference.ts'
import { loadModule } from './modules.ts'
import { reasonOf } from './reasons.ts'

// This file loads a user's form from the file that a setting names.

export interface OwnForm {
  readonly formOf: FormOf<FormParams>
  /** The setting in full, with the name of the export and the hash of the sources. */
  readonly reference: FormReference & { readonly hash: string }
  /** The texts of the file and of its imports, by their paths within one folder. */
  readonly sources: ReadonlyMap<string, string>
  /** The path of the file among the sources. */
  readonly entry: string
}

/** Returns the sources by their paths from the folder that holds them all, with slashes. */
const fromCommonFolder = (sources: ReadonlyMap<string, string>): ReadonlyMap<string, string> => {
  const folders = [...sources.keys()].map((path) => dirname(path).split(sep))
  const common = folders.reduce((a, b) => {
    const end = a.findIndex((part, i) => part !== b[i])
    return end < 0 ? a : a.slice(0, end)
  })
  const root = common.join(sep) || sep
  return new Map(
    [...sources].map(([path, text]) => [relative(root, path).replaceAll(sep, '/'), text]),
  )
}

/** Returns the hash that identifies a version of the sources; twelve digits suffice. */
const hashOf = (sources: ReadonlyMap<string, string>): string => {
  const hash = createHash('sha256')
  for (const [path, text] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(JSON.stringify([path, text]))
  return hash.digest('hex').slice(0, 12)
}

const example = "export default ({ grid, heads, dim }) => ({ name: 'mine', init, weights })"

/** Returns the export of a module: the one named, the default, or the only function. */
const chosen = (
  exports: Readonly<Record<string, unknown>>,
  wanted: string | undefined,
): E.Either<string, string> => {
  const functions = Object.keys(exports).filter((name) => typeof exports[name] === 'function')
  const name = wanted ?? ('default' in exports ? 'default' : functions[0])
  const list = functions.length === 0 ? 'no function' : functions.join(', ')
  if (name === undefined || !(name in exports))
    return E.left(
      wanted === undefined ? `it exports no form` : `it has no export ${name}; it exports ${list}`,
    )
  if (wanted === undefined && name !== 'default' && functions.length > 1)
    return E.left(`it exports several functions, ${list}, and none by default: name one with #`)
  return typeof exports[name] === 'function'
    ? E.right(name)
    : E.left(`its export ${name} is ${typeof exports[name]}, not a function of sizes`)
}

/** Returns the line of a file where an error arose, ` (line 3)`, if its stack says so. */
export const lineIn = (path: string, error: unknown): string => {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const line = /^\d+/.exec(stack.split(`${resolve(path)}:`)[1] ?? '')
  return line === null ? '' : ` (line ${line[0]})`
}

/** Returns what an error of a user's file says, as the end of a sentence about the file. */
export const thrown = (path: string, error: unknown): string => {
  if (error instanceof TensorError) return `it throws ${error.message.replaceAll(/\n\s*/g, ' ')}`
  if ((error as NodeJS.ErrnoException | undefined)?.code !== undefined) return reasonOf(error)
  const syntax = /^Error transforming .*?: (.*) \((\d+):\d+\)$/.exec(reasonOf(error))
  if (syntax !== null) return `it is no TypeScript: ${syntax[1]} (line ${syntax[2]})`
  return `it throws ${reasonOf(error)}${lineIn(path, error)}`
}

/** Reads and runs the file. Left: why it gives no form, or that its sources have changed. */
export const loadForm = (reference: FormReference): Checked<OwnForm> => {
  const { path, name, hash } = reference
  const problem = (what: string, fix?: string): Problem => ({
    kind: 'ParseError',
    where: showReference({ path, name }),
    what: `${what}.`,
    ...(fix === undefined ? {} : { fix }),
  })
  const read = E.tryCatch(
    () => loadModule(path),
    (error) => problem(thrown(path, error)),
  )
  if (E.isLeft(read)) return read
  const export_ = chosen(read.right.exports, name)
  if (E.isLeft(export_)) return E.left(problem(export_.left, example))
  const sources = fromCommonFolder(read.right.sources)
  const now = hashOf(sources)
  if (hash !== undefined && hash !== now)
    return E.left(
      problem(
        `it was edited: its hash is ${now}, that of the run is ${hash}`,
        'undo the change to continue the run, or start a new run with the changed file.',
      ),
    )
  return E.right({
    formOf: read.right.exports[export_.right] as FormOf<FormParams>,
    reference: {
      path,
      ...(export_.right === 'default' ? {} : { name: export_.right }),
      hash: now,
    },
    sources,
    entry: [...sources.keys()][0]!,
  })
}
