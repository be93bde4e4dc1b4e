import { flopsOf } from '../../../core/index.ts'
import { threadPool } from '../../../core/threads/pool.ts'
import { readBundle } from '../bundle.ts'
import { type Prepare, serve } from './serve.ts'
import { stepsOf } from './steps.ts'
import { doing } from './work.ts'

// psigrad's process.

const prepare: Prepare = ({ task, bundle, batch, threads }) => {
  const { model, work, precision } = task
  const version = 'psigrad'
  const read = readBundle(bundle, model)
  const threadsHere = threadPool(threads)
  const pool = { ...threadsHere, team: { ...threadsHere.team, wide: true } }
  if (work === 'vmc') {
    const { step, evaluations, numbers } = stepsOf(task, read, pool)
    return { version, numbers, run: step, told: evaluations }
  }
  const sites = model.lattice[0] * model.lattice[1]
  const configurations = read.configurations.subarray(0, batch * sites)
  const { program, run } = doing(work, model, read.params, configurations, {
    precision,
    runner: pool.runner,
    wide: true,
  })
  const flops = flopsOf(program) * batch
  return { version, told: () => ({ flops }), run, numbers: () => run()() }
}

await serve(prepare)
