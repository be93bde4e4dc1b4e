import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { filesOf, pathsIn, read } from './files.ts'

let folder = ''
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'psigrad-files-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (...paths: readonly string[]): void => {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), 'const = broken')
  }
}

const git = (...args: readonly string[]): void => {
  execFileSync('git', args, { cwd: folder, stdio: 'ignore' })
}

describe("the project's files", () => {
  it("are those that git tracks: not a student's at the top, in examples or in mine", () => {
    put('core/a.ts', 'examples/b.ts', 'gone.ts')
    git('init')
    git('add', '.')
    rmSync(join(folder, 'gone.ts'))
    put('student.ts', 'examples/student.ts', 'mine/student.ts', 'notes.md')
    expect(filesOf(folder)).toEqual(['core/a.ts', 'examples/b.ts'])
    git('add', 'student.ts')
    expect(filesOf(folder)).toEqual(['core/a.ts', 'examples/b.ts', 'student.ts'])
  })

  it('are all files where git knows nothing: no repository, or a copy inside another one', () => {
    put('core/a.ts', 'node_modules/x.js')
    expect(filesOf(folder)).toEqual(['core/a.ts'])
    git('init')
    git('add', 'core/a.ts')
    put('copy/core/b.ts', 'copy/c.md')
    expect(filesOf(join(folder, 'copy')).toSorted()).toEqual(['c.md', 'core/b.ts'])
  })

  it('are found by folder', () => {
    expect(pathsIn('spec/meta')).toContain('spec/meta/files.ts')
    expect(pathsIn('spec/met')).toEqual([])
    expect(pathsIn()).toContain('README.md')
  })

  it('are what formatter, linter and types see: the scripts say so', () => {
    const { scripts } = JSON.parse(read('package.json').text) as { scripts: Record<string, string> }
    for (const task of ['lint', 'format', 'types'])
      expect(scripts[task]).toBe(`node --import tsx spec/meta/ours.ts ${task}`)
  })
})
