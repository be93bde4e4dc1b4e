import { existsSync, mkdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { either as E } from 'fp-ts'
import { showProblem } from '../../core/index.ts'
import { formReference, loadForm, showReference } from '../forms/index.ts'
import type { TrainConfig } from '../settings/index.ts'
import { type FolderProblem, save } from './folder.ts'

/** The folder within a run's where the sources of its form are. */
const KEPT = 'form'

/**
 * Copies the sources of a form of one's own into the folder of the run, so that the run can go on
 * wherever the folder is, and gives the configuration that names the copy from there. A formula
 * needs nothing.
 */
export const keepForm = (
  config: TrainConfig,
  folder: string,
): E.Either<FolderProblem, TrainConfig> => {
  const reference = formReference(config.attention)
  if (reference === undefined) return E.right(config)
  const own = loadForm(reference)
  if (E.isLeft(own))
    return E.left({ path: reference.path, what: showProblem(own.left), fix: 'try again.' })
  const { sources, entry } = own.right
  const inside = join(folder, KEPT)
  const kept = {
    ...config,
    attention: showReference({ ...own.right.reference, path: `${KEPT}/${entry}` }),
  }
  // A run that goes on reads its own copy.
  if (resolve(reference.path) === resolve(inside, entry)) return E.right(kept)
  for (const [path, text] of sources) {
    const at = dirname(join(inside, path))
    if (!existsSync(at)) mkdirSync(at, { recursive: true })
    const saved = save(at, basename(path), text)
    if (E.isLeft(saved)) return saved
  }
  return E.right(kept)
}
