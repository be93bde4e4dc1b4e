// Finds faults in examples/run/afterFailure.ts.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { trainCommand } from '../../examples/cli/commands/trainCommand.ts'
import { decodeCheckpoint } from '../../examples/run/checkpoint.ts'
import { files } from '../../examples/run/folder.ts'
import { decode } from '../../examples/run/safetensors.ts'
import { toLog } from '../../examples/run/stepLog.ts'
import type { StopSignal } from '../../examples/run/unfold.ts'
import type { PlanTraining, StepRecord, Training } from '../../examples/session/training.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import { type Faults, fakePlan } from './fakeTraining.ts'

const root = mkdtempSync(join(tmpdir(), 'psigrad-train-'))
let folders = 0
const newFolder = (): string => {
  folders += 1
  return join(root, `run-${folders}`)
}

interface Call {
  readonly plan?: PlanTraining
  readonly faults?: Faults
  readonly flags?: Record<string, string>
  readonly out?: string
  readonly resume?: string
  readonly json?: boolean
  readonly stopped?: () => StopSignal | undefined
}

/** The command in this process, with a training that needs no physics. */
const run = async ({ plan, faults, flags = {}, out, resume, json = false, stopped }: Call) => {
  let stdout = ''
  let stderr = ''
  const code = await trainCommand(
    { flags, out, resume, json },
    {
      plan: async () => plan ?? fakePlan(faults),
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      stopped: stopped ?? (() => undefined),
    },
  )
  return { code, stdout, stderr }
}

const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8')
const json = (folder: string, name: string) => JSON.parse(read(folder, name))
/** The log without the clock's times, which are those of the machine. */
const timeless = ({ seconds: _, ...log }: ReturnType<typeof toLog>) => log

const training = (): Training => {
  const plan = fakePlan()(defaults)
  if (E.isLeft(plan)) throw new Error('no plan')
  return plan.right
}

const savedStep = (folder: string): number => {
  const bytes = new Uint8Array(readFileSync(join(folder, files.checkpoint)))
  const found = decodeCheckpoint(bytes, training().initial())
  if (E.isLeft(found)) throw new Error(found.left)
  return found.right.state.step
}

/** Computes the records of the steps without any files or screens. */
const recordsOf = (steps: number): readonly StepRecord[] => {
  const t = training()
  let state = t.initial()
  return Array.from({ length: steps }, () => {
    const next = t.step(state)
    state = next.state
    return next.record
  })
}

describe('a run', () => {
  it('leaves configuration, log, states, results, pictures and a report of the same numbers', async () => {
    const out = newFolder()
    const { code, stdout, stderr } = await run({
      out,
      flags: { steps: '12', seed: '1' },
      json: true,
    })
    expect(code).toBe(0)
    expect(json(out, files.config)).toEqual({ ...defaults, steps: 12 })
    expect(timeless(json(out, files.log))).toEqual(
      JSON.parse(JSON.stringify(timeless(toLog(recordsOf(12))))),
    )
    expect(savedStep(out)).toBe(12)
    const parameters = decode(new Uint8Array(readFileSync(join(out, files.parameters))))
    expect(E.isRight(parameters) && Object.keys(parameters.right.tensors)).toContain(
      'encoder.0.attention.p',
    )
    const result = JSON.parse(stdout)
    expect(stdout).toBe(`${JSON.stringify(result)}\n`)
    expect(result).toEqual(json(out, files.result))
    expect(Object.keys(result)).toEqual(
      (
        'energyPerSite energyError reliable variancePerSite varianceError vScore vScoreError ' +
        'exactPerSite relativeError parameters steps refusals seconds acceptance rHat rHatLimit ' +
        'autocorrelationTime effectiveSamples evaluations seed runDir'
      ).split(' '),
    )
    expect(result.exactPerSite).toBe(-0.5)
    // Twelve steps of 31, 32, … 42 evaluations.
    expect(result.evaluations).toMatchObject({ samples: 144, bonds: 576, made: 438 })
    expect(result.relativeError).toBeCloseTo(Math.abs(result.energyPerSite + 0.5) / 0.5, 12)
    expect(stderr).toContain(`exact energy per site -0.500000`)
    const report = read(out, files.report)
    expect(report).toContain(result.energyPerSite.toFixed(6).replace('-', '−'))
    expect(report).toContain('--size 4x4')
    expect(report).not.toMatch(/<script|src=|href=|@import|url\(http/)
    for (const name of ['energy', 'error', 'vscore', 'attention', 'attention-matrices']) {
      const svg = read(out, `${name}.svg`)
      expect(svg).toMatch(/^<svg .*xmlns="http:\/\/www\.w3\.org\/2000\/svg".*<\/svg>\n$/s)
      expect(svg).not.toMatch(/NaN|undefined/)
      expect(report).toContain(svg.trim())
    }
  })

  it('prints a table for people, and nothing of it with --json', async () => {
    const { stdout } = await run({ out: newFolder(), flags: { steps: '3' } })
    expect(stdout).toContain('energy per site')
    expect(stdout).toContain('relative error')
    expect(() => JSON.parse(stdout)).toThrow()
  })

  it('says what it is before it computes anything, then the first and the last step', async () => {
    const order: string[] = []
    const out = newFolder()
    let stderr = ''
    await trainCommand(
      { flags: { steps: '5' }, out, json: true },
      {
        plan: async () => {
          order.push(stderr)
          return fakePlan()
        },
        stdout: { write: () => true },
        stderr: { write: (text) => (stderr += text) },
        stopped: () => undefined,
      },
    )
    expect(order[0]).toContain('psigrad train: square 4x4, periodic, J1 = 1, J2 = 0.5')
    expect(stderr).toMatch(/\n +1\/5 /)
    expect(stderr).toMatch(/\n +5\/5 /)
    expect(stderr).toContain('R-hat')
  })

  it('without an exact energy, in full summation, has null where nothing was measured', async () => {
    const out = newFolder()
    // 6x6 at J2 = 0.5 is too large to diagonalise, and known; at 0.4 it is not.
    const flags = { size: '6x6', j2: '0.4', steps: '4', sum: 'full' }
    const { code, stdout } = await run({ out, flags, json: true })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      exactPerSite: null,
      relativeError: null,
      acceptance: null,
      rHat: null,
      energyError: 0,
    })
    expect(read(out, files.report)).not.toContain('Relative error')
  })
})

describe('a numerical failure', () => {
  it.each([
    [{ throwsAt: 4 }, 'NonFinite in localEnergy: sample 7'],
    [{ nanEnergyAt: 4 }, 'the energy is NaN'],
    [{ infiniteParamAt: 4 }, 'parameter embed.kernel after the step is Infinity'],
  ])(
    '%j ends with code 3, the step, the quantity and the state before it',
    async (faults, what) => {
      const out = newFolder()
      const { code, stdout, stderr } = await run({ out, faults, flags: { steps: '9' }, json: true })
      expect(code).toBe(3)
      expect(stdout).toBe('')
      expect(stderr).toContain('numerical failure in step 4 of 9')
      expect(stderr).toContain(what)
      expect(stderr).toContain(`after step 3, is in ${out}/checkpoint.safetensors`)
      expect(stderr).toContain(`psigrad train --config ${out}/config.json --lr ${defaults.lr / 10}`)
      expect(savedStep(out)).toBe(3)
      expect(json(out, files.log).Energy.iters).toEqual([0, 1, 2])
      // The faults come in step 4, and three steps are tried.
      expect(stderr).toContain(`psigrad train --from ${out} --lr ${defaults.lr / 10}`)
      expect(stderr).toContain(`Curves up to there: ${out}/${files.report}`)
      expect(read(out, files.report)).toContain('failed in step 4 of 9')
    },
  )

  it('says when the next command fails as well, and which parameters grew', async () => {
    const faults = { throwsAt: 2, growth: 0.5 }
    const { stderr } = await run({ out: newFolder(), faults })
    expect(stderr).toContain(`--lr ${defaults.lr / 10} fails within 3 steps, too`)
    expect(stderr).not.toContain('psigrad train --from')
    expect(stderr).toMatch(/The parameters that grew most are \S+: their largest entry went from/)
  })

  it('in the first step leaves the initial state', async () => {
    const out = newFolder()
    expect((await run({ out, faults: { throwsAt: 1 } })).code).toBe(3)
    expect(savedStep(out)).toBe(0)
  })

  it('that is our own mistake still saves the state and is not hidden', async () => {
    const out = newFolder()
    await expect(run({ out, faults: { bugAt: 3 } })).rejects.toThrow('not a numerical problem')
    expect(savedStep(out)).toBe(2)
  })
})

describe('stopping and going on', () => {
  const stopAfter = (step: number) => {
    let done = 0
    const faults: Faults = { onStep: (k) => (done = k) }
    return { faults, stopped: () => (done >= step ? ('SIGINT' as const) : undefined) }
  }

  it('Ctrl-C saves the state, and the resumed run ends with the very same files', async () => {
    const [whole, parts] = [newFolder(), newFolder()]
    const flags = { steps: '10' }
    await run({ out: whole, flags })
    const { code, stderr } = await run({ out: parts, flags, ...stopAfter(4) })
    expect(code).toBe(130)
    expect(stderr).toContain(`psigrad train --resume ${parts}`)
    expect(savedStep(parts)).toBe(4)
    const resumed = await run({ resume: parts, json: true })
    expect(resumed.code).toBe(0)
    expect(timeless(json(parts, files.log))).toEqual(timeless(json(whole, files.log)))
    const parameters = (folder: string) => readFileSync(join(folder, files.parameters))
    expect(parameters(parts).equals(parameters(whole))).toBe(true)
    const { seconds: _a, runDir: _b, ...rest } = JSON.parse(resumed.stdout)
    expect(json(whole, files.result)).toMatchObject(rest)
  })

  it('a log that is ahead of the checkpoint, as after kill -9, is cut to it', async () => {
    const out = newFolder()
    await run({ out, flags: { steps: '10' }, ...stopAfter(4) })
    writeFileSync(join(out, files.log), JSON.stringify(toLog(recordsOf(7))))
    writeFileSync(join(out, '.log.json.123.tmp'), '{"half')
    await run({ resume: out })
    expect(json(out, files.log).Energy.iters).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(() => read(out, '.log.json.123.tmp')).toThrow()
  })

  it('a finished run goes on when given more steps, with its settings', async () => {
    const out = newFolder()
    await run({ out, flags: { steps: '4', seed: '3' } })
    expect((await run({ resume: out, flags: { steps: '6' } })).code).toBe(0)
    expect(json(out, files.config)).toEqual({ ...defaults, steps: 6, seed: 3 })
    expect(savedStep(out)).toBe(6)
    const shorter = await run({ resume: out, flags: { steps: '5' } })
    expect(shorter).toMatchObject({ code: 2 })
    expect(shorter.stderr).toContain('--steps 5: expected at least 6')
  })

  it('is refused with a reason when the settings change or nothing is there', async () => {
    const out = newFolder()
    await run({ out, flags: { steps: '2' } })
    const changed = await run({ resume: out, flags: { lr: '0.3' } })
    expect(changed.code).toBe(2)
    expect(changed.stderr).toContain('--lr: expected only --steps, --backend, --threads')
    const nowhere = await run({ resume: join(root, 'nowhere') })
    expect(nowhere.code).toBe(2)
    expect(nowhere.stderr).toContain('--resume')
    writeFileSync(join(out, files.checkpoint), 'garbage')
    const damaged = await run({ resume: out })
    expect(damaged.code).toBe(2)
    expect(damaged.stderr).toContain('checkpoint.safetensors')
    const twice = await run({ out })
    expect(twice.code).toBe(2)
    expect(twice.stderr).toContain(`--resume ${out}`)
  })

  it('a plan that does not fit leaves no folder behind', async () => {
    const out = newFolder()
    const left: PlanTraining = () =>
      E.left({ kind: 'LatticeError', where: 'bonds', what: 'no shell 2.', fix: '--j2 0' })
    const { code, stderr } = await run({ plan: left, out })
    expect(code).toBe(2)
    expect(stderr).toContain('LatticeError in bonds: no shell 2.')
    expect(() => read(out, files.config)).toThrow()
  })
})
