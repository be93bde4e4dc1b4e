import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { attentionCommand } from '../../examples/cli/commands/attentionCommand.ts'
import { files } from '../../examples/run/folder.ts'
import { changesOf, resumable } from '../../examples/run/resumable.ts'
import { decode, encode, type SafeTensors } from '../../examples/run/safetensors.ts'
import { planTraining } from '../../examples/session/planTraining.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'
import { right } from '../expectations.ts'
import { runTrain } from './commands.ts'
import { fakePlan } from './fakeTraining.ts'

// A run goes on as what it was, or says why not; and a new one may begin where it is.

const root = mkdtempSync(join(tmpdir(), 'psigrad-resume-'))
let folders = 0
const newFolder = (): string => {
  folders += 1
  return join(root, `run-${folders}`)
}
const bytesOf = (folder: string, name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(folder, name)))
const json = (folder: string, name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))

const ring = { lattice: 'chain', size: '6', j2: '0', dim: '4', heads: '2', threads: '1' }
const real = { plan: planTraining, flags: { ...ring, samples: '64', steps: '3', finalRounds: '1' } }

describe('a state of a real run', () => {
  const adam = newFolder()
  beforeAll(async () => {
    const flags = { ...real.flags, optimizer: 'adam' }
    expect((await runTrain({ ...real, flags, out: adam })).code).toBe(0)
  })
  /** Resumes a run whose checkpoint has changed tensors. */
  const resumed = async (change: (tensors: SafeTensors['tensors']) => SafeTensors['tensors']) => {
    const run = newFolder()
    cpSync(adam, run, { recursive: true })
    const { tensors, metadata } = right(decode(bytesOf(run, files.checkpoint)))
    writeFileSync(join(run, files.checkpoint), encode({ tensors: change(tensors), metadata }))
    return runTrain({ plan: planTraining, resume: run, flags: { steps: '4' } })
  }

  it('has its chains in the sector', async () => {
    expect((await resumed((tensors) => tensors)).code).toBe(0)
    const flipped = await resumed(({ chains, ...rest }) => {
      const values = Int8Array.from(chains!.values)
      values[13]! *= -1
      return { ...rest, chains: { shape: chains!.shape, values } }
    })
    expect(flipped.code).toBe(2)
    expect(flipped.stderr).toMatch(/checkpoint\.safetensors: chain 2 has [24] spins up of 6, not 3/)
  })

  it.each([
    ['optimizer.t', 2, 'has counted 2 steps, not 3'],
    ['optimizer.v', -1e-9, 'has squares below 0'],
  ])('has a memory of adam that it can have: %s', async (name, x, words) => {
    const { code, stderr } = await resumed((tensors) => {
      const { shape, values } = tensors[name]!
      return { ...tensors, [name]: { shape, values: Float64Array.from(values).fill(x) } }
    })
    expect(code).toBe(2)
    expect(stderr).toContain(words)
  })
})

describe('settings of a run', () => {
  const out = newFolder()
  beforeAll(async () => {
    expect((await runTrain({ out, flags: { steps: '2' } })).code).toBe(0)
  })
  /** A copy of the run with its config.json changed. */
  const edited = (change: Partial<Record<keyof TrainConfig, unknown>>): string => {
    const run = newFolder()
    cpSync(out, run, { recursive: true })
    writeFileSync(
      join(run, files.config),
      JSON.stringify({ ...json(run, files.config), ...change }),
    )
    return run
  }

  it.each([
    { j2: 0.6 },
    { j1: -1 },
    { lr: 0.02 },
    { seed: 2 },
    { samples: 64 },
    { diagShift: 0.01 },
    { momentum: 0 },
    { marshall: false },
    { symmetry: 'translations' },
    { attention: 't5' },
    { boundary: 'open' },
    { lrSchedule: 'cosine' },
  ])('changed between two sessions are told: %j', async (change) => {
    const run = edited(change)
    const [[key, value]] = Object.entries(change) as [[keyof TrainConfig, unknown]]
    const s = { out: '', err: '' }
    const resumed = await runTrain({ resume: run })
    const looked = await attentionCommand(
      { run, json: true },
      {
        plan: async () => fakePlan(),
        stdout: { write: (text) => (s.out += text) },
        stderr: { write: (text) => (s.err += text) },
      },
    )
    expect([resumed.code, looked, s.out]).toEqual([2, 2, ''])
    for (const text of [resumed.stderr, s.err]) {
      expect(text).toContain(`${key} was ${defaults[key]}, now ${value}`)
      expect(text).toContain(`psigrad train --from ${run}`)
    }
  })

  it('that only say how long, how well and by what may change', async () => {
    for (const change of [{ threads: 2 }, { memory: 2 ** 30 }, { finalRounds: 2 }, { steps: 3 }])
      expect((await runTrain({ resume: edited(change) })).code).toBe(0)
    const flags = { steps: '4', threads: '1', memory: '1GiB', finalRounds: '3' }
    expect((await runTrain({ resume: edited({}), flags })).code).toBe(0)
    const keys = Object.keys(defaults) as (keyof TrainConfig)[]
    for (const key of keys) {
      const now = { ...defaults, [key]: 'another' } as unknown as TrainConfig
      const seen = changesOf({ ...defaults }, now).map((c) => c.key)
      expect(seen).toEqual(resumable.includes(key) ? [] : [key])
    }
  })

  it('of a checkpoint that has none are not looked at', async () => {
    const run = edited({ lr: 0.02 })
    const { tensors, metadata } = right(decode(bytesOf(run, files.checkpoint)))
    const { settings: _, ...old } = metadata
    writeFileSync(join(run, files.checkpoint), encode({ tensors, metadata: old }))
    expect((await runTrain({ resume: run })).code).toBe(0)
  })
})

describe('a learning rate that goes down over the steps', () => {
  it.each(['linear', 'cosine', 'inverse'])('%s: the number of steps stays', async (lrSchedule) => {
    const out = newFolder()
    const flags = { steps: '4', lrSchedule }
    let done = 0
    const stopped = await runTrain({
      out,
      flags,
      faults: { onStep: (step) => (done = step) },
      stopped: () => (done >= 2 ? 'SIGTERM' : undefined),
    })
    expect(stopped.code).toBe(143)
    for (const steps of ['3', '6']) {
      const { code, stderr } = await runTrain({ resume: out, flags: { steps } })
      expect(code).toBe(2)
      expect(stderr).toContain(`--steps ${steps}: expected 4, as the run began`)
      expect(stderr).toContain(`psigrad train --from ${out} --steps ${steps}`)
    }
    const config = json(out, files.config)
    writeFileSync(join(out, files.config), JSON.stringify({ ...config, steps: 6 }))
    expect((await runTrain({ resume: out })).stderr).toContain('steps was 4, now 6')
    writeFileSync(join(out, files.config), JSON.stringify(config))
    expect((await runTrain({ resume: out, flags: { steps: '4' } })).code).toBe(0)
  })
})

describe('--from', () => {
  const one = newFolder()
  beforeAll(async () => {
    expect((await runTrain({ ...real, out: one })).code).toBe(0)
  })
  const from = (out: string, flags: Record<string, string> = {}) =>
    runTrain({ plan: planTraining, from: one, out, flags: { threads: '1', ...flags } })

  it('begins a run with the parameters of another, its settings, and all else anew', async () => {
    const out = newFolder()
    const { code } = await from(out, { j2: '0.3', seed: '5', samples: '128', optimizer: 'sgd' })
    expect(code).toBe(0)
    expect(bytesOf(out, files.start).length).toBeGreaterThan(0)
    const [kept, given] = [
      right(decode(bytesOf(out, files.start))),
      right(decode(bytesOf(one, files.parameters))),
    ]
    expect(kept.tensors).toEqual(given.tensors)
    expect(kept.metadata).toEqual({ from: one })
    const { threads: _, memory: __, ...settings } = json(one, files.config)
    expect(json(out, files.config)).toMatchObject({
      ...settings,
      ...{ j2: 0.3, seed: 5, samples: 128, optimizer: 'sgd' },
    })
    expect(json(out, files.log).Energy.iters).toEqual([0, 1, 2])
    expect(readFileSync(join(out, files.report), 'utf8')).toContain('--from ')
  })

  it('measures at first what the other run had at last', async () => {
    const out = newFolder()
    const full = newFolder()
    const { samples: _, finalRounds: __, ...kept } = real.flags
    const exactly = { ...kept, sum: 'full' }
    const first = await runTrain({ plan: planTraining, out: full, flags: exactly, json: true })
    const next = await runTrain({ plan: planTraining, from: full, out, flags: { steps: '1' } })
    expect([first.code, next.code]).toEqual([0, 0])
    const [energy] = json(out, files.log).Energy.Mean.real
    expect(energy / 6).toBeCloseTo(JSON.parse(first.stdout).energyPerSite, 13)
  })

  it('may change the precision', async () => {
    const out = newFolder()
    expect((await from(out, { precision: 'float32' })).code).toBe(0)
    const { tensors } = right(decode(bytesOf(out, files.start)))
    for (const { values } of Object.values(tensors)) expect(values).toBeInstanceOf(Float32Array)
  })

  it('goes on after a stop to the same numbers, when the other run has gone, too', async () => {
    const [whole, parts] = [newFolder(), newFolder()]
    await from(whole)
    let asked = 0
    const stopped = () => {
      asked += 1
      return asked > 1 ? ('SIGINT' as const) : undefined
    }
    const flags = { threads: '1' }
    const first = await runTrain({ plan: planTraining, from: one, out: parts, flags, stopped })
    expect(first.code).toBe(130)
    expect((await runTrain({ plan: planTraining, resume: parts })).code).toBe(0)
    expect(bytesOf(parts, files.parameters)).toEqual(bytesOf(whole, files.parameters))
  })

  it.each([
    [{ dim: '8' }, /tensor \S+ has shape \[.*\], this run needs \[/],
    [{ layers: '2' }, /it has no tensor encoder\.1\./],
    [{ attention: 'softmax(content)' }, /it has (no|a) tensor encoder\.0\.\S*attention/],
    [{ size: '8' }, /tensor \S+ has shape/],
  ])('%j names the parameter that does not fit', async (flags, words) => {
    const out = newFolder()
    const { code, stderr } = await from(out, flags)
    expect(code).toBe(2)
    expect(stderr).toContain(`--from ${one}/parameters.safetensors`)
    expect(stderr).toMatch(words)
    expect(existsSync(out)).toBe(false)
  })

  it('refuses what is no run, and --resume beside it', async () => {
    const nowhere = await runTrain({ from: join(root, 'nowhere') })
    expect(nowhere.code).toBe(2)
    expect(nowhere.stderr).toContain('nowhere')
    const both = await runTrain({ from: one, resume: one })
    expect(both.code).toBe(2)
    expect(both.stderr).toContain('--from: expected only --steps')
  })
})
