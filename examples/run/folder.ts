import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { either as E } from 'fp-ts'
import { shellWord, type TrainConfig } from '../settings/index.ts'
import { temporaryOf } from './temporaries.ts'

// The folder of a run: the names of its files, and how files are written whole or not at all.

export const files = {
  config: 'config.json',
  log: 'log.json',
  checkpoint: 'checkpoint.safetensors',
  parameters: 'parameters.safetensors',
  start: 'start.safetensors',
  result: 'result.json',
  report: 'report.html',
} as const

/** A refusal of the file system: what was refused, where, and what would be right. */
export interface FolderProblem {
  readonly path: string
  readonly what: string
  readonly fix: string
}

/** The table maps error codes of the file system to their meaning and to what helps. */
const reasons: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  EACCES: ['permission denied', 'allow reading and writing it.'],
  EPERM: ['permission denied', 'allow reading and writing it.'],
  EROFS: ['the file system is read-only', 'copy the folder to a place that may be written.'],
  ENOSPC: ['the disk is full', 'make room on it.'],
  EDQUOT: ['the disk quota is used up', 'make room within it.'],
  ENOENT: ['no such file or folder', 'see whether it was moved or removed.'],
  EEXIST: ['a file of that name is in the way', 'move it away.'],
  ENOTDIR: ['a part of the path is a file, not a folder', 'move that file away.'],
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? ''

const problem =
  (path: string, fix?: string) =>
  (error: unknown): FolderProblem => {
    const message = error instanceof Error ? error.message : String(error)
    const [what, help] = reasons[codeOf(error)] ?? [message, 'check that it can be read.']
    return { path, what, fix: fix ?? help }
  }

const sync = (path: string): void => {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * Writes a temporary file, flushes it and renames it: at every moment the old file or the new one
 * is there, never a part.
 */
const replaceOnce = (folder: string, name: string, bytes: Uint8Array): void => {
  const beside = join(folder, temporaryOf(name))
  try {
    const fd = openSync(beside, 'w')
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(beside, join(folder, name))
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
  // The rename is durable once the folder is flushed; Windows cannot flush folders.
  if (process.platform !== 'win32') sync(folder)
}

const TRIES = 3

/**
 * Another process may remove the temporary file before it is renamed; then it is written once more.
 */
const replaceFile = (
  folder: string,
  name: string,
  content: string | Uint8Array,
  tries = TRIES,
): void => {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  try {
    replaceOnce(folder, name, bytes)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || tries === 1 || !existsSync(folder)) throw error
    replaceFile(folder, name, bytes, tries - 1)
  }
}

/** Writes a file of the run atomically. */
export const save = (
  folder: string,
  name: string,
  content: string | Uint8Array,
): E.Either<FolderProblem, void> =>
  E.tryCatch(() => replaceFile(folder, name, content), problem(join(folder, name)))

/** Writes a mark into the folder; only its name matters. */
export const touch = (folder: string, name: string): E.Either<FolderProblem, void> =>
  E.tryCatch(
    () => writeFileSync(join(folder, name), `${process.pid}\n`),
    problem(join(folder, name)),
  )

/** Tests whether there is a file of that name, readable or not. */
export const isThere = (folder: string, name: string): boolean => existsSync(join(folder, name))

/** Reads a file of the run. */
export const load = (folder: string, name: string): E.Either<FolderProblem, Uint8Array> =>
  E.tryCatch(() => new Uint8Array(readFileSync(join(folder, name))), problem(join(folder, name)))

/** Returns a name such as 2026-05-18T10-20-30-square-4x4-j2-0.5. */
export const runName = (config: TrainConfig, now: Date): string =>
  `${now.toISOString().slice(0, 19).replaceAll(':', '-')}-${config.lattice}-` +
  `${config.size.join('x')}-j2-${config.j2}`

const unused = (path: string): string => {
  for (let k = 2; ; k += 1) {
    const candidate = k === 2 ? path : `${path}-${k - 1}`
    if (!existsSync(candidate)) return candidate
  }
}

/**
 * Node's own recursion is not used: it never ends in folders that refuse with ENOENT, such as
 * /proc.
 */
const makeFolder = (path: string): void => {
  const above = dirname(path)
  if (above !== path && !existsSync(above)) makeFolder(above)
  if (!existsSync(path) || !statSync(path).isDirectory()) mkdirSync(path)
}

const makeWritable = (path: string): string => {
  makeFolder(path)
  // Permissions alone are not reliable (root, network drives), so a file is written.
  replaceFile(path, files.config, '{}')
  return path
}

const writable = (path: string): E.Either<FolderProblem, string> =>
  E.tryCatch(
    () => makeWritable(path),
    problem(path, 'choose a folder that may be written with --out.'),
  )

/** Creates the folder of a new run; one given by name must not exist or be empty. */
export const createFolder = (
  out: string | undefined,
  config: TrainConfig,
  now: Date,
): E.Either<FolderProblem, string> => {
  if (out === undefined) return writable(unused(join('runs', runName(config, now))))
  const entries = E.tryCatch(() => (existsSync(out) ? readdirSync(out) : []), problem(out))
  if (E.isRight(entries) && entries.right.length > 0) {
    const isRun = entries.right.includes(files.checkpoint)
    return E.left({
      path: out,
      what: isRun ? 'the folder already holds a run' : 'the folder is not empty',
      fix: isRun
        ? `continue that run with --resume ${shellWord(out)}, or give --out another folder.`
        : 'give --out a new or an empty folder.',
    })
  }
  return writable(out)
}

export const showFolderProblem = ({ path, what, fix }: FolderProblem): string =>
  `${path}: ${what}; ${fix}`
