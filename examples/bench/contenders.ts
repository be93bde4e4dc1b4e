import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { either as E, function as F } from 'fp-ts'
import * as v from 'valibot'
import { parseJson } from '../run/index.ts'
import type { Command } from './child.ts'
import type { Item } from './items.ts'

// This file lists the contenders, and what each takes part in.

export interface Contender {
  readonly name: string
  readonly kind: 'psigrad' | 'ceiling' | 'javascript' | 'python'
  readonly command: Command
  readonly threads: number
  /** True for one thread only, beside the same contender on several. */
  readonly alone: boolean
  readonly does: (item: Item) => boolean
}

const here = dirname(fileURLToPath(import.meta.url))
const kernels = ({ work }: Item): boolean => work !== 'vmc'
const single = ({ precision }: Item): boolean => precision === 'float32'

const resolves = (name: string, from: string): boolean => {
  try {
    createRequire(from).resolve(name)
    return true
  } catch {
    return false
  }
}

/** Returns the command that runs a script of this folder in its own process. */
const nodeCommand = (script: string): Command => ({
  file: process.execPath,
  args: ['--import', 'tsx', join(here, script)],
})

/** Returns psigrad and the ceiling, on all threads and on one. */
export const own = (threads: number): readonly Contender[] =>
  [...new Set([threads, 1])].flatMap((n): readonly Contender[] => {
    const suffix = n === threads ? '' : ', 1 thread'
    return [
      {
        name: `psigrad${suffix}`,
        kind: 'psigrad',
        command: nodeCommand('psigrad/contender.ts'),
        threads: n,
        alone: n !== threads,
        does: (item) => kernels(item) || n === threads,
      },
      {
        name: `ceiling${suffix}`,
        kind: 'ceiling',
        command: nodeCommand('ceiling/contender.ts'),
        threads: n,
        alone: n !== threads,
        does: kernels,
      },
    ]
  })

/** Returns psigrad on a device of gpu.js, by its mode: a contender like any other. */
export const onDevice = (mode: string): Contender => {
  const { file, args } = nodeCommand('psigrad/contender.ts')
  return {
    name: `psigrad gpu:${mode}`,
    kind: 'javascript',
    command: { file, args, env: { BENCH_DEVICE: mode } },
    threads: 1,
    alone: false,
    does: single,
  }
}

const javascriptPeers = [
  {
    name: 'jax-js',
    module: '@jax-js/jax',
    script: 'jaxjs_contender.js',
    // Its float64 uses the exp and tanh of float32.
    does: (item: Item) => kernels(item) && single(item),
  },
  {
    name: 'TensorFlow.js',
    module: '@tensorflow/tfjs',
    script: 'tfjs_contender.js',
    // It has no vmap, so no gradients for each sample.
    does: (item: Item) => kernels(item) && single(item) && item.work !== 'perSample',
  },
] as const

/** Returns the peers from npm, which `npm ci --prefix examples/bench` installs. */
export const javascript = (threads: number): readonly Contender[] =>
  javascriptPeers
    .filter(({ module, script }) => resolves(module, join(here, 'peers', script)))
    .map(({ name, script, does }) => ({
      name,
      kind: 'javascript',
      command: nodeCommand(`peers/${script}`),
      threads,
      alone: false,
      does,
    }))

const steps = (item: Item): boolean => !kernels(item)

const pythonPeers = [
  { name: 'JAX', module: 'jax', script: 'jax_contender.py', does: kernels },
  { name: 'PyTorch', module: 'torch', script: 'torch_contender.py', does: kernels },
  { name: 'tachys', module: 'tachys', script: 'tachys_contender.py', does: steps },
  { name: 'NetKet', module: 'netket', script: 'netket_contender.py', does: steps },
] as const

/**
 * The probe prints the peers that can be imported, as JSON: an installed peer may still fail to
 * load.
 */
const probe = `
import importlib, json
found = []
for name in ${JSON.stringify(pythonPeers.map(({ module }) => module))}:
    try:
        importlib.import_module(name)
        found.append(name)
    except Exception:
        pass
print(json.dumps(found))`

const PATIENCE_MS = 120_000

/** Returns the modules that a Python interpreter can import; Left when it cannot be run. */
const modulesOf = (interpreter: string): E.Either<string, readonly string[]> => {
  const { status, stdout, stderr, error } = spawnSync(interpreter, ['-c', probe], {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  })
  const why = error?.message ?? (status === 0 ? undefined : stderr.trim().split('\n').at(-1))
  const last = stdout?.trim().split('\n').at(-1) ?? ''
  if (why !== undefined) return E.left(`--python ${interpreter} cannot be run: ${why}`)
  const names = E.chain((value: unknown) =>
    v.is(v.array(v.string()), value) ? E.right(value) : E.left('it is no list of names'),
  )(parseJson(last))
  return E.mapLeft((what: string) => `--python ${interpreter} gave no answer: ${what}`)(names)
}

const pythonContender = (
  { name, script, does }: (typeof pythonPeers)[number],
  interpreter: string,
  threads: number,
): Contender => ({
  name,
  kind: 'python',
  command: {
    file: interpreter,
    args: [join(here, 'peers', script)],
    // peers/serve.py reads it before any library counts the cores.
    env: { BENCH_THREADS: String(threads), OMP_NUM_THREADS: String(threads) },
  },
  threads,
  alone: false,
  does,
})

/** Returns the peers of some Python interpreters; if several have a peer, the first one is used. */
export const python = (
  interpreters: readonly string[],
  threads: number,
): E.Either<string, readonly Contender[]> =>
  F.pipe(
    E.traverseArray(modulesOf)(interpreters),
    E.map((found) =>
      pythonPeers.flatMap((peer) => {
        const at = found.findIndex((modules) => modules.includes(peer.module))
        return at < 0 ? [] : [pythonContender(peer, interpreters[at]!, threads)]
      }),
    ),
  )
