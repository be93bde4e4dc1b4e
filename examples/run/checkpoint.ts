import { either as E } from 'fp-ts'
import {
  asConcrete,
  dataOf,
  isConcrete,
  leavesWithPaths,
  mapTree,
  type Path,
  precisionOf,
  sameShape,
  showShape,
  type Tensor,
  type Tree,
  tensor,
} from '../../core/index.ts'
import type { Key } from '../../core/random.ts'
import type { TrainState } from '../training.ts'
import { decode, type Entry, encode, type SafeTensors } from './safetensors.ts'

// A training state as one file, and back, to the last bit.

/** A leaf's name in a file, such as encoder.0.attention.value.kernel. */
const nameOf = (path: Path): string => path.join('.')

const entryOf = (leaf: Tensor): Entry => {
  if (!isConcrete(leaf)) throw new TypeError('a traced value has no numbers to save')
  const x = asConcrete(leaf)
  return { shape: [...x.shape], values: dataOf(x) }
}

const entriesOf = (tree: Tree<Tensor>, prefix = ''): Record<string, Entry> =>
  Object.fromEntries(
    leavesWithPaths(tree).map(({ path, leaf }) => [`${prefix}${nameOf(path)}`, entryOf(leaf)]),
  )

/** Parameters alone, named by their paths, for other programs to read. */
export const encodeParameters = (
  params: Tree<Tensor>,
  metadata: SafeTensors['metadata'] = {},
): Uint8Array => encode({ tensors: entriesOf(params), metadata })

const format = 'psigrad-checkpoint-1'

/** A state, and the seconds of training that led to it. */
export const encodeCheckpoint = (state: TrainState, seconds: number): Uint8Array =>
  encode({
    tensors: {
      ...entriesOf(state.params, 'params.'),
      ...entriesOf(state.optimizer, 'optimizer.'),
      chains: { shape: [state.chains.length], values: state.chains },
    },
    metadata: {
      format,
      step: String(state.step),
      key: state.key.join(','),
      seconds: String(seconds),
    },
  })

export interface Checkpoint {
  readonly state: TrainState
  readonly seconds: number
}

/** Fills a tree of the same structure from a file's tensors. */
const restore = (
  like: Tree<Tensor>,
  tensors: SafeTensors['tensors'],
  prefix: string,
): E.Either<string, Tree<Tensor>> => {
  for (const { path, leaf } of leavesWithPaths(like)) {
    const name = `${prefix}${nameOf(path)}`
    const entry = Object.hasOwn(tensors, name) ? tensors[name] : undefined
    if (entry === undefined) return E.left(`it has no tensor ${name}`)
    if (!sameShape(entry.shape, leaf.shape))
      return E.left(
        `tensor ${name} has shape ${showShape(entry.shape)}, this run needs ${showShape(leaf.shape)}`,
      )
    const wanted = isConcrete(leaf) ? precisionOf(asConcrete(leaf)) : 'float64'
    if (entry.values instanceof Float32Array !== (wanted === 'float32'))
      return E.left(`tensor ${name} is not ${wanted}`)
  }
  return E.right(
    mapTree(like, (_, path): Tensor => {
      const { shape, values } = tensors[`${prefix}${nameOf(path)}`]!
      return tensor(values as Float64Array | Float32Array, shape)
    }),
  )
}

const keyOf = (text: string | undefined): Key | undefined => {
  const words = (text ?? '').split(',').map(Number)
  const ok = words.length === 2 && words.every((w) => Number.isInteger(w) && w >= 0 && w < 2 ** 32)
  return ok ? [words[0]!, words[1]!] : undefined
}

/** Reads a checkpoint of a run whose initial state is `like`. Left: what does not fit. */
export const decodeCheckpoint = (
  file: Uint8Array,
  like: TrainState,
): E.Either<string, Checkpoint> => {
  const decoded = decode(file)
  if (E.isLeft(decoded)) return decoded
  const { tensors, metadata } = decoded.right
  if (metadata.format !== format) return E.left(`it is not a ${format} file`)
  const step = Number(metadata.step)
  const seconds = Number(metadata.seconds)
  const key = keyOf(metadata.key)
  if (!Number.isSafeInteger(step) || step < 0 || !Number.isFinite(seconds) || key === undefined)
    return E.left('its step, key or seconds cannot be read')
  const chains = tensors.chains?.values
  if (!(chains instanceof Int8Array) || chains.length !== like.chains.length)
    return E.left(`it has ${chains?.length ?? 'no'} spins in its chains, not ${like.chains.length}`)
  const params = restore(like.params, tensors, 'params.')
  if (E.isLeft(params)) return params
  const optimizer = restore(like.optimizer, tensors, 'optimizer.')
  if (E.isLeft(optimizer)) return optimizer
  const state = { step, key, chains, params: params.right, optimizer: optimizer.right }
  return E.right({ state, seconds })
}
