import { either as E } from 'fp-ts'
import * as v from 'valibot'
import { settledForm } from '../forms/index.ts'
import { parseBytes } from './bytes.ts'
import { latticeNames } from './lattices.ts'
import { optimizerNames } from './optimizerKinds.ts'
import { backends, type TrainConfig } from './settings.ts'
import { parseSector, parseStages } from './stages.ts'

// The values that each setting accepts; `fit.ts` checks how settings fit together.

/** Converts the text of a number to that number, from a flag or from a file. */
const asNumber = (x: unknown): unknown =>
  typeof x === 'string' && x.trim() !== '' && Number.isFinite(Number(x)) ? Number(x) : x

/** Makes a schema of a function that reads a value, with a description of the right values. */
const readBy = <A>(read: (x: unknown) => A | undefined, expected: string) =>
  v.pipe(
    v.custom<unknown>((x) => read(x) !== undefined, expected),
    v.transform((x) => read(x) as A),
  )

const numberThat = (test: (n: number) => boolean, expected: string) =>
  readBy((x) => {
    const n = asNumber(x)
    // + 0 turns −0 into 0.
    return typeof n === 'number' && Number.isFinite(n) && test(n) ? n + 0 : undefined
  }, expected)

/** The upper bounds keep a typing error from filling the memory. */
const whole = (low: number, high: number, reason = '') =>
  numberThat(
    (n) => Number.isSafeInteger(n) && n >= low && n <= high,
    `a whole number from ${low} to ${high}${reason}`,
  )

const choice = <const Option extends string>(options: readonly Option[]) =>
  v.picklist(
    options,
    options
      .slice(0, -1)
      .join(', ')
      .concat(' or ', options.at(-1) ?? ''),
  )

const sides = 'whole numbers of at least 1, such as 4x4 for a square lattice or 16 for a chain'

const isSide = (n: unknown): n is number => Number.isSafeInteger(n) && Number(n) >= 1

/** A size may be "4x4", "4X4", "4×4", "16", 16 or [4, 4]. */
const size = readBy((x): readonly number[] | undefined => {
  const text = typeof x === 'string' && /^\d+([xX×]\d+)?$/.test(x.trim()) ? x : undefined
  const list = Array.isArray(x) ? x : text === undefined ? [x] : text.split(/[xX×]/).map(Number)
  return list.length >= 1 && list.length <= 2 && list.every(isSide) ? list : undefined
}, sides)

const coupling = numberThat(() => true, 'a finite number')

/** A formula is kept as written, if it can be read; a file is kept with the hash of its sources. */
const form = v.pipe(
  v.unknown(),
  // A number is a formula too: every weight has this score.
  v.transform((x) => (typeof x === 'number' ? String(x) : x)),
  v.string('an attention form, such as t5 or softmax(content + relative), or FILE.ts'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const read = settledForm(dataset.value)
    if (E.isRight(read)) return read.right
    const { data, what, fix } = read.left
    const message = data?.expected ?? `a file with a form, but ${what}${fix ? ` Fix: ${fix}` : ''}`
    addIssue({ message: String(message) })
    return NEVER
  }),
)

/** Checks that a parser can read the text, which stays as the user wrote it. */
const readable = (parse: (text: string) => E.Either<string, unknown>, example: string) =>
  v.pipe(
    v.string(`text such as ${example}`),
    v.rawCheck(({ dataset, addIssue }) => {
      const read = dataset.typed ? parse(dataset.value) : undefined
      if (read !== undefined && E.isLeft(read)) addIssue({ message: read.left })
    }),
  )
const MIB = 2 ** 20
const bytes = 'a size of at least 1MiB, such as 2GiB or 512MiB'

/** A memory may be "2GiB", or a number of bytes. */
const memory = readBy((x) => {
  const value = asNumber(x)
  const n = typeof value === 'string' ? parseBytes(value) : value
  return Number.isSafeInteger(n) && Number(n) >= MIB ? Number(n) : undefined
}, bytes)

/** Every setting has a schema, whose message is what the setting expects. */
export const schema = {
  lattice: choice(latticeNames),
  size,
  boundary: choice(['periodic', 'open']),
  j1: coupling,
  j2: coupling,
  marshall: v.boolean('true or false'),
  patch: whole(1, 100),
  layers: whole(1, 100),
  dim: whole(1, 4096),
  heads: whole(1, 4096),
  attention: form,
  symmetry: readable(parseStages, 'full'),
  sector: readable(parseSector, 'auto'),
  samples: whole(2, 100_000_000, '; one sample has no variance and no error'),
  samplePower: numberThat((n) => n > 0 && n <= 2, 'a number above 0 and up to 2'),
  steps: whole(1, 10_000_000),
  lr: numberThat((n) => n > 0, 'a number > 0'),
  lrSchedule: choice(['constant', 'linear', 'cosine', 'inverse']),
  diagShift: numberThat((n) => n >= 0, 'a number >= 0'),
  momentum: numberThat((n) => n >= 0 && n < 1, 'a number from 0 up to but not including 1'),
  optimizer: choice(optimizerNames),
  takeBack: v.boolean('true or false'),
  sum: choice(['sampled', 'full']),
  finalRounds: whole(1, 100_000),
  precision: choice(['float64', 'float32']),
  backend: choice(backends),
  seed: numberThat(Number.isSafeInteger, 'a whole number between ±2^53'),
  threads: whole(1, 256),
  memory,
} satisfies { [K in keyof TrainConfig]: v.GenericSchema<unknown, TrainConfig[K]> }

export const settings = Object.keys(schema) as (keyof TrainConfig)[]

/** A problem of one setting, or between several. */
export interface Unfit {
  /** The settings concerned; the message names the first that the user gave. */
  readonly keys: readonly [keyof TrainConfig, ...(keyof TrainConfig)[]]
  readonly expected: string
}

/** Separates settings that their schemas accept (`fit`) from problems (`unfit`). */
export const parse = (
  raw: Readonly<Record<string, unknown>>,
): { readonly fit: Partial<TrainConfig>; readonly unfit: readonly Unfit[] } => {
  const results = settings.map((key) => {
    const result = v.safeParse(schema[key] as v.GenericSchema, raw[key], { abortEarly: true })
    return { key, result }
  })
  const unfit = results.flatMap(({ key, result }): readonly Unfit[] =>
    result.success ? [] : [{ keys: [key], expected: result.issues[0].message }],
  )
  const fit = results.flatMap(({ key, result }) => (result.success ? [[key, result.output]] : []))
  return { fit: Object.fromEntries(fit), unfit }
}
