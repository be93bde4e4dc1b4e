import { either as E } from 'fp-ts'
import { openBridge, type WantedDevice } from '../../../core/gpu/index.ts'
import { flopsOf, type Runner, raise } from '../../../core/index.ts'
import { threadPool } from '../../../core/threads/index.ts'
import { readBundle } from '../bundle.ts'
import { type Prepare, serve } from './serve.ts'
import { stepsOf } from './steps.ts'
import { prepareWork } from './work.ts'

// This is psigrad's process; it runs on a device of gpu.js where BENCH_DEVICE names one.

const deviceRunner = (): Runner | undefined => {
  const wanted = process.env.BENCH_DEVICE as WantedDevice | undefined
  if (wanted === undefined) return undefined
  const bridge = openBridge(wanted)
  return E.isLeft(bridge) ? raise(bridge.left) : bridge.right.runner
}

const prepare: Prepare = ({ task, bundle, batch, threads }) => {
  const { model, work, precision } = task
  const version = 'psigrad'
  const read = readBundle(bundle, model)
  const threadsHere = threadPool(threads, { wide: true })
  const runner = deviceRunner() ?? threadsHere.runner
  const pool = { ...threadsHere, runner }
  if (work === 'vmc') {
    const { step, evaluations, numbers } = stepsOf(task, read, pool)
    return { version, numbers, run: step, details: evaluations }
  }
  const sites = model.lattice[0] * model.lattice[1]
  const configurations = read.configurations.subarray(0, batch * sites)
  const { program, run } = prepareWork(work, model, read.params, configurations, {
    precision,
    runner: pool.runner,
    wide: true,
  })
  const flops = flopsOf(program) * batch
  return { version, details: () => ({ flops }), run, numbers: () => run()() }
}

await serve(prepare)
