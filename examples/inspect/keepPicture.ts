import { writeFileSync } from 'node:fs'
import { either as E } from 'fp-ts'
import type { Diagram } from '../../autodiff/index.ts'
import { reasonOf } from '../forms/index.ts'
import { columnPicture } from './columnPicture.ts'
import { graphvizPicture } from './graphviz.ts'

/**
 * Writes the picture of a diagram into a file: as Graphviz lays it out or, where that takes longer
 * than so many seconds, as a column in program order.
 *
 * Right  what was written, in words.
 * Left   why the file could not be written.
 */
export const keepPicture = async (
  file: string,
  diagram: Diagram,
  seconds?: number,
): Promise<E.Either<string, string>> => {
  const graph = await graphvizPicture(diagram, seconds)
  const note = graph === undefined ? ', a column: the layout would have taken too long' : ''
  return E.tryCatch(
    () => {
      writeFileSync(file, `${graph ?? columnPicture(diagram)}\n`)
      return `Picture: ${file}${note}`
    },
    (error) => `--svg ${file}: ${reasonOf(error)}`,
  )
}
