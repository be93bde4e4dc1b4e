import { either as E } from 'fp-ts'
import type { Observed } from '../../run/index.ts'
import { exitCodes, wholeNumber } from '../../settings/index.ts'
import type { CliCommand } from '../cliCommand.ts'
import { type CommandContext, refuse } from '../context.ts'
import { jsonOption, option, runFolder } from '../sharedOptions.ts'
import { withSavedRun } from '../withSavedRun.ts'

// `psigrad observe RUN`: correlations, structure factor and orders of a run's last state.

const MOST_ROUNDS = 100_000

/** `psigrad observe` was asked for this. */
export interface ObserveArguments {
  readonly run: string
  /** The default is once the samples of a step. */
  readonly rounds?: string | undefined
  readonly json: boolean
}

/**
 * This runs the command and gives the exit code. The table goes to stdout, pictures go into
 * the run.
 */
export const observeCommand = async (
  { run, rounds, json }: ObserveArguments,
  { plan, stdout, stderr }: Pick<CommandContext, 'plan' | 'stdout' | 'stderr'>,
): Promise<number> => {
  const count = wholeNumber('--rounds', rounds ?? '1', MOST_ROUNDS)
  if (E.isLeft(count)) return refuse(stderr, count.left)
  return withSavedRun(run, { plan, stderr }, async (saved) => {
    const { config, training, progress } = saved
    const { state } = progress
    if (rounds !== undefined && config.sum === 'full')
      return refuse(
        stderr,
        `--rounds ${rounds}: expected a run of --sum sampled; full sums take no samples`,
      )
    const { aligned } = await import('../../compare/index.ts')
    const { keepObserved } = await import('../../pictures/index.ts')
    const { observedRows, showAbsent, showFolderProblem, toJson } = await import(
      '../../run/index.ts'
    )
    const observed: Observed = {
      step: state.step,
      observables: training.observe(state, count.right),
      exact: training.observeExactly(),
    }
    const report = await keepObserved(run, observed, saved)
    if (json) stdout.write(`${toJson(observed)}\n`)
    else
      stdout.write(
        `${config.attention}, step ${state.step}\n\n${aligned(observedRows(observed))}\n` +
          observed.observables.absent.map((a) => `${showAbsent(a)}\n`).join('') +
          (E.isRight(report) && report.right !== undefined ? `\nPictures: ${report.right}\n` : ''),
      )
    if (E.isRight(report)) return exitCodes.done
    return refuse(
      stderr,
      `the numbers above are not kept in the run: ${showFolderProblem(report.left)}`,
    )
  })
}

/** This is the command `psigrad observe`. */
export const command: CliCommand = {
  name: 'observe',
  description: 'Correlations, structure factor and orders of the state that a run has reached.',
  words: [runFolder()],
  options: [
    option('--rounds <n>', 'so many times the samples of a step (of a sampled run; default: 1)'),
    jsonOption(),
  ],
  run: ({ words, texts, switches }, context) =>
    observeCommand({ run: words[0]!, rounds: texts.rounds, json: switches.json === true }, context),
  help: `
For every displacement r the mean of S_0 . S_r, the structure factor S(k) at every wave vector, the
squared staggered magnetisation, and the squared columnar dimer order along the sides; with
standard errors that know how far samples are correlated (tau: samples that count as one), and on
small lattices the values of the exact ground state beside them (the average where it is
degenerate). Pictures go into the run's folder and its report.

--json prints { step, observables, exact }: correlations, structureFactor, staggeredMagnetisation,
dimerOrder, each with value, error, autocorrelationTime and reliable (whether that error can be
trusted; the table marks it with ? where not), and absent: which orders the lattice does not have,
and why. exact is null on larger lattices.

Example:
  psigrad observe runs/chain`,
}
