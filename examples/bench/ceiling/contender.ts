import { Worker } from 'node:worker_threads'
import { engine } from '../../../core/wasm/index.ts'
import type { Task } from '../items.ts'
import { type Prepared, serve } from '../psigrad/serve.ts'
import { ceilingModule } from './loop.ts'

// The ceiling is a contender, too: the same loop runs on every thread at once.

/** The shared array holds [calls requested, threads that have finished theirs]. */
const ASKED = 0
const DONE = 1

/** The helper is plain JavaScript, so that a worker starts without a loader. */
const helper = `
  const { workerData: { bytes, state } } = require('node:worker_threads')
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    m: { memory: new WebAssembly.Memory({ initial: 1 }) },
  })
  for (let seen = 0; ; seen += 1) {
    Atomics.wait(state, ${ASKED}, seen)
    exports.run()
    Atomics.add(state, ${DONE}, 1)
    Atomics.notify(state, ${DONE})
  }`

const prepare = ({ task, threads }: { task: Task; threads: number }): Prepared => {
  const { bytes, flops, fused, wide } = ceilingModule(task.precision === 'float64' ? 'f64' : 'f32')
  const { Memory, Module, Instance } = engine()!
  const memory = new Memory({ initial: 1 })
  const { run } = new Instance(new Module(bytes), { m: { memory } }).exports as { run: () => void }
  const state = new Int32Array(new SharedArrayBuffer(8))
  for (let i = 1; i < threads; i += 1)
    new Worker(helper, { eval: true, workerData: { bytes, state } }).unref()
  return {
    version: `register-only loop, ${wide ? '256' : '128'} bits, ${
      fused ? 'fused' : 'separate'
    } multiply and add`,
    details: () => ({ flops: flops * threads }),
    numbers: () => new Float64Array(0),
    run: () => {
      const before = Atomics.load(state, DONE)
      Atomics.add(state, ASKED, 1)
      Atomics.notify(state, ASKED)
      run()
      for (let done = before; done < before + threads - 1; done = Atomics.load(state, DONE))
        Atomics.wait(state, DONE, done)
    },
  }
}

await serve(prepare)
