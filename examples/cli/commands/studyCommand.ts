import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { aligned } from '../../compare/index.ts'
import {
  callerOfMany,
  exitCodes,
  type Failure,
  type FolderProblem,
  showFolderProblem,
  unusable,
} from '../../run/index.ts'
import { showTime, spoken, studyCalled } from '../../settings/index.ts'
import {
  cellsOfPlan,
  chosen,
  dimerChecks,
  known,
  knownOf,
  quickStudy,
  runStudy,
  type StudyCell,
  type StudyData,
  stepsDone,
  study,
  writePages,
} from '../../study/index.ts'
import { type CommandContext, reportFailure } from '../context.ts'
import { announce, progressScreen } from '../screen.ts'

// `psigrad study`: the paper's questions as one plan of runs, and the page of their answers.

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

/** What is given and does nothing beside --pages or --list, which train nothing. */
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
    : `${found.join(', ')}: expected without ${beside}, beside which it does nothing`
}

const listRow = (
  cell: StudyCell,
  out: string,
  data: StudyData | undefined,
): E.Either<Failure, readonly string[]> => {
  const found = knownOf(cell, out, data)
  if (E.isLeft(found)) return found
  if (found.right !== undefined)
    return E.right([cell.name, `done in ${showTime(found.right.seconds)}`])
  return E.bimap(
    (problem: FolderProblem) => unusable(showFolderProblem(problem)),
    (steps: number) => [cell.name, steps > 0 ? `${steps} of ${cell.config.steps} steps` : 'to do'],
  )(stepsDone(cell, out))
}

/** Runs the command. Gives the exit code; the list goes to stdout, everything else to stderr. */
export const studyCommand = async (
  args: StudyArguments,
  { plan, stdout, stderr, stopped, interruptibly }: CommandContext,
): Promise<number> => {
  const refuse = (message: string): number =>
    reportFailure(stderr, { code: exitCodes.unusable, message })
  const idle = unused(args)
  if (idle !== undefined) return refuse(idle)
  const blocks = args.quick ? quickStudy : study
  const out = args.out ?? join('runs', args.quick ? 'study-quick' : 'study')
  // A quick study has its own page: that of the committed numbers stays.
  const pages = args.docs ?? (args.quick ? out : 'docs')
  const command = (...flags: string[]): string => {
    return studyCalled(args.quick ? ['--quick', ...flags] : flags)
  }
  const page = join(pages, 'study.md')
  if (args.only?.split(',').every((part) => part.trim() === '') === true)
    return refuse("--only: expected a part of a run's name, such as 4x4/factored")
  if (args.pages) {
    const written = writePages({ blocks, pages, command })
    if (E.isLeft(written)) return reportFailure(stderr, written.left)
    stderr.write(`${page}\n`)
    return exitCodes.done
  }
  const threads = args.threads === undefined ? undefined : Number(args.threads)
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 256))
    return refuse(`--threads ${args.threads}: expected a whole number from 1 to 256`)
  const all = cellsOfPlan(blocks).map((cell) =>
    threads === undefined ? cell : { ...cell, config: { ...cell.config, threads } },
  )
  const cells = chosen(all, args.only)
  if (cells.length === 0)
    return refuse(`--only ${args.only}: expected a part of a run's name, such as ${all[0]!.name}`)
  if (args.list) {
    const rows = E.chain((data: StudyData | undefined) =>
      E.traverseArray((cell: StudyCell) => listRow(cell, out, data))(cells),
    )(known(pages))
    if (E.isLeft(rows)) return reportFailure(stderr, rows.left)
    stdout.write(`${aligned([['run', 'state'], ...rows.right])}\n`)
    return exitCodes.done
  }
  const signals = { stopped, ...(interruptibly === undefined ? {} : { interruptibly }) }
  const result = await runStudy({
    blocks,
    cells,
    out,
    pages,
    again: args.again,
    command,
    plan: await plan(),
    dimer: dimerChecks,
    signals,
    note: (text) => stderr.write(`${spoken(text)}\n`),
    trainOptions: ({ config }) => {
      announce(config, stderr)
      return {
        screen: progressScreen(config, stderr),
        ...signals,
        caller: callerOfMany('study'),
        draw: async (finished) => (await import('../../pictures/runPictures.ts')).drawRun(finished),
      }
    },
  })
  if (E.isLeft(result)) return reportFailure(stderr, result.left)
  stderr.write(`\n${page}\n`)
  return exitCodes.done
}
