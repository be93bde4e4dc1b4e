import { gzipSync } from 'node:zlib'
import { type Bundle, bundled } from './bundle.ts'

// What the library adds to a page at once, minified: npm run -s size

const rooms = ['core', 'autodiff', 'models', 'physics']
const all = (names: readonly string[]) => ({
  code: names.map((room) => `export * as ${room} from 'psigrad/${room}'`).join('\n'),
})

export interface Size {
  readonly name: string
  readonly bytes: number
  readonly gzipped: number
  readonly missing: readonly string[]
}

const sizeOf = (name: string, { files, loaded, missing }: Bundle): Size => {
  const text = loaded.map((path) => files.get(path) ?? '').join('')
  return { name, bytes: Buffer.byteLength(text), gzipped: gzipSync(text).length, missing }
}

/** Everything that each entry exports, with what stands below it; then the worker. */
export const sizes = async (): Promise<readonly Size[]> => {
  const entries = [
    ['psigrad/core', all(['core'])],
    ['psigrad/core, autodiff, models', all(rooms.slice(0, 3))],
    ['psigrad/core, autodiff, models, physics', all(rooms)],
    ['psigrad/core/worker', { code: "import 'psigrad/core/worker'" }],
  ] as const
  return Promise.all(
    entries.map(async ([name, entry]) => sizeOf(name, await bundled({ entry }, { minify: true }))),
  )
}

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`.padStart(9)

export const showSizes = (all: readonly Size[]): string =>
  [
    `${'minified, for a browser'.padEnd(40)}${'size'.padStart(9)}  gzipped`,
    ...all.map((s) => `${s.name.padEnd(40)}${kB(s.bytes)}${kB(s.gzipped)}`),
    ...all.flatMap((s) => s.missing.map((module) => `${s.name} needs ${module}`)),
  ].join('\n')

if (process.argv[1] === import.meta.filename) {
  const all = await sizes()
  console.log(showSizes(all))
  if (all.some(({ missing }) => missing.length > 0)) process.exitCode = 1
}
