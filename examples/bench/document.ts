import { either as E } from 'fp-ts'

// The markers show where the last table stands in the documentation.

export const BEGIN =
  '<!-- the last run of `npm run bench`, put here by `npm run bench -- --docs` -->'
export const END = '<!-- end of the last run -->'

/** Returns the text with a new table between the markers. */
export const inserted = (text: string, table: string): E.Either<string, string> => {
  const from = text.indexOf(BEGIN)
  const to = text.indexOf(END)
  if (from < 0 || to < from) return E.left(`the markers "${BEGIN}" and "${END}" are not there`)
  return E.right(`${text.slice(0, from + BEGIN.length)}\n\n${table.trim()}\n\n${text.slice(to)}`)
}
