import { describe, expect, it } from 'vitest'
import { suspects } from '../mutate/mutations.ts'
import { type File, libraryRooms, sources } from './files.ts'
import { findersOf, hasCode, namedByHead } from './found.ts'

// The benchmark is a program of its own; what its contenders compute is compared when it runs.
const house = sources([...libraryRooms, 'examples']).filter(
  (file) => !file.path.startsWith('examples/bench/') && hasCode(file),
)
const specs = sources(['spec']).filter(({ path }) => path.endsWith('.spec.ts'))

/**
 * No spec has been seen to find a fault in these yet, although some run them. Shorten this list,
 * never lengthen it.
 */
const unproven: readonly string[] = [
  'core/gpu/serveDevice.ts',
  'core/linalg/tasks.ts',
  'core/threads/failure.ts',
  'core/threads/worker.ts',
  'core/wasm/encode.ts',
  'core/wasm/explain.ts',
  'core/wasm/imports.ts',
  'models/waves/smallWaves.ts',
  'models/waves/vit.ts',
  'physics/evaluations.ts',
  'examples/cli/main.ts',
  'examples/cli/parts/sharedOptions.ts',
  'examples/cli/parts/trainingContext.ts',
  'examples/compare/planComparison.ts',
  'examples/run/endings.ts',
  'examples/run/interrupt.ts',
  'examples/run/runSettings.ts',
  'examples/run/savedRun.ts',
  'examples/run/start.ts',
  'examples/session/exchanges.ts',
  'examples/session/record.ts',
  'examples/session/tables.ts',
  'examples/session/unfit.ts',
  'examples/settings/optimizerKinds.ts',
]

describe('every source file', () => {
  it('is known to a spec that finds faults in it', () => {
    expect(house.length).toBeGreaterThan(300)
    const found = findersOf(house, specs, suspects)
    const unknown = [...found].filter(([, finders]) => finders.length === 0)
    expect(unknown.map(([path]) => path)).toEqual(unproven)
  })

  it('is there, when the head of a spec names it, and needs to be named', () => {
    const paths = new Set(house.map(({ path }) => path))
    for (const spec of specs)
      for (const name of namedByHead(spec)) expect(paths, spec.path).toContain(name)
  })
})

describe('the search for specs', () => {
  const file = (path: string, text: string): File => ({ path, text })
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((name) => file(`core/x/${name}.ts`, ''))
  const named = file('spec/core/x/a.spec.ts', "import { b } from '../../../core/x/b.ts'")
  const head = file(
    'spec/core/other.spec.ts',
    '// This is about something.\n\n// Finds faults in core/x/{d, f}.ts and\n// core/x/e.ts.\n',
  )

  it('knows names, imports, mutants and heads', () => {
    const mutants = [{ file: 'core/x/c.ts', specs: ['spec/core/third.spec.ts'] }]
    const lonely = file('core/y/a.ts', '')
    const found = findersOf([a!, b!, c!, d!, e!, lonely], [named, head], mutants)
    expect(Object.fromEntries(found)).toEqual({
      'core/x/a.ts': [{ spec: named.path, by: 'its name' }],
      'core/x/b.ts': [{ spec: named.path, by: 'an import' }],
      'core/x/c.ts': [{ spec: 'spec/core/third.spec.ts', by: 'mutants' }],
      'core/x/d.ts': [{ spec: head.path, by: 'its head' }],
      'core/x/e.ts': [{ spec: head.path, by: 'its head' }],
      'core/y/a.ts': [],
    })
    expect(namedByHead(head)).toEqual(['core/x/d.ts', 'core/x/f.ts', 'core/x/e.ts'])
    expect(namedByHead(file('spec/a.spec.ts', "'// Finds faults in core/a.ts.'"))).toEqual([])
  })

  it.each([
    ['interface A {}\nexport type B = A', false],
    ["export { a } from './a.ts'\nexport * from './b.ts'", false],
    ["import { a } from './a.ts'\nexport type A = typeof a", false],
    ['export const a = 1', true],
    ["import { a } from './a.ts'\na()", true],
  ])('asks for none where nothing can run: %s', (text, runs) => {
    expect(hasCode(file('core/a.ts', text))).toBe(runs)
  })
})
