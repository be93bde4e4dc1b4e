import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { exitCodes, spoken, studyCalled, wholeNumber } from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import { type CommandContext, refuse, reportFailure } from '../parts/context.ts'
import { option, pathOption } from '../parts/sharedOptions.ts'

// `psigrad study` runs the plan for the paper's questions, and writes the page of their answers.

/** The arguments of `psigrad study`. */
export interface StudyArguments {
  readonly quick: boolean
  readonly only?: string | undefined
  readonly list: boolean
  readonly pages: boolean
  readonly again: boolean
  readonly out?: string | undefined
  readonly docs?: string | undefined
  readonly threads?: string | undefined
}

/** Names the given flags that have no effect with --pages or --list, which train nothing. */
const unused = (args: StudyArguments): string | undefined => {
  const beside = args.pages ? '--pages' : args.list ? '--list' : undefined
  if (beside === undefined) return undefined
  const { threads, again } = args
  // The page of a quick study lies in --out, unless --docs says where.
  const outCounts = !args.pages || (args.quick && args.docs === undefined)
  const idle = {
    '--again': again,
    '--threads': threads !== undefined,
    '--list': args.pages && args.list,
    '--only': args.pages && args.only !== undefined,
    '--out': args.out !== undefined && !outCounts,
  }
  const found = Object.entries(idle).flatMap(([flag, given]) => (given ? [flag] : []))
  return found.length === 0
    ? undefined
    : `${found.join(', ')}: expected without ${beside}, with which it has no effect`
}

/**
 * Runs the command and returns the exit code. The list goes to stdout, everything else to stderr.
 */
export const studyCommand = async (
  args: StudyArguments,
  context: CommandContext,
): Promise<number> => {
  const { plan, stdout, stderr } = context
  const idle = unused(args)
  if (idle !== undefined) return refuse(stderr, idle)
  const studying = await import('../../study/index.ts')
  const blocks = args.quick ? studying.quickStudy : studying.study
  const out = args.out ?? join('runs', args.quick ? 'study-quick' : 'study')
  // A quick study has its own page: that of the committed numbers stays.
  const pages = args.docs ?? (args.quick ? out : 'docs')
  const page = join(pages, 'study.md')
  const words = (...flags: string[]): string =>
    studyCalled(args.quick ? ['--quick', ...flags] : flags)
  if (args.only?.split(',').every((part) => part.trim() === '') === true)
    return refuse(stderr, "--only: expected a part of a run's name, such as 4x4/factored")
  if (args.pages) {
    const written = studying.writePages({ blocks, pages, command: words })
    if (E.isLeft(written)) return reportFailure(stderr, written.left)
    stderr.write(`${page}\n`)
    return exitCodes.done
  }
  const threads =
    args.threads === undefined ? E.right(undefined) : wholeNumber('--threads', args.threads, 256)
  if (E.isLeft(threads)) return refuse(stderr, threads.left)
  const count = threads.right
  const all = studying
    .cellsOfPlan(blocks)
    .map((cell) =>
      count === undefined ? cell : { ...cell, config: { ...cell.config, threads: count } },
    )
  const cells = studying.chosen(all, args.only)
  if (cells.length === 0)
    return refuse(
      stderr,
      `--only ${args.only}: expected a part of a run's name, such as ${all[0]!.name}`,
    )
  if (args.list) {
    const { aligned } = await import('../../compare/index.ts')
    const rows = studying.listingRows(cells, { out, pages })
    if (E.isLeft(rows)) return reportFailure(stderr, rows.left)
    stdout.write(`${aligned(rows.right)}\n`)
    return exitCodes.done
  }
  const { callerOfMany } = await import('../../run/index.ts')
  const { signalsOf, trainingContext } = await import('../parts/trainingContext.ts')
  const result = await studying.runStudy({
    blocks,
    cells,
    out,
    pages,
    again: args.again,
    command: words,
    plan: await plan(),
    dimer: studying.dimerChecks,
    signals: signalsOf(context),
    note: (text) => stderr.write(`${spoken(text)}\n`),
    contextOf: ({ config }) => ({
      ...trainingContext(config, context),
      caller: callerOfMany('study'),
    }),
  })
  if (E.isLeft(result)) return reportFailure(stderr, result.left)
  stderr.write(`\n${page}\n`)
  return exitCodes.done
}

/** The command `psigrad study`. */
export const command: CliCommand = {
  name: 'study',
  description: "The paper's study: every run of its plan, and the page of the results.",
  options: [
    option('--quick', 'minutes: small networks, short runs'),
    option('--only <pattern>', 'only the runs whose name matches'),
    option('--list', 'print every run and its progress'),
    option('--pages', 'write page and pictures from the saved data, without training'),
    option('--again', 'repeat also the runs whose results are already in the saved data'),
    pathOption('--out <dir>', 'folder of all runs (default: runs/study)'),
    pathOption('--docs <dir>', 'folder of study.md (default: docs; --quick: --out)'),
    option('--threads <n>', 'worker threads'),
  ],
  savesOnSignal: true,
  run: ({ texts, switches }, context) => {
    const { only, out, docs, threads } = texts
    const { quick = false, list = false, pages = false, again = false } = switches
    return studyCommand({ quick, only, list, pages, again, out, docs, threads }, context)
  },
  help: `
Trains the forms of the paper, and one more, on 4x4 and 6x6 sites at J2 = 0.5, with several heads,
layers and seeds, and writes study.md: tables, pictures, and the paper's four claims answered with
these numbers. Every run has a folder in --out and is done once: you can stop the study at any time,
even by kill -9, and run it again to continue. Data and page are updated after every run. A run also
counts as done if the data beside the page (study/data.json) hold it with the plan's settings;
--again repeats it.

A name is block/form/h<heads>-l<layers>/seed-<n>, such as 6x6/t5/h6-l2/seed-1. --only takes parts
of names, separated by commas; * stands for anything. Two processes may share the work, each with
its own --only.

Examples:
  psigrad study --quick
  psigrad study --list
  psigrad study --only "6x6/*/seed-1"
  psigrad study --pages`,
}
