// A value is shown as a line that sums it up, with its parts as the branches of a tree.

/** The shown form of a value; a text is one without parts. */
export type Shown = string | { readonly line: string; readonly parts: readonly Shown[] }

/** The columns of a terminal. */
const COLUMNS = 80

const within = (line: string): string => {
  const letters = [...line.replaceAll(/\s*[\r\n]+\s*/g, ' ')]
  return letters.length > COLUMNS ? `${letters.slice(0, COLUMNS - 1).join('')}…` : letters.join('')
}

const linesOf = (x: Shown): readonly string[] => {
  if (typeof x === 'string') return [x]
  const branches = x.parts.flatMap((part, k) => {
    const [fork, trunk] = k === x.parts.length - 1 ? ['└──', '   '] : ['├──', '│  ']
    return linesOf(part).map((line, row) => `${row === 0 ? fork : trunk} ${line}`)
  })
  return [x.line, ...branches]
}

/**
 * A tree of text, a branch for every part. Lines end at column 80.
 *
 * @example outline({ line: 'tea', parts: ['leaves', 'water'] }) // →
 * // tea
 * // ├── leaves
 * // └── water
 */
export const outline = (x: Shown): string => linesOf(x).map(within).join('\n')

/** Parts 0 to n − 1; of more than `most` the first ones and the last. */
export const few = (n: number, partAt: (k: number) => Shown, most = 12): readonly Shown[] => {
  const parts = Array.from({ length: n > most ? most - 2 : n }, (_, k) => partAt(k))
  return n > most ? [...parts, `… ${counted(n - most + 1, 'more', 'more')}`, partAt(n - 1)] : parts
}

/** Puts texts in a row; of many the first ones, how many there are besides, and the last. */
export const fewInRow = (texts: readonly string[]): string =>
  few(texts.length, (k) => texts[k]!).join(', ')

/** A count with its noun: `1 tensor`, `1,180 numbers`. */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`

/** A number with at most six digits. */
export const rounded = (x: number): string => String(Number(x.toPrecision(6)))
