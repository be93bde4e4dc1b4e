import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { courseTexts } from './buildLessons.ts'
import { policyOfFile } from './serving/index.ts'

// The studio as a folder that any static server serves, and as one file that opens without one.

const root = join(import.meta.dirname, '../..')
const here = (path: string): string => join(import.meta.dirname, path)

/** Modules of Node are what a page has of them. */
const asInAPage: Plugin = {
  name: 'page',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^node:/ }, () => ({ path: here('host/nodeless.ts') }))
  },
}

/** gpu.js is large, and the page has no setting that would load it. */
const withoutDevices: Plugin = {
  name: 'devices',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^gpu\.js$/ }, ({ path }) => ({ path, namespace: 'absent' }))
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'export {}' }))
  },
}

/** The tabs that show lessons and exercises hold their texts. */
const withCourse: Plugin = {
  name: 'course',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\](lessons|check)Tab\.tsx$/ }, ({ path }) => {
      const texts = new Map(Object.entries(courseTexts()))
      const contents = readFileSync(path, 'utf8').replace(
        /^declare const (LESSONS|EXERCISES): .*$/m,
        (_, name: string) => `const ${name} = ${JSON.stringify(texts.get(name.toLowerCase()))}`,
      )
      return { contents, loader: 'tsx' }
    })
  },
}

/** The studio as one file. */
const FILE = 'psigrad-studio.html'

const shared: BuildOptions = {
  absWorkingDir: root,
  plugins: [asInAPage, withoutDevices, withCourse],
  write: false,
  bundle: true,
  minify: true,
  platform: 'browser',
  target: 'es2022',
  logLevel: 'silent',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  define: {
    'process.platform': '"page"',
    'process.argv': '[]',
    'process.env': '{"PSIGRAD_CACHE":"off"}',
    'process.pid': '0',
    'process.constrainedMemory': 'undefined',
    'process.cwd': 'String',
  },
}

/** Bundles entries to texts, by the names of their files. */
const bundled = async (
  entryPoints: Readonly<Record<string, string>>,
  options: BuildOptions,
): Promise<ReadonlyMap<string, string>> => {
  const { outputFiles } = await build({ ...shared, entryPoints, outdir: '/', ...options })
  return new Map((outputFiles ?? []).map(({ path, text }) => [path.slice(1), text]))
}

const head = (title: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>`

/** Scripts inside a page end where the text says so. */
const inScript = (text: string): string => text.replaceAll('</script', '<\\/script')

/** The studio's files by their names. */
export const studioFiles = async (): Promise<ReadonlyMap<string, string>> => {
  const entries = { studio: here('page/main.tsx'), engine: here('engine/engineWorker.ts') }
  const threads = join(root, 'core/threads/worker.ts')
  const modules = await bundled(
    { ...entries, worker: threads, style: here('page/studio.css') },
    { format: 'esm', splitting: true, define: { ...shared.define, ENGINE: 'undefined' } },
  )
  const single: BuildOptions = {
    format: 'iife',
    define: { ...shared.define, 'import.meta.url': 'location.href' },
  }
  const engine = (await bundled({ engine: entries.engine }, single)).get('engine.js')!
  const page = await bundled(
    { page: entries.studio, style: here('page/studio.css') },
    { ...single, define: { ...single.define, ENGINE: JSON.stringify(engine) } },
  )
  const folder = `${head('psigrad studio')}
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<body><div id="studio"></div><script type="module" src="studio.js"></script>
`
  const script = inScript(page.get('page.js')!)
  const file = `${head('psigrad studio')}
<meta http-equiv="Content-Security-Policy" content="${policyOfFile(script)}">
<link rel="icon" href="data:,">
<style>${page.get('style.css')!}</style>
<body><div id="studio"></div><script>${script}</script>
`
  return new Map([...modules, ['index.html', folder], [FILE, file]])
}

/** Writes the studio into a folder. */
export const writeStudio = async (folder: string): Promise<void> => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of await studioFiles()) writeFileSync(join(folder, name), text)
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2] ?? join(root, 'dist/studio')
  await writeStudio(folder)
  process.stdout.write(`${join(folder, FILE)} opens by itself; ${folder} is for a server\n`)
}
