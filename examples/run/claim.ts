import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { type FolderProblem, touch } from './folder.ts'
import { MARK, markedBy, temporaryOf } from './temporaries.ts'

// One process trains in a folder at a time: two would write each other's states away. A mark in the
// folder names the one that does; that of a process that is gone counts for nothing.

const mark = temporaryOf(MARK)

/** Ends the claim of this process on a folder; nothing where it has none. */
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
