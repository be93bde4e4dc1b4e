import { namedTensors } from '../bundle.ts'
import { phases, rowsToCompare } from '../numbers.ts'
import { serve } from '../psigrad/serve.ts'
import { offerWorkers } from './worker.js'

// jax-js on its WebAssembly backend, jitted, with as many workers as threads.

const prepare = async ({ task, bundle, batch, threads }) => {
  if (threads > 1) offerWorkers(threads)
  const {
    blockUntilReady,
    defaultDevice,
    grad,
    init,
    jit,
    numpy: np,
    tree,
    vmap,
  } = await import('@jax-js/jax')
  await init('wasm')
  defaultDevice('wasm')
  const { amplitudeOf, logPsiOf } = await import('./vit_jaxjs.js')
  const { model, work } = task
  const { tensors, configurations } = namedTensors(bundle)
  const params = Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, values }]) => [
      name,
      np.array(Float32Array.from(values)).reshape([...shape]),
    ]),
  )
  const [, sites] = configurations.shape
  const spins = Float32Array.from(configurations.values.subarray(0, batch * sites))
  const sigma = np.array(spins).reshape([batch, sites])
  const amplitude = amplitudeOf(model)
  const each = [null, 0]
  const f = {
    forward: () => jit(vmap(logPsiOf(model), each)),
    // 0.1.25 gives wrong numbers here, as the bench finds out; a sum of rows is right and slow.
    gradient: () => jit(grad((p, s) => np.sum(vmap(amplitude, each)(p, s)))),
    perSample: () => jit(vmap(grad(amplitude), each)),
  }[work]()
  const call = () => blockUntilReady(f(tree.ref(params), sigma.ref))
  const numbers = async () => {
    const out = await call()
    if (work === 'forward') return phases(...(await Promise.all(out.map((x) => x.data()))))
    const leaves = await Promise.all(Object.keys(params).map((name) => out[name].data()))
    return rowsToCompare(work, leaves, batch)
  }
  return {
    version: `jax-js 0.1.25, ${threads} workers`,
    run: async () => tree.dispose(await call()),
    numbers,
  }
}

await serve(prepare)
