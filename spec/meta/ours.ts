import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathsIn, root } from './files.ts'

// `npm run lint`, `format` and `types` check only the project's files: experiments in a checkout
// must not keep the tests from running, whatever their style and their types.

const endsIn = (pattern: RegExp): readonly string[] =>
  pathsIn().filter((path) => pattern.test(path))

/** A tsconfig.json of the checkout, whose patterns an editor wants, with our files instead. */
const typesConfig = (name: string, base: string, pattern: RegExp): string => {
  const folder = join(root, 'node_modules/.cache/psigrad')
  const path = join(folder, `${name}.json`)
  const files = endsIn(pattern).map((file) => join(root, file))
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, JSON.stringify({ extends: join(root, base), files, include: [] }))
  return path
}

const tsc = (config: string): readonly string[] => [
  'node_modules/typescript-native/bin/tsc',
  '--noEmit',
  '-p',
  config,
]

/** Files of a page know the DOM, which nothing else does. */
const types = (): readonly (readonly string[])[] => [
  tsc(typesConfig('types', 'tsconfig.json', /^(?!examples\/studio\/page\/).*\.ts$/)),
  tsc(typesConfig('page', 'examples/studio/tsconfig.json', /^examples\/studio\/page\/.*\.tsx?$/)),
]

const biome = (...args: readonly string[]): readonly string[] => [
  'node_modules/@biomejs/biome/bin/biome',
  ...args,
  ...endsIn(/\.([cm]?[jt]sx?|json|css)$/),
]

/** The commands of each task. */
const tasks: Readonly<Record<string, () => readonly (readonly string[])[]>> = {
  lint: () => [biome('ci', '--error-on-warnings')],
  format: () => [biome('check', '--write')],
  types,
}

const task = tasks[process.argv[2] ?? '']
if (task === undefined) throw new Error(`expected one of ${Object.keys(tasks).join(', ')}`)
const statuses = task().map(
  (command) => spawnSync(process.execPath, [...command], { cwd: root, stdio: 'inherit' }).status,
)
process.exitCode = statuses.find((status) => status !== 0) === undefined ? 0 : 1
