import { createHash } from 'node:crypto'
import { readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

// Files are written under a temporary name and then renamed. A process that is killed in between
// leaves its part behind; the file that a living process is writing looks the same and must stay.

/**
 * Beyond this age a file is removed when its process is on another machine, or its number may be in
 * use again.
 */
const ABANDONED_MS = 60 * 60 * 1000

/** Process numbers are unique only within one PID namespace of one machine. */
const numberSpace = (): string => {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

const here = createHash('sha256').update(`${hostname()} ${numberSpace()}`).digest('hex').slice(0, 8)

/** Returns the temporary name under which this process writes a file. */
export const temporaryOf = (name: string): string => `.${name}.${here}.${process.pid}.tmp`

/** Files of earlier versions name no machine and count as files of this one. */
const temporary = /^\..+?(?:\.([0-9a-f]{8}))?\.(\d+)\.tmp$/

/** The name of the file that says, possibly for days, that a process trains in a folder. */
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
 * Tests whether the process that wrote this file ended without finishing it. Writing is
 * synchronous, so no file of this process is unfinished when this is called.
 */
export const isLeftover = (name: string, ageMs: number): boolean => {
  const [, machine = here, pid] = temporary.exec(name) ?? []
  if (pid === undefined) return false
  if (machine === here && (Number(pid) === process.pid || !lives(Number(pid)))) return true
  return (machine !== here || !isMark(name)) && ageMs > ABANDONED_MS
}

/**
 * Returns the number of the process whose mark this file is, if that process runs on this machine
 * and is not this one.
 */
export const markedBy = (file: string): number | undefined => {
  const [, machine, pid] = temporary.exec(file) ?? []
  const other = isMark(file) && machine === here && Number(pid) !== process.pid
  return other && lives(Number(pid)) ? Number(pid) : undefined
}

/** Removes the incomplete files of killed processes; for commands that write into the folder. */
export const sweepTemporaries = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    if (!temporary.test(name)) continue
    const path = join(folder, name)
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (written !== undefined && isLeftover(name, Date.now() - written))
      rmSync(path, { force: true })
  }
}
