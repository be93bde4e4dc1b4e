// The checkout's command line: its sources as one bundle, made anew after a change, so that it
// starts in a fraction of the time that loading them file by file takes. The package needs none
// of this.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const rooms = ['core', 'autodiff', 'models', 'physics', 'examples']
const cache = join(root, 'node_modules/.cache/psigrad')
/** Bundles of old sources go after so long: a run that still goes on loads parts of its own late. */
const KEPT_MS = 14 * 24 * 3600 * 1000

/** A name for the sources as they are: it changes with every file. */
const nameOfSources = () => {
  const hash = createHash('sha256').update(`${root} ${process.version}`)
  for (const path of ['package-lock.json', 'index.ts', 'examples/cli/launch.mjs']) stamp(hash, path)
  for (const room of rooms)
    for (const entry of readdirSync(join(root, room), { recursive: true, withFileTypes: true }))
      if (
        entry.isFile() &&
        entry.name.endsWith('.ts') &&
        !entry.parentPath.includes('node_modules')
      )
        stamp(hash, relative(root, join(entry.parentPath, entry.name)))
  return hash.digest('hex').slice(0, 16)
}

const stamp = (hash, path) => {
  const { mtimeMs, size } = statSync(join(root, path))
  hash.update(`\n${path} ${mtimeMs} ${size}`)
}

/** Bundles next to the final place and moves it there whole: another process may do the same. */
const bundle = async (folder) => {
  const { build } = await import('esbuild')
  const draft = `${folder}.${process.pid}`
  mkdirSync(cache, { recursive: true })
  await build({
    absWorkingDir: root,
    // The threads' scripts beside the rest: that is where a pool and a bridge look for them.
    entryPoints: {
      main: 'examples/cli/main.ts',
      worker: 'core/threads/worker.ts',
      deviceWorker: 'core/gpu/deviceWorker.ts',
      orbitWorker: 'physics/orbits/orbitWorker.ts',
      checkWorker: 'examples/check/checkWorker.ts',
    },
    // Optional, and large: it is found where it is installed.
    external: ['gpu.js'],
    outdir: draft,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Packages as ES modules where they have them: what of fp-ts nobody uses is left out.
    mainFields: ['module', 'main'],
    // For `node --enable-source-maps`; to read them at every start would take long.
    sourcemap: true,
    logLevel: 'warning',
    // Packages in CommonJS ask for node's own modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
  try {
    renameSync(draft, folder)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}

const removeOld = (keep) => {
  for (const entry of readdirSync(cache)) {
    const path = join(cache, entry)
    if (path !== keep && Date.now() - statSync(path).mtimeMs > KEPT_MS)
      rmSync(path, { recursive: true, force: true })
  }
}

const folder = join(cache, nameOfSources())
if (!existsSync(folder)) {
  await bundle(folder)
  removeOld(folder)
}
await import(pathToFileURL(join(folder, 'main.js')).href)
