import { type Scope, within } from './scope.ts'

// Where the user wrote an equation. A trace that is asked for sites reads them from the stack of
// calls; an equation that another one gives rise to, such as those of its derivative, inherits.

/** A site is a line of the user's code; columns count from 1. */
export interface Site {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** While sites are wanted, `found` is the one that equations inherit, if any. */
interface Watch {
  readonly found?: Site
}

// It is set only during a call: both functions that set it put back what was there.
let watch: Watch | undefined

const during = <T>(next: Watch | undefined, run: () => T): T => {
  const before = watch
  watch = next
  try {
    return run()
  } finally {
    watch = before
  }
}

/** Runs a trace whose equations shall carry their sites; traces inside of it do so as well. */
export const withSites = <T>(wanted: boolean, run: () => T): T =>
  wanted && watch === undefined ? during({}, run) : run()

/** Equations inherit this from the one that gave rise to them. */
interface Source {
  readonly site?: Site
  readonly scope?: Scope
}

/** Runs what an equation gives rise to: equations that are written now have its site and scope. */
export const atSiteOf = <T>({ site, scope }: Source, run: () => T): T =>
  within(scope, () => (site === undefined ? run() : during({ found: site }, run)))

/** The engine's own files: those of core and autodiff, or the bundle that holds this one. */
const here: string = import.meta.url ?? ''
const [root, inSources] = here.split(/core\/messages\/site\.[jt]s/)
const own: readonly string[] =
  inSources === undefined
    ? [here.slice(0, here.lastIndexOf('/') + 1)]
    : [`${root}core/`, `${root}autodiff/`]
const asPath = (url: string): string => decodeURI(url.replace(/^file:\/\//, ''))
const ownPaths = own.map(asPath)

/** The engine's own calls on top of the user's are fewer than this. */
const DEPTH = 60

/** `at f (file:1:2)` and `at file:1:2` of V8, `f@file:1:2` of the others. */
const FRAME = /^(?:\s*at (?:.*\()?|[^@]*@)(.*):(\d+):(\d+)\)?$/

/** Returns the line of the caller outside of the engine, from the stack of a new error. */
const callerOutside = (): Site | undefined => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = DEPTH
  const { stack = '' } = new Error('where am I?')
  Error.stackTraceLimit = limit
  for (const frame of stack.split('\n')) {
    const [, place = '', line, column] = FRAME.exec(frame) ?? []
    const file = asPath(place.replace(/^.*\), |\?.*$/g, ''))
    const outside = file !== '' && !/^node:|\/node_modules\//.test(file)
    if (outside && !ownPaths.some((path) => path !== '' && file.startsWith(path)))
      return { file, line: Number(line), column: Number(column) }
  }
  return undefined
}

/** Returns the site of the equation that is being written, if sites are wanted and one is known. */
export const siteHere = (): Site | undefined =>
  watch === undefined ? undefined : (watch.found ?? callerOutside())
