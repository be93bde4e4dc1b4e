import { describe, expect, it } from 'vitest'
import { pathsIn, read, sources } from './files.ts'
import { codeLines, codeLinesOf, tooLong, tooWide } from './size.ts'

/** One idea per file: what no longer fits here is two ideas. */
const MOST_LINES = 300
const MOST_COLUMNS = 100

/** Outside the budget: linear algebra, compiler, threads, devices, each a subject of its own. */
const apart = ['core/linalg/', 'core/compiler/', 'core/threads/', 'core/gpu/']

/** The budget stands where readers see it. */
const budget = Number(
  /at most ([\d,]+)\s+lines\s+of\s+code/
    .exec(read('core/README.md').text)?.[1]
    ?.replaceAll(',', ''),
)

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

  it('keeps core and autodiff within the budget that core/README.md states', () => {
    const counted = sources(['core', 'autodiff']).filter(
      ({ path }) => !apart.some((folder) => path.startsWith(folder)),
    )
    expect(codeLinesOf(counted)).toBeLessThanOrEqual(budget)
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
})
