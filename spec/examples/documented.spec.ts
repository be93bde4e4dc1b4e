import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { commands as all } from '../../examples/cli/commands/index.ts'
import { program } from '../../examples/cli/grammar.ts'
import type { Given } from '../../examples/cli/parts/cliCommand.ts'
import { formsOf, repeated } from '../../examples/compare/comparedForms.ts'
import { formReference } from '../../examples/forms/formReference.ts'
import {
  resolveConfig,
  resolveLeniently,
  showConfigProblem,
} from '../../examples/settings/config.ts'
import { flags } from '../../examples/settings/options.ts'

// Every command that a page or a help text shows is one that is taken.

const root = join(import.meta.dirname, '../..')
const pages = [
  'README.md',
  'examples/README.md',
  'models/README.md',
  ...['examples/cli/commands', 'docs'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => /\.(md|ts)$/.test(name))
      .map((name) => `${folder}/${name}`),
  ),
]

/** Words as a shell makes them: quotes join, a # ends the line. */
const wordsOf = (line: string): readonly string[] =>
  (line.replace(/\s#.*$/, '').match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) =>
    word.replace(/^["']|["']$/g, ''),
  )

const commands = pages.flatMap((page) =>
  readFileSync(join(root, page), 'utf8')
    .split('\n')
    .flatMap((line): (readonly [string, string])[] => {
      const found = /^\s*(?:npm run -s psigrad --|psigrad|(npm start) --) (.*?)`?,?$/.exec(line)
      if (found === null || /^[a-z]+ --help/.test(found[2]!)) return []
      const rest = found[1] === undefined ? found[2]! : `train ${found[2]}`
      return /^(train|compare|exact|lattice)\b/.test(rest) ? [[page, rest]] : []
    }),
)

const givenBy = async (line: string): Promise<{ name: string; given: Given }> => {
  let met: { name: string; given: Given } | undefined
  await program('0', all, async ({ name }, given) => {
    met = { name, given }
  }).parseAsync(['node', 'psigrad', ...wordsOf(line)])
  return met!
}

/** Files of a reader's own are not there; what stands for them is. */
const known = <V>(value: V): V | string =>
  typeof value === 'string' && formReference(value) !== undefined ? 'spatial' : value

/** These commands are there to show what a refusal looks like. */
const shownToFail = /contnt/

describe('a command that is written down', () => {
  it.each(commands.filter(([, line]) => !shownToFail.test(line)))('%s: %s', async (_, line) => {
    const { name, given: typed } = await givenBy(line)
    const given = Object.fromEntries(
      flags.flatMap(({ key }) => {
        const value = typed.flags[key]
        return value === undefined ? [] : [[key, known(value)]]
      }),
    )
    const forms = name === 'compare' ? formsOf(String(typed.texts.forms)).map(known) : ['factored']
    expect(repeated(forms)).toBeUndefined()
    const resolve = name === 'compare' ? resolveLeniently : resolveConfig
    if (name === 'train' || name === 'compare')
      for (const attention of forms) {
        const result = resolve({ flags: name === 'compare' ? { ...given, attention } : given })
        expect(E.isLeft(result) ? result.left.map(showConfigProblem) : []).toEqual([])
      }
  })

  it('is found on the pages', () => {
    expect(commands.length).toBeGreaterThan(25)
  })
})
