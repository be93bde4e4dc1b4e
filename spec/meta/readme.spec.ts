import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix, relative } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Block, blocksIn, broken, programsIn } from './blocks.ts'
import { documents, read, root } from './files.ts'
import type { Outcome } from './runPrograms.ts'
import { agrees } from './values.ts'

/** The package as its users import it, from the sources; everything else as installed. */
const resolve = (module: string): Promise<unknown> => {
  const [, entry] =
    /^psigrad\/(core|core\/linalg|core\/gpu|autodiff|models|physics|run)$/.exec(module) ?? []
  if (entry !== undefined)
    return import(/* @vite-ignore */ `../../${entry === 'run' ? 'examples' : entry}/index.ts`)
  if (module.startsWith('psigrad')) throw new Error(`the package has no entry ${module}`)
  return import(/* @vite-ignore */ module)
}

/** For machines that do much else; alone on two cores all programs take ten seconds. */
const PATIENCE_MS = 600_000

const programs = documents().flatMap(programsIn)

const execute = promisify(execFile)
const tsx = join(root, 'node_modules/tsx/dist/cli.mjs')
/** README.md says that a user's programs belong here. */
const mine = join(root, 'mine')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(mine, '.spec-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('programs in documents', { timeout: PATIENCE_MS }, () => {
  let outcomes: readonly Outcome[] = []
  beforeAll(async () => {
    writeFileSync(join(folder, 'blocks.json'), JSON.stringify(programs))
    await execute(process.execPath, [tsx, 'spec/meta/runPrograms.ts', folder], { cwd: root })
    outcomes = JSON.parse(readFileSync(join(folder, 'outcomes.json'), 'utf8'))
  }, PATIENCE_MS)

  it('are there', () => {
    expect(programs.map(({ path }) => path)).toContain('README.md')
    expect(outcomes).toHaveLength(programs.length)
  })

  it.each(programs.map((block, k) => [`${block.path}:${block.line}`, k] as const))(
    '%s gives the values written beside it',
    (_, k) => {
      expect(outcomes[k]!.problems).toEqual([])
      expect(outcomes[k]!.checked, 'a program shows at least one value').toBeGreaterThan(0)
    },
  )
})

describe("a program of one's own", { timeout: PATIENCE_MS }, () => {
  it('runs as it stands, by the command that README.md names', async () => {
    expect(read('README.md').text).toContain('npx tsx mine/first.ts')
    const [first] = programs.filter(({ path }) => path === 'README.md')
    writeFileSync(join(folder, 'first.ts'), first!.code)
    const ran = await execute('npx', ['tsx', relative(root, join(folder, 'first.ts'))], {
      cwd: root,
    })
    expect(ran).toEqual({ stdout: '', stderr: '' })
  })

  it('finds the sources of every entry of the package in an editor, too', () => {
    const { config } = ts.readConfigFile(join(mine, 'tsconfig.json'), ts.sys.readFile)
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, mine)
    const { exports } = JSON.parse(read('package.json').text) as { exports: object }
    const entries = Object.keys(exports).filter((name) => !name.endsWith('.json'))
    for (const name of entries) {
      const from = join(mine, 'first.ts')
      const found = ts.resolveModuleName(posix.join('psigrad', name), from, options, ts.sys)
      const path = relative(root, found.resolvedModule?.resolvedFileName ?? '')
      expect([name, path]).toEqual([name, expect.stringMatching(/^(\w+\/)*(index|worker)\.ts$/)])
    }
  })

  it('is seen by nobody else: git leaves all of mine alone but its tsconfig.json', () => {
    expect(read('.gitignore').text).toContain('\nmine/*\n!mine/tsconfig.json\n')
  })
})

describe('the check of programs sees', () => {
  const block = (code: string): Block => ({ path: 'a.md', line: 10, language: 'ts', code })
  const problems = async (code: string): Promise<readonly string[]> =>
    (await broken(block(code), resolve)).problems

  it('what is right', async () => {
    const code = [
      "import { sum, tensor, type Tensor } from 'psigrad/core'",
      'const x: Tensor = tensor([1, 2])',
      'sum(x) // => 3',
      'x // => [1, 2]',
      "'a\\nb' // =>",
      '// a',
      '// b',
      'await Promise.resolve({ re: [1 / 3] }) // => { re: [0.333] }',
      'Math.PI // no promise',
    ].join('\n')
    expect(await broken(block(code), resolve)).toEqual({ checked: 4, problems: [] })
  })

  it('a wrong value, with its line', async () => {
    expect(await problems("import { sum } from 'psigrad/core'\nsum(2) // => 3")).toEqual([
      'a.md:11: promises 3, gives 2',
    ])
  })

  it('a wrong line of text', async () => {
    expect(await problems("'a\\nb' // =>\n// a\n// c")).toEqual([
      'a.md:10: promises a\nc, gives\na\nb',
    ])
  })

  it('an error, and an entry that the package lacks', async () => {
    expect(await problems("throw new Error('oh')")).toEqual(['a.md:10: oh'])
    await expect(problems("import 'psigrad/nothing'")).rejects.toThrow('no entry psigrad/nothing')
  })

  it('blocks of any language, with the line where they start', () => {
    const text = 'x\n\n```sh\nnpm test\n```\n\n```ts\na\nb\n```\n'
    expect(blocksIn({ path: 'a.md', text })).toEqual([
      { path: 'a.md', line: 4, language: 'sh', code: 'npm test\n' },
      { path: 'a.md', line: 8, language: 'ts', code: 'a\nb\n' },
    ])
  })

  it.each([
    [1.3817732, '1.381773', true],
    [1.3817741, '1.381773', false],
    [-0.25, '-0.25', true],
    [0.25, '-0.25', false],
    [1.04e-5, '1.0e-5', true],
    [1.06e-5, '1.0e-5', false],
    [2.0000000001, '2', true],
    [2.001, '2', false],
    ['a', "'a'", true],
    [Number.NaN, 'NaN', true],
    [0, 'false', false],
    [[1, [2]], '[1, [2]]', true],
    [[1, 2, 3], '[1, 2]', false],
    [{ a: 1, b: 2 }, '{ a: 1 }', false],
    [Float64Array.of(1, 2), '[1, 2]', true],
  ])('%j against %s: %s', (value, literal, right) => {
    expect(agrees(value, literal) === undefined).toBe(right)
  })

  it('a promise that is no literal', () => {
    expect(() => agrees(1, 'one')).toThrow('no literal')
  })
})
