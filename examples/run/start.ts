import { either as E } from 'fp-ts'
import type { Tensor, Tree } from '../../core/index.ts'
import type { Training } from '../session/index.ts'
import { type Failure, unusable } from './caller.ts'
import { decodeParameters, encodeParameters } from './checkpoint.ts'
import { files, isThere, load, save, showFolderProblem } from './folder.ts'
import { orStop } from './progress.ts'
import { decode } from './safetensors.ts'

// A run may start from the parameters of another one, with its own chains, optimiser memory and
// step. The parameters are stored in its folder, because the other run may be deleted.

const read = (folder: string, name: string, training: Training): E.Either<string, Tree<Tensor>> => {
  const bytes = load(folder, name)
  return E.isLeft(bytes)
    ? E.left(showFolderProblem(bytes.left))
    : E.mapLeft((what) => `${folder}/${name}: ${what}`)(
        decodeParameters(bytes.right, training.initial().params),
      )
}

const startingAt = (training: Training, params: Tree<Tensor>): Training => ({
  ...training,
  initial: () => ({ ...training.initial(), params }),
})

/**
 * Returns the training with the parameters that another run has reached. Left: why they do not fit.
 */
export const startingFrom = (folder: string, training: Training): E.Either<Failure, Training> => {
  const params = read(folder, files.parameters, training)
  return E.isRight(params)
    ? E.right(startingAt(training, params.right))
    : E.left(
        unusable(
          `--from ${params.left}.\nExpected a run whose wave function has the same parameters: ` +
            'the same lattice and --patch, --layers, --dim, --heads and --attention.',
        ),
      )
}

/** Stores the parameters from which a run starts, and the folder that they came from. */
export const keepStart = (folder: string, training: Training, from: string): void =>
  orStop(save(folder, files.start, encodeParameters(training.initial().params, { from })))

/** Returns the training of a folder, with the parameters from which its run started. */
export const asStarted = (folder: string, training: Training): E.Either<Failure, Training> => {
  if (!isThere(folder, files.start)) return E.right(training)
  const params = read(folder, files.start, training)
  return E.isRight(params)
    ? E.right(startingAt(training, params.right))
    : E.left(unusable(`${params.left}.`))
}

/**
 * Returns the folder that the first parameters of a run came from; undefined when they were drawn.
 */
export const originOf = (folder: string): string | undefined => {
  if (!isThere(folder, files.start)) return undefined
  const bytes = load(folder, files.start)
  const found = E.isRight(bytes) ? decode(bytes.right) : bytes
  return E.isRight(found) ? found.right.metadata.from : undefined
}
