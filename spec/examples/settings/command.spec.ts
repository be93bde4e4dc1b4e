import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commands } from '../../../examples/cli/commands/index.ts'
import {
  calledAs,
  psigrad,
  shellWord,
  spoken,
  studyCalled,
} from '../../../examples/settings/command.ts'
import { sources } from '../../meta/files.ts'

const root = resolve(import.meta.dirname, '../../..')
const checkout = '/home/a/psigrad'
const launcher = `${checkout}/examples/cli/launch.mjs`
const project = '/home/a/project'

const commandNames = commands.map(({ name }) => name)
const words = ['npm run -s psigrad --', 'npx psigrad', 'psigrad', 'node /a/launch.mjs']

describe('the word for psigrad', () => {
  it.each([
    ["from the checkout's root", launcher, checkout, 'npm run -s psigrad --'],
    ['without its launcher', `${checkout}/examples/cli/main.ts`, checkout, 'npm run -s psigrad --'],
    ['from a folder of the checkout', launcher, `${checkout}/docs`, `node ${launcher}`],
    ['from above it', launcher, '/home/a', 'node psigrad/examples/cli/launch.mjs'],
    [
      'from the build of the checkout',
      `${checkout}/dist/examples/cli/main.js`,
      checkout,
      'node dist/examples/cli/main.js',
    ],
    [
      'from a path with a space',
      '/a b/examples/cli/launch.mjs',
      '/c',
      "node '/a b/examples/cli/launch.mjs'",
    ],
    ['in a project', `${project}/node_modules/.bin/psigrad`, project, 'npx psigrad'],
    [
      'in a project, by a shell script of the package manager',
      `${project}/node_modules/psigrad/dist/examples/cli/main.js`,
      `${project}/src`,
      'npx psigrad',
    ],
    ['by npx alone', '/home/a/.npm/_npx/1f/node_modules/.bin/psigrad', '/tmp', 'npx psigrad'],
    ['from the PATH', '/usr/local/bin/psigrad', '/tmp', 'psigrad'],
    [
      'on Windows',
      'C:\\p\\node_modules\\psigrad\\dist\\examples\\cli\\main.js',
      'C:\\p',
      'npx psigrad',
    ],
    ['in a specification', `${checkout}/node_modules/vitest/vitest.mjs`, checkout, 'psigrad'],
  ])('%s', (_, script, folder, word) => {
    expect(calledAs(script, folder)).toBe(word)
  })

  it.runIf(process.platform !== 'win32')(
    'and its words are read back by a shell as they were',
    () => {
      const texts = ['runs/a', 'my runs/b', "it's", '$HOME `id` "a" \\ !', 'a\nb', '', '*', '~/c;d']
      const echo = `process.stdout.write(JSON.stringify(process.argv.slice(1)))`
      const line = ['node', '-e', echo, ...texts].map(shellWord).join(' ')
      expect(JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' }))).toEqual(texts)
      expect(shellWord('runs/a-1.b')).toBe('runs/a-1.b')
    },
  )

  it('takes the place of the name in every command, once, and nowhere else', () => {
    const text = 'psigrad: stopped. Go on with\n  psigrad train --resume a\nor `psigrad devices`.'
    expect(spoken(text, 'npx psigrad')).toBe(
      'psigrad: stopped. Go on with\n  npx psigrad train --resume a\nor `npx psigrad devices`.',
    )
    for (const as of [
      'psigrad train: square 4x4',
      'runs/psigrad train',
      "psigrad's own",
      'npsigrad train',
    ])
      expect(spoken(as, 'npx psigrad')).toBe(as)
    fc.assert(
      fc.property(
        fc.constantFrom(...words),
        fc.constantFrom(...commandNames),
        fc.string(),
        (call, name, rest) => {
          const once = spoken(`  psigrad ${name} -${rest}`, call)
          expect(once.startsWith(`  ${call} ${name} -`)).toBe(true)
          expect(spoken(once, call)).toBe(once)
        },
      ),
    )
  })

  it('stands in the sources before commands of the program alone', () => {
    const strings = sources(['examples'])
      .filter(({ path }) => !path.startsWith('examples/bench/'))
      .flatMap(({ path, text }) =>
        [...text.replaceAll(/^ *(\/\/|\/?\*).*$/gm, '').matchAll(/\bpsigrad ([a-z]+)\b/g)].map(
          ([, name]) => `${path}: ${name}`,
        ),
      )
    expect(strings.length).toBeGreaterThan(30)
    const unknown = strings.filter((s) => !commandNames.includes(s.split(': ')[1]!))
    // A class of a style sheet, in pictures that are drawn by themselves.
    expect(unknown).toEqual(['examples/pictures/svg.ts: text'])
    expect(psigrad).toBe('psigrad')
  })

  it('is not taken for a command in quotes, such as the name of a folder', () => {
    expect(spoken("--out 'psigrad runs/a'", words[0])).toBe("--out 'psigrad runs/a'")
  })

  it('has a script of its own for the study in a checkout', () => {
    expect(studyCalled([], words[0])).toBe('npm run study')
    expect(studyCalled(['--pages'], words[0])).toBe('npm run study -- --pages')
    expect(studyCalled(['--pages'], words[1])).toBe('npx psigrad study --pages')
  })
})

describe('what the program prints', { timeout: 240_000 }, () => {
  const printed = (script: string, cwd: string, ...args: readonly string[]): Promise<string> =>
    new Promise((done) => {
      const child = spawn(process.execPath, [script, ...args], { cwd })
      let text = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data))
      child.on('close', () => done(text))
    })
  /** Words that are commands of psigrad, each with what stands before it on its line. */
  const commands = (text: string): readonly string[] =>
    [
      ...text.matchAll(
        new RegExp(`^.*?psigrad (?:-- )?(?:${commandNames.join('|')})\\b(?!:)`, 'gm'),
      ),
    ].map(([line]) => line.trim().replace(/^.*(?:\(|: )(?=n|psi)/, ''))

  it('names commands that exist there: help of every command, and advice', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'psigrad-command-'))
    const script = join(root, 'examples/cli/launch.mjs')
    const helps = [[], ...commandNames.map((name) => [name])].map((name) => [...name, '--help'])
    const all = await Promise.all(helps.map((args) => printed(script, root, ...args)))
    for (const [k, text] of all.entries()) {
      expect(text, helps[k]!.join(' ')).toMatch(/^Usage: npm run -s psigrad -- /)
      expect(commands(text).filter((line) => !line.includes('npm run -s psigrad -- '))).toEqual([])
    }
    expect(all.flatMap(commands).length).toBeGreaterThan(20)
    const there = await printed(script, elsewhere, 'train', '--help')
    expect(there).toContain(`  node ${script} train --resume`)
    rmSync(elsewhere, { recursive: true })
  })
})
