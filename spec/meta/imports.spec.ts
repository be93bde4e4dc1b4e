import { describe, expect, it } from 'vitest'
import { type File, libraryRooms, read, sources } from './files.ts'
import {
  cycles,
  graphOf,
  importsOf,
  needNode,
  reachedFrom,
  undeclared,
  upwards,
} from './imports.ts'

const all = sources()
const library = sources(libraryRooms)

const file = (path: string, text: string): File => ({ path, text })

describe('imports', () => {
  it('go only downwards: examples → physics → models → autodiff → core', () => {
    expect(upwards(all.filter(({ path }) => !path.startsWith('spec/')))).toEqual([])
  })

  it('never reach into spec', () => {
    const reaching = all
      .filter(({ path }) => !path.startsWith('spec/'))
      .filter((f) => importsOf(f).some((name) => name.includes('spec/')))
    expect(reaching.map((f) => f.path)).toEqual([])
  })

  it('form no cycle of files, types included', () => {
    expect(cycles(all)).toEqual([])
  })

  it('let a browser load the library: nothing in it needs a Node module', () => {
    expect(library.length).toBeGreaterThan(100)
    expect(needNode(library)).toEqual([])
  })

  it('start the worker of threads from no entry point: it is a script of its own', () => {
    for (const room of libraryRooms)
      expect(reachedFrom(`${room}/index.ts`, graphOf(library))).not.toContain(
        'core/threads/worker.ts',
      )
  })

  it('name only packages that package.json installs for users, or tells them to', () => {
    const { name, dependencies, peerDependencies } = JSON.parse(read('package.json').text) as {
      name: string
      dependencies: object
      peerDependencies: object
    }
    // Exercises import psigrad by its name, as a user's file does.
    const installed = [name, ...Object.keys({ ...dependencies, ...peerDependencies })]
    // The page is shipped as a bundle, which its build makes here.
    const bundledHere = /^examples\/studio\/(page\/|host\/|build\w*\.ts)/
    const shipped = all.filter(({ path }) => !/^spec\//.test(path) && !bundledHere.test(path))
    expect(undeclared(shipped, installed)).toEqual([])
  })
})

describe('the checks of imports see', () => {
  it('every form of import', () => {
    const text = `import a from './a.ts'
      import type { B } from './b.ts'
      export * from './c.ts'
      const d = await import('./d.ts')
      const no = "import x from './text.ts'" // import y from './comment.ts'`
    expect(importsOf(file('x.ts', text))).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts'])
  })

  it('an import upwards, and one that leaves the rooms', () => {
    const up = file('core/a.ts', "import type { X } from '../models/x.ts'")
    const out = file('physics/a.ts', "import '../elsewhere/x.ts'")
    const down = file('models/a.ts', "import '../core/x.ts'")
    expect(upwards([up, out, down])).toEqual([
      'core/a.ts imports models/x.ts',
      'physics/a.ts imports elsewhere/x.ts',
    ])
  })

  it('a cycle', () => {
    const loop = [
      file('core/a.ts', "import './b.ts'"),
      file('core/b.ts', "import './c/d.ts'"),
      file('core/c/d.ts', "import '../a.ts'"),
    ]
    expect(cycles(loop)[0]).toBe('core/a.ts → core/b.ts → core/c/d.ts → core/a.ts')
    expect(cycles(loop.slice(0, 2))).toEqual([])
  })

  it('a Node module behind another file, and an undeclared package', () => {
    const files = [
      file('core/index.ts', "export * from './a.ts'"),
      file('core/a.ts', "import fs from 'node:fs'\nimport left from 'left-pad/lib'"),
    ]
    expect([...reachedFrom('core/index.ts', graphOf(files))]).toContain('core/a.ts')
    expect(needNode(files)).toEqual(['core/a.ts'])
    expect(undeclared(files, ['fp-ts', 'left'])).toEqual(['core/a.ts imports left-pad/lib'])
  })
})
