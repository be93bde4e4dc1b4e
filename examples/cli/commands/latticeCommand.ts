import { either as E } from 'fp-ts'
import type { LatticeFacts, Shell } from '../../session/index.ts'
import {
  exitCodes,
  type Sources,
  showConfigProblems,
  showCount,
  wholeNumber,
} from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import { table } from '../parts/columns.ts'
import { type CommandContext, refuse } from '../parts/context.ts'
import { jsonOption, option, settingOptions } from '../parts/sharedOptions.ts'

// `psigrad lattice` prints the properties of a lattice before a run on it.

const MOST_SHELLS = 1000

/** The arguments of `psigrad lattice`. */
export interface LatticeArguments {
  readonly flags: Sources['flags']
  readonly shells: string
  readonly json: boolean
}

const showNeighbours = ({ neighbours: [fewest, most] }: Shell): string =>
  fewest === most ? String(most) : `${fewest} to ${most}`

const showNumber = (n: number | null): string => (n === null ? '–' : showCount(n))

const factRows = (facts: LatticeFacts): Parameters<typeof table>[0] => [
  { name: 'unit cells', value: showCount(facts.cells) },
  { name: 'sites', value: showCount(facts.sites) },
  { name: 'sublattices', value: facts.sublattices?.join(' and ') ?? 'none' },
  { name: 'translations', value: showNumber(facts.translations) },
  { name: 'symmetries', value: showNumber(facts.symmetries) },
  {
    name: `states with Sz = ${facts.sites % 2 === 0 ? '0' : '1/2'}`,
    value: showNumber(facts.dimension),
  },
  { name: 'symmetric ones of these', value: showNumber(facts.symmetricDimension) },
]

const shellRows = ({ shells }: LatticeFacts): readonly (readonly string[])[] => [
  ['shell', 'distance', 'bonds', 'neighbours of a site'],
  ...shells.map((shell, k) => [
    String(k + 1),
    shell.distance.toFixed(4),
    showCount(shell.bonds),
    showNeighbours(shell),
  ]),
]

const patchRows = ({ patchings }: LatticeFacts): readonly (readonly string[])[] => [
  ['--patch', 'patches'],
  ...patchings.map(({ side, patches }) => [String(side), showCount(patches)]),
]

/** Runs the command and returns the exit code. */
export const latticeCommand = async (
  { flags, shells, json }: LatticeArguments,
  { stdout, stderr }: Pick<CommandContext, 'stdout' | 'stderr'>,
): Promise<number> => {
  const { latticeFacts } = await import('../../session/index.ts')
  const { resolveModel } = await import('../../settings/index.ts')
  const { aligned } = await import('../../compare/index.ts')
  const count = wholeNumber('--shells', shells, MOST_SHELLS)
  if (E.isLeft(count)) return refuse(stderr, count.left)
  const model = resolveModel(flags)
  if (E.isLeft(model)) return refuse(stderr, showConfigProblems(model.left))
  const facts = latticeFacts(model.right, count.right)
  if (json) stdout.write(`${JSON.stringify(facts)}\n`)
  else
    stdout.write(
      `${facts.name}\n\n${table(factRows(facts))}\n\n${aligned(shellRows(facts))}\n\n` +
        `${aligned(patchRows(facts))}\n`,
    )
  return exitCodes.done
}

const latticeKeys: readonly string[] = ['lattice', 'size', 'boundary']

/** The command `psigrad lattice`. */
export const command: CliCommand = {
  name: 'lattice',
  description: 'Describe a lattice: sites, bonds, sublattices, symmetries, and patches that fit.',
  options: [
    ...settingOptions((key) => latticeKeys.includes(key)),
    option('--shells <n>', 'how many distances, the nearest first').default('3'),
    jsonOption(),
  ],
  run: ({ flags, texts, switches }, context) =>
    latticeCommand({ flags, shells: texts.shells ?? '3', json: switches.json === true }, context),
  help: `
Nearest neighbours are shell 1, which J1 couples; J2 couples shell 2, and on shastry-sutherland the
dimers. Symmetries are those of equal couplings, spin inversion included. A dash stands for a number
that is too large to count.

--json prints { name, sites, cells, shells, sublattices, translations, symmetries, patchings,
dimension, symmetricDimension }. Each shell has its distance, its bonds, and the fewest and most
neighbours of a site; each patching has the side of a patch, in unit cells, and the number of
patches. A number that is too large to count is null, and so are sublattices where there are none.

Examples:
  psigrad lattice --lattice kagome --size 2x2
  psigrad lattice --size 6x6 --boundary open --shells 5 --json`,
}
