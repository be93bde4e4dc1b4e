import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type File, read } from './files.ts'

// A reader gets from README.md, and from the tour, in one hop to what a table says is there.

/** Links in tables of a document whose text is a name in code, with the file they lead to. */
const namedLinks = ({ path, text }: File): readonly (readonly [name: string, to: string])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => [...line.matchAll(/\[`(\w+)`\]\(([\w./-]+\.ts)\)/g)])
    .map((m) => [m[1]!, posix.join(posix.dirname(path), m[2]!)] as const)

/** Does a file define a name at its top level, exported or not? */
const defines = ({ text }: File, name: string): boolean =>
  new RegExp(`^(export )?(const|type|interface|function\\*?) ${name}\\b`, 'm').test(text)

const sought = [
  'a derivative rule',
  'how a gradient is made',
  'where a sample is drawn',
  'where the energy is averaged',
  'what is solved',
]

describe.each(['README.md', 'docs/reading.md'])('%s', (path) => {
  const document = read(path)

  it('leads in one hop to what a reader of the field looks for', () => {
    for (const thing of sought) {
      const row = document.text.split('\n').find((line) => line.startsWith(`| ${thing} |`))
      expect([thing, namedLinks({ path, text: row ?? '' }).length > 0]).toEqual([thing, true])
    }
  })

  it('names what the files that it leads to define', () => {
    const links = namedLinks(document)
    expect(links.length).toBeGreaterThanOrEqual(sought.length)
    for (const [name, to] of links)
      expect([name, to, defines(read(to), name)]).toEqual([name, to, true])
  })
})

describe('the check of the tour sees', () => {
  it('names that a file does not have', () => {
    const file = { path: 'a.ts', text: '/** A. */\nexport const here = 1\nconst inside = 2\n' }
    expect(['here', 'inside', 'gone'].map((name) => defines(file, name))).toEqual([
      true,
      true,
      false,
    ])
    const text = '| x | [`here`](../a.ts), [words](b.ts) |\n[`no`](table.ts)'
    expect(namedLinks({ path: 'docs/x.md', text })).toEqual([['here', 'a.ts']])
  })
})
