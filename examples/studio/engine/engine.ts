import { either as E } from 'fp-ts'
import { showProblem, TensorError } from '../../../core/index.ts'
import type { StepRecord, Training, TrainState } from '../../session/index.ts'
import type { TrainConfig } from '../../settings/index.ts'
import { asTyped, described, planned, resolved } from './describe.ts'
import type { Report, Request, SettingProblem, Typed, View } from './messages.ts'

// The engine of a page: it takes steps of one run, between messages, and reports each of them. A
// run is the unfolding of a pure step over a state, as on the command line; the engine holds the
// state that stands.

/** The run that an engine holds. */
interface Run {
  readonly id: number
  readonly config: TrainConfig
  readonly training: Training
  readonly state: TrainState
  readonly seconds: number
}

/** What an engine needs of the thread that it runs on. */
export interface Host {
  readonly post: (report: Report) => void
  /** Lets the messages in that have arrived. */
  readonly breath: () => Promise<void>
  /** Seconds since some moment. */
  readonly now: () => number
  readonly threads: number
}

/** Configurations that a picture of samples shows. */
const SHOWN = 12
/** Steps are reported together, so that quick ones do not keep the page from drawing. */
const TOGETHER_SECONDS = 0.05
/** What is only looked at takes at most this share of the time. */
const SHARE = 0.05

const spinsOf = ({ chains }: TrainState, sites: number): readonly (readonly number[])[] =>
  Array.from({ length: Math.min(SHOWN, chains.length / sites) }, (_, k) =>
    Array.from(chains.subarray(k * sites, (k + 1) * sites)),
  )

const viewOf = ({ training, state }: Run): View => ({
  step: state.step,
  maps: training.attention(state),
  spins: spinsOf(state, training.sites),
})

const messageOf = (error: unknown): string =>
  error instanceof TensorError
    ? showProblem(error.problem)
    : error instanceof Error
      ? error.message
      : String(error)

/** Returns f, which remembers its last argument: finding the ground state's sector takes long. */
const rememberingLast = <A>(f: (settings: Typed) => A): ((settings: Typed) => A) => {
  let last: { readonly of: string; readonly is: A } | undefined
  return (settings) => {
    const of = JSON.stringify(settings)
    if (last?.of !== of) last = { of, is: f(settings) }
    return last.is
  }
}

/** Returns the function that takes an engine's requests. */
export const engine = (host: Host): ((request: Request) => Promise<void>) => {
  const resolve = rememberingLast(resolved)
  let run: Run | undefined
  let going = false
  /** Changes whenever the loop that takes steps has to end. */
  let turn = 0
  const halt = (): void => {
    going = false
    turn += 1
  }
  /** When the last view was made, and how long that took. */
  let looked = { at: Number.NEGATIVE_INFINITY, took: 0 }

  const unusable = (id: number, problems: readonly SettingProblem[]): void =>
    host.post({ kind: 'unusable', run: id, problems })

  /** Steps that were not reported yet, and when the last ones were. */
  let fresh: readonly StepRecord[] = []
  let told = Number.NEGATIVE_INFINITY
  const tell = (id: number): void => {
    if (fresh.length > 0) host.post({ kind: 'steps', run: id, records: fresh })
    fresh = []
    told = host.now()
  }

  const look = (now: Run): void => {
    tell(now.id)
    const start = host.now()
    host.post({ kind: 'view', run: now.id, view: viewOf(now) })
    looked = { at: host.now(), took: host.now() - start }
  }

  const step = (now: Run): Run => {
    const start = host.now()
    const { state, record } = now.training.step(now.state)
    const seconds = now.seconds + host.now() - start
    fresh = [...fresh, { ...record, seconds }]
    if (host.now() - told > TOGETHER_SECONDS) tell(now.id)
    const next = { ...now, state, seconds }
    if (host.now() - looked.at > looked.took / SHARE) look(next)
    return next
  }

  const finish = async (now: Run): Promise<void> => {
    halt()
    tell(now.id)
    host.post({ kind: 'measuring', run: now.id })
    await host.breath()
    if (run !== now) return
    const { training, seconds } = now
    const state = training.settled?.(now.state) ?? now.state
    const settled = { ...now, state }
    const record: StepRecord = training.measure(state)
    host.post({
      kind: 'finished',
      run: now.id,
      record,
      view: viewOf(settled),
      observables: training.observe(state, 1),
      evaluationsPerSecond: 1 / training.evaluationSeconds(),
      seconds,
    })
    run = settled
  }

  /** Takes steps until the run is done, another request stops it, or a step fails. */
  const go = async (): Promise<void> => {
    halt()
    going = true
    const mine = turn
    while (run !== undefined && run.state.step < run.config.steps) {
      await host.breath()
      if (turn !== mine) return
      run = step(run)
    }
    if (run !== undefined) await finish(run)
  }

  const start = async (id: number, settings: Typed): Promise<void> => {
    halt()
    run?.training.dispose()
    run = undefined
    const config = resolve(settings)
    if (E.isLeft(config)) return unusable(id, config.left)
    const training = planned(config.right.config, host.threads)
    if (E.isLeft(training)) return unusable(id, training.left)
    looked = { at: Number.NEGATIVE_INFINITY, took: 0 }
    run = {
      id,
      config: config.right.config,
      training: training.right,
      state: training.right.initial(),
      seconds: 0,
    }
    host.post({ kind: 'started', run: id, threads: host.threads })
    await go()
  }

  /** The state goes on in a run that differs in its learning rate only. */
  const changeRate = (now: Run, lr: number): void => {
    const config = { ...now.config, lr }
    const training = planned(config, host.threads)
    if (E.isLeft(training)) unusable(now.id, training.left)
    else {
      now.training.dispose()
      run = { ...now, config, training: training.right }
    }
  }

  const exact = (id: number, settings: Typed): void => {
    const training = E.chain((config: TrainConfig) => planned(config, 1))(asTyped(settings))
    if (E.isLeft(training)) return
    host.post({ kind: 'exact', run: id, energy: training.right.exact() })
    training.right.dispose()
  }

  const answer = async (request: Request): Promise<void> => {
    switch (request.kind) {
      case 'describe': {
        const found = described(request.settings, resolve)
        if (E.isLeft(found)) return unusable(request.run, found.left)
        return host.post({ kind: 'described', run: request.run, described: found.right })
      }
      case 'exact':
        return exact(request.run, request.settings)
      case 'start':
        return start(request.run, request.settings)
      case 'pause':
        halt()
        if (run !== undefined) look(run)
        return
      case 'go':
        return going ? undefined : go()
      case 'step':
        halt()
        if (run === undefined || run.state.step >= run.config.steps) return
        run = step(run)
        return tell(run.id)
      case 'rate':
        return run === undefined ? undefined : changeRate(run, request.lr)
      case 'finish':
        return run === undefined ? undefined : finish(run)
    }
  }

  return async (request) => {
    try {
      await answer(request)
    } catch (error) {
      halt()
      const id = 'run' in request ? request.run : (run?.id ?? 0)
      tell(id)
      host.post({ kind: 'failed', run: id, message: messageOf(error) })
    }
  }
}
