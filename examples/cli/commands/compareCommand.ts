import { join } from 'node:path'
import { either as E } from 'fp-ts'
import {
  aligned,
  coinciding,
  compare,
  formsOf,
  repeated,
  rowsOf,
  summaries,
} from '../../compare/index.ts'
import {
  callerOfMany,
  exitCodes,
  save,
  showFolderProblem,
  sweepTemporaries,
} from '../../run/index.ts'
import {
  flagsOf,
  readConfigFile,
  resolveConfig,
  resolveLeniently,
  type Sources,
  shellWord,
  showConfigProblem,
  spoken,
} from '../../settings/index.ts'
import { type CommandContext, reportFailure } from '../context.ts'
import { announce, progressScreen } from '../screen.ts'

// `psigrad compare`: the same run for several attention forms and seeds.

export interface CompareArguments {
  readonly flags: Sources['flags']
  readonly config?: string | undefined
  readonly forms: string
  readonly seeds: string
  readonly out: string
  readonly json: boolean
}

const REPORT = 'report.html'
const MOST_SEEDS = 1000

/** Runs the command. Gives the exit code; tables go to stdout, everything else to stderr. */
export const compareCommand = async (
  args: CompareArguments,
  { plan, stdout, stderr, stopped, interruptibly }: CommandContext,
): Promise<number> => {
  const refuse = (message: string): number =>
    reportFailure(stderr, { code: exitCodes.unusable, message })
  const file = args.config === undefined ? undefined : readConfigFile(args.config)
  if (file !== undefined && E.isLeft(file))
    return refuse(file.left.map(showConfigProblem).join('\n'))
  const forms = formsOf(args.forms)
  if (forms.length === 0)
    return refuse('--forms: expected forms apart by commas, such as factored,t5')
  const twice = repeated(forms)
  if (twice !== undefined)
    return refuse(
      `--forms: ${twice.form} is the same form as ${twice.before}: expected each form once, ` +
        'and --seeds for more runs of it',
    )
  const seeds = Number(args.seeds)
  if (!Number.isSafeInteger(seeds) || seeds < 1 || seeds > MOST_SEEDS)
    return refuse(`--seeds ${args.seeds}: expected a whole number from 1 to ${MOST_SEEDS}`)
  const sources = forms.map((attention) => ({
    flags: { ...args.flags, attention },
    file: file?.right,
  }))
  const resolved = sources.map(resolveLeniently)
  const wrong = resolved.flatMap((r) => (E.isLeft(r) ? r.left : []))
  if (wrong.length > 0)
    return refuse([...new Set(wrong.map(showConfigProblem))].join('\n         '))
  // A setting that counts for one form counts for all: they are compared on the same settings.
  const unused = sources.map((s) => {
    const strict = resolveConfig(s)
    return E.isLeft(strict) ? strict.left.map(showConfigProblem) : []
  })
  const always = unused[0]!.filter((problem) => unused.every((all) => all.includes(problem)))
  if (always.length > 0) return refuse(always.join('\n         '))
  const configs = resolved.flatMap((r) => (E.isRight(r) ? [r.right] : []))
  const [config] = configs
  // The last form is tried before the first one trains.
  const unfit = (await import('../../session/formFits.ts')).unfitForms(configs)
  if (unfit.length > 0) return refuse([...new Set(unfit)].join('\n         '))
  // Brackets: seed + seeds may round to the even number below.
  const last = config!.seed + (seeds - 1)
  if (!Number.isSafeInteger(last))
    return refuse(
      `--seeds ${seeds}: expected seeds up to 2^53 - 1, but the last of them is ` +
        `${config!.seed} + ${seeds - 1}; --seed ${Number.MAX_SAFE_INTEGER - seeds + 1} or less`,
    )
  const signals = { stopped, ...(interruptibly === undefined ? {} : { interruptibly }) }
  const result = await compare({
    config: config!,
    forms: configs.map(({ attention }) => attention),
    seeds,
    out: args.out,
    plan: await plan(),
    signals,
    note: (text) => stderr.write(`${spoken(text)}\n`),
    trainOptions: (cell) => {
      announce(cell.config, stderr)
      return {
        screen: progressScreen(cell.config, stderr),
        ...signals,
        caller: callerOfMany('compare'),
        draw: async (finished) => (await import('../../pictures/runPictures.ts')).drawRun(finished),
      }
    },
  })
  if (E.isLeft(result)) return reportFailure(stderr, result.left)
  for (const alike of coinciding(result.right))
    stderr.write(
      `\n  ${alike.join(' and ')} gave the same energy and variance: here they are one form, or ` +
        'make no difference, and the rows below are no independent runs\n',
    )
  const table = summaries(result.right)
  const { comparisonPage } = await import('../../compare/comparePage.ts')
  const command =
    `psigrad compare --forms ${shellWord(args.forms)} --seeds ${seeds} ` +
    `--out ${shellWord(args.out)} ` +
    flagsOf(config!, ['attention'])
  const page = comparisonPage(result.right, config!, spoken(command))
  sweepTemporaries(args.out)
  const saved = save(args.out, REPORT, page)
  if (args.json) stdout.write(`${JSON.stringify({ forms: table })}\n`)
  else
    stdout.write(
      `\n${aligned(rowsOf(table))}\n` +
        (E.isRight(saved) ? `\nCurves and maps: ${join(args.out, REPORT)}\n` : ''),
    )
  return E.isRight(saved)
    ? exitCodes.done
    : refuse(`no report: ${showFolderProblem(saved.left)}\nRun psigrad compare again to draw it.`)
}
