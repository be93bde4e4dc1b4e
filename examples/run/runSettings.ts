import { join } from 'node:path'
import { either as E, function as F } from 'fp-ts'
import {
  type ConfigFile,
  type Configured,
  flagOf,
  readConfigFile,
  resolveConfig,
  type Sources,
  shellWord,
  type TrainConfig,
} from '../settings/index.ts'
import { files } from './folder.ts'
import { resumable } from './resumable.ts'

// The configuration of a run is made from flags, a file of settings, or the folder of another run.

/** The sources of a run's settings. */
export interface RunSources {
  readonly flags: Sources['flags']
  /** A file of settings to start from. */
  readonly config?: string | undefined
  /** A new folder for the run. */
  readonly out?: string | undefined
  /** The folder of a run to continue. */
  readonly resume?: string | undefined
  /** The folder of a run whose parameters, and settings, a new one starts from. */
  readonly from?: string | undefined
}

/** If the learning rate decays with the steps, their number changes the rate of each of them. */
const sameSchedule = (
  { steps, lrSchedule }: TrainConfig,
  now: TrainConfig,
  folder: string,
): Configured<TrainConfig> =>
  lrSchedule === 'constant' || steps === now.steps
    ? E.right(now)
    : E.left([
        {
          where: '--steps',
          received: String(now.steps),
          expected:
            `${steps}, as the run began: with --lr-schedule ${lrSchedule} every step depends on ` +
            'how many there are, and the run would not be that of so many steps. For a new run ' +
            'that starts from its parameters, psigrad train ' +
            `--from ${shellWord(folder)} --steps ${now.steps}`,
        },
      ])

/** The settings in the folder of a run, as they were when it began. */
const savedSettings = (folder: string): Configured<ConfigFile> =>
  E.bimap(
    (problems: readonly { readonly expected: string }[]) =>
      problems.map(({ expected }) => ({
        where: '--resume',
        received: folder,
        expected: `the folder of a run with its ${files.config}: ${expected}`,
      })),
    (file: ConfigFile): ConfigFile => ({ ...file, ofRun: true }),
  )(readConfigFile(join(folder, files.config)))

/** Lists the given flags that cannot be combined with --resume. */
const givenBeside = ({ flags, config, out, from }: RunSources): readonly string[] => [
  ...Object.keys(flags)
    .filter((key) => !(resumable as readonly string[]).includes(key))
    .map((key) => flagOf(key as keyof TrainConfig)),
  ...(config === undefined ? [] : ['--config']),
  ...(out === undefined ? [] : ['--out']),
  ...(from === undefined ? [] : ['--from']),
]

const resumedSettings = (sources: RunSources, folder: string): Configured<TrainConfig> => {
  const given = givenBeside(sources)
  if (given.length > 0)
    return E.left(
      given.map((where) => ({
        where,
        expected:
          `only ${resumable.map(flagOf).join(', ')} and --json with --resume: ` +
          'a run keeps its settings; for a new run that starts from its parameters, ' +
          `--from ${shellWord(folder)}`,
      })),
    )
  return F.pipe(
    savedSettings(folder),
    E.bindTo('file'),
    E.bind('before', ({ file }) => resolveConfig({ flags: {}, file })),
    E.bind('now', ({ file }) => resolveConfig({ flags: sources.flags, file })),
    E.chain(({ before, now }) => sameSchedule(before, now, folder)),
  )
}

/** Returns the configuration of the run. Left: all problems. */
export const runSettings = (sources: RunSources): Configured<TrainConfig> => {
  const { flags, config, resume, from } = sources
  if (resume !== undefined) return resumedSettings(sources, resume)
  const path = config ?? (from === undefined ? undefined : join(from, files.config))
  return path === undefined
    ? resolveConfig({ flags })
    : E.chain((file: ConfigFile) => resolveConfig({ flags, file }))(readConfigFile(path))
}
