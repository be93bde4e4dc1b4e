import { either as E, function as F } from 'fp-ts'
import { type Failure, type FolderProblem, showFolderProblem, unusable } from '../run/index.ts'
import { showTime } from '../settings/index.ts'
import type { StudyData } from './data.ts'
import { stepsDone } from './gather.ts'
import { known, knownOf } from './runStudy.ts'
import type { StudyCell } from './studyCells.ts'

// The runs of the plan as a table, with how far each of them is.

const stateOf = (
  cell: StudyCell,
  out: string,
  data: StudyData | undefined,
): E.Either<Failure, string> =>
  F.pipe(
    knownOf(cell, out, data),
    E.chain((found) =>
      found !== undefined
        ? E.right(`done in ${showTime(found.seconds)}`)
        : E.bimap(
            (problem: FolderProblem) => unusable(showFolderProblem(problem)),
            (steps: number) => (steps > 0 ? `${steps} of ${cell.config.steps} steps` : 'to do'),
          )(stepsDone(cell, out)),
    ),
  )

/** A row for each cell below a heading. Left: the data or a folder cannot be read. */
export const listingRows = (
  cells: readonly StudyCell[],
  { out, pages }: { readonly out: string; readonly pages: string },
): E.Either<Failure, readonly (readonly string[])[]> =>
  F.pipe(
    known(pages),
    E.chain((data) =>
      E.traverseArray((cell: StudyCell) =>
        E.map((state: string) => [cell.name, state])(stateOf(cell, out, data)),
      )(cells),
    ),
    E.map((rows) => [['run', 'state'], ...rows]),
  )
