import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { either as E } from 'fp-ts'

// The files of the page: the package has them built, a checkout builds them on request.

const filesIn = (folder: string): ReadonlyMap<string, string> =>
  new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))

/** The script that builds the page, in a folder above this file. */
const builder = (folder: string): string | undefined => {
  const script = join(folder, 'examples/studio/build.ts')
  if (existsSync(script)) return script
  return dirname(folder) === folder ? undefined : builder(dirname(folder))
}

/** Builds the page in a process of its own, because the builder is no part of the command line. */
const built = (script: string): E.Either<string, ReadonlyMap<string, string>> => {
  const folder = mkdtempSync(join(tmpdir(), 'psigrad-studio-'))
  try {
    const args = ['--import', 'tsx', script, folder]
    const root = join(dirname(script), '../..')
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
    return status === 0
      ? E.right(filesIn(folder))
      : E.left(`the page could not be built: ${stderr.trim()}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Returns the page's files by their names. Left: why there is no page. */
export const pageFiles = (): E.Either<string, ReadonlyMap<string, string>> => {
  const packed = fileURLToPath(new URL('../../../studio', import.meta.url))
  if (existsSync(join(packed, 'psigrad-studio.html'))) return E.right(filesIn(packed))
  const script = builder(dirname(fileURLToPath(import.meta.url)))
  return script === undefined
    ? E.left('this package was built without its page; expected dist/studio')
    : built(script)
}
