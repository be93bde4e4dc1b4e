// A page has no files, no processes and no modules of Node. The build of the studio resolves every
// import of node:… to this file: what a page can answer is answered, the rest says that it is not
// there. The settings and the sessions of the command line run on it as they stand.

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

export const existsSync = (): boolean => false
export const homedir = missing('home folder')
export const readFileSync = missing('files')
export const writeFileSync = missing('files')
export const renameSync = missing('files')
export const mkdirSync = missing('folders')
export const statSync = missing('files')
export const createHash = missing('hashes of files')
export const fileURLToPath = missing('files')
export const runInThisContext = missing('modules of a user')
export const createRequire = () => missing('modules of a user')
