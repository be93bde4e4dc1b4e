import { either as E } from 'fp-ts'
import { showProblem, TensorError } from '../../../core/index.ts'
import { type Progress, settledProgress } from '../../run/index.ts'
import type { StepRecord, Training } from '../../session/index.ts'
import type { TrainConfig } from '../../settings/index.ts'
import { opened, reopened, written } from './folders.ts'
import type { Files, Report, Request, SettingProblem, Typed, View } from './messages.ts'
import { asTyped, described, planned, resolved } from './planning.ts'
import { programOfRequest } from './programs.ts'

// The engine of a page: it takes steps of one run, between messages, and reports each of them. A
// run is the unfolding of a pure step over a state, as on the command line; the engine holds the
// state that stands.

/** The run that an engine holds. */
interface Run {
  readonly id: number
  readonly config: TrainConfig
  readonly training: Training
  readonly progress: Progress
  /** The last measurement, of exactly this state. */
  readonly measured?: StepRecord
}

/** An engine needs this of the thread that it runs on. */
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
/** Views of a state take at most this share of the time. */
const SHARE = 0.05

const viewOf = (training: Training, { state }: Progress): View => {
  const { sites } = training
  const shown = Math.min(SHOWN, state.chains.length / sites)
  return {
    step: state.step,
    maps: training.attention(state),
    spins: Array.from({ length: shown }, (_, k) =>
      Array.from(state.chains.subarray(k * sites, (k + 1) * sites)),
    ),
  }
}

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
  const failed = (id: number, message: string): void =>
    host.post({ kind: 'failed', run: id, message })

  /** Steps that were not reported yet, and when the last ones were. */
  let fresh: readonly StepRecord[] = []
  let reportedAt = Number.NEGATIVE_INFINITY
  const tell = (id: number): void => {
    if (fresh.length > 0) host.post({ kind: 'steps', run: id, records: fresh })
    fresh = []
    reportedAt = host.now()
  }

  const look = ({ id, training, progress }: Run): void => {
    tell(id)
    const start = host.now()
    host.post({ kind: 'view', run: id, view: viewOf(training, progress) })
    looked = { at: host.now(), took: host.now() - start }
  }

  const step = ({ id, config, training, progress }: Run): Run => {
    const start = host.now()
    const { state, record: bare } = training.step(progress.state)
    const seconds = progress.seconds + host.now() - start
    const record = { ...bare, seconds }
    fresh = [...fresh, record]
    if (host.now() - reportedAt > TOGETHER_SECONDS) tell(id)
    const records = [...progress.records, record]
    const next = { id, config, training, progress: { state, records, seconds } }
    if (host.now() - looked.at > looked.took / SHARE) look(next)
    return next
  }

  const isDone = ({ config, progress }: Run): boolean => progress.state.step >= config.steps

  const finish = async (now: Run): Promise<void> => {
    halt()
    tell(now.id)
    host.post({ kind: 'measuring', run: now.id })
    await host.breath()
    if (run !== now) return
    const { training } = now
    const progress = settledProgress(training, now.progress)
    const measured = training.measure(progress.state)
    host.post({
      kind: 'finished',
      run: now.id,
      record: measured,
      view: viewOf(training, progress),
      observables: training.observe(progress.state, 1),
      evaluationsPerSecond: 1 / training.evaluationSeconds(),
      seconds: progress.seconds,
    })
    run = { ...now, progress, measured }
  }

  /** Takes steps until the run is done, another request stops it, or a step fails. */
  const go = async (): Promise<void> => {
    halt()
    going = true
    const mine = turn
    while (run !== undefined && !isDone(run)) {
      await host.breath()
      if (turn !== mine) return
      run = step(run)
    }
    if (run !== undefined) await finish(run)
  }

  const forget = (): void => {
    halt()
    run?.training.dispose()
    run = undefined
    looked = { at: Number.NEGATIVE_INFINITY, took: 0 }
  }

  const start = async (id: number, settings: Typed): Promise<void> => {
    forget()
    const resolution = resolve(settings)
    if (E.isLeft(resolution)) return unusable(id, resolution.left)
    const { config } = resolution.right
    const training = planned(config, host.threads)
    if (E.isLeft(training)) return unusable(id, training.left)
    const progress = { state: training.right.initial(), records: [], seconds: 0 }
    run = { id, config, training: training.right, progress }
    host.post({ kind: 'started', run: id, threads: host.threads })
    await go()
  }

  /** The state stays in a run that differs in its learning rate only. */
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

  const open = (id: number, name: string, files: Files): void => {
    const found = opened(id, name, files, ({ training, progress }) => viewOf(training, progress))
    if (E.isLeft(found)) failed(id, found.left)
    else host.post({ kind: 'opened', run: id, opened: found.right })
  }

  const take = (id: number): void => {
    forget()
    const saved = reopened(id, host.threads)
    if (E.isLeft(saved)) failed(id, saved.left)
    else {
      run = { id, ...saved.right }
      host.post({ kind: 'taken', run: id, threads: host.threads })
    }
  }

  const keep = (now: Run, known: number | null | undefined): void => {
    const unknown = known === undefined && now.measured !== undefined
    const files = written(now.id, now, unknown ? now.training.exact() : (known ?? null))
    if (E.isLeft(files)) failed(now.id, files.left)
    else host.post({ kind: 'saved', run: now.id, files: files.right })
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
      case 'open':
        return open(request.run, request.name, request.files)
      case 'take':
        return take(request.run)
      case 'pause':
        halt()
        return run === undefined ? undefined : look(run)
      case 'go':
        return going ? undefined : go()
      case 'step':
        halt()
        if (run === undefined || isDone(run)) return
        run = step(run)
        return tell(run.id)
      case 'rate':
        return run === undefined ? undefined : changeRate(run, request.lr)
      case 'finish':
        return run === undefined ? undefined : finish(run)
      case 'program': {
        const resolution = resolve(request.settings)
        // What is wrong with settings is the answer to 'describe'.
        if (E.isLeft(resolution)) return
        const shown = programOfRequest(resolution.right.config, run, request)
        return E.isLeft(shown)
          ? failed(request.run, shown.left)
          : host.post({ kind: 'program', run: request.run, program: shown.right })
      }
      case 'save':
        return run === undefined ? undefined : keep(run, request.exact)
    }
  }

  return async (request) => {
    try {
      await answer(request)
    } catch (error) {
      halt()
      const id = 'run' in request ? request.run : (run?.id ?? 0)
      tell(id)
      failed(id, messageOf(error))
    }
  }
}
