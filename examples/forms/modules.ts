import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire as requireFrom } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInThisContext } from 'node:vm'
import * as autodiff from '../../autodiff/index.ts'
import * as gpu from '../../core/gpu/index.ts'
import * as core from '../../core/index.ts'
import * as linalg from '../../core/linalg/index.ts'
import * as models from '../../models/index.ts'
import * as physics from '../../physics/index.ts'

// This file runs a user's module, and those it imports by relative paths, in place. Sucrase removes
// the types, in the checkout as in the package, on every Node version. 'psigrad' and its rooms are
// the running psigrad: tensors of another copy would not be recognised.

const running: Readonly<Record<string, unknown>> = {
  psigrad: { autodiff, core, models, physics },
  'psigrad/core': core,
  'psigrad/core/linalg': linalg,
  'psigrad/core/gpu': gpu,
  'psigrad/autodiff': autodiff,
  'psigrad/models': models,
  'psigrad/physics': physics,
}

/**
 * The files that were read, by absolute path, in the order of reading; the module itself is the
 * first.
 */
export interface Loaded {
  readonly exports: Readonly<Record<string, unknown>>
  readonly sources: ReadonlyMap<string, string>
}

const own = requireFrom(import.meta.url)

/** The part of sucrase that is used here. */
interface Sucrase {
  readonly transform: (source: string, options: object) => { readonly code: string }
}

/**
 * Loads sucrase when it is first needed; most runs never need it. The package holds it in one file,
 * made by its build, instead of the fifteen packages that it would install.
 */
const sucrase = (): Sucrase => {
  const packed = join(dirname(fileURLToPath(import.meta.url)), 'sucrase.cjs')
  return own(existsSync(packed) ? packed : 'sucrase') as Sucrase
}

/** Returns the module in CommonJS, which runs synchronously; lines keep their numbers. */
const compiled = (path: string, source: string): string => {
  const extension = extname(path)
  if (extension === '.cjs') return source
  const typed = extension.endsWith('ts') || extension === '.md'
  return sucrase().transform(source, {
    transforms: typed ? ['typescript', 'imports'] : ['imports'],
    disableESTransforms: true,
    filePath: path,
  }).code
}

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile()

/** Returns the path as written, or with the ending that TypeScript omits or calls .js. */
const found = (path: string): string => {
  const sameAs = path.replace(/\.([cm]?)js$/, '.$1ts')
  const candidates = [path, sameAs, `${path}.ts`, `${path}.js`, `${path}/index.ts`]
  return candidates.find(isFile) ?? path
}

/** Returns a package found from the user's file, or one of psigrad's own. */
const packageFor = (path: string, name: string): unknown => {
  try {
    return requireFrom(path)(name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    return own(name)
  }
}

type Wrapped = (exports: object, require: (name: string) => unknown, module: object) => void

/**
 * Runs a module with all it imports; `text`, where it is given, stands for what its file holds.
 * Throws the errors of reading, parsing and running.
 */
export const loadModule = (path: string, text?: string): Loaded => {
  const entry = resolve(path)
  const sources = new Map<string, string>()
  const modules = new Map<string, { exports: Record<string, unknown> }>()
  const load = (at: string): Record<string, unknown> => {
    const known = modules.get(at)
    if (known !== undefined) return known.exports
    const source = at === entry && text !== undefined ? text : readFileSync(at, 'utf8')
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
  return { exports: load(entry), sources }
}
