import * as tf from '@tensorflow/tfjs'
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm'
import { namedTensors } from '../bundle.ts'
import { phases, rowsToCompare } from '../numbers.ts'
import { serve } from '../psigrad/serve.ts'
import { hidden, logModulus, phase } from './vit_tfjs.js'
import { scriptsAsFiles } from './workerFiles.js'

// TensorFlow.js on its WebAssembly backend. In Node it takes one thread unless it is told that
// there may be more.

const started = async (threads) => {
  if (threads > 1) {
    scriptsAsFiles()
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true)
    setThreadsCount(threads)
  }
  if (!(await tf.setBackend('wasm'))) throw new Error('its wasm backend does not start')
  await tf.ready()
}

const prepare = async ({ task, bundle, batch, threads }) => {
  await started(threads)
  const { model, work } = task
  const { tensors, configurations } = namedTensors(bundle)
  const names = Object.keys(tensors)
  const leaves = Object.values(tensors).map(({ shape, values }) =>
    tf.tensor(Float32Array.from(values), [...shape]),
  )
  const sites = configurations.shape[1]
  const spins = Float32Array.from(configurations.values.subarray(0, batch * sites))
  const sigma = tf.tensor2d(spins, [batch, sites])
  const through = hidden(model)
  const named = (given) => Object.fromEntries(names.map((name, k) => [name, given[k]]))
  const total = (...given) => {
    const { re, im } = through(named(given), sigma)
    return tf.sum(logModulus(re, im))
  }
  const gradients = tf.grads(total)
  const logPsi = () => {
    const { re, im } = through(named(leaves), sigma)
    return [tf.sum(logModulus(re, im), 1), tf.sum(phase(re, im), 1)]
  }
  const call = () => tf.tidy(work === 'forward' ? logPsi : () => gradients(leaves))
  return {
    version: `TensorFlow.js ${tf.version_core}, ${threads} threads`,
    run: async () => {
      const out = call()
      await out.at(-1).data()
      tf.dispose(out)
    },
    numbers: async () => {
      const out = await Promise.all(call().map((x) => x.data()))
      return work === 'forward' ? phases(...out) : rowsToCompare(work, out, batch)
    },
  }
}

await serve(prepare)
