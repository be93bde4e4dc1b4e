import { describe, expect, it } from 'vitest'
import { type Finding, fragmentsIn, privateWordsIn } from './english.ts'
import { type File, libraryRooms, sources } from './files.ts'

/** A room of the library, a folder of the examples, or all specs. */
const roomOf = ({ path }: Pick<File, 'path'>): string => {
  const [first, second] = path.split('/')
  return first === 'examples' ? `${first}/${second}` : first!
}

const shown = ({ path, line, text }: Finding): string => `${path}:${line} ${text}`

/** This spec and its tables hold the words that it finds. */
const own = /^spec\/meta\/english(\.spec)?\.ts$/
const files = sources().filter(({ path }) => path.includes('/') && !own.test(path))
const rooms = [...new Set(files.map(roomOf))]
const inRoom = (room: string): readonly File[] => files.filter((file) => roomOf(file) === room)

describe('comments', () => {
  it.each(rooms)('of %s are sentences', (room) => {
    const found = inRoom(room).flatMap(fragmentsIn).map(shown)
    expect(found).toEqual([])
  })

  it.each(rooms)('and names of %s use the words of the field', (room) => {
    const found = inRoom(room).flatMap(privateWordsIn).map(shown)
    expect(found).toEqual([])
  })

  it('are searched in every room', () => {
    expect(rooms).toEqual(expect.arrayContaining([...libraryRooms, 'examples/cli', 'spec']))
    expect(files.length).toBeGreaterThan(500)
  })
})

describe('the search for fragments', () => {
  const fragments = (text: string): number => fragmentsIn({ path: 'core/a.ts', text }).length

  it.each([
    'interface A {\n  /** Of the derivatives. */\n  readonly precision: string\n}',
    '/** Those that are left. */\nconst left = 1',
    '/** What a run keeps of a step. */\nexport const keep = 1',
    '/** How many there are. */\nfunction count() {}',
    '/**\n * Whether weights move,\n * tried at random points.\n */\nexport type Moved = boolean',
    "// Whoever is gone is missed by nobody.\nimport 'x'",
    '/** Where samples come from. Errors: none. */\nexport interface Samples {}',
  ])('finds %j', (text) => {
    expect(fragments(text)).toBe(1)
  })

  it.each([
    '/** Returns the number of samples. */\nexport const count = 1',
    'interface A {\n  /** How many there are. */\n  readonly count: number\n}',
    '/** Where ψ = 0, the quotient is undefined. */\nexport const quotient = 1',
    "// What a run keeps.\nimport 'x'",
    "const text = '/** Of the derivatives. */'",
    'const power = 2 /* Of two. */',
  ])('does not find %j', (text) => {
    expect(fragments(text)).toBe(0)
  })
})

describe('the search for private words', () => {
  const found = (text: string): readonly string[] =>
    privateWordsIn({ path: 'core/a.ts', text }).map((f) => `${f.line} ${f.text}`)

  it('finds words in comments and names in code, each with a better one', () => {
    expect(found('/** It is dearer. */\nconst a = illness(b)\n// For want of a card.')).toEqual([
      '1 dearer: write more expensive',
      '3 for want of: write because there is no',
      '2 illness: write invalidStep',
    ])
  })

  it('finds neither names in strings and comments nor parts of other words', () => {
    const text = "// The illness.\nconst breathed = 'told' // told\nconst x = `doing`"
    expect(found(text)).toEqual([])
  })
})
