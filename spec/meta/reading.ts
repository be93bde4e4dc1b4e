import { posix } from 'node:path'
import type { File } from './files.ts'

// The README of a folder: a reading order in which every file stands once, and links that lead
// somewhere.

/** Targets of Markdown links and of pictures, as written. */
const targetsIn = (text: string): readonly string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)].map((m) => (m[1] ?? m[2])!)

/** Prose without fenced code, where brackets mean something else. */
const prose = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, '')

/**
 * Returns the entries of the reading order: links in the first cell of a table's row, and file
 * names in a numbered list.
 */
export const entriesOf = ({ path, text }: File): readonly string[] => {
  const folder = posix.dirname(path)
  const rows = prose(text).split('\n')
  const cells = rows
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => targetsIn(line.split(' | ')[0]!))
    .filter((target) => !target.includes('#') && !target.includes('://'))
  // An item's further lines are indented.
  const items = prose(text).match(/^\d+\. .*(?:\n {2,}.*)*/gm) ?? []
  const named = items.flatMap((item) => [...item.matchAll(/`([\w./-]+\.ts)`/g)].map((m) => m[1]!))
  return [...cells, ...named].map((target) => posix.join(folder, target))
}

/**
 * Finds mistakes in a folder's reading order: files that are missing, are listed twice or do not
 * exist. An entry that is a folder, or its README, covers all in it; so does a folder of specs.
 */
export const misread = (readme: File, paths: readonly string[]): readonly string[] => {
  const folder = `${posix.dirname(readme.path)}/`
  const entries = entriesOf(readme).map((entry) =>
    entry.endsWith('/README.md') ? posix.dirname(entry) : entry.replace(/\/$/, ''),
  )
  const files = paths.filter((path) => path.startsWith(folder) && path.endsWith('.ts'))
  const covers = (entry: string, path: string): boolean =>
    path === entry || path.startsWith(`${entry}/`)
  const counts = files.map((path) => ({
    path,
    times: entries.filter((entry) => covers(entry, path)).length,
  }))
  const hidesFiles = (entry: string): boolean =>
    !folder.startsWith('spec/') && !paths.includes(entry) && !paths.includes(`${entry}/README.md`)
  return [
    ...counts.filter(({ times }) => times === 0).map(({ path }) => `${path} is not listed`),
    ...counts.filter(({ times }) => times > 1).map(({ path }) => `${path} is listed twice`),
    ...entries
      .filter((entry) => !paths.some((path) => covers(entry, path)))
      .map((entry) => `${entry} does not exist`),
    ...entries
      .filter((entry) => paths.some((path) => covers(entry, path)) && hidesFiles(entry))
      .map((entry) => `${entry} has no README of its own: list its files`),
  ]
}

/** A heading as the anchor that Markdown viewers make of it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

/** Links to files, lines or headings that are not there. */
export const deadLinks = (
  { path, text }: File,
  paths: readonly string[],
  textOf: (path: string) => string,
): readonly string[] =>
  targetsIn(prose(text))
    .filter((target) => !/^(https?|mailto):/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#')
      const to = file === '' ? path : posix.join(posix.dirname(path), file).replace(/\/$/, '')
      if (!paths.includes(to)) return !paths.some((p) => p.startsWith(`${to}/`))
      if (anchor === undefined) return false
      const line = /^L(\d+)$/.exec(anchor)?.[1]
      if (line !== undefined) return Number(line) > textOf(to).split('\n').length
      const headings = [...prose(textOf(to)).matchAll(/^#+ (.*)$/gm)].map((m) => anchorOf(m[1]!))
      return !headings.includes(anchor)
    })
    .map((target) => `${path} links to ${target}`)

const commandLine = /npm start|npm run (?:-s )?psigrad|\bpsigrad (?:train|exact)\b/

/** npm scripts and flags that shell blocks use and the project does not have. */
export const unknownCommands = (
  code: string,
  scripts: readonly string[],
  flags: readonly string[],
): readonly string[] =>
  code
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/\s#.*$/, ''))
    .flatMap((line) => {
      const run = [...line.matchAll(/npm (?:run (?:-s )?([\w:-]+)|(test|start)\b)/g)]
      const used = run.map((m) => (m[1] ?? m[2])!)
      const given = commandLine.test(line)
        ? [...line.matchAll(/ --([a-z][\w-]*)/g)].map((m) => m[1]!)
        : []
      return [
        ...used.filter((script) => !scripts.includes(script)).map((s) => `npm run ${s}`),
        ...given.filter((flag) => !flags.includes(flag.replace(/^no-/, ''))).map((f) => `--${f}`),
      ]
    })
