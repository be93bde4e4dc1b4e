import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathsIn, root } from './files.ts'

// `npm run lint`, `format` and `types` check only the project's files: experiments in a checkout
// must not keep the tests from running, whatever their style and their types.

const endsIn = (pattern: RegExp): readonly string[] =>
  pathsIn().filter((path) => pattern.test(path))

/** The tsconfig.json of the checkout, whose patterns an editor wants, with our files instead. */
const typesConfig = (): string => {
  const folder = join(root, 'node_modules/.cache/psigrad')
  const path = join(folder, 'types.json')
  const files = endsIn(/\.ts$/).map((file) => join(root, file))
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, JSON.stringify({ extends: join(root, 'tsconfig.json'), files, include: [] }))
  return path
}

const biome = (...args: readonly string[]): readonly string[] => [
  'node_modules/@biomejs/biome/bin/biome',
  ...args,
  ...endsIn(/\.([cm]?[jt]s|json)$/),
]

/** The command of each task. */
const tasks: Readonly<Record<string, () => readonly string[]>> = {
  lint: () => biome('ci', '--error-on-warnings'),
  format: () => biome('check', '--write'),
  types: () => ['node_modules/typescript-native/bin/tsc', '--noEmit', '-p', typesConfig()],
}

const task = tasks[process.argv[2] ?? '']
if (task === undefined) throw new Error(`expected one of ${Object.keys(tasks).join(', ')}`)
const { status } = spawnSync(process.execPath, [...task()], { cwd: root, stdio: 'inherit' })
process.exitCode = status ?? 1
