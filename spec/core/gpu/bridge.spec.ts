// Finds faults in core/gpu/{deviceWorker, link}.ts.

import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { type DeviceBridge, openBridge } from '../../../core/gpu/bridge.ts'
import {
  add,
  type Concrete,
  compile,
  keptMemory,
  mul,
  type Tensor,
  tanh,
  toPrecision,
} from '../../../core/index.ts'
import { startModule } from '../../../core/threads/host.ts'
import { noise } from '../../arbitraries.ts'
import { expectClose } from '../../expectations.ts'

const ROUNDING = 1e-5
const f = (w: Tensor, x: Tensor): Tensor => tanh(add(mul(w, x), x))
const marks = ['shared', 'perSample'] as const
const [w, x, many] = [noise([5], 1), noise([5], 2), noise([90, 5], 3)]

const bridged = (opened: ReturnType<typeof openBridge>): DeviceBridge => {
  if (E.isLeft(opened)) throw new Error(opened.left.what)
  return opened.right
}
const worker = (name: string) => () => startModule(new URL(name, import.meta.url).href)

describe('a bridge', () => {
  it('runs whatever compile makes on a device, results in memory that is used again too', () => {
    const bridge = bridged(openBridge('cpu'))
    expect(bridge.mode).toBe('cpu')
    const wanted = compile(f, marks)(w, x).run(w, many)
    const options = { precision: 'float32', runner: bridge.runner } as const
    const executable = compile(f, marks, options)(w, x)
    for (const run of [executable.run, executable.runInto(keptMemory())]) {
      for (let call = 0; call < 2; call += 1)
        expectClose(toPrecision(run(w, many) as Concrete, 'float64'), wanted, ROUNDING)
    }
    const summed = compile(f, marks, { precision: 'float32', runner: bridge.runner, summed: true })
    const total = summed(w, x).run(w, many) as Concrete
    const all = compile(f, marks, { summed: true })(w, x).run(w, many)
    expectClose(toPrecision(total, 'float64'), all, 100 * ROUNDING)
    bridge.close()
  })

  it('tells why a device is not there', () => {
    const opened = openBridge('card')
    // On a machine with a card there is nothing to tell.
    if (E.isRight(opened)) return opened.right.close()
    expect(opened.left).toMatchObject({ kind: 'DeviceError', data: { fault: 'absent' } })
    expect(opened.left.what).toContain('webgpu: ')
  })

  it('hands on what a device reports, and goes on with other jobs', () => {
    const bridge = bridged(openBridge('cpu', { worker: worker('./failingWorker.ts') }))
    const { run } = compile(f, marks, { precision: 'float32', runner: bridge.runner })(w, x)
    for (let call = 0; call < 999; call += 1) run(w, noise([1, 5], call))
    for (let call = 0; call < 2; call += 1)
      expect(() => run(w, many)).toThrow('DeviceError in gpu.js mode cpu: the device was lost')
    bridge.close()
  })

  it('does not wait for a device that shows no sign of life', () => {
    const options = { worker: worker('./silentWorker.ts'), patience: 2000 }
    const bridge = bridged(openBridge('cpu', options))
    const { run } = compile(f, marks, { precision: 'float32', runner: bridge.runner })(w, x)
    expect(() => run(w, many)).toThrow('the device was lost: its thread is silent')
    bridge.close()
  })
})
