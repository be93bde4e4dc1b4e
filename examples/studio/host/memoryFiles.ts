// The files of a page: a table of texts and bytes in memory, behind the functions of node:fs that
// the folders of runs use. A run that was dropped into the page is read by the same code as on the
// command line, with the same checks, and one that is saved is written by it.

const files = new Map<string, Uint8Array>()
const folders = new Set<string>()

/** The errors of a file system carry a code, by which its callers tell them apart. */
const failed = (code: string, path: string): Error =>
  Object.assign(new Error(`${code}: ${path}`), { code })

const within = (folder: string): readonly string[] =>
  [...files.keys()].filter((path) => path.startsWith(`${folder}/`))

const isFolder = (path: string): boolean => folders.has(path) || within(path).length > 0

export const existsSync = (path: string): boolean => files.has(path) || isFolder(path)

export const readFileSync = (path: string, encoding?: 'utf8'): Uint8Array | string => {
  const bytes = files.get(path)
  if (bytes === undefined) throw failed('ENOENT', path)
  return encoding === undefined ? bytes.slice() : new TextDecoder().decode(bytes)
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content.slice()

export const writeFileSync = (path: string, content: string | Uint8Array): void => {
  files.set(path, bytesOf(content))
}

export const mkdirSync = (path: string): void => {
  folders.add(path)
}

export const readdirSync = (folder: string): readonly string[] => {
  if (!isFolder(folder)) throw failed('ENOENT', folder)
  const names = within(folder).map((path) => path.slice(folder.length + 1).split('/')[0]!)
  return [...new Set(names)]
}

export const renameSync = (from: string, to: string): void => {
  const bytes = files.get(from)
  if (bytes === undefined) throw failed('ENOENT', from)
  files.set(to, bytes)
  files.delete(from)
}

export const rmSync = (path: string): void => {
  for (const inside of [path, ...within(path)]) files.delete(inside)
  folders.delete(path)
}

export const statSync = (path: string) => {
  if (!existsSync(path)) throw failed('ENOENT', path)
  return { isFile: () => files.has(path), isDirectory: () => isFolder(path), mtimeMs: Date.now() }
}

/** Open files by their numbers, which are given in order. */
const open: string[] = []

export const openSync = (path: string, flags: 'r' | 'w'): number => {
  if (flags === 'w') files.set(path, new Uint8Array())
  return open.push(path) - 1
}

/** Appends bytes from an index on; returns how many were written: all of them. */
export const writeSync = (fd: number, bytes: Uint8Array, from = 0): number => {
  const path = open[fd]!
  const before = files.get(path) ?? new Uint8Array()
  const all = new Uint8Array(before.length + bytes.length - from)
  all.set(before)
  all.set(bytes.subarray(from), before.length)
  files.set(path, all)
  return bytes.length - from
}

export const fsyncSync = (): void => {}
export const closeSync = (): void => {}
export const readlinkSync = (path: string): never => {
  throw failed('ENOENT', path)
}
