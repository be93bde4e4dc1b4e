import { stripVTControlCharacters, styleText } from 'node:util'
import { SingleBar } from 'cli-progress'
import { chainsAgree, type Doubt, doubtsOf } from '../../../physics/index.ts'
import { type Progress, relativeErrorOf, type Screen } from '../../run/index.ts'
import type { StepRecord, Training } from '../../session/index.ts'
import {
  exactBytes,
  showCount,
  showEnergy,
  showFixed,
  showSmall,
  showTime,
  sizesOf,
  spoken,
  type TrainConfig,
} from '../../settings/index.ts'

// Progress is shown on stderr, as a bar on a terminal and as lines elsewhere; stdout has results.

export interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly write: (text: string) => unknown
}

/** The numbers of a step are the columns of a line. */
interface Columns {
  readonly step: string
  readonly energy: string
  readonly error: string
  readonly relative: string
  readonly vScore: string
  readonly acceptance: string
  readonly rHat: string
  readonly pace: string
  readonly left: string
  /** The number of steps taken back; empty while there are none. */
  readonly back: string
}

const widths: { readonly [K in keyof Columns]: number } = {
  step: 11,
  energy: 15,
  error: 9,
  relative: 9,
  vScore: 9,
  acceptance: 7,
  rHat: 7,
  pace: 8,
  left: 8,
  back: 0,
}

const heading: Columns = {
  step: 'step',
  energy: 'E/N (J)',
  error: '± error',
  relative: 'rel.err',
  vScore: 'V-score',
  acceptance: 'accept',
  rHat: 'R-hat',
  pace: 'steps/s',
  left: 'left',
  back: '',
}

const lineOf = (columns: Columns): string =>
  (Object.keys(widths) as (keyof Columns)[])
    .map((key) => columns[key].padStart(widths[key]))
    .join('')

/** Columns get a fixed width, so that a redrawn line does not jump. */
const steady = (columns: Columns): Columns => ({
  ...columns,
  energy: columns.energy.padStart(9),
  acceptance: columns.acceptance.padStart(4),
  rHat: columns.rHat.padStart(5),
  pace: columns.pace.padStart(4),
  left: columns.left.padStart(5),
})

/** The last steps show the pace better than all of them do, because the first one is slow. */
const PACE_STEPS = 20

interface Pace {
  readonly stepsPerSecond: number
  readonly secondsLeft: number
}

const paceMeter = (steps: number) => {
  const times: { step: number; at: number }[] = []
  return (step: number, at: number): Pace => {
    times.push({ step, at })
    if (times.length > PACE_STEPS) times.shift()
    const first = times[0]!
    const stepsPerSecond = (step - first.step) / (at - first.at)
    return { stepsPerSecond, secondsLeft: (steps - step) / stepsPerSecond }
  }
}

const columnsOf = (
  record: StepRecord,
  pace: Pace,
  config: TrainConfig,
  sites: number,
  exact: number | null,
): Columns => ({
  step: `${record.step}/${config.steps}`,
  energy: showEnergy(record.energy / sites),
  // The words about a mark follow where it stays, see `standingDoubts`.
  error: `${showSmall(record.energyError / sites)}${record.reliable === false ? '?' : ''}`,
  relative: showSmall(relativeErrorOf(record.energy, exact)),
  vScore: showSmall(record.vScore),
  acceptance: showFixed(record.acceptance, 2),
  rHat: `${showFixed(record.rHat, 3)}${chainsAgree(record) === false ? '!' : ''}`,
  pace: showFixed(pace.stepsPerSecond, pace.stepsPerSecond < 10 ? 2 : 0),
  left: showTime(pace.secondsLeft),
  back: record.refusals ? `  ${record.refusals} taken back` : '',
})

/** One step in a hundred is in doubt by chance; so many in a row are not. */
const STANDING = 5

/** Returns the texts of doubts that have held in some successive steps, each once. */
const standingDoubts = (samples: number) => {
  const counts = new Map<Doubt['about'], number>()
  return (record: StepRecord): readonly string[] => {
    const doubts = doubtsOf(record, samples)
    for (const about of counts.keys())
      if ((counts.get(about) ?? 0) < STANDING && doubts.every((d) => d.about !== about))
        counts.delete(about)
    for (const { about } of doubts) counts.set(about, (counts.get(about) ?? 0) + 1)
    return doubts.flatMap(({ about, text }) => (counts.get(about) === STANDING ? [text] : []))
  }
}

/** At most one line a second is written, but the first and the last step always are. */
const lineSeconds = 1

/** The numbers need this width; the bar gets what is left of the terminal's. */
const textWidth = 84

const barOf = (terminal: Terminal): SingleBar =>
  new SingleBar({
    format:
      '{bar} {step}  E/N {energy} ± {error}  V {vScore}  acc {acceptance}  R {rHat}  ' +
      '{pace}/s  {left} left{back}',
    stream: terminal as unknown as NodeJS.WritableStream,
    barsize: Math.min(30, Math.max(6, (terminal.columns ?? 80) - textWidth)),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: false,
    stopOnComplete: false,
    gracefulExit: false,
    fps: 10,
  })

const dots: Columns = {
  step: '…',
  energy: '…',
  error: '…',
  relative: '…',
  vScore: '…',
  acceptance: '…',
  rHat: '…',
  pace: '…',
  left: '…',
  back: '',
}

/** Returns the screen of one run. `announce` writes the first lines, before the first step. */
export const progressScreen = (config: TrainConfig, terminal: Terminal): Screen => {
  const say = (text: string): void => {
    terminal.write(`${terminal.isTTY === true ? text : stripVTControlCharacters(text)}\n`)
  }
  const meter = paceMeter(config.steps)
  const doubts = standingDoubts(config.samples)
  const bar = terminal.isTTY === true ? barOf(terminal) : undefined
  let sites = 1
  let exact: number | null = null
  let shownAt = Number.NEGATIVE_INFINITY
  let open = false
  const planned = (training: Training, folder: string): void => {
    sites = training.sites
    say(`  ${showCount(training.parameters)} parameters; writing to ${folder}`)
    if (bar === undefined) say(lineOf(heading))
    else bar.start(config.steps, 0, { ...dots, step: `0/${config.steps}` })
    open = true
    meter(0, performance.now() / 1000)
  }
  // Over the bar, which is drawn again below.
  const between = (text: string): void => {
    if (bar !== undefined) terminal.write('\r\u001b[K')
    say(text)
  }
  const compare = (energy: number): void => {
    exact = energy
    between(`  exact energy per site ${showEnergy(energy / sites)}`)
  }
  const step = (record: StepRecord, { seconds }: Progress): void => {
    const at = performance.now() / 1000
    const columns = columnsOf(record, meter(record.step, at), config, sites, exact)
    if (bar !== undefined) bar.update(record.step, steady(columns))
    else if (at - shownAt >= lineSeconds || record.step === config.steps || seconds === 0) {
      say(lineOf(columns))
      shownAt = at
    }
    for (const text of doubts(record))
      between(`  from step ${record.step - STANDING + 1} on, ${text}`)
  }
  const end = (): void => {
    if (open) bar?.stop()
    open = false
  }
  return { planned, exact: compare, step, note: (text) => say(spoken(text)), end }
}

/** Writes the first lines of a run, before anything is computed. */
export const announce = (config: TrainConfig, terminal: Terminal): void => {
  const { model, network, method } = sizesOf(config)
  const backend = config.backend === 'wasm' ? '' : `, backend ${config.backend}`
  const numbers =
    `${config.precision}${backend}, seed ${config.seed}, ${config.threads} thread(s), ` +
    `memory ${exactBytes(config.memory)}`
  const title = `psigrad train: ${model}`
  terminal.write(
    `${terminal.isTTY === true ? styleText('bold', title) : title}\n` +
      `  ${network}\n  ${method}\n  ${numbers}\n`,
  )
}
