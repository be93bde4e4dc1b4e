import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { fail } from '../../core/index.ts'
import { attentionCommand } from '../../examples/cli/commands/attentionCommand.ts'
import { exactCommand } from '../../examples/cli/commands/exactCommand.ts'
import { latticeCommand } from '../../examples/cli/commands/latticeCommand.ts'
import { observeCommand } from '../../examples/cli/commands/observeCommand.ts'
import { trainCommand } from '../../examples/cli/commands/trainCommand.ts'
import { analyse } from '../../examples/compare/analysis.ts'
import { cellOf } from '../../examples/compare/cells.ts'
import { observedRows } from '../../examples/run/observedRows.ts'
import { decode } from '../../examples/run/safetensors.ts'
import type { PlanTraining } from '../../examples/session/training.ts'
import { resolveConfig } from '../../examples/settings/config.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import { ownSymmetries } from '../../examples/settings/groups.ts'
import { modelOf } from '../../examples/settings/model.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'
import { middleMaps } from '../../examples/study/gather.ts'
import { attention, patchGrid, relative } from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import { right } from '../expectations.ts'
import { fakePlan } from './fakeTraining.ts'

// What commands print and write, number by number, with a training that needs no physics.

const root = mkdtempSync(join(tmpdir(), 'psigrad-commands-'))

/** A command's streams as text. */
const streams = (plan: PlanTraining = fakePlan()) => {
  const texts = { out: '', err: '' }
  return {
    texts,
    plan: async () => plan,
    stdout: { write: (text: string) => (texts.out += text) },
    stderr: { write: (text: string) => (texts.err += text) },
    stopped: () => undefined,
  }
}
type Call = Partial<Parameters<typeof trainCommand>[0]>
const train = async (call: Call, plan?: PlanTraining) => {
  const s = streams(plan)
  const code = await trainCommand({ flags: {}, json: true, ...call }, s)
  return { code, ...s.texts }
}

describe('train', () => {
  it('goes on with a finished run that has nothing left to do, and ends with its result', async () => {
    const out = join(root, 'finished')
    const first = await train({ out, flags: { steps: '4' } })
    const again = await train({ resume: out })
    expect(again.code).toBe(0)
    const plainly = (text: string) => ({ ...JSON.parse(text), seconds: 0 })
    expect(plainly(again.out)).toEqual(plainly(first.out))
  })

  it('compares with the exact energy after the first step of any session', async () => {
    const out = join(root, 'compared')
    await train({ out, flags: { steps: '2' } })
    const resumed = await train({ resume: out, flags: { steps: '5' } })
    expect(resumed.err).toContain('exact energy per site -0.500000')
    const parameters = right(
      decode(new Uint8Array(readFileSync(join(out, 'parameters.safetensors')))),
    )
    expect(parameters.metadata.step).toBe('5')
  })

  it('advises a larger shift where a matrix was not positive definite', async () => {
    const plan: PlanTraining = (config) =>
      E.right({
        ...right(fakePlan()(config)),
        step: () => fail('NotPositiveDefinite', 'srUpdate', 'pivot 3.'),
      })
    const { code, err } = await train(
      { out: join(root, 'shift'), flags: { diagShift: '0.002' } },
      plan,
    )
    expect(code).toBe(3)
    expect(err).toContain('config.json --diag-shift 0.02\n')
  })
})

describe('settings', () => {
  it.each([
    ['samplePower', ['0', '-1', '2.1'], ['0.001', '2']],
    ['momentum', ['1', '-0.1'], ['0', '0.999']],
    ['diagShift', ['-1'], ['0']],
    ['lr', ['0', '-1'], ['1e-9']],
  ] as const)('%s have ends that belong to them, or do not', (key, wrong, fine) => {
    for (const text of wrong)
      expect(E.isLeft(resolveConfig({ flags: { [key]: text } })), text).toBe(true)
    for (const text of fine)
      expect(E.isRight(resolveConfig({ flags: { [key]: text } })), text).toBe(true)
  })

  it('that restore symmetries are in the names of their runs, the sector too', () => {
    const folder = (more: Partial<TrainConfig>): string => cellOf({ ...defaults, ...more }).folder
    const odd = { sector: 'k=0,0 mirror=-1' }
    expect(folder({ symmetry: 'full', ...odd })).not.toBe(folder({ symmetry: 'full' }))
    expect(folder(odd)).toBe(folder({}))
  })
})

describe('exact', () => {
  it.each([
    ['honeycomb', '2x2', 8, 1],
    ['kagome', '2x1', 6, 1],
    ['lieb', '2x1', 6, 1],
    ['chain', '6', 6, 3],
  ])('gives energies per site of %s %s, state by state', async (lattice, size, sites, states) => {
    const s = streams()
    const flags = { lattice, size, j2: '0', boundary: 'open' }
    expect(
      await exactCommand({ flags, states: String(states), sectors: false, json: true }, s),
    ).toBe(0)
    const found = JSON.parse(s.texts.out)
    const levels = states === 1 ? [found] : found.states
    expect(levels).toHaveLength(states)
    for (const { energy, energyPerSite } of levels)
      expect(energyPerSite * sites).toBeCloseTo(energy, 12)
  })
})

describe('lattice', () => {
  const printed = async (flags: Record<string, string>, shells = '2', json = true) => {
    const s = streams()
    return { code: await latticeCommand({ flags, shells, json }, s), ...s.texts }
  }

  it('prints an object, or the same numbers as tables', async () => {
    const flags = { lattice: 'lieb', size: '2x2' }
    const object = JSON.parse((await printed(flags)).out)
    expect(object).toMatchObject({ sites: 12, cells: 4, sublattices: [4, 8] })
    expect(object.shells).toHaveLength(2)
    const { out } = await printed(flags, '2', false)
    expect(out).toMatch(/^Lieb 2x2 periodic\n/)
    for (const line of [/sites +12$/, /sublattices +4 and 8$/, /symmetries +\d+$/])
      expect(out).toMatch(new RegExp(line, 'm'))
    const { distance, bonds } = object.shells[0]
    expect(out).toMatch(new RegExp(`^1 +${distance.toFixed(4)} +${bonds} +2 to 4$`, 'm'))
    expect(out).toMatch(/^--patch +patches\n1 +4\n2 +1$/m)
  })

  it.each([
    [{ size: '1x1' }, '2', '--size 1x1: expected at least 2'],
    [{ lattice: 'ring' }, '2', '--lattice ring: expected chain, square'],
    [{ lattice: 'shastry-sutherland', size: '3x4' }, '2', '--size 3x4: expected even sides'],
    [{}, '0', '--shells 0: expected a whole number from 1 to 1000'],
    [{}, 'all', '--shells all: expected a whole number'],
  ])('%j and %s shells: says what is right', async (flags, shells, message) => {
    const { code, out, err } = await printed(flags, shells)
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(`psigrad: ${message}`)])
  })

  it('counts the states of Sz = 1/2 for an odd number of sites', async () => {
    const object = JSON.parse((await printed({ size: '3x3' })).out)
    expect(object).toMatchObject({ sites: 9, dimension: 126, symmetricDimension: null })
    expect((await printed({ size: '3x3' }, '1', false)).out).toMatch(/states with Sz = 1\/2 +126$/m)
  })

  it('says with a dash what is too large to count', async () => {
    const { out } = await printed({ size: '20x20' }, '1', false)
    expect(out).toMatch(/^ {2}symmetries +–$/m)
  })
})

describe('observe and attention', () => {
  const quantity = (k: number) => ({ value: k / 7, error: k / 1000, autocorrelationTime: 1 + k })
  const observables = (more: number) => ({
    correlations: [1, 2].map((k) => ({ displacement: [k], pairs: 1, ...quantity(k + more) })),
    structureFactor: [3].map((k) => ({ k: [0], ...quantity(k + more) })),
    staggeredMagnetisation: quantity(4 + more),
    dimerOrder: [{ ...quantity(5 + more), direction: 0 }],
    absent: [],
  })
  const plan: PlanTraining = (config) =>
    E.right({
      ...right(fakePlan()(config)),
      observe: () => observables(0),
      observeExactly: () => observables(10),
    })

  it('mark errors that are not reliable, and print infinite ones as such', () => {
    const rows = observedRows({
      step: 1,
      exact: null,
      observables: {
        ...observables(0),
        staggeredMagnetisation: {
          ...quantity(4),
          error: Number.POSITIVE_INFINITY,
          reliable: false,
        },
      },
    })
    expect(rows.filter((row) => row[2]!.endsWith('?'))).toEqual([
      ['staggered magnetisation m^2', '0.571429', '∞?', '5.0'],
    ])
  })

  it('print every quantity with its own error, time and exact value', async () => {
    const out = join(root, 'observed')
    await train({ out, flags: { steps: '2' } })
    const s = streams(plan)
    expect(await observeCommand({ run: out, rounds: '1', json: false }, s)).toBe(0)
    const rows = s.texts.out.split('\n').filter((line) => /\d\.\d{6} /.test(line))
    expect(rows.map((row) => row.trim().split(/ {2,}/).slice(1))).toEqual(
      [1, 2, 3, 4, 5].map((k) => [
        (k / 7).toFixed(6),
        (k / 1000).toExponential(1),
        (1 + k).toFixed(1),
        ((k + 10) / 7).toFixed(6),
      ]),
    )
  })

  it('count layers and heads from 1 in the table, from 0 in JSON', async () => {
    const out = join(root, 'heads')
    await train({ out, flags: { steps: '2', layers: '2', heads: '2' } })
    const [table, json] = [streams(), streams()]
    await attentionCommand({ run: out, json: false }, table)
    await attentionCommand({ run: out, json: true }, json)
    const rows = [...table.texts.out.matchAll(/^ *(\d) +(\d) /gm)].map(([, l, h]) => [l, h])
    expect(rows).toEqual([
      ['1', '1'],
      ['1', '2'],
      ['2', '1'],
      ['2', '2'],
    ])
    const { heads } = JSON.parse(json.texts.out)
    expect(heads.map((h: { layer: number; head: number }) => [h.layer, h.head])).toEqual(
      rows.map(([l, h]) => [Number(l) - 1, Number(h) - 1]),
    )
  })

  it('compare the parameters before the training, on samples of theirs, with those after', () => {
    const training = right(fakePlan()(defaults))
    const asked: unknown[] = []
    const map = { layer: 0, head: 0, weights: [[1]], deviations: [[0]] }
    const recording = {
      ...training,
      attention: (state: typeof initial) => {
        asked.push(state.params, state.chains)
        return [{ ...map, inputDriven: state.step }]
      },
    }
    const initial = training.initial()
    const first = training.step(initial).state
    const last = training.step(first).state
    const { heads } = analyse(recording, last)
    expect(heads.map(({ before, after }) => [before, after])).toEqual([[0, 2]])
    expect(asked).toEqual([initial.params, first.chains, last.params, last.chains])
  })
})

describe('what the network cannot tell apart', () => {
  it.each([1, 2])(
    'are symmetries of the model, with patches of %d on orthogonal dimers',
    (patch) => {
      const config = { ...defaults, lattice: 'shastry-sutherland', size: [4, 4] } as const
      const model = modelOf(config)
      const patches = patchGrid([4, 4], patch)
      const own = ownSymmetries(
        { patches, layers: 1, dim: 4, heads: 2 },
        attention(relative()) as never,
        model,
      )
      const keeps = physics.invariance(model.operator)
      expect(own.length).toBe(4)
      expect(own.every(keeps)).toBe(true)
    },
  )
})

describe('maps that are kept', () => {
  it('are the row of the patch in the middle of the grid', () => {
    for (const [rows, columns] of [
      [2, 3],
      [3, 2],
      [1, 4],
      [4, 4],
    ] as const) {
      const n = rows * columns
      const weights = Array.from({ length: n }, (_, i) => Array.from({ length: n }, () => i))
      const map = { layer: 0, head: 0, inputDriven: 0, weights, deviations: weights }
      const [kept] = middleMaps([map], [rows, columns])
      const full = kept!.weights.flatMap((row, i) => (row.length > 0 ? [i] : []))
      expect(full).toEqual([Math.floor(rows / 2) * columns + Math.floor(columns / 2)])
    }
  })
})
