import { existsSync, mkdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { either as E } from 'fp-ts'
import { showProblem } from '../../core/index.ts'
import { formReference, loadForm, showReference } from '../forms/index.ts'
import type { TrainConfig } from '../settings/index.ts'
import { type FolderProblem, save } from './folder.ts'

/** The folder, within that of the run, that holds the sources of its form. */
const KEPT = 'form'

/**
 * Copies the sources of a user's form into the folder of the run, so that the run can continue
 * wherever the folder is. Returns the configuration, which names the copy. For a formula nothing is
 * copied.
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
  // A continued run reads its own copy.
  if (resolve(reference.path) === resolve(inside, entry)) return E.right(kept)
  for (const [path, text] of sources) {
    const at = dirname(join(inside, path))
    if (!existsSync(at)) mkdirSync(at, { recursive: true })
    const saved = save(at, basename(path), text)
    if (E.isLeft(saved)) return saved
  }
  return E.right(kept)
}
