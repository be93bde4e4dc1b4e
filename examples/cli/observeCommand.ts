import { join } from 'node:path'
import { either as E } from 'fp-ts'
import type { Observables, Quantity } from '../../physics/correlations.ts'
import { aligned } from '../compare/summary.ts'
import { files, load, showFolderProblem } from '../run/folder.ts'
import { showSmall } from '../run/numbers.ts'
import { type Observed, saveObserved, showAbsent, sideOf } from '../run/observed.ts'
import type { TrainResult } from '../run/result.ts'
import { exitCodes } from '../run/train.ts'
import { withSavedRun } from './savedRun.ts'
import { complain, type Surroundings } from './trainCommand.ts'

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

const rowsOf = ({ observables, exact }: Observed): readonly (readonly string[])[] => {
  const twins = exact === null ? undefined : named(exact)
  return [
    ['', 'value', '± error', 'tau', ...(twins === undefined ? [] : ['exact'])],
    ...named(observables).map(([name, { value, error, autocorrelationTime }], k) => [
      name,
      value.toFixed(6),
      showSmall(error),
      autocorrelationTime.toFixed(1),
      ...(twins === undefined ? [] : [twins[k]![1].value.toFixed(6)]),
    ]),
  ]
}

export interface ObserveArguments {
  readonly run: string
  readonly rounds: string
  readonly json: boolean
}

/** Runs the command. Gives the exit code; the table goes to stdout, pictures into the run. */
export const observeCommand = async (
  { run, rounds, json }: ObserveArguments,
  { plan, stdout, stderr }: Pick<Surroundings, 'plan' | 'stdout' | 'stderr'>,
): Promise<number> => {
  const refuse = (message: string): number =>
    complain(stderr, { code: exitCodes.unusable, message })
  const count = Number(rounds)
  if (!Number.isInteger(count) || count < 1 || count > MOST_ROUNDS)
    return refuse(`--rounds ${rounds}: expected a whole number from 1 to ${MOST_ROUNDS}`)
  return withSavedRun(run, { plan, stderr }, async ({ config, training, progress }) => {
    const { state } = progress
    const observed: Observed = {
      step: state.step,
      observables: training.observe(state, count),
      exact: training.observeExactly(),
    }
    const saved = saveObserved(run, observed)
    if (E.isLeft(saved)) return refuse(showFolderProblem(saved.left))
    // A run that is not done has no report yet: it gets one, with these pictures, when it is.
    const result = load(run, files.result)
    if (E.isRight(result)) {
      const found = JSON.parse(new TextDecoder().decode(result.right)) as TrainResult
      const { drawRun } = await import('../pictures/index.ts')
      const drawn = await drawRun({
        config,
        training,
        progress,
        result: { ...found, runDir: run },
      })
      if (E.isLeft(drawn)) return refuse(showFolderProblem(drawn.left))
    }
    if (json) stdout.write(`${JSON.stringify(observed)}\n`)
    else
      stdout.write(
        `${config.attention}, step ${state.step}\n\n${aligned(rowsOf(observed))}\n` +
          observed.observables.absent.map((a) => `${showAbsent(a)}\n`).join('') +
          (E.isRight(result) ? `\nPictures: ${join(run, files.report)}\n` : ''),
      )
    return exitCodes.done
  })
}
