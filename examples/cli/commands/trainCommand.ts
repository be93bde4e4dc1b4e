import { join } from 'node:path'
import { either as E } from 'fp-ts'
import {
  exitCodes,
  files,
  resultRows,
  resumable,
  showFolderProblem,
  train,
} from '../../run/index.ts'
import {
  type Configured,
  flagOf,
  readConfigFile,
  resolveConfig,
  type Sources,
  shellWord,
  showConfigProblem,
  type TrainConfig,
} from '../../settings/index.ts'
import { table } from '../columns.ts'
import { type CommandContext, reportFailure } from '../context.ts'
import { announce, progressScreen } from '../screen.ts'

// `psigrad train`: flags in, exit code out.

/** What the command line gave, settings apart from the rest. */
export interface TrainArguments {
  readonly flags: Sources['flags']
  readonly config?: string | undefined
  readonly out?: string | undefined
  readonly resume?: string | undefined
  /** Folder of a run whose parameters, and settings, a new one starts from. */
  readonly from?: string | undefined
  readonly json: boolean
}

/** Where the learning rate goes down with the steps, their number decides every one of them. */
const sameSchedule =
  ({ steps, lrSchedule }: TrainConfig, folder: string) =>
  (now: TrainConfig): Configured<TrainConfig> =>
    lrSchedule === 'constant' || steps === now.steps
      ? E.right(now)
      : E.left([
          {
            where: '--steps',
            received: String(now.steps),
            expected:
              `${steps}, as the run began: with --lr-schedule ${lrSchedule} every step depends on ` +
              'how many there are, and the run would not be that of so many steps. For a new run ' +
              'that starts from its parameters, psigrad train ' +
              `--from ${shellWord(folder)} --steps ${now.steps}`,
          },
        ])

const resumedConfig = (
  { flags, config, out, from }: TrainArguments,
  folder: string,
): Configured<TrainConfig> => {
  const given = [
    ...Object.keys(flags)
      .filter((key) => !(resumable as readonly string[]).includes(key))
      .map((key) => flagOf(key as keyof TrainConfig)),
    ...(config === undefined ? [] : ['--config']),
    ...(out === undefined ? [] : ['--out']),
    ...(from === undefined ? [] : ['--from']),
  ]
  if (given.length > 0)
    return E.left(
      given.map((where) => ({
        where,
        expected:
          `only ${resumable.map(flagOf).join(', ')} and --json beside --resume: ` +
          'a run keeps its settings; for a new run that starts from its parameters, ' +
          `--from ${shellWord(folder)}`,
      })),
    )
  const file = readConfigFile(join(folder, files.config))
  if (E.isRight(file)) {
    const saved = { ...file.right, ofRun: true }
    const [before, now] = [{}, flags].map((f) => resolveConfig({ flags: f, file: saved }))
    return E.chain((was: TrainConfig) => E.chain(sameSchedule(was, folder))(now!))(before!)
  }
  return E.left(
    file.left.map(({ expected }) => ({
      where: '--resume',
      received: folder,
      expected: `the folder of a run with its ${files.config}: ${expected}`,
    })),
  )
}

const configOf = (args: TrainArguments): Configured<TrainConfig> => {
  if (args.resume !== undefined) return resumedConfig(args, args.resume)
  const path = args.config ?? (args.from === undefined ? undefined : join(args.from, files.config))
  if (path === undefined) return resolveConfig({ flags: args.flags })
  const file = readConfigFile(path)
  return E.isLeft(file) ? file : resolveConfig({ flags: args.flags, file: file.right })
}

/** Runs the command. Gives the exit code; writes results to stdout, everything else to stderr. */
export const trainCommand = async (
  args: TrainArguments,
  { plan, stdout, stderr, stopped, interruptibly }: CommandContext,
): Promise<number> => {
  const resolved = configOf(args)
  if (E.isLeft(resolved)) {
    const message = resolved.left.map(showConfigProblem).join('\n         ')
    return reportFailure(stderr, { code: exitCodes.unusable, message })
  }
  const config = resolved.right
  announce(config, stderr)
  const { out, resume, from } = args
  const trained = await train({
    plan: await plan(),
    config,
    out,
    resume,
    from,
    screen: progressScreen(config, stderr),
    stopped,
    ...(interruptibly === undefined ? {} : { interruptibly }),
    draw: async (finished) => (await import('../../pictures/runPictures.ts')).drawRun(finished),
  })
  if (E.isLeft(trained)) return reportFailure(stderr, trained.left)
  const { result, report } = trained.right
  if (args.json) stdout.write(`${JSON.stringify(result)}\n`)
  else
    stdout.write(
      `\n${table(resultRows(result))}\n\n` +
        (E.isRight(report)
          ? `Pictures and all numbers: ${report.right}\n`
          : `All numbers: ${join(result.runDir, files.result)}\n`),
    )
  if (E.isRight(report)) return exitCodes.done
  const message =
    `no report, or not all of it: ${showFolderProblem(report.left)}\n` +
    `The numbers are saved; it is drawn by\n  psigrad train --resume ${shellWord(result.runDir)}`
  return reportFailure(stderr, { code: exitCodes.unusable, message })
}
