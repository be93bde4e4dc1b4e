import { execFile } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

// Programs that are run for the package, and the size of what it brings along.

/** Runs a program and returns what it printed. */
export const execute = promisify(execFile)

export interface Ran extends Readonly<Record<'stdout', string>> {
  readonly code: number
}

/** Runs Node in a folder; what went wrong is part of the output. */
export const node = async (cwd: string, ...args: readonly string[]): Promise<Ran> => {
  try {
    const { stdout } = await execute(process.execPath, [...args], { cwd })
    return { stdout, code: 0 }
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number }
    return { stdout: `${stdout}${stderr}`, code }
  }
}

/** The bytes of all files in a folder. */
export const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
