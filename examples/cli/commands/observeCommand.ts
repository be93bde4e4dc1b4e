import { either as E } from 'fp-ts'
import type { Observed } from '../../run/index.ts'
import { exitCodes, wholeNumber } from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import { type CommandContext, refuse } from '../parts/context.ts'
import { jsonOption, option, runFolder } from '../parts/sharedOptions.ts'
import { withSavedRun } from '../parts/withSavedRun.ts'

// `psigrad observe RUN` measures correlations, structure factor and orders of a run's last state.

const MOST_ROUNDS = 100_000

/** The arguments of `psigrad observe`. */
export interface ObserveArguments {
  readonly run: string
  /** The default is 1: as many samples as a step has. */
  readonly rounds?: string | undefined
  readonly json: boolean
}

/**
 * Runs the command and returns the exit code. The table goes to stdout, pictures go into the run.
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
        `--rounds ${rounds}: expected a run with --sum sampled; full sums draw no samples`,
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
      `the numbers above were not saved in the run: ${showFolderProblem(report.left)}`,
    )
  })
}

/** The command `psigrad observe`. */
export const command: CliCommand = {
  name: 'observe',
  description: 'Correlations, structure factor and orders of the state that a run has reached.',
  words: [runFolder()],
  options: [
    option('--rounds <n>', 'take n times the samples of a step (sampled runs only; default: 1)'),
    jsonOption(),
  ],
  run: ({ words, texts, switches }, context) =>
    observeCommand({ run: words[0]!, rounds: texts.rounds, json: switches.json === true }, context),
  help: `
Prints the mean of S_0 . S_r for every displacement r, the structure factor S(k) at every wave
vector, the squared staggered magnetisation, and the squared columnar dimer order along the sides.
The standard errors account for correlated samples (tau is the autocorrelation time in samples). On
small lattices the values of the exact ground state stand beside them (averaged where it is
degenerate). Pictures are written to the run's folder and its report.

--json prints { step, observables, exact }: correlations, structureFactor, staggeredMagnetisation,
dimerOrder, each with value, error, autocorrelationTime and reliable (whether that error can be
trusted; the table marks it with ? where not), and absent: the orders that the lattice does not
have, with the reason. exact is null on larger lattices.

Example:
  psigrad observe runs/chain`,
}
