import { provided } from './packages.ts'

// A page has no processes, no modules of Node, and no files but those in memory. The build of the
// studio resolves every import of node:… to this file: what a page can answer is answered, the rest
// says that it is not there. The settings and the runs of the command line work on it unchanged.

const missing = (what: string) => (): never => {
  throw new Error(`a page has no ${what}`)
}

interface Scope {
  readonly navigator?: { readonly hardwareConcurrency?: number; readonly deviceMemory?: number }
  readonly crossOriginIsolated?: boolean
}
const scope = globalThis as Scope

/** Threads share memory, which only an isolated page has. */
export const availableParallelism = (): number =>
  scope.crossOriginIsolated === true ? (scope.navigator?.hardwareConcurrency ?? 1) : 1

/** Browsers tell the memory of the machine in GiB, 8 at most, or not at all. */
export const totalmem = (): number => (scope.navigator?.deviceMemory ?? 4) * 2 ** 30

export const sep = '/'
export const join = (...parts: readonly string[]): string => parts.join('/')
export const resolve = join
export const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
export const dirname = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
export const extname = (path: string): string => /\.[^./]*$/.exec(path)?.[0] ?? ''
export const isAbsolute = (path: string): boolean => path.startsWith('/')
export const relative = (_: string, to: string): string => to

export * from './memoryFiles.ts'

export const homedir = (): string => '/home'
export const hostname = (): string => 'page'
export const fileURLToPath = (url: string): string => url
export const Script = missing('scripts of its own')
export const Worker = missing('threads of Node')

/** Runs a text as a script whose lines are those of the file that it names. */
export const runInThisContext = (code: string, options: { readonly filename: string }): unknown =>
  // biome-ignore lint/security/noGlobalEval: a reader's own code runs in a worker, once asked to
  globalThis.eval(`${code}\n//# sourceURL=${options.filename}`)

export const createRequire = () => provided

/** Only names of temporary files are made of it here: a page has no other process to tell apart. */
export const createHash = () => {
  const hash = { update: () => hash, digest: () => '0'.repeat(64) }
  return hash
}
