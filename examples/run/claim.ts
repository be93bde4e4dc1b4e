import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { type FolderProblem, touch } from './folder.ts'
import { MARK, markedBy, temporaryOf } from './temporaries.ts'

// Only one process may train in a folder at a time: two would overwrite each other's states. A mark
// in the folder names that process; the mark of a process that has ended is ignored.

const mark = temporaryOf(MARK)

/** Ends the claim of this process on a folder; does nothing where there is none. */
export const release = (folder: string): void => rmSync(join(folder, mark), { force: true })

/** Claims a folder for this process. Left: another process trains there. */
export const claim = (folder: string): E.Either<FolderProblem, void> => {
  const marked = touch(folder, mark)
  if (E.isLeft(marked)) return marked
  const other = readdirSync(folder).find((name) => markedBy(name) !== undefined)
  if (other === undefined) return E.right(undefined)
  release(folder)
  return E.left({
    path: folder,
    what: `process ${markedBy(other)} is training there`,
    fix: `wait for its end, or stop it; if it is another program, remove ${join(folder, other)}.`,
  })
}
