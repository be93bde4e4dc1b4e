import { describe, expect, it } from 'vitest'
import { read, root } from './files.ts'
import { closure, directOf, type Find, foreign, type Manifest } from './licences.ts'

/** Every one more is one more to trust, to audit and to wait for. */
const MOST_DIRECT = 10
/** Forty of them are d3, in small packages, which Observable Plot brings. */
const MOST_IN_ALL = 80

const manifest = JSON.parse(read('package.json').text) as Manifest

describe('what users install', () => {
  const all = [...closure(manifest).values()].map((found) => found.manifest)

  it('is licensed as freely as psigrad itself', () => {
    expect(manifest.license).toBe('MIT')
    expect(read('LICENSE').text).toContain('MIT License')
    expect(foreign(all)).toEqual([])
    // And so is what they may add.
    const added = closure({ ...manifest, dependencies: manifest.peerDependencies ?? {} })
    expect([...added.values()].map((found) => found.manifest.name)).toContain('gpu.js')
    expect(foreign([...added.values()].map((found) => found.manifest))).toEqual([])
  })

  it('is little', () => {
    expect(directOf(manifest).length).toBeLessThanOrEqual(MOST_DIRECT)
    expect(all.length).toBeLessThanOrEqual(MOST_IN_ALL)
  })

  it('is the same everywhere: versions are exact', () => {
    const loose = Object.entries({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
    }).filter(([, v]) => !/^\d/.test(v))
    expect(loose).toEqual([])
  })
})

describe('the check of licences sees', () => {
  const packages: Record<string, Manifest> = {
    a: { name: 'a', version: '1.0.0', license: 'MIT', dependencies: { b: '1', c: '1' } },
    b: { name: 'b', version: '1.0.0', license: 'GPL-3.0', dependencies: { c: '1', a: '1' } },
    c: { name: 'c', version: '1.0.0' },
  }
  const find: Find = (name) => ({ manifest: packages[name]!, folder: `${root}/${name}` })

  it('packages of packages, each once, and their terms', () => {
    const start: Manifest = { name: 'x', version: '1.0.0', dependencies: { a: '1' } }
    const all = [...closure(start, find).values()].map((found) => found.manifest)
    expect(all.map((m) => m.name)).toEqual(['a', 'b', 'c'])
    expect(foreign(all)).toEqual(['b: GPL-3.0', 'c: undefined'])
  })
})
