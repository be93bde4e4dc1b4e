import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import * as core from '../../core/index.ts'
import * as all from '../../index.ts'
import * as physics from '../../physics/index.ts'
import { libraryRooms, root } from './files.ts'

/** The bytes that a program adds to a page. */
const bytesOf = async (contents: string): Promise<number> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['node:*', 'gpu.js'],
    write: false,
  })
  return outputFiles[0]!.contents.length
}

/** Names of namespaces may make a bundle larger by this factor. */
const MOST_MORE = 1.02

describe('the root of the package', { timeout: 240_000 }, () => {
  it('exports the rooms of the library, as namespaces since two names have two meanings', () => {
    expect(Object.keys(all)).toEqual([...libraryRooms].toSorted())
    expect(all.core).toBe(core)
    expect(core.square).not.toBe(physics.square)
  })

  it('costs a page no more than the rooms that it uses, each of them whole', async () => {
    const [room, byRoot, everything] = await Promise.all([
      bytesOf("import * as core from './core/index.ts'; console.log(core)"),
      bytesOf("import { core } from './index.ts'; console.log(core.sin(core.tensor(1)))"),
      bytesOf("import * as all from './index.ts'; console.log(all)"),
    ])
    expect(byRoot).toBeLessThan(room * MOST_MORE)
    expect(everything).toBeGreaterThan(room * 1.5)
  })
})
