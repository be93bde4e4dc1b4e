import { stripVTControlCharacters } from 'node:util'

/** The rows become two columns of text; values stand at the right, with their units behind them. */
export const table = (
  rows: readonly { readonly name: string; readonly value: string; readonly unit?: string }[],
): string => {
  const width = (texts: readonly string[]): number =>
    texts.reduce((w, text) => Math.max(w, stripVTControlCharacters(text).length), 0)
  const names = width(rows.map((r) => r.name))
  const values = width(rows.map((r) => r.value))
  return rows
    .map(({ name, value, unit = '' }) =>
      `  ${name.padEnd(names)}  ${value.padStart(values)} ${unit}`.trimEnd(),
    )
    .join('\n')
}
