import { describe, expect, it } from 'vitest'
import { libraryRooms, read, sources } from './files.ts'

// A pool whose script is missing computes on one thread and says nothing: every script of a thread
// must be built wherever the rest is.

describe('scripts of threads', () => {
  const scripts = sources(libraryRooms)
    .map(({ path }) => path)
    .filter((path) => /[wW]orker\.ts$/.test(path))

  it.each(['tsconfig.build.json', 'examples/cli/launch.mjs'])('are all built by %s', (file) => {
    expect(scripts.length).toBeGreaterThan(2)
    const { text } = read(file)
    expect(scripts.filter((path) => !text.includes(path))).toEqual([])
  })
})
