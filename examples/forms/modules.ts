import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire as requireFrom } from 'node:module'
import { dirname, extname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInThisContext } from 'node:vm'
import * as autodiff from '../../autodiff/index.ts'
import * as core from '../../core/index.ts'
import * as models from '../../models/index.ts'
import * as physics from '../../physics/index.ts'

// A user's module, and those it imports by relative paths, run where they stand. Types are taken
// away by sucrase, in the checkout as in the package, on every Node; 'psigrad' and its rooms are the
// psigrad that runs, not another copy of it, whose tensors would be strangers here.

const running: Readonly<Record<string, unknown>> = {
  psigrad: { autodiff, core, models, physics },
  'psigrad/core': core,
  'psigrad/autodiff': autodiff,
  'psigrad/models': models,
  'psigrad/physics': physics,
}

/** What was read, by absolute path, in the order of reading: the file itself first. */
export interface Loaded {
  readonly exports: Readonly<Record<string, unknown>>
  readonly sources: ReadonlyMap<string, string>
}

const own = requireFrom(import.meta.url)

/** What is used of it. */
interface Sucrase {
  readonly transform: (source: string, options: object) => { readonly code: string }
}

/**
 * Loaded when it is first needed: most runs never need it. The package holds it in one file, which
 * its build makes, instead of the fifteen packages that it would install.
 */
const sucrase = (): Sucrase => {
  const packed = fileURLToPath(new URL('sucrase.cjs', import.meta.url))
  return own(existsSync(packed) ? packed : 'sucrase') as Sucrase
}

/** The module in CommonJS, which runs at once; lines stay where they are. */
const compiled = (path: string, source: string): string => {
  const extension = extname(path)
  if (extension === '.cjs') return source
  const typed = extension.endsWith('ts')
  return sucrase().transform(source, {
    transforms: typed ? ['typescript', 'imports'] : ['imports'],
    disableESTransforms: true,
    filePath: path,
  }).code
}

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile()

/** As written, or with the ending that TypeScript leaves out or calls .js. */
const found = (path: string): string => {
  const sameAs = path.replace(/\.([cm]?)js$/, '.$1ts')
  const candidates = [path, sameAs, `${path}.ts`, `${path}.js`, `${path}/index.ts`]
  return candidates.find(isFile) ?? path
}

/** A package from beside the user's file, or one that psigrad itself has. */
const packageFor = (path: string, name: string): unknown => {
  try {
    return requireFrom(path)(name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    return own(name)
  }
}

type Wrapped = (exports: object, require: (name: string) => unknown, module: object) => void

/** Runs a module with all it imports. Throws what reading, parsing and running throw. */
export const loadModule = (path: string): Loaded => {
  const sources = new Map<string, string>()
  const modules = new Map<string, { exports: Record<string, unknown> }>()
  const load = (at: string): Record<string, unknown> => {
    const known = modules.get(at)
    if (known !== undefined) return known.exports
    const source = readFileSync(at, 'utf8')
    sources.set(at, source)
    const module = { exports: {} }
    modules.set(at, module)
    const require = (name: string): unknown => {
      if (Object.hasOwn(running, name)) return running[name]
      if (name === 'psigrad' || name.startsWith('psigrad/'))
        throw new Error(`there is no '${name}'; ${Object.keys(running).join(', ')} are`)
      if (/^\.{0,2}\//.test(name)) return load(found(resolve(dirname(at), name)))
      return packageFor(at, name)
    }
    const code = `(function (exports, require, module) {${compiled(at, source)}\n})`
    const run = runInThisContext(code, { filename: at }) as Wrapped
    run(module.exports, require, module)
    return module.exports
  }
  return { exports: load(resolve(path)), sources }
}
