import { cpus } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { modes } from '../../core/gpu/index.ts'
import { countOf, named } from '../settings/index.ts'
import { precisions, sizeNames, works } from './items.ts'
import type { Settings } from './report.ts'

// This file holds the grammar of the command line and its help.

export interface Options extends Settings {
  readonly out: string
  /** Keeps the results of other items in `out`. */
  readonly add: boolean
  /** Also measures psigrad on this device of gpu.js. */
  readonly gpu?: string
  /** Measures nothing, and puts the last results into the documentation. */
  readonly docs: boolean
}

const HELP = `
Measures psigrad against every peer found, one at a time and in turns, and checks first that all
compute the same numbers. Who is missing, fails or disagrees is left out, and said so.

Peers from npm, with a lock file of their own:   npm ci --prefix examples/bench
Peers from Python: jax, torch, tachys, netket in the environments given with --python.

Sizes: S 4x4 sites, 1x1 patches, d 16, 1 layer; M 6x6, 2x2, d 48, 2 layers; X 10x10, 2x2, d 60, 4.

--out gets bench.json (everything), bench.md (the tables) and bench.svg (a chart).

Exit codes: 0 done; 1 nothing could be measured; 2 wrong usage.

Examples:
  npm run bench
  npm run bench -- --quick
  npm run bench -- --work forward,gradient --sizes M,X --precision float32 --python venv/bin/python
  npm run bench -- --work vmc --add
  npm run bench -- --gpu card --precision float32 --sizes M,X --batch 16384
  npm run bench -- --docs`

/** Returns an option for a list of some of the words; all of them by default. */
const listOf = <W extends string>(flag: string, words: readonly W[], help: string): Option =>
  new Option(`${flag} <list>`, `${help}: some of ${words.join(',')}`)
    .argParser((text: string): readonly W[] => {
      const given = text.split(',').map((word) => word.trim())
      const wrong = given.filter((word) => !(words as readonly string[]).includes(word))
      if (wrong.length > 0)
        throw new InvalidArgumentError(
          `Not known: ${wrong.join(', ')}; known: ${words.join(', ')}.`,
        )
      return words.filter((word) => given.includes(word))
    })
    .default(words, 'all')

/** The turns of each contender, in full and in --quick. */
const REPEATS = { full: 15, quick: 3 } as const
const MOST_REPEATS = 1000
const MOST_BATCH = 65536

export const program = (cores = cpus().length): Command =>
  new Command('npm run bench --')
    .description('How fast psigrad is, beside its peers.')
    .addOption(listOf('--sizes', sizeNames, 'sizes of the model'))
    .addOption(listOf('--work', works, 'what is done'))
    .addOption(listOf('--precision', precisions, 'precisions'))
    .addOption(
      countOf(
        '--repeats',
        `turns of each contender (default: ${REPEATS.full}, with --quick ${REPEATS.quick})`,
        MOST_REPEATS,
      ),
    )
    .addOption(countOf('--threads', 'threads of every contender', cores).default(cores))
    .addOption(
      new Option('--python <path>', 'a Python with peers; may be given several times')
        .argParser((path: string, before: readonly string[]) => [...before, named(path)])
        .default([], 'none'),
    )
    .addOption(countOf('--batch', 'configurations of one call (default: by size)', MOST_BATCH))
    .addOption(
      new Option('--gpu <mode>', 'also psigrad on gpu.js, float32 only').choices([
        'best',
        'card',
        ...modes,
      ]),
    )
    .addOption(new Option('--quick', 'size S and few turns, unless other flags say otherwise'))
    .addOption(
      new Option('--out <dir>', 'where the results go').argParser(named).default('bench-results'),
    )
    .addOption(new Option('--add', 'keep the other items of the results that are there'))
    .addOption(new Option('--docs', 'measure nothing: put the last results into docs/'))
    .helpOption('--help', 'print this help')
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'bench: ')) })

/** Parses a command line. Throws CommanderError when it is wrong. */
export const parseOptions = (words: readonly string[], cores = cpus().length): Options => {
  const command = program(cores).parse([...words], { from: 'user' })
  const { precision, repeats, sizes, ...rest } = command.opts()
  const [quick, add, docs] = [rest.quick === true, rest.add === true, rest.docs === true]
  const given = (name: string): boolean => command.getOptionValueSource(name) === 'cli'
  const chosen = given('sizes')
  const unused = command.options.filter((option) => {
    const name = option.attributeName()
    return docs && given(name) && name !== 'docs' && name !== 'out'
  })
  const names = unused.map(({ long }) => long).join(', ')
  if (unused.length > 0)
    command.error(`error: --docs measures nothing: expected only --out with it, not ${names}`)
  return {
    ...rest,
    ...{ quick, add, docs },
    precisions: precision,
    sizes: quick && !chosen ? ['S'] : sizes,
    repeats: repeats ?? (quick ? REPEATS.quick : REPEATS.full),
  } as Options
}
