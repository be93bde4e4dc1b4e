import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { formsOf } from '../compare/cells.ts'
import { compare } from '../compare/compare.ts'
import { aligned, rowsOf, summaries } from '../compare/summary.ts'
import { save, showFolderProblem } from '../run/folder.ts'
import { exitCodes } from '../run/train.ts'
import type { Sources } from './config.ts'
import { readConfigFile, resolveConfig, showConfigProblem } from './config.ts'
import { commandOf } from './options.ts'
import { announce, progressScreen } from './screen.ts'
import { complain, type Surroundings } from './trainCommand.ts'

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
  { plan, stdout, stderr, stopped }: Surroundings,
): Promise<number> => {
  const refuse = (message: string): number =>
    complain(stderr, { code: exitCodes.unusable, message })
  const file = args.config === undefined ? undefined : readConfigFile(args.config)
  if (file !== undefined && E.isLeft(file))
    return refuse(file.left.map(showConfigProblem).join('\n'))
  const forms = formsOf(args.forms)
  if (forms.length === 0)
    return refuse('--forms: expected forms apart by commas, such as factored,t5')
  const seeds = Number(args.seeds)
  if (!Number.isSafeInteger(seeds) || seeds < 1 || seeds > MOST_SEEDS)
    return refuse(`--seeds ${args.seeds}: expected a whole number from 1 to ${MOST_SEEDS}`)
  const resolved = forms.map((attention) =>
    resolveConfig({ flags: { ...args.flags, attention }, file: file?.right }),
  )
  const wrong = resolved.flatMap((r) => (E.isLeft(r) ? r.left : []))
  if (wrong.length > 0)
    return refuse([...new Set(wrong.map(showConfigProblem))].join('\n         '))
  const configs = resolved.flatMap((r) => (E.isRight(r) ? [r.right] : []))
  const [config] = configs
  // The last form is tried before the first one trains.
  const unfit = (await import('../forms/fits.ts')).unfitForms(configs)
  if (unfit.length > 0) return refuse([...new Set(unfit)].join('\n         '))
  const result = await compare({
    config: config!,
    forms: configs.map(({ attention }) => attention),
    seeds,
    out: args.out,
    plan: await plan(),
    note: (text) => stderr.write(`${text}\n`),
    surroundings: (cell) => {
      announce(cell.config, stderr)
      return {
        screen: progressScreen(cell.config, stderr),
        stopped,
        draw: async (finished) => (await import('../pictures/index.ts')).drawRun(finished),
      }
    },
  })
  if (E.isLeft(result)) return complain(stderr, result.left)
  const table = summaries(result.right)
  const { comparisonPage } = await import('../compare/page.ts')
  const command =
    `psigrad compare --forms '${args.forms}' --seeds ${seeds} --out ${args.out}` +
    commandOf(config!)
      .replace('psigrad train', '')
      .replace(/ --attention ('[^']*'|\S+)/, '')
  const page = comparisonPage(result.right, config!, command)
  const saved = save(args.out, REPORT, page)
  if (E.isLeft(saved)) return refuse(showFolderProblem(saved.left))
  if (args.json) stdout.write(`${JSON.stringify({ forms: table })}\n`)
  else stdout.write(`\n${aligned(rowsOf(table))}\n\nCurves and maps: ${join(args.out, REPORT)}\n`)
  return exitCodes.done
}
