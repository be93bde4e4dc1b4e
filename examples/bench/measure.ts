import { either as E } from 'fp-ts'
import { median, minimum } from '../session/index.ts'
import { agreement } from './agreement.ts'
import { type Child, startChild } from './child.ts'
import type { Contender } from './contenders.ts'
import { batchOf, type Item, nameOf, taskOf } from './items.ts'
import { decodeNumbers, type Timed } from './protocol.ts'

// This file measures one item: each contender is prepared and checked, then all take turns.

/** The measurement of one contender at one item. */
export interface Measurement {
  readonly item: Item
  readonly contender: string
  readonly kind: Contender['kind']
  /** True for one thread only, beside the same contender on several. */
  readonly alone: boolean
  readonly version: string
  readonly batch: number
  /** The seconds of one call: the mean of every turn. */
  readonly seconds: readonly number[]
  readonly minSeconds: number
  readonly medianSeconds: number
  /** The multiplications and additions of one call, where they can be counted. */
  readonly flops: number | null
  /** The largest difference from psigrad's numbers, relative to the largest number. */
  readonly difference: number | null
  readonly peakBytes: number | null
  /** The seconds from process start to the end of the first call. */
  readonly firstSeconds: number
  /**
   * The evaluations of log psi in a VMC step: those requested by the estimators, and those
   * computed.
   */
  readonly evaluations: { readonly asked: number; readonly made: number } | null
}

export interface Dropped {
  readonly item: Item
  readonly contender: string
  readonly why: string
}

export interface ItemResult {
  readonly measured: readonly Measurement[]
  readonly dropped: readonly Dropped[]
}

export interface Rules {
  readonly repeats: number
  /** A contender that has taken this long in all, and LEAST_TURNS turns, takes no further turns. */
  readonly budgetSeconds: number
  /** The number of calls of a turn is chosen to take about this long. */
  readonly turnSeconds: number
}

interface Runner {
  readonly contender: Contender
  readonly child: Child
  readonly version: string
  readonly firstSeconds: number
  readonly difference: number | null
  readonly turns: Timed[]
  calls: number
}

type Ready = E.Either<string, { readonly runner: Runner; readonly numbers: Float64Array }>

/** Starts a contender and runs its work once, which compiles it, then requests its numbers. */
const makeReady = async (contender: Contender, item: Item, bundle: string): Promise<Ready> => {
  const child = startChild(contender.command)
  const failed = async (why: string): Promise<Ready> => {
    await child.quit()
    return E.left(why)
  }
  const ready = await child.ask({
    ask: 'prepare',
    task: taskOf(item),
    bundle,
    batch: batchOf(item),
    threads: contender.threads,
  })
  if (E.isLeft(ready)) return failed(ready.left)
  const first = await child.ask({ ask: 'run', calls: 1 })
  if (E.isLeft(first)) return failed(first.left)
  const firstSeconds = (performance.now() - child.startedAt) / 1000
  const numbers = await child.ask({ ask: 'numbers' })
  if (E.isLeft(numbers)) return failed(numbers.left)
  const { version } = ready.right
  return E.right({
    runner: { contender, child, version, firstSeconds, difference: null, turns: [], calls: 1 },
    numbers: decodeNumbers(numbers.right.numbers),
  })
}

/**
 * The first turns are not recorded: memory is touched, engines optimise, the calls of a turn are
 * found.
 */
const WARM_UP = 2

/** The number of turns that every contender takes, however long they are. */
const LEAST_TURNS = 2

const spent = ({ turns, calls }: Runner, { budgetSeconds }: Rules): boolean =>
  turns.length >= LEAST_TURNS &&
  turns.reduce((sum, { seconds }) => sum + seconds * calls, 0) > budgetSeconds

/** Takes one turn; Left when the contender failed. */
const turn = async (
  runner: Runner,
  { turnSeconds }: Rules,
  kept: boolean,
): Promise<E.Either<string, void>> => {
  const answered = await runner.child.ask({ ask: 'run', calls: runner.calls })
  if (E.isLeft(answered)) return answered
  if (kept) runner.turns.push(answered.right)
  else runner.calls = Math.max(1, Math.round(turnSeconds / answered.right.seconds))
  return E.right(undefined)
}

const measurementOf = (
  item: Item,
  { contender, version, firstSeconds, difference, turns }: Runner,
  peakBytes: number | null,
): Measurement => {
  const seconds = turns.map((t) => t.seconds)
  const last = turns.at(-1)
  const { asked, made } = last ?? {}
  return {
    item,
    contender: contender.name,
    kind: contender.kind,
    alone: contender.alone,
    version,
    batch: batchOf(item),
    seconds,
    minSeconds: minimum(seconds),
    medianSeconds: median(seconds),
    flops: last?.flops ?? null,
    difference,
    peakBytes,
    firstSeconds,
    evaluations: asked === undefined || made === undefined ? null : { asked, made },
  }
}

/**
 * Measures one item. The numbers of the first contender that computes something are those that the
 * others must agree with; a contender that fails or disagrees is dropped with the reason, and the
 * others continue.
 */
export const measureItem = async (
  item: Item,
  contenders: readonly Contender[],
  bundle: string,
  rules: Rules,
  say: (line: string) => void,
): Promise<ItemResult> => {
  const dropped: Dropped[] = []
  const measured: Measurement[] = []
  const drop = (contender: Contender, why: string): void => {
    dropped.push({ item, contender: contender.name, why })
    say(`${nameOf(item)}: ${contender.name} dropped: ${why}`)
  }
  let running: Runner[] = []
  let wanted: Float64Array | undefined
  for (const contender of contenders.filter((c) => c.does(item))) {
    const ready = await makeReady(contender, item, bundle)
    if (E.isLeft(ready)) {
      drop(contender, ready.left)
      continue
    }
    const { runner, numbers } = ready.right
    if (contender.kind === 'ceiling') {
      running.push(runner)
      continue
    }
    wanted ??= numbers
    const close = agreement(numbers, wanted, item.precision)
    if (E.isRight(close)) running.push({ ...runner, difference: close.right })
    else {
      await runner.child.quit()
      drop(contender, close.left)
    }
  }
  for (let round = -WARM_UP; round < rules.repeats; round += 1)
    for (const runner of running.filter((r) => !spent(r, rules))) {
      const done = await turn(runner, rules, round >= 0)
      if (E.isRight(done)) continue
      running = running.filter((r) => r !== runner)
      await runner.child.quit()
      drop(runner.contender, done.left)
    }
  for (const runner of running)
    measured.push(measurementOf(item, runner, await runner.child.quit()))
  return { measured, dropped }
}
