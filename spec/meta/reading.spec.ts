import { describe, expect, it } from 'vitest'
import { flags } from '../../examples/settings/options.ts'
import { blocksIn } from './blocks.ts'
import { documents, pathsIn, read, rooms } from './files.ts'
import { deadLinks, entriesOf, misread, unknownCommands } from './reading.ts'

const paths = pathsIn()
const textOf = (path: string): string => read(path).text
const folders = documents().filter(
  ({ path }) => path.endsWith('/README.md') && rooms.some((room) => path.startsWith(`${room}/`)),
)

/** Flags of the command line beside the settings. */
const otherFlags = [
  'config',
  'out',
  'resume',
  'from',
  'json',
  'junit',
  'sectors',
  'states',
  'shells',
  'forms',
  'seeds',
  'effort',
  'time',
  'junit',
  'time-limit',
  'help',
  'version',
  'at',
  'against',
  'color',
  'dot',
  'gradient',
  'mermaid',
  'most',
  'svg',
]

describe('documents', () => {
  it('introduce every room', () => {
    const names = folders.map(({ path }) => path)
    for (const room of rooms) expect(names).toContain(`${room}/README.md`)
  })

  it.each(folders.map((readme) => [readme.path, readme] as const))(
    '%s lists every file of its folder once',
    (_, readme) => {
      expect(entriesOf(readme).length).toBeGreaterThan(0)
      expect(misread(readme, paths)).toEqual([])
    },
  )

  it('link to what is there', () => {
    expect(documents().flatMap((d) => deadLinks(d, paths, textOf))).toEqual([])
  })

  it('give commands that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: object }
    const known = [...flags.map((f) => f.flag.replace('--', '')), ...otherFlags]
    const shell = documents()
      .flatMap(blocksIn)
      .filter(({ language }) => language === 'sh')
    expect(shell.length).toBeGreaterThan(3)
    for (const { path, line, code } of shell)
      expect([`${path}:${line}`, unknownCommands(code, Object.keys(scripts), known)]).toEqual([
        `${path}:${line}`,
        [],
      ])
  })
})

describe('the checks of documents see', () => {
  const tree = ['a/README.md', 'a/x.ts', 'a/y.ts', 'a/in/z.ts', 'a/sub/README.md', 'a/sub/u.ts']
  const readme = (...rows: string[]) => ({ path: 'a/README.md', text: rows.join('\n') })
  const whole = [
    '| [`x.ts`](x.ts), [`y.ts`](y.ts) | two [others](../b.md) |',
    '| [`in/z.ts`](in/z.ts) | deeper |',
    '| [`sub/`](sub/README.md) | has its own |',
  ]

  it('a whole reading order, as a table or as a list', () => {
    expect(misread(readme(...whole), tree)).toEqual([])
    const list = { path: 'a/sub/README.md', text: '1. `u.ts`: one\n   and `more`' }
    expect(misread(list, tree)).toEqual([])
  })

  it('a file that is missing, stands twice, or is not there', () => {
    expect(misread(readme(...whole.slice(1)), tree)).toEqual([
      'a/x.ts is not listed',
      'a/y.ts is not listed',
    ])
    expect(misread(readme(...whole, '| [x](x.ts) | again |'), tree)).toEqual([
      'a/x.ts is listed twice',
    ])
    expect(misread(readme(...whole, '| [old](old.ts) | gone |'), tree)).toEqual([
      'a/old.ts does not exist',
    ])
  })

  it('a folder that hides its files', () => {
    expect(misread(readme(whole[0]!, whole[2]!, '| [in](in/) | all |'), tree)).toEqual([
      'a/in has no README of its own: list its files',
    ])
  })

  it('dead links: to a file, a line, a heading', () => {
    const there: Record<string, string> = { 'a/x.ts': 'one\ntwo', 'b.md': '# A *title*, `now`' }
    const links = (text: string) =>
      deadLinks({ path: 'a/README.md', text }, Object.keys(there), (path) => there[path]!)
    expect(links('[a](x.ts#L2) [b](../b.md#a-title-now) [c](https://d.e) [d](../a)')).toEqual([])
    expect(links('[a](x.ts#L3) [b](../b.md#other) <img src="p.svg">')).toEqual([
      'a/README.md links to x.ts#L3',
      'a/README.md links to ../b.md#other',
      'a/README.md links to p.svg',
    ])
    expect(links('```ts\nf[i](x)\n```')).toEqual([])
  })

  it('commands and flags that do not exist', () => {
    const unknown = (code: string) => unknownCommands(code, ['test', 'start', 'lint'], ['size'])
    expect(unknown('npm ci && npm test # runs --all\nnpm run lint')).toEqual([])
    expect(unknown('npm start -- --size 4x4 --no-size')).toEqual([])
    expect(unknown('npm start -- \\\n  --sizes 4x4\nnpm run -s link')).toEqual([
      '--sizes',
      'npm run link',
    ])
  })
})
