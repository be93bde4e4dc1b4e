import { basename, join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { root } from '../meta/files.ts'

// Modules bundled for a browser: everything inside, but for modules that only Node has.

/** A file, as a path from the root; or the text of one, which imports psigrad/core and so on. */
export type Entry = string | { readonly code: string }

export interface Bundle {
  /** Texts by their paths on a server. */
  readonly files: ReadonlyMap<string, string>
  /** The files that a page loads at once; others are imported when they are needed. */
  readonly loaded: readonly string[]
  /** What is imported and is not inside: nothing may be. */
  readonly missing: readonly string[]
}

/** `psigrad/core` and its siblings from the sources, and entries that are texts. */
const fromSources = (texts: ReadonlyMap<string, string>): Plugin => ({
  name: 'sources',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^text:/ }, ({ path }) => ({ path, namespace: 'text' }))
    onLoad({ filter: /.*/, namespace: 'text' }, ({ path }) => ({
      contents: texts.get(path)!,
      loader: 'ts',
      resolveDir: root,
    }))
    onResolve({ filter: /^psigrad\// }, ({ path }) => {
      const [, room] = /^psigrad\/(core|autodiff|models|physics)$/.exec(path) ?? []
      if (path === 'psigrad/core/worker') return { path: join(root, 'core/threads/worker.ts') }
      return room === undefined
        ? { errors: [{ text: `the package has no entry ${path}` }] }
        : { path: join(root, room, 'index.ts'), sideEffects: false }
    })
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, external: true }))
  },
})

type Outputs = Readonly<
  Record<
    string,
    {
      readonly entryPoint?: string
      readonly imports: readonly { readonly path: string; readonly kind: string }[]
    }
  >
>

/** Returns the entries with all that they import, directly or not, except late imports. */
const loadedFrom = (outputs: Outputs, entries: readonly string[]): readonly string[] => {
  const seen = new Set(entries)
  for (const path of seen)
    for (const { path: next, kind } of outputs[path]?.imports ?? [])
      if (kind !== 'dynamic-import') seen.add(next)
  return [...seen]
}

/** Entry points, each a file `/name.js`, with what they share in files beside them. */
export const bundled = async (
  entries: Readonly<Record<string, Entry>>,
  { minify = false }: { readonly minify?: boolean } = {},
): Promise<Bundle> => {
  const texts = new Map<string, string>()
  const entryPoints = Object.entries(entries).map(([name, entry]) => {
    if (typeof entry === 'string') return { in: entry, out: name }
    texts.set(`text:${name}`, entry.code)
    return { in: `text:${name}`, out: name }
  })
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    plugins: [fromSources(texts)],
    outdir: '/',
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    minify,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  })
  const isEntry = (path: string): boolean => basename(path, '.js') in entries
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
  return {
    files: new Map(outputFiles.map(({ path, text }) => [`/${basename(path)}`, text])),
    loaded: loadedFrom(metafile.outputs, Object.keys(metafile.outputs).filter(isEntry)).map(
      (path) => `/${basename(path)}`,
    ),
    missing: imports.filter(({ external }) => external === true).map(({ path }) => path),
  }
}
