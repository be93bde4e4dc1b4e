// Finds faults in examples/session/devices.ts.

import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { openBridge } from '../../../core/gpu/bridge.ts'
import { deviceProblem } from '../../../core/gpu/device.ts'
import { startModule } from '../../../core/threads/host.ts'
import { threadPool } from '../../../core/threads/pool.ts'
import { devicesCommand } from '../../../examples/cli/commands/devicesCommand.ts'
import { trainCommand } from '../../../examples/cli/commands/trainCommand.ts'
import { files } from '../../../examples/run/folder.ts'
import { chosenBackend, machineOf, type OpenDevice } from '../../../examples/session/machine.ts'
import { planTraining, planWith } from '../../../examples/session/planTraining.ts'
import type { PlanTraining } from '../../../examples/session/training.ts'
import { defaults } from '../../../examples/settings/defaults.ts'
import type { Backend, TrainConfig } from '../../../examples/settings/settings.ts'

/** Six steps in float32, of kernels that round elsewhere. */
const SAME_ENERGY = 1e-3

const root = mkdtempSync(join(tmpdir(), 'psigrad-backend-'))

const small: Partial<TrainConfig> = {
  lattice: 'chain',
  size: [6],
  j2: 0,
  patch: 2,
  dim: 4,
  heads: 2,
  sum: 'full',
  threads: 1,
  precision: 'float32',
}
const energies = (backend: Backend, steps: number): number[] => {
  const plan = planTraining({ ...defaults, ...small, backend })
  if (E.isLeft(plan)) throw new Error(plan.left.what)
  const training = plan.right
  let state = training.initial()
  const list = Array.from({ length: steps }, () => {
    const next = training.step(state)
    state = next.state
    return next.record.energy
  })
  training.dispose()
  return list
}

const train = async (
  plan: PlanTraining,
  given: { out?: string; resume?: string; flags: object },
) => {
  let stdout = ''
  let stderr = ''
  const code = await trainCommand(
    { ...given, flags: { ...given.flags }, json: true },
    {
      plan: async () => plan,
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      stopped: () => undefined,
    },
  )
  return { code, stdout, stderr }
}
const smallFlags = {
  lattice: 'chain',
  size: '6',
  j2: '0',
  patch: '2',
  dim: '4',
  heads: '2',
  sum: 'full',
  threads: '1',
}

describe('a run on a device', () => {
  it('has the energies of wasm, step by step', () => {
    const [wasm, reference, device] = (['wasm', 'reference', 'gpu:cpu'] as const).map((backend) =>
      energies(backend, 6),
    )
    wasm!.forEach((energy, step) => {
      expect(Math.abs(device![step]! - energy)).toBeLessThan(SAME_ENERGY)
      expect(Math.abs(reference![step]! - energy)).toBeLessThan(SAME_ENERGY)
    })
    expect(wasm!.at(-1)).toBeLessThan(wasm![0]!)
  })

  it('that is lost leaves its state, from which another backend goes on', async () => {
    const out = join(root, 'lost')
    const worker = () =>
      startModule(new URL('../../core/gpu/failingWorker.ts', import.meta.url).href)
    const plan = planWith(() => openBridge('cpu', { worker }))
    const flags = { ...smallFlags, steps: '12', backend: 'gpu' }
    const lost = await train(plan, { out, flags })
    expect(lost.code).toBe(3)
    expect(lost.stderr).toContain('DeviceError in gpu.js mode cpu: the device was lost')
    expect(lost.stderr).toContain(`psigrad train --resume ${out} --backend wasm`)
    const done = Number(/failure in step (\d+) of 12/.exec(lost.stderr)?.[1]) - 1
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThan(12)
    expect(existsSync(join(out, files.checkpoint))).toBe(true)
    const again = await train(planTraining, { resume: out, flags: { backend: 'wasm' } })
    expect(again.code).toBe(0)
    expect(JSON.parse(again.stdout).steps).toBe(12)
    const config = JSON.parse(readFileSync(join(out, files.config), 'utf8'))
    expect(config).toMatchObject({ backend: 'wasm', precision: 'float32' })
  })

  it('without a device says so and ends with 2', async () => {
    const plan = planWith((mode) => E.left(deviceProblem(mode, 'absent', 'no adapter')))
    const flags = { ...smallFlags, backend: 'gpu' }
    const { code, stderr } = await train(plan, { out: join(root, 'none'), flags })
    expect(code).toBe(2)
    expect(stderr).toContain('--backend gpu: there is no such device: no adapter')
    expect(existsSync(join(root, 'none'))).toBe(false)
  })
})

describe('the choice of a backend', () => {
  const pool = threadPool(1)
  const none: OpenDevice = (mode) => E.left(deviceProblem(mode, 'absent', 'no adapter'))
  const device: OpenDevice = (mode) =>
    E.right({ mode: mode === 'card' ? 'webgpu' : 'webasm', runner: pool.runner, close: () => {} })
  const chosen = (backend: Backend, open: OpenDevice, precision: TrainConfig['precision']) => {
    const choice = chosenBackend({ backend, precision }, pool, open)
    if (E.isLeft(choice)) throw new Error(choice.left.what)
    return choice.right.notes.join('\n')
  }

  it('auto takes a card, else wasm, and says which and why', () => {
    expect(chosen('auto', device, 'float32')).toContain('runs on gpu.js mode webgpu')
    expect(chosen('auto', none, 'float32')).toMatch(
      /no graphics card found.*no adapter.*using wasm/,
    )
    expect(chosen('auto', device, 'float64')).toContain('cards compute in float32')
  })

  it('gpu says when it is no card that runs', () => {
    expect(chosen('gpu', device, 'float32')).toContain('runs on the processor')
    expect(chosen('wasm', none, 'float64')).toBe('')
  })

  it('lets a run join vectors in its process, in programs and in linear algebra; a pool asks', () => {
    const machine = machineOf({ ...defaults, ...small }, none)
    if (E.isLeft(machine)) throw new Error(machine.left.what)
    expect(machine.right.pool.team.wide).toBe(true)
    expect(machine.right.backend.options.wide).toBe(true)
    expect(threadPool(1).team.wide).toBe(false)
    expect(threadPool(1, { wide: true }).team.wide).toBe(true)
    machine.right.pool.close()
  })
})

describe('psigrad devices', () => {
  it('lists every mode with a speed or a reason', async () => {
    let stdout = ''
    const code = await devicesCommand(
      { json: true },
      { stdout: { write: (text) => (stdout += text) } },
    )
    expect(code).toBe(0)
    const { devices } = JSON.parse(stdout) as {
      devices: { backend: string; kind: string; about: string; gigaflops: number | null }[]
    }
    expect(devices.map((d) => d.backend)).toEqual([
      'wasm',
      'reference',
      ...['webgpu', 'headlessgl', 'webgl2', 'webgl', 'webasm', 'cpu'].map((m) => `gpu:${m}`),
    ])
    for (const { kind, about, gigaflops } of devices) {
      expect(about).not.toBe('')
      if (kind === 'absent') expect(gigaflops).toBeNull()
      else expect(gigaflops).toBeGreaterThan(0.001)
    }
    expect(devices.find((d) => d.backend === 'gpu:cpu')?.kind).toBe('processor')
  })
})
