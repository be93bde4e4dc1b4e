import { join } from 'node:path'
import { either as E } from 'fp-ts'
import type { ComparisonSources } from '../../compare/index.ts'
import { exitCodes, flagsOf, shellWord, spoken } from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import { type CommandContext, listed, refuse, reportFailure } from '../parts/context.ts'
import {
  configOption,
  jsonOption,
  option,
  pathOption,
  settingOptions,
} from '../parts/sharedOptions.ts'

// `psigrad compare` repeats a run for several attention forms and seeds.

/** The arguments of `psigrad compare`. */
export interface CompareArguments extends ComparisonSources {
  readonly out: string
  readonly json: boolean
}

const REPORT = 'report.html'

/**
 * Runs the command and returns the exit code. Tables go to stdout, everything else to stderr.
 */
export const compareCommand = async (
  args: CompareArguments,
  context: CommandContext,
): Promise<number> => {
  const { plan, stdout, stderr } = context
  const { out } = args
  const comparing = await import('../../compare/index.ts')
  const { callerOfMany, save, showFolderProblem, sweepTemporaries, toJson } = await import(
    '../../run/index.ts'
  )
  const planned = comparing.planComparison(args)
  if (E.isLeft(planned)) return refuse(stderr, listed(planned.left))
  const { config, forms, seeds } = planned.right
  const { signalsOf, trainingContext } = await import('../parts/trainingContext.ts')
  const result = await comparing.compare({
    config,
    forms,
    seeds,
    out,
    plan: await plan(),
    signals: signalsOf(context),
    note: (text) => stderr.write(`${spoken(text)}\n`),
    contextOf: (cell) => ({
      ...trainingContext(cell.config, context),
      caller: callerOfMany('compare'),
    }),
  })
  if (E.isLeft(result)) return reportFailure(stderr, result.left)
  for (const alike of comparing.coinciding(result.right))
    stderr.write(
      `\n  ${alike.join(' and ')} gave the same energy and variance: with these settings the ` +
        'forms are equal, so the rows below are not independent runs\n',
    )
  const table = comparing.summaries(result.right)
  const words =
    `psigrad compare --forms ${shellWord(args.forms)} --seeds ${seeds} ` +
    `--out ${shellWord(out)} ${flagsOf(config, ['attention'])}`
  const page = comparing.comparisonPage(result.right, config, spoken(words))
  sweepTemporaries(out)
  const saved = save(out, REPORT, page)
  if (args.json) stdout.write(`${toJson({ forms: table })}\n`)
  else
    stdout.write(
      `\n${comparing.aligned(comparing.rowsOf(table))}\n` +
        (E.isRight(saved) ? `\nCurves and maps: ${join(out, REPORT)}\n` : ''),
    )
  if (E.isRight(saved)) return exitCodes.done
  return refuse(
    stderr,
    `no report: ${showFolderProblem(saved.left)}\nRun psigrad compare again to draw it.`,
  )
}

/** The command `psigrad compare`. */
export const command: CliCommand = {
  name: 'compare',
  description: 'Train several attention forms on the same settings and seeds, and compare them.',
  options: [
    ...settingOptions((key) => key !== 'attention'),
    option(
      '--forms <list>',
      'attention forms, separated by commas: names, formulas, or files FILE.ts#name',
    ).makeOptionMandatory(),
    option('--seeds <n>', 'runs of each form').default('1'),
    configOption(),
    pathOption('--out <dir>', 'folder of all runs').makeOptionMandatory(),
    jsonOption('print the table as one JSON object'),
  ],
  savesOnSignal: true,
  run: ({ flags, texts, switches }, context) => {
    const { config, forms = '', seeds = '1', out = '' } = texts
    return compareCommand(
      { flags, config, forms, seeds, out, json: switches.json === true },
      context,
    )
  },
  help: `
Forms are names, formulas, or files with forms of your own: FILE.ts, or FILE.ts#name for an export.
The settings are those of train; --seed is the first seed. Two spellings of one form are refused.
--forms replaces the attention of --config. A setting that only some of the forms use is allowed.
Every run has a folder in --out, named by form, seed and settings. Run the command again to continue
after a stop, or to add forms and seeds: finished runs are not repeated. report.html in --out shows
the table, the energies over the steps, and the attention maps. An edited file is another form.

The columns: energy per site, mean over the seeds with its standard error; relative error, mean and
best; V-score; parameters; floating-point operations and time for log psi of one configuration
in a batch on one thread, with the forms timed in turn; time of a step; and the share of the
variance of the attention weights that the configurations cause, before and after the training,
averaged over the heads (0: the weights do not depend on the input).

--json prints { forms: [...] }: form, seeds, energyPerSite, energyError, relativeError (best),
meanRelativeError, vScore, parameters, flops, evaluationSeconds, stepSeconds, inputDrivenBefore,
inputDrivenAfter.

Examples:
  psigrad compare --forms factored,t5,decoupled --patch 2 --dim 16 --seeds 3 --out runs/three
  psigrad compare --forms "factored, relative + 0.1 * softmax(content)" --steps 40 --out runs/mine`,
}
