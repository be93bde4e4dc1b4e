import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { type Concrete, dataOf, leavesOf } from '../../core/index.ts'
import { planTraining } from '../../examples/session/planTraining.ts'
import {
  type ConfigFile,
  resolveConfig,
  showConfigProblem,
} from '../../examples/settings/config.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import { conditions, isIdle } from '../../examples/settings/effects.ts'
import { modelOf } from '../../examples/settings/model.ts'
import { flagOf, showSetting, showTerms } from '../../examples/settings/options.ts'
import { settings } from '../../examples/settings/schema.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'
import { unseenSector } from '../../examples/settings/unseen.ts'
import * as physics from '../../physics/index.ts'

// What is given and not used is refused; what is not refused changes something.

type Key = keyof TrainConfig
type Texts = Readonly<Record<string, string | boolean>>

const verdict = (flags: Texts, values?: Record<string, unknown>, ofRun = false): string => {
  const file: ConfigFile | undefined =
    values === undefined ? undefined : { name: 'run.json', values, ofRun }
  const result = resolveConfig({ flags, file })
  return E.isLeft(result) ? result.left.map(showConfigProblem).join('\n') : 'Right'
}
const resolved = (flags: Texts, values?: Record<string, unknown>): TrainConfig => {
  const file = values === undefined ? undefined : { name: 'run.json', values }
  const result = resolveConfig({ flags, file })
  if (E.isLeft(result)) throw new Error(result.left.map(showConfigProblem).join('\n'))
  return result.right
}

/** A run of a hundredth of a second, in which everything counts. */
const tiny: TrainConfig = {
  ...defaults,
  lattice: 'chain',
  size: [4],
  j2: 0.25,
  patch: 2,
  dim: 2,
  heads: 1,
  symmetry: 'full',
  samples: 16,
  steps: 2,
  finalRounds: 2,
  backend: 'reference',
  threads: 1,
}

/** Every number that two steps and a last measurement give, to the last bit. */
const outcomes = new Map<string, string>()
const outcome = (config: TrainConfig): string => {
  const name = JSON.stringify(config)
  const before = outcomes.get(name)
  if (before !== undefined) return before
  const plan = planTraining(config)
  if (E.isLeft(plan)) throw new Error(plan.left.what)
  const { initial, step, measure, dispose } = plan.right
  const first = step(initial())
  const second = step(first.state)
  const { params } = second.state
  const numbers = leavesOf(params).map((leaf) => [...dataOf(leaf as Concrete)])
  const found = JSON.stringify([first.record, second.record, measure(second.state), numbers])
  dispose()
  outcomes.set(name, found)
  return found
}

/** Another value of each setting; null: it changes the pace and no number. */
const others: { readonly [K in Key]: Partial<TrainConfig> | null } = {
  lattice: { lattice: 'square', size: [2, 2], patch: 1 },
  size: { size: [8] },
  boundary: { boundary: 'open' },
  j1: { j1: 0.5 },
  j2: { j2: 0.75 },
  marshall: { marshall: false },
  patch: { patch: 1 },
  layers: { layers: 2 },
  dim: { dim: 4 },
  heads: { heads: 2 },
  attention: { attention: 't5' },
  symmetry: { symmetry: 'translations' },
  sector: { sector: 'k=2 mirror=1 spin=-1' },
  samples: { samples: 32 },
  samplePower: { samplePower: 1 },
  steps: null,
  lr: { lr: 0.1 },
  lrSchedule: { lrSchedule: 'linear' },
  diagShift: { diagShift: 0.1 },
  momentum: { momentum: 0.5 },
  optimizer: { optimizer: 'sgd' },
  takeBack: { takeBack: false },
  sum: { sum: 'full' },
  finalRounds: { finalRounds: 3 },
  precision: { precision: 'float32' },
  backend: null,
  seed: { seed: 2 },
  threads: null,
  memory: null,
}

describe('the table of effects', () => {
  it.each(settings.filter((key) => others[key] !== null))(
    '%s changes the numbers of a run',
    (key) => {
      expect(isIdle(tiny, key)).toBe(false)
      expect(outcome({ ...tiny, ...others[key] })).not.toBe(outcome(tiny))
    },
  )

  const conditional = settings.filter((key) => conditions[key] !== null)
  const bases: readonly Partial<TrainConfig>[] = [
    { optimizer: 'march' },
    { sum: 'full' },
    { optimizer: 'adam' },
    { optimizer: 'sgd', sum: 'full' },
    { symmetry: 'none' },
    { symmetry: 'none:1,full' },
  ]
  // The other half of the claim: where the table says so, and nowhere else, not one bit changes.
  it.each(bases.flatMap((base) => conditional.map((key) => [base, key] as const)))(
    'beside %j says when %s changes nothing',
    (base, key) => {
      const config = { ...tiny, ...base }
      const same = outcome({ ...config, ...others[key] }) === outcome(config)
      expect(same).toBe(isIdle(config, key))
    },
  )

  it('is what the help text says', () => {
    expect(showTerms('momentum')).toBe('(with --optimizer sr or march; default: 0.9)')
    for (const key of conditional) expect(showTerms(key)).toContain(conditions[key]!.needs)
    expect(showTerms('seed')).toBe('(default: 1)')
  })
})

describe('a setting that is given and does nothing', () => {
  const cases: readonly (readonly [Key, string, Texts, Texts])[] = [
    ['samples', '512', { sum: 'full' }, {}],
    ['samplePower', '1', { sum: 'full' }, {}],
    ['finalRounds', '2', { sum: 'full', optimizer: 'adam' }, { optimizer: 'adam' }],
    ['momentum', '0.5', { optimizer: 'adam' }, {}],
    ['momentum', '0', { optimizer: 'sgd' }, { sum: 'full' }],
    ['diagShift', '0.01', { optimizer: 'adam' }, {}],
    ['diagShift', '0.01', { optimizer: 'sgd', sum: 'full' }, { symmetry: 'full' }],
    ['sector', 'k=0,0', {}, { symmetry: 'full' }],
    ['sector', 'spin=1', { symmetry: 'none' }, { symmetry: 'none:10,full' }],
  ]

  it.each(cases)(
    '%s %s: a flag is refused beside %j, and taken beside %j',
    (key, value, beside, fit) => {
      const expected = `expected only with ${conditions[key]!.needs}: ${conditions[key]!.because}`
      expect(verdict({ ...beside, [key]: value })).toBe(`${flagOf(key)} ${value}: ${expected}`)
      // The default's own value, too: who gives it thinks that it counts.
      const standard = showSetting(defaults, key)
      expect(verdict({ ...beside, [key]: standard })).toContain(
        `${flagOf(key)} ${standard}: expected`,
      )
      expect(verdict({ ...fit, [key]: value })).toBe('Right')
    },
  )

  it.each(cases)(
    '%s %s: in a file likewise, unless it is the default',
    (key, value, beside, fit) => {
      expect(verdict({}, { ...beside, [key]: value })).toContain(
        `run.json: ${key}: received "${value}"`,
      )
      expect(verdict({}, { ...beside, [key]: showSetting(defaults, key) })).toBe('Right')
      expect(verdict({}, { ...fit, [key]: value })).toBe('Right')
      // A run that was taken once can be gone on with and looked at.
      expect(verdict({}, { ...beside, [key]: value }, true)).toBe('Right')
    },
  )

  it('in a file because of a flag comes back to its default: the flag wins over the file', () => {
    const file = { momentum: 0.5, diagShift: 0.1, samples: 64 }
    expect(resolved({}, file)).toMatchObject(file)
    const { momentum, diagShift, samples } = resolved({ optimizer: 'adam' }, file)
    expect([momentum, diagShift, samples]).toEqual([defaults.momentum, defaults.diagShift, 64])
    expect(verdict({ optimizer: 'adam', momentum: '0.5' }, file)).toContain('--momentum 0.5')
  })

  it('never keeps a configuration that a run wrote down from being read again', () => {
    const flags = fc.record({
      optimizer: fc.constantFrom('sr', 'march', 'adam', 'sgd'),
      sum: fc.constantFrom('sampled', 'full'),
      symmetry: fc.constantFrom('none', 'full', 'none:5,full'),
      backend: fc.constantFrom('wasm', 'reference', 'auto'),
      patch: fc.constantFrom('1', '2'),
    })
    const file = fc.record(
      { momentum: fc.constant(0.25), samples: fc.constant(77), sector: fc.constant('spin=1') },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(flags, file, (given, values) => {
        // By itself the file is right: full symmetries, sampled, sr.
        const config = resolved(given, { symmetry: 'full', ...values })
        const written = JSON.parse(JSON.stringify(config)) as Record<string, unknown>
        expect(resolved({}, written)).toEqual(config)
        for (const key of settings)
          if (isIdle(config, key)) expect(config[key]).toEqual(defaults[key])
      }),
      { numRuns: 25 },
    )
  })
})

describe('parts of a setting that do nothing', () => {
  it.each([
    [
      { symmetry: 'translations', patch: '2', sector: 'k=0,0 rotation=-1' },
      'no rotation: it takes',
    ],
    [
      { symmetry: 'translations', patch: '2', sector: 'spin=1' },
      'no spin: it takes --symmetry full',
    ],
    [{ boundary: 'open', symmetry: 'full', sector: 'k=0,0' }, 'no k: square 4x4 open has no trans'],
    [{ lattice: 'chain', size: '8', symmetry: 'full', sector: 'rotation=1' }, 'no rotation: this'],
    [{ size: '1x8', symmetry: 'full', sector: 'k=1,0' }, '0 as number 1 of k'],
    [{ symmetry: 'translations' }, 'none instead of translations: with this --patch'],
    [{ symmetry: 'none:5,translations:5,full' }, 'none instead of translations'],
    [{ symmetry: 'translations', boundary: 'open', patch: '2' }, 'which an open lattice does not'],
    [{ symmetry: 'full:5,full' }, 'full is there twice'],
    [{ attention: 'softmax(0)', heads: '4' }, 'no number of heads: all heads of softmax(0) have'],
    [{ attention: 'softmax(3*mask(1))^2', heads: '2' }, 'no number of heads'],
    [{ backend: 'auto', precision: 'float64' }, 'wasm, since auto means wasm in float64'],
  ])('%j', (given, expected) => {
    expect(verdict(given as Texts)).toContain(expected)
  })

  it.each([
    { symmetry: 'translations', patch: '2', sector: 'k=0,0' },
    { symmetry: 'translations', attention: 'diet' },
    { boundary: 'open', symmetry: 'full', sector: 'rotation=1 mirror=1 spin=1' },
    { lattice: 'chain', size: '8', boundary: 'open', symmetry: 'full', sector: 'mirror=1' },
    { size: '1x8', symmetry: 'full', sector: 'k=0,4' },
    { backend: 'auto' },
    { attention: 'softmax(distanceDecay)', heads: '4' },
    { attention: 'softmax(slopes)', heads: '4' },
    { attention: 'softmax(content)', heads: '4' },
    { symmetry: 'none:5,translations:5,full', patch: '2' },
  ])('%j is seen in full', (given) => {
    expect(verdict(given as Texts)).toBe('Right')
  })

  it('of a sector are those that change no character, on every lattice', () => {
    const shapes: readonly Partial<TrainConfig>[] = [
      { lattice: 'chain', size: [6] },
      { lattice: 'square', size: [2, 4] },
      { lattice: 'square', size: [1, 6], j2: 0 },
      { lattice: 'square', size: [4, 4] },
      { lattice: 'shastry-sutherland', size: [4, 4] },
      { lattice: 'triangular', size: [2, 3], j2: 0 },
      { lattice: 'honeycomb', size: [2, 2] },
      { lattice: 'kagome', size: [2, 2], j2: 0 },
    ]
    const parts = ['rotation=1', 'mirror=1', 'spin=1', 'k'] as const
    const changed = {
      'rotation=1': 'rotation',
      'mirror=1': 'mirror',
      'spin=1': 'inversion',
    } as const
    for (const shape of shapes)
      for (const boundary of ['periodic', 'open'] as const)
        for (const symmetry of ['translations', 'full'] as const) {
          const config: TrainConfig = { ...defaults, boundary, symmetry, ...shape }
          const { lattice, operator } = modelOf(config)
          const charactersOf = (c: physics.Characters): string => {
            const group = E.tryCatch(
              () => physics.symmetriesOf(lattice, operator, symmetry, c),
              () => 'contradiction',
            )
            return JSON.stringify(group)
          }
          const zero = lattice.dims.map(() => 0)
          const seen = (part: (typeof parts)[number]): boolean => {
            const steps = zero.map((_, d) => zero.map((_, k) => (k === d ? 1 : 0)))
            const cases: physics.Characters[] =
              part === 'k' ? steps.map((momentum) => ({ momentum })) : [{ [changed[part]]: -1 }]
            return cases.some((c) => charactersOf(c) !== charactersOf({}))
          }
          for (const part of parts) {
            const sector = part === 'k' ? `k=${zero.join(',')}` : part
            const refused = unseenSector({ ...config, sector }) !== undefined
            const name = `${shape} ${boundary} ${symmetry} ${part}`
            expect([name, refused]).toEqual([name, !seen(part)])
          }
        }
  })
})
