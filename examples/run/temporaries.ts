import { createHash } from 'node:crypto'
import { readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

// Files are written beside their place and then renamed. A process that is killed meanwhile leaves
// its part behind; what a living process is writing looks alike and must stay.

/** A process of another machine, or one whose number is in use again, is judged by age alone. */
const ABANDONED_MS = 60 * 60 * 1000

/** Process numbers mean something within one name space of one machine. */
const numberSpace = (): string => {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

const here = createHash('sha256').update(`${hostname()} ${numberSpace()}`).digest('hex').slice(0, 8)

/** Where this process writes a file before it gets its name. */
export const temporaryOf = (name: string): string => `.${name}.${here}.${process.pid}.tmp`

/** Files of earlier versions name no machine: they are taken for this one's. */
const temporary = /^\..+?(?:\.([0-9a-f]{8}))?\.(\d+)\.tmp$/

/** What a process calls the file that says, for days perhaps, that it trains in a folder. */
export const MARK = 'training'
const isMark = (name: string): boolean => name.startsWith(`.${MARK}.`)

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Has the process that wrote this file gone without finishing it? Writing does not give way, so
 * nothing of this process is unfinished while it asks.
 */
export const isLeftover = (name: string, ageMs: number): boolean => {
  const [, machine = here, pid] = temporary.exec(name) ?? []
  if (pid === undefined) return false
  if (machine === here && (Number(pid) === process.pid || !lives(Number(pid)))) return true
  return (machine !== here || !isMark(name)) && ageMs > ABANDONED_MS
}

/** The process of this machine, living and not this one, whose mark this file is. */
export const markedBy = (file: string): number | undefined => {
  const [, machine, pid] = temporary.exec(file) ?? []
  const other = isMark(file) && machine === here && Number(pid) !== process.pid
  return other && lives(Number(pid)) ? Number(pid) : undefined
}

/** Removes what killed processes left half-written; for commands that write into the folder. */
export const sweepTemporaries = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    if (!temporary.test(name)) continue
    const path = join(folder, name)
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (written !== undefined && isLeftover(name, Date.now() - written))
      rmSync(path, { force: true })
  }
}
