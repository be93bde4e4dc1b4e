import { either as E, function as F } from 'fp-ts'
import { unfitForms } from '../session/index.ts'
import {
  type ConfigFile,
  type ConfigProblem,
  readConfigFile,
  resolveConfig,
  resolveLeniently,
  type Sources,
  showConfigProblem,
  type TrainConfig,
  wholeNumber,
} from '../settings/index.ts'
import { formsOf, repeated } from './comparedForms.ts'

// The plan of a comparison is made from its arguments. All problems are reported before the first
// run.

/** The sources of a comparison's settings. */
export interface ComparisonSources {
  readonly flags: Sources['flags']
  /** A file of settings to start from. */
  readonly config?: string | undefined
  /** Attention forms, separated by commas. */
  readonly forms: string
  /** How many runs each form gets. */
  readonly seeds: string
}

/** Forms to compare on the same settings; the runs of a form differ in their seeds. */
export interface ComparisonPlan {
  /** The settings of the first run. */
  readonly config: TrainConfig
  readonly forms: readonly string[]
  readonly seeds: number
}

/** The problems, in words; all of them are reported together. */
type Refused = readonly string[]

const MOST_SEEDS = 1000

const distinctForms = (text: string): E.Either<Refused, readonly string[]> => {
  const forms = formsOf(text)
  if (forms.length === 0)
    return E.left(['--forms: expected forms separated by commas, such as factored,t5'])
  const twice = repeated(forms)
  return twice === undefined
    ? E.right(forms)
    : E.left([
        `--forms: ${twice.form} is the same form as ${twice.before}: expected each form once, ` +
          'and --seeds for more runs of it',
      ])
}

const problemsOf = (resolved: ReturnType<typeof resolveConfig>): Refused =>
  E.isLeft(resolved) ? resolved.left.map(showConfigProblem) : []

/** A setting that counts for one form counts for all: they are compared on the same settings. */
const configsOf = (sources: readonly Sources[]): E.Either<Refused, readonly TrainConfig[]> => {
  const resolved = sources.map(resolveLeniently)
  const wrong = [...new Set(resolved.flatMap(problemsOf))]
  if (wrong.length > 0) return E.left(wrong)
  const unused = sources.map((source) => problemsOf(resolveConfig(source)))
  const always = unused[0]!.filter((problem) => unused.every((all) => all.includes(problem)))
  if (always.length > 0) return E.left(always)
  const configs = resolved.flatMap((r) => (E.isRight(r) ? [r.right] : []))
  // The last form is tried before the first one trains.
  const unfit = [...new Set(unfitForms(configs))]
  return unfit.length > 0 ? E.left(unfit) : E.right(configs)
}

const withinSeeds = ({ seed }: TrainConfig, seeds: number): E.Either<Refused, number> =>
  // Brackets: seed + seeds may round to the even number below.
  Number.isSafeInteger(seed + (seeds - 1))
    ? E.right(seeds)
    : E.left([
        `--seeds ${seeds}: expected seeds up to 2^53 - 1, but the last of them is ` +
          `${seed} + ${seeds - 1}; --seed ${Number.MAX_SAFE_INTEGER - seeds + 1} or less`,
      ])

/** Plans a comparison. Left: the problems of its arguments. */
export const planComparison = (asked: ComparisonSources): E.Either<Refused, ComparisonPlan> =>
  F.pipe(
    asked.config === undefined
      ? E.right<readonly ConfigProblem[], ConfigFile | undefined>(undefined)
      : readConfigFile(asked.config),
    E.bimap(
      (problems): Refused => problems.map(showConfigProblem),
      (file) => ({ file }),
    ),
    E.bind('forms', () => distinctForms(asked.forms)),
    E.bind('count', () =>
      E.mapLeft((problem: string): Refused => [problem])(
        wholeNumber('--seeds', asked.seeds, MOST_SEEDS),
      ),
    ),
    E.bind('configs', ({ file, forms }) =>
      configsOf(forms.map((attention) => ({ flags: { ...asked.flags, attention }, file }))),
    ),
    E.bind('seeds', ({ count, configs }) => withinSeeds(configs[0]!, count)),
    E.map(({ configs, seeds }) => ({
      config: configs[0]!,
      forms: configs.map(({ attention }) => attention),
      seeds,
    })),
  )
