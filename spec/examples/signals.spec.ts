import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { files } from '../../examples/run/folder.ts'
import { runTrain } from './commands.ts'

// Signals end a run where it is, with its state saved, the code of the signal, and the right words.

const launcher = join(import.meta.dirname, '../../examples/cli/launch.mjs')
const root = mkdtempSync(join(tmpdir(), 'psigrad-signals-'))
const small = '--lattice chain --size 6 --j2 0 --patch 2 --layers 1 --dim 4 --heads 2 --threads 1'

/** A process that gets signals when its last line matches; what it said, and how it ended. */
const signalled = (args: string, when: RegExp, ...signals: readonly NodeJS.Signals[]) =>
  new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [launcher, ...args.split(' ')])
    let stdout = ''
    let stderr = ''
    let sent = false
    child.stdout.on('data', (data) => (stdout += data))
    child.stderr.on('data', (data) => {
      stderr += data
      if (sent || !when.test(stderr)) return
      sent = true
      for (const signal of signals) child.kill(signal)
    })
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })

describe('psigrad train', () => {
  it.each([
    ['SIGTERM', 143, ['SIGTERM']],
    ['SIGHUP, twice as a terminal sends it', 129, ['SIGHUP', 'SIGHUP']],
  ] as const)('saves its state at %s and ends with %i', async (_, wanted, signals) => {
    const out = join(root, signals[0])
    const run = `train ${small} --sum full --steps 1000000 --out ${out}`
    const { code, stdout, stderr } = await signalled(run, /\n +1\/1000000 /, ...signals)
    expect({ code, stdout }).toEqual({ code: wanted, stdout: '' })
    expect(stderr).toMatch(/stopped after step \d+ of 1000000; the state is saved/)
    expect(stderr).toContain(`psigrad -- train --resume ${out}`)
    expect(existsSync(join(out, files.checkpoint))).toBe(true)
  })

  it('ends at Ctrl-C in the middle of the last measurement', async () => {
    const out = join(root, 'measuring')
    const run = `train ${small} --samples 512 --steps 2 --final-rounds 20000 --out ${out}`
    const { code, stdout, stderr } = await signalled(run, /\n +2\/2 /, 'SIGINT')
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr).toContain(
      'stopped in the last measurement, after step 2 of 2; the state is saved',
    )
    expect(existsSync(join(out, files.result))).toBe(false)
    expect(existsSync(join(out, files.checkpoint))).toBe(true)
  })

  it('does nothing more once a signal has come, wherever that is', async () => {
    // The looks at the signals, one by one: two steps, measurement, exact energy, pictures.
    const words: string[] = []
    for (let look = 1; ; look += 1) {
      const out = join(root, `look-${look}`)
      let looks = 0
      const stopped = () => {
        looks += 1
        return looks >= look ? ('SIGTERM' as const) : undefined
      }
      const { code, stdout, stderr } = await runTrain({ out, flags: { steps: '2' }, stopped })
      if (code === 0) break
      expect({ code, stdout }).toEqual({ code: 143, stdout: '' })
      expect(existsSync(join(out, files.report))).toBe(false)
      expect(stderr).toContain(`psigrad train --resume ${out}`)
      words.push(/stopped (.*?)[;,]/.exec(stderr)![1]!)
      expect(stderr.includes('result.json is there')).toBe(existsSync(join(out, files.result)))
    }
    expect([...new Set(words)]).toEqual([
      'after step 0 of 2',
      'after step 1 of 2',
      'in the last measurement',
      'before the exact energy was there',
      'before the pictures',
    ])
  })
})

describe('commands of many runs', () => {
  it('advise to be run again when they are stopped', async () => {
    const out = join(root, 'compared')
    const run = `compare --forms factored ${small} --sum full --steps 1000000 --out ${out}`
    const { code, stderr } = await signalled(run, /\n +1\/1000000 /, 'SIGINT')
    expect(code).toBe(130)
    expect(stderr).toContain('psigrad -- compare again, with the same arguments, to continue.')
    expect(stderr).not.toContain('--resume')
    const [cell] = readdirSync(out).filter((name) => statSync(join(out, name)).isDirectory())
    expect(existsSync(join(out, cell!, files.checkpoint))).toBe(true)
  })
})
