import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { spoken } from '../command.ts'
import { files } from '../run/folder.ts'
import { resultRows } from '../run/rows.ts'
import { exitCodes, type Failure, train } from '../run/train.ts'
import type { StopSignal } from '../run/unfold.ts'
import type { PlanTraining, TrainConfig } from '../training.ts'
import {
  type Configured,
  readConfigFile,
  resolveConfig,
  type Sources,
  showConfigProblem,
} from './config.ts'
import { flagOf } from './options.ts'
import { announce, progressScreen, type Terminal } from './screen.ts'
import { table } from './table.ts'

// `psigrad train`: flags in, exit code out.

/** What the command line gave, settings apart from the rest. */
export interface TrainArguments {
  readonly flags: Sources['flags']
  readonly config?: string | undefined
  readonly out?: string | undefined
  readonly resume?: string | undefined
  readonly json: boolean
}

export interface Surroundings {
  readonly plan: () => Promise<PlanTraining>
  readonly stdout: Pick<Terminal, 'write'>
  readonly stderr: Terminal
  readonly stopped: () => StopSignal | undefined
}

/** A resumed run is the same run: only its length and the machine's part may change. */
const resumable = ['steps', 'backend', 'threads', 'memory']

const resumedConfig = ({ flags, config, out }: TrainArguments, folder: string) => {
  const given = [
    ...Object.keys(flags)
      .filter((key) => !resumable.includes(key))
      .map((key) => flagOf(key as keyof TrainConfig)),
    ...(config === undefined ? [] : ['--config']),
    ...(out === undefined ? [] : ['--out']),
  ]
  if (given.length > 0)
    return E.left(
      given.map((where) => ({
        where,
        expected:
          'only --steps, --backend, --threads, --memory and --json beside --resume: ' +
          'a run keeps its settings',
      })),
    )
  const file = readConfigFile(join(folder, files.config))
  if (E.isRight(file)) return resolveConfig({ flags, file: { ...file.right, ofRun: true } })
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
  if (args.config === undefined) return resolveConfig({ flags: args.flags })
  const file = readConfigFile(args.config)
  return E.isLeft(file) ? file : resolveConfig({ flags: args.flags, file: file.right })
}

/** The last words of a command that could not do what it was asked. */
export const complain = (stderr: Pick<Terminal, 'write'>, { code, message }: Failure): number => {
  stderr.write(`psigrad: ${spoken(message)}\n`)
  return code
}

/** Runs the command. Gives the exit code; writes results to stdout, everything else to stderr. */
export const trainCommand = async (
  args: TrainArguments,
  { plan, stdout, stderr, stopped }: Surroundings,
): Promise<number> => {
  const resolved = configOf(args)
  if (E.isLeft(resolved)) {
    const message = resolved.left.map(showConfigProblem).join('\n         ')
    return complain(stderr, { code: exitCodes.unusable, message })
  }
  const config = resolved.right
  announce(config, stderr)
  const { out, resume } = args
  const result = await train({
    plan: await plan(),
    config,
    out,
    resume,
    screen: progressScreen(config, stderr),
    stopped,
    draw: async (finished) => (await import('../pictures/index.ts')).drawRun(finished),
  })
  if (E.isLeft(result)) return complain(stderr, result.left)
  if (args.json) stdout.write(`${JSON.stringify(result.right)}\n`)
  else
    stdout.write(
      `\n${table(resultRows(result.right))}\n\n` +
        `Pictures and all numbers: ${join(result.right.runDir, files.report)}\n`,
    )
  return exitCodes.done
}
