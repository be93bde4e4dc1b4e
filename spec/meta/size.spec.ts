import { describe, expect, it } from 'vitest'
import { pathsIn, read, sources } from './files.ts'
import { house } from './house.ts'
import { codeLines, tooLong, tooWide, withoutImports } from './size.ts'

/** One idea per file: what no longer fits here is two ideas. */
const MOST_LINES = 300
const MOST_COLUMNS = 100

/** An afternoon's reading: core and autodiff without machines, imports not counted. */
const READABLE = 2_755
/** The machines, each for itself. */
const MACHINES = {
  'core/messages': 260,
  'core/lowering': 1_640,
  'core/tiles': 190,
  'core/wasm': 1_300,
  'core/threads': 535,
  'core/linalg': 1_285,
  'core/gpu': 1_630,
  'autodiff/verify': 2_800,
  'autodiff/inspect': 1_250,
}

const file = (text: string) => ({ path: 'core/a.ts', text })

describe('size', () => {
  const all = sources()

  it(`keeps files within ${MOST_LINES} lines`, () => {
    expect(all.length).toBeGreaterThan(100)
    expect(tooLong(all, MOST_LINES)).toEqual([])
  })

  it(`keeps lines within ${MOST_COLUMNS} columns`, () => {
    expect(tooWide(all, MOST_COLUMNS)).toEqual([])
  })

  it(`keeps core and autodiff within ${READABLE} lines of code, and each machine in its own`, () => {
    const { readable, machines } = house(sources(['core', 'autodiff']))
    expect(readable).toBeGreaterThan(2_000)
    expect(readable).toBeLessThanOrEqual(READABLE)
    for (const [name, lines] of Object.entries(machines))
      expect([name, lines <= MACHINES[name as keyof typeof MACHINES]]).toEqual([name, true])
  })
})

describe('the tables of rules', () => {
  it('assert nothing about their operands: TypeScript knows how many there are', () => {
    expect(house(sources(['autodiff'])).bangs).toBe(0)
    const path = 'autodiff/derivatives/vjpRules.ts'
    expect(house([{ path, text: 'mul(x!, f(y)!) !== z[0]!.a' }]).bangs).toBe(3)
  })
})

describe('project texts', () => {
  it('stand on their own: no path outside the checkout', () => {
    const outside = new RegExp(['/wo', 'rk/|\\.\\./sha', 'red/'].join(''))
    const written = pathsIn().filter((path) => /\.(ts|md|json|sh|yml|svg|html)$/.test(path))
    expect(written.length).toBeGreaterThan(150)
    expect(written.filter((path) => outside.test(read(path).text))).toEqual([])
  })
})

describe('the checks of size see', () => {
  it('a file of one line too many', () => {
    const text = `${'x\n'.repeat(MOST_LINES)}`
    expect(tooLong([file(text)], MOST_LINES)).toEqual([])
    expect(tooLong([file(`${text}x\n`)], MOST_LINES)).toEqual(['core/a.ts: 301 lines'])
  })

  it('a wide line, but not a long message nor accents', () => {
    const wide = `const x = ${'a + '.repeat(30)}0`
    const comment = `// ${'x̄ '.repeat(49)}`
    const message = `    what: '${'needs a number '.repeat(8)}',`
    expect(tooWide([file(`\n${wide}\n${comment}\n${message}\n`)], MOST_COLUMNS)).toEqual([
      'core/a.ts:2: 131 columns',
      'core/a.ts:3: 101 columns',
    ])
  })

  it('code, and neither comments nor blank lines', () => {
    const text = `/** doc */
      // comment

      const a = \`two
      lines\` /* tail */
      export {}`
    expect(codeLines(file(text))).toBe(3)
  })

  it('code without imports', () => {
    const text = "import { a } from './a.ts'\nexport { b } from './b.ts'\nexport const c = 1\n"
    expect(codeLines(withoutImports(file(text)))).toBe(1)
  })
})
