import { join } from 'node:path'
import { either as E } from 'fp-ts'
import type { Observables, Quantity } from '../../../physics/estimates/index.ts'
import { aligned, loadResult } from '../../compare/index.ts'
import {
  exitCodes,
  type FolderProblem,
  files,
  type Observed,
  originOf,
  saveObserved,
  showAbsent,
  showFolderProblem,
  sideOf,
} from '../../run/index.ts'
import { showSmall } from '../../settings/index.ts'
import { type CommandContext, reportFailure } from '../context.ts'
import { type SavedRun, withSavedRun } from '../savedRun.ts'

// `psigrad observe RUN`: correlations, structure factor and orders of a run's last state.

const MOST_ROUNDS = 100_000

const named = (o: Observables): readonly (readonly [string, Quantity])[] => [
  ...o.correlations.map((c) => [`S_0.S_r, r = ${show(c.displacement)}`, c] as const),
  ...o.structureFactor.map(
    (m) => [`S(k), k/pi = ${show(m.k.map((x) => x / Math.PI))}`, m] as const,
  ),
  ...(o.staggeredMagnetisation === null
    ? []
    : [['staggered magnetisation m^2', o.staggeredMagnetisation] as const]),
  ...(o.dimerOrder ?? []).map((d) => [`dimer order D^2 along ${sideOf(d.direction)}`, d] as const),
]

const show = (v: readonly number[]): string =>
  `(${v.map((x) => String(Math.round(x * 1000) / 1000)).join(', ')})`

/** Without the sign of what rounds to 0. */
const sixDecimals = (x: number): string => (Number(x.toFixed(6)) + 0).toFixed(6)

const rowsOf = ({ observables, exact }: Observed): readonly (readonly string[])[] => {
  const twins = exact === null ? undefined : named(exact)
  return [
    ['', 'value', '± error', 'tau', ...(twins === undefined ? [] : ['exact'])],
    ...named(observables).map(([name, { value, error, autocorrelationTime }], k) => [
      name,
      sixDecimals(value),
      showSmall(error),
      autocorrelationTime.toFixed(1),
      ...(twins === undefined ? [] : [sixDecimals(twins[k]![1].value)]),
    ]),
  ]
}

export interface ObserveArguments {
  readonly run: string
  /** undefined: once the samples of a step. */
  readonly rounds?: string | undefined
  readonly json: boolean
}

/**
 * Keeps the numbers in the run's folder, and draws its report with them. A run that is not done has
 * no report yet: it gets one, with these pictures, when it is.
 */
const draw = async (
  run: string,
  observed: Observed,
  saved: SavedRun,
): Promise<E.Either<FolderProblem, string | undefined>> => {
  const kept = saveObserved(run, observed)
  if (E.isLeft(kept)) return kept
  const result = loadResult(run)
  if (E.isLeft(result)) return result
  if (result.right?.steps !== observed.step) return E.right(undefined)
  const { drawRun } = await import('../../pictures/runPictures.ts')
  const finished = { ...saved, result: { ...result.right, runDir: run }, from: originOf(run) }
  return E.map(() => join(run, files.report))(await drawRun(finished))
}

/** Runs the command. Gives the exit code; the table goes to stdout, pictures into the run. */
export const observeCommand = async (
  { run, rounds, json }: ObserveArguments,
  { plan, stdout, stderr }: Pick<CommandContext, 'plan' | 'stdout' | 'stderr'>,
): Promise<number> => {
  const refuse = (message: string): number =>
    reportFailure(stderr, { code: exitCodes.unusable, message })
  const count = Number(rounds ?? '1')
  if (!Number.isInteger(count) || count < 1 || count > MOST_ROUNDS)
    return refuse(`--rounds ${rounds}: expected a whole number from 1 to ${MOST_ROUNDS}`)
  return withSavedRun(run, { plan, stderr }, async ({ config, training, progress }) => {
    const { state } = progress
    if (rounds !== undefined && config.sum === 'full')
      return refuse(
        `--rounds ${rounds}: expected a run of --sum sampled; full sums take no samples`,
      )
    const observed: Observed = {
      step: state.step,
      observables: training.observe(state, count),
      exact: training.observeExactly(),
    }
    const drawn = await draw(run, observed, { config, training, progress })
    if (json) stdout.write(`${JSON.stringify(observed)}\n`)
    else
      stdout.write(
        `${config.attention}, step ${state.step}\n\n${aligned(rowsOf(observed))}\n` +
          observed.observables.absent.map((a) => `${showAbsent(a)}\n`).join('') +
          (E.isRight(drawn) && drawn.right !== undefined ? `\nPictures: ${drawn.right}\n` : ''),
      )
    if (E.isRight(drawn)) return exitCodes.done
    return refuse(`the numbers above are not kept in the run: ${showFolderProblem(drawn.left)}`)
  })
}
