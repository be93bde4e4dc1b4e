import { either as E, function as F } from 'fp-ts'
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
import type { Key } from '../../core/values/index.ts'
import type { TrainState, Trust } from '../session/index.ts'
import { parseJson } from './json.ts'
import { decode, type Entry, encode, type SafeTensors } from './safetensors.ts'

// This file writes a training state to one file and reads it back, to the last bit.

/** Returns the name of a leaf in a file, such as encoder.0.attention.value.kernel. */
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

/** Encodes parameters alone, named by their paths, for other programs to read. */
export const encodeParameters = (
  params: Tree<Tensor>,
  metadata: SafeTensors['metadata'] = {},
): Uint8Array => encode({ tensors: entriesOf(params), metadata })

const chainsEntry = (chains: Int8Array): Entry => ({ shape: [chains.length], values: chains })

/** The tensors of the point at which the last update started. */
const startEntries = (trust: Trust | undefined): Record<string, Entry> =>
  trust?.start === undefined
    ? {}
    : {
        ...entriesOf(trust.start.params, 'start.params.'),
        'start.chains': chainsEntry(trust.start.chains),
      }

/** The numbers of a memory: the share and the refusals, and the start's energy with its error. */
const trustText = ({ share, refusals, start }: Trust): string =>
  [share, refusals, ...(start === undefined ? [] : [start.energy, start.energyError])].join(',')

const format = 'psigrad-checkpoint-1'

/** The settings with which a run was made, by name. */
export type Settings = Readonly<Record<string, unknown>>

/** Encodes a state, the seconds of training that led to it, and the settings of the run. */
export const encodeCheckpoint = (
  state: TrainState,
  seconds: number,
  settings?: object,
): Uint8Array =>
  encode({
    tensors: {
      ...entriesOf(state.params, 'params.'),
      ...entriesOf(state.optimizer, 'optimizer.'),
      chains: chainsEntry(state.chains),
      ...startEntries(state.trust),
    },
    metadata: {
      format,
      step: String(state.step),
      key: state.key.join(','),
      seconds: String(seconds),
      ...(state.trust === undefined ? {} : { trust: trustText(state.trust) }),
      ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }),
    },
  })

export interface Checkpoint {
  readonly state: TrainState
  readonly seconds: number
  /** undefined in old checkpoints, which have no settings. */
  readonly settings: Settings | undefined
}

const kinds = { float64: Float64Array, float32: Float32Array } as const

/** Returns why a tensor of a file cannot be a leaf; with `anyPrecision` it may be converted. */
const unfitLeaf = (
  name: string,
  entry: Entry | undefined,
  leaf: Tensor,
  anyPrecision: boolean,
): string | undefined => {
  if (entry === undefined) return `it has no tensor ${name}`
  if (!sameShape(entry.shape, leaf.shape))
    return `tensor ${name} has shape ${showShape(entry.shape)}, this run needs ${showShape(leaf.shape)}`
  const wanted = isConcrete(leaf) ? precisionOf(asConcrete(leaf)) : 'float64'
  if (!(entry.values instanceof kinds[wanted]) && !(anyPrecision && !isWhole(entry)))
    return `tensor ${name} is not ${wanted}`
  const at = entry.values.findIndex((x) => !Number.isFinite(x))
  return at < 0 ? undefined : `tensor ${name} has the entry ${entry.values[at]} at ${at}`
}

const isWhole = ({ values }: Entry): boolean => values instanceof Int8Array

/** Fills a tree of the same structure from the tensors whose names begin with `prefix`. */
const restore = (
  like: Tree<Tensor>,
  tensors: SafeTensors['tensors'],
  prefix: string,
  anyPrecision = false,
): E.Either<string, Tree<Tensor>> => {
  const leaves = leavesWithPaths(like).map(({ path, leaf }) => ({
    name: `${prefix}${nameOf(path)}`,
    leaf,
  }))
  for (const { name, leaf } of leaves) {
    const entry = Object.hasOwn(tensors, name) ? tensors[name] : undefined
    const unfit = unfitLeaf(name, entry, leaf, anyPrecision)
    if (unfit !== undefined) return E.left(unfit)
  }
  const names = new Set(leaves.map(({ name }) => name))
  const other = Object.keys(tensors).find((name) => name.startsWith(prefix) && !names.has(name))
  if (other !== undefined) return E.left(`it has a tensor ${other}, which this run does not have`)
  return E.right(
    mapTree(like, (leaf, path): Tensor => {
      const { shape, values } = tensors[`${prefix}${nameOf(path)}`]!
      const precision = isConcrete(leaf) ? precisionOf(asConcrete(leaf)) : 'float64'
      return tensor(kinds[precision].from(values), shape, precision)
    }),
  )
}

/** Decodes a file of parameters alone, for a wave function with parameters like `like`. */
export const decodeParameters = (
  file: Uint8Array,
  like: Tree<Tensor>,
): E.Either<string, Tree<Tensor>> =>
  E.chain(({ tensors }: SafeTensors) => restore(like, tensors, '', true))(decode(file))

/** Parses a number; only the text that JavaScript writes for it is accepted. */
const numberOf = (text: string | undefined): number =>
  text !== undefined && String(Number(text)) === text ? Number(text) : Number.NaN

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0 && !Object.is(n, -0)

const keyOf = (text: string | undefined): Key | undefined => {
  const words = (text ?? '').split(',').map(numberOf)
  return words.length === 2 && words.every((w) => isCount(w) && w < 2 ** 32)
    ? [words[0]!, words[1]!]
    : undefined
}

type Metadata = SafeTensors['metadata']

/** Reads a part of the metadata; Left where it is missing or is not what was expected. */
const readFrom =
  <A>(name: string, read: (text: string | undefined) => A | undefined, expected: string) =>
  (metadata: Metadata): E.Either<string, A> => {
    const text = metadata[name]
    const found = text === undefined ? 'not there' : JSON.stringify(text)
    return E.fromNullable(`its ${name} is ${found}: expected ${expected}`)(read(text))
  }

/** A number that passes a test. */
const numberThat =
  (test: (n: number) => boolean) =>
  (text: string | undefined): number | undefined => {
    const n = numberOf(text)
    return test(n) ? n : undefined
  }

const stepIn = readFrom('step', numberThat(isCount), 'a whole number from 0')
const secondsIn = readFrom(
  'seconds',
  numberThat((n) => n >= 0 && Number.isFinite(n)),
  'a number from 0',
)
const keyIn = readFrom('key', keyOf, 'two whole numbers from 0 to 4294967295')

interface TrustNumbers {
  readonly share: number
  readonly refusals: number
  /** The energy at the start of the last update, and its error. */
  readonly start?: { readonly energy: number; readonly energyError: number }
}

const trustNumbers = (text: string | undefined): TrustNumbers | undefined => {
  const [share = 0, refusals = -1, energy, energyError, ...more] = (text ?? '')
    .split(',')
    .map(numberOf)
  if (!(share > 0 && share <= 1) || !isCount(refusals) || more.length > 0) return undefined
  if (energy === undefined) return { share, refusals }
  return Number.isFinite(energy) && energyError !== undefined && energyError >= 0
    ? { share, refusals, start: { energy, energyError } }
    : undefined
}

const trustIn = readFrom(
  'trust',
  trustNumbers,
  'a share, the number of refusals, and an energy with its error',
)

/** Returns what a run needs to judge its last update; undefined where it keeps every step. */
const trustOf = (
  { tensors, metadata }: SafeTensors,
  like: TrainState,
): E.Either<string, Trust | undefined> => {
  if (metadata.trust === undefined) return E.right(undefined)
  return F.pipe(
    trustIn(metadata),
    E.chain(
      ({ start, ...rest }): E.Either<string, Trust> =>
        start === undefined
          ? E.right(rest)
          : F.pipe(
              E.Do,
              E.bind('params', () => restore(like.params, tensors, 'start.params.')),
              E.bind('chains', () => chainsOf(tensors['start.chains'], like.chains)),
              E.map((point) => ({ ...rest, start: { ...point, ...start } })),
            ),
    ),
  )
}

const settingsOf = (text: string | undefined): E.Either<string, Settings | undefined> => {
  if (text === undefined) return E.right(undefined)
  const value = parseJson(text)
  return E.isRight(value) && typeof value.right === 'object' && value.right !== null
    ? E.right(value.right as Settings)
    : E.left('its settings cannot be read')
}

const chainsOf = (entry: Entry | undefined, like: Int8Array): E.Either<string, Int8Array> => {
  const chains = entry?.values
  if (!(chains instanceof Int8Array) || chains.length !== like.length)
    return E.left(`it has ${chains?.length ?? 'no'} spins in its chains, not ${like.length}`)
  const at = chains.findIndex((spin) => spin !== 1 && spin !== -1)
  return at < 0 ? E.right(chains) : E.left(`spin ${at} of its chains is ${chains[at]}, not 1 or -1`)
}

const ofCheckpoint = /^(chains$|params\.|optimizer\.)/
const ofJudged = /^(chains$|params\.|optimizer\.|start\.chains$|start\.params\.)/

const onlyOfCheckpoint = (
  { tensors }: SafeTensors,
  trust: Trust | undefined,
): E.Either<string, void> => {
  const own = trust?.start === undefined ? ofCheckpoint : ofJudged
  const other = Object.keys(tensors).find((name) => !own.test(name))
  return other === undefined
    ? E.right(undefined)
    : E.left(`it has a tensor ${other}, which no checkpoint has`)
}

/** Reads a checkpoint of a run whose initial state is `like`. Left: what does not fit. */
export const decodeCheckpoint = (
  file: Uint8Array,
  like: TrainState,
): E.Either<string, Checkpoint> =>
  F.pipe(
    decode(file),
    E.filterOrElse(
      ({ metadata }) => metadata.format === format,
      () => `it is not a ${format} file`,
    ),
    E.bind('step', ({ metadata }) => stepIn(metadata)),
    E.bind('seconds', ({ metadata }) => secondsIn(metadata)),
    E.bind('key', ({ metadata }) => keyIn(metadata)),
    E.bind('settings', ({ metadata }) => settingsOf(metadata.settings)),
    E.bind('chains', ({ tensors }) => chainsOf(tensors.chains, like.chains)),
    E.bind('params', ({ tensors }) => restore(like.params, tensors, 'params.')),
    E.bind('optimizer', ({ tensors }) => restore(like.optimizer, tensors, 'optimizer.')),
    E.bind('trust', (found) => trustOf(found, like)),
    E.chainFirst(({ trust, ...found }) => onlyOfCheckpoint(found, trust)),
    E.map(({ step, key, chains, params, optimizer, trust, seconds, settings }) => ({
      state: { step, key, chains, params, optimizer, ...(trust === undefined ? {} : { trust }) },
      seconds,
      settings,
    })),
  )
