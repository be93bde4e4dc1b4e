// Finds faults in examples/run/claim.ts.

import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { files, save } from '../../examples/run/folder.ts'
import { isLeftover, MARK, sweepTemporaries, temporaryOf } from '../../examples/run/temporaries.ts'
import { runTrain } from './commands.ts'

// What a process writes and has not named yet belongs to it as long as it lives.

/** The file system does this in place of its next calls; undefined means its own work. */
const faults = vi.hoisted(() => ({
  rename: [] as ((from: string) => void)[],
  write: undefined as ((path: string) => void) | undefined,
}))
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>()
  const paths = new Map<number, string>()
  return {
    ...real,
    renameSync: (from: string, to: string) => {
      faults.rename.shift()?.(from)
      real.renameSync(from, to)
    },
    openSync: (path: string, flags: string) => {
      const fd = real.openSync(path, flags)
      paths.set(fd, path)
      return fd
    },
    writeSync: (fd: number, bytes: Uint8Array, at: number) => {
      faults.write?.(paths.get(fd) ?? '')
      return real.writeSync(fd, bytes, at)
    },
  }
})
afterEach(() => {
  faults.rename = []
  faults.write = undefined
})

const root = mkdtempSync(join(tmpdir(), 'psigrad-temporaries-'))
let folders = 0
const newFolder = (): string => {
  folders += 1
  return mkdtempSync(join(root, `${folders}-`))
}

/** The number of a process that has ended. */
const gone = spawnSync(process.execPath, ['-e', '']).pid
const living = process.ppid
const HOUR_MS = 3600 * 1000
const mine = temporaryOf('log.json')
const [here] = /[0-9a-f]{8}/.exec(mine)!
const there = here === '00000000' ? '11111111' : '00000000'
const named = (pid: number, machine = here): string => `.log.json.${machine}.${pid}.tmp`
const mark = (pid: number): string => named(pid).replace('log.json', MARK)

describe('an unfinished file', () => {
  it.each([
    ['of a process that has gone', named(gone), 0, true],
    ['of this process, whose number is in use again', mine, 0, true],
    ['of a living process', named(living), 0, false],
    ['of a living process, half an hour old', named(living), HOUR_MS / 2, false],
    ['of a number in use again, for a day', named(living), 24 * HOUR_MS, true],
    ['of another machine, where the number may live', named(gone, there), 0, false],
    ['of another machine, a day old', named(gone, there), 24 * HOUR_MS, true],
    ['of an earlier version, of a process that has gone', `.log.json.${gone}.tmp`, 0, true],
    ['of an earlier version, of a living process', `.log.json.${living}.tmp`, 0, false],
    ['of somebody else', '.notes.tmp', 24 * HOUR_MS, false],
    ['that marks a folder for days', mark(living), 24 * HOUR_MS, false],
    ['that marked a folder', mark(gone), 0, true],
    ['that is none', 'log.json', 24 * HOUR_MS, false],
  ])('%s', (_, name, age, leftover) => {
    expect(isLeftover(name, age)).toBe(leftover)
  })

  it('is judged in a folder by the time of its last write', () => {
    const folder = newFolder()
    const names = [named(gone), named(living), named(gone, there), 'log.json']
    for (const name of names) writeFileSync(join(folder, name), '')
    sweepTemporaries(folder)
    expect(readdirSync(folder).sort()).toEqual(names.slice(1).sort())
    const yesterday = Date.now() / 1000 - 24 * 3600
    for (const name of names.slice(1)) utimesSync(join(folder, name), yesterday, yesterday)
    sweepTemporaries(folder)
    expect(readdirSync(folder)).toEqual(['log.json'])
  })
})

describe('a folder', () => {
  it('has one process that trains in it; the mark of one that is gone counts for nothing', async () => {
    const out = join(newFolder(), 'a run')
    const during: string[] = []
    const stopped = () => {
      during.push(...readdirSync(out).filter((name) => name.startsWith(`.${MARK}.`)))
      return undefined
    }
    expect((await runTrain({ out, flags: { steps: '2' }, stopped })).code).toBe(0)
    expect(new Set(during)).toEqual(new Set([mark(process.pid)]))
    const before = readdirSync(out)
    expect(before).not.toContain(mark(process.pid))
    writeFileSync(join(out, mark(living)), '')
    const ends: readonly Record<string, string>[] = [{ steps: '3' }, {}]
    for (const flags of ends) {
      const { code, stderr } = await runTrain({ resume: out, flags })
      expect(code).toBe(2)
      expect(stderr).toContain(`${out}: process ${living} is training there`)
      expect(readdirSync(out).sort()).toEqual([...before, mark(living)].sort())
    }
    fs.renameSync(join(out, mark(living)), join(out, mark(gone)))
    expect((await runTrain({ resume: out, flags: { steps: '3' } })).code).toBe(0)
    expect(readdirSync(out).sort()).toEqual(before.sort())
  })
})

describe('a file of a run', () => {
  it('is written once more when what it was to be renamed from has gone', () => {
    const folder = newFolder()
    const remove = (from: string): void => fs.rmSync(from)
    faults.rename = [remove, remove]
    expect(save(folder, 'a', 'text')).toEqual(E.right(undefined))
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('text')
    faults.rename = [remove, remove, remove, remove]
    const never = save(folder, 'b', 'text')
    expect(E.isLeft(never) && never.left.what).toBe('no such file or folder')
    expect(readdirSync(folder)).toEqual(['a'])
  })

  const full = (wanted: (path: string) => boolean) => (path: string) => {
    if (wanted(path)) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  }

  it('leaves nothing behind on a full disk, and the old one as it was', () => {
    const folder = newFolder()
    save(folder, 'a', 'old')
    faults.write = full(() => true)
    const result = save(folder, 'a', 'new')
    expect(E.isLeft(result) && result.left).toMatchObject({
      path: join(folder, 'a'),
      what: 'the disk is full',
    })
    expect(E.isLeft(result) && result.left.fix).not.toContain('--out')
    expect(readdirSync(folder)).toEqual(['a'])
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old')
  })

  it.each(['energy.svg', 'report.html'])(
    'that finds no room at the end of a run (%s) costs the report alone, in words',
    async (name) => {
      const out = join(newFolder(), 'run')
      faults.write = full((path) => path.includes(name))
      const { code, stdout, stderr } = await runTrain({ out, flags: { steps: '2' } })
      expect(code).toBe(2)
      expect(stdout).toContain('energy per site')
      expect(stdout).toContain(`All numbers: ${join(out, files.result)}`)
      expect(stdout).not.toContain('report.html')
      expect(stderr).toContain(`${name}: the disk is full; make room`)
      expect(stderr).toContain(`psigrad train --resume ${out}`)
      expect(existsSync(join(out, files.report))).toBe(false)
      faults.write = undefined
      const again = await runTrain({ resume: out })
      expect(again.code).toBe(0)
      expect(again.stdout).toContain(join(out, files.report))
      expect(existsSync(join(out, files.report))).toBe(true)
    },
  )

  it('that finds no room in mid-run ends it with what to do about it', async () => {
    const out = join(newFolder(), 'run')
    let saves = 0
    const secondLog = (path: string): boolean => {
      if (path.includes('.log.json')) saves += 1
      return path.includes('.log.json') && saves > 1
    }
    faults.write = full(secondLog)
    const { code, stderr } = await runTrain({ out, flags: { steps: '2' } })
    expect(code).toBe(2)
    expect(stderr).toContain('log.json: the disk is full; make room')
    expect(stderr).toContain(`psigrad train --resume ${out}`)
    expect(stderr).not.toContain('--out')
    faults.write = undefined
    expect((await runTrain({ resume: out })).code).toBe(0)
  })
})
