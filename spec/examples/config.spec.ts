// Finds faults in examples/settings/{fit, given}.ts.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import {
  readConfigFile,
  resolveConfig,
  type Sources,
  showConfigProblem,
} from '../../examples/settings/config.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import { conditions } from '../../examples/settings/effects.ts'
import { commandOf, flagOf, flags, showDefault } from '../../examples/settings/options.ts'
import { settings } from '../../examples/settings/schema.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'
import { nearest } from '../../models/attention/nearest.ts'

const resolved = (flagsGiven: Sources['flags'], values?: Record<string, unknown>): TrainConfig => {
  const file = values === undefined ? undefined : { name: 'run.json', values }
  const result = resolveConfig({ flags: flagsGiven, file })
  if (E.isLeft(result)) throw new Error(result.left.map(showConfigProblem).join('\n'))
  return result.right
}

const problems = (flagsGiven: Sources['flags'], values?: Record<string, unknown>): string => {
  const file = values === undefined ? undefined : { name: 'run.json', values }
  const result = resolveConfig({ flags: flagsGiven, file })
  return E.isLeft(result) ? result.left.map(showConfigProblem).join('\n') : 'Right'
}

/** Another valid value of every setting, as a flag would say it; the rest stays at its default. */
const others: { readonly [K in keyof TrainConfig]: string | boolean } = {
  lattice: 'chain',
  size: '6x4',
  boundary: 'open',
  j1: '0.75',
  j2: '-0.25',
  marshall: !defaults.marshall,
  patch: '4',
  layers: String(defaults.layers + 1),
  dim: String(defaults.dim * 2),
  heads: '1',
  attention: 'softmax(content + 2 * relative) - mask(1)',
  symmetry: 'none:10, full',
  sector: 'k=2,2 spin=-1',
  samples: String(defaults.samples * 2),
  steps: String(defaults.steps + 1),
  lr: String(defaults.lr * 2),
  lrSchedule: 'cosine',
  diagShift: String(defaults.diagShift * 2),
  momentum: '0.5',
  optimizer: 'adam',
  takeBack: !defaults.takeBack,
  sum: defaults.sum === 'full' ? 'sampled' : 'full',
  finalRounds: '4',
  samplePower: '1.5',
  precision: defaults.precision === 'float64' ? 'float32' : 'float64',
  backend: 'reference',
  seed: '-7',
  threads: String(defaults.threads + 1),
  memory: '300MiB',
}

const withLattice = (key: keyof TrainConfig): Record<string, string | boolean> => {
  if (key === 'lattice') return { lattice: others.lattice, size: '16' }
  return key === 'sector' ? { symmetry: 'full', sector: others.sector } : { [key]: others[key] }
}

describe('settings', () => {
  it('are the defaults when nothing is said', () => {
    expect(resolved({})).toEqual(defaults)
  })

  it.each(settings)('%s has a flag, and the flag has an effect', (key) => {
    expect(flags.map((f) => f.key)).toContain(key)
    expect(resolved(withLattice(key))[key]).not.toEqual(defaults[key])
  })

  it('prefer flags to the file and the file to the defaults', () => {
    // Settings that count only beside others are tested in effects.spec.ts.
    const keys = settings.filter((k) => k !== 'lattice' && conditions[k] === null)
    const choose = fc.subarray([...keys])
    const other = Object.fromEntries(
      keys.map((key) => [key, resolved({ [key]: others[key] })[key]]),
    )
    fc.assert(
      fc.property(choose, choose, (inFile, inFlags) => {
        // A flag that sets the default overrides the file.
        const back = Object.fromEntries(
          inFlags.map((key) => {
            const value = defaults[key]
            return [key, typeof value === 'boolean' ? value : showDefault(key)]
          }),
        )
        const file = Object.fromEntries(inFile.map((key) => [key, other[key]]))
        const fit = { size: '8x8', dim: '64' }
        const config = resolved({ ...fit, ...back }, file)
        for (const key of keys.filter((k) => !(k in fit)))
          expect(config[key]).toEqual(
            inFile.includes(key) && !inFlags.includes(key) ? other[key] : defaults[key],
          )
      }),
    )
  })

  it('come back from the file they were written to', () => {
    const config = resolved({ size: '6x4', lr: '0.1', marshall: true })
    expect(resolved({}, JSON.parse(JSON.stringify(config)))).toEqual(config)
  })

  it('come back from the command that the report shows', () => {
    const ring = { size: '8', lattice: 'chain', lr: '1e-3', seed: '-3', marshall: true }
    for (const more of [{}, { optimizer: 'adam', sum: 'full' }, { optimizer: 'sgd' }]) {
      const config = resolved({ ...ring, ...more })
      const words = commandOf(config).split(' ').slice(2)
      const given = flags.flatMap(({ key, flag, value }) => {
        const at = words.indexOf(flag)
        return at < 0 ? [] : [[key, value === '' ? true : (words[at + 1] ?? '')]]
      })
      expect(resolved(Object.fromEntries(given))).toEqual(config)
    }
  })

  it('accept a size as text, number or list', () => {
    for (const size of ['4x6', [4, 6]]) expect(resolved({}, { size }).size).toEqual([4, 6])
    for (const size of ['16', 16, [16]])
      expect(resolved({ lattice: 'chain' }, { size }).size).toEqual([16])
  })
})

describe('bad settings', () => {
  const wrong: fc.Arbitrary<unknown> = fc.oneof(
    fc.constantFrom(
      0,
      -1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1.5,
      null,
      [],
      {},
      'abc',
      '',
      '4x',
    ),
    fc.anything(),
  )

  it('never crash and always name their path', () => {
    fc.assert(
      fc.property(fc.constantFrom(...settings), wrong, (key, value) => {
        const result = resolveConfig({
          flags: {},
          file: { name: 'run.json', values: { [key]: value } },
        })
        if (E.isRight(result)) expect(settings).toContain(key)
        else
          for (const problem of result.left) {
            expect(problem.where).toMatch(/^(run\.json: \w+|--[a-z0-9-]+)$/)
            expect(problem.expected).not.toBe('')
          }
      }),
      { numRuns: 300 },
    )
  })

  it('never crash as flags either, and name the flag', () => {
    fc.assert(
      fc.property(fc.constantFrom(...settings), fc.string(), (key, text) => {
        const result = resolveConfig({ flags: { [key]: text } })
        if (E.isLeft(result)) expect(result.left.map((p) => p.where)).toContain(flagOf(key))
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    [{ size: '0' }, '--size 0: expected whole numbers of at least 1'],
    [{ size: '0x4' }, '--size 0x4: expected whole numbers of at least 1'],
    [{ size: '3x5', patch: '2' }, '--size 3x5: expected an even number of sites'],
    [
      { size: '3x5', patch: '2' },
      '--size 3x5: expected patches of 2x2 sites to fill 3x5: --patch 1',
    ],
    [{ size: '3x6', patch: '2' }, '--patch 1 or 3, or --size 4x6'],
    [{ lattice: 'chain' }, '--lattice chain: expected one length for a chain'],
    [{ size: '16' }, '--size 16: expected two sides for a square lattice'],
    [
      { lattice: 'chain', size: '4x4' },
      '--size 4x4: expected one length for a chain, such as --size 16',
    ],
    [
      { dim: '10', heads: '4' },
      '--heads 4: expected heads that divide dim: --heads 1 or 2 or 5 or 10, or --dim 12',
    ],
    [
      { samples: '1' },
      '--samples 1: expected a whole number from 2 to 100000000; one sample has no',
    ],
    [{ lattice: 'chain', size: '7', patch: '1' }, '7 spins 1/2 cannot have total Sz = 0'],
    [{ threads: '0' }, '--threads 0: expected a whole number from 1 to 256'],
    [{ memory: '2' }, '--memory 2: expected a size of at least 1MiB, such as 2GiB or 512MiB'],
    [{ memory: '2 gigs' }, '--memory 2 gigs: expected a size'],
    [{ steps: '-5' }, '--steps -5: expected a whole number from 1 to 10000000'],
    [{ lr: 'NaN' }, '--lr NaN: expected a number > 0'],
    [{ lr: 'abc' }, '--lr abc: expected a number > 0'],
    [{ lr: '' }, '--lr : expected a number > 0'],
    [{ seed: '1e400' }, '--seed 1e400: expected a whole number'],
    [{ optimizer: 'srr' }, '--optimizer srr: expected sr, march, adam or sgd'],
    [{ j1: '0', j2: '0' }, '--j2 0: expected a coupling other than 0'],
    [
      { patch: '3' },
      '--patch 3: expected patches of 3x3 sites to fill 4x4: --patch 1 or 2 or 4, or',
    ],
  ])('%j: %s', (given, message) => {
    expect(problems(given as Record<string, string>)).toContain(message)
  })

  it('are all reported at once', () => {
    expect(problems({ lr: 'x', steps: '0' }, { seed: 0.5 }).split('\n')).toHaveLength(3)
  })

  it('in a file are named by file and key, and unknown keys get a suggestion', () => {
    expect(problems({}, { lr: '-1' })).toBe('run.json: lr: received "-1", expected a number > 0')
    expect(problems({}, { 'diag-shift': 1 })).toBe('run.json: diag-shift: expected "diagShift"')
    expect(problems({}, { learning: 1 })).toContain('run.json: learning: expected one of lattice')
    expect(problems({}, JSON.parse('{"__proto__": 1}'))).toContain('run.json: __proto__')
  })
})

describe('a configuration file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'psigrad-config-'))
  const write = (text: string): string => {
    const path = join(folder, 'run.json')
    writeFileSync(path, text)
    return path
  }
  const reading = (path: string): string => {
    const file = readConfigFile(path)
    const result = E.isLeft(file) ? file : resolveConfig({ flags: {}, file: file.right })
    return E.isLeft(result) ? result.left.map(showConfigProblem).join('\n') : 'Right'
  }

  it.each([
    ['{"lr": NaN}', 'lr: received NaN, expected a number > 0'],
    ['{"lr": -Infinity, "seed": "NaN in a text"}', 'lr: received -Infinity, expected a number > 0'],
    ['{"lr": 1e999}', 'lr: received null, expected a number > 0'],
    ['{"lr": }', 'expected JSON, but Unexpected token'],
    ['', 'expected JSON, but Unexpected end'],
    ['[1]', 'expected a JSON object'],
    ['null', 'expected a JSON object'],
  ])('%s: %s', (text, message) => {
    expect(reading(write(text))).toContain(message)
  })

  it('that is not there, or is a folder, is named with the reason', () => {
    expect(reading(join(folder, 'none.json'))).toContain('none.json: expected a file to read, but')
    expect(reading(folder)).toContain('it is a folder')
  })

  it('may begin with a byte order mark', () => {
    expect(reading(write('\uFEFF{"lr": 0.5}'))).toBe('Right')
  })
})

describe('nearest', () => {
  it('finds what was meant, and nothing where nothing is near', () => {
    expect(nearest('latice', settings)).toBe('lattice')
    expect(nearest('DIAG_SHIFT', settings)).toBe('diagShift')
    expect(nearest('temperature', settings)).toBeUndefined()
  })
})
