import { CommanderError } from 'commander'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { compareCommand } from '../../examples/cli/commands/compareCommand.ts'
import { commands } from '../../examples/cli/commands/index.ts'
import { studyCommand } from '../../examples/cli/commands/studyCommand.ts'
import { program } from '../../examples/cli/grammar.ts'
import { cellOf } from '../../examples/compare/cells.ts'
import { coinciding, formsOf, repeated } from '../../examples/compare/comparedForms.ts'
import { advice } from '../../examples/run/advice.ts'
import { trainCaller } from '../../examples/run/caller.ts'
import { resolveConfig, showConfigProblem } from '../../examples/settings/config.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import { isBipartite, latticeNames, sitesOf } from '../../examples/settings/lattices.ts'
import { modelOf } from '../../examples/settings/model.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'
import { cellsOfPlan } from '../../examples/study/studyCells.ts'
import { quickStudy, study } from '../../examples/study/studyPlan.ts'
import { showForm } from '../../models/index.ts'
import { sublattice } from '../../physics/index.ts'
import { expressions } from '../models/attention/expressions.ts'

// What the command line refuses before anything runs, and what it advises after a failure.

const streams = () => {
  const texts = { out: '', err: '' }
  return {
    texts,
    plan: async () => () => {
      throw new Error('planned a run that should have been refused')
    },
    stdout: { write: (text: string) => (texts.out += text) },
    stderr: { write: (text: string) => (texts.err += text) },
    stopped: () => undefined,
  }
}

const compared = async (forms: string, flags: Record<string, string>, seeds = '1') => {
  const s = streams()
  const out = '/nowhere/psigrad'
  const code = await compareCommand({ forms, flags, seeds, out, json: true }, s).catch(
    (error: Error) => error.message,
  )
  return { code, err: s.texts.err }
}

describe('forms of a comparison', () => {
  it('end at commas outside brackets', () => {
    expect(formsOf('a(b, c), d[1,2] ,(x,(y,z)),,w')).toEqual([
      'a(b, c)',
      'd[1,2]',
      '(x,(y,z))',
      'w',
    ])
    expect(formsOf('softmax(a, b')).toEqual(['softmax(a, b'])
    expect(formsOf('a), b')).toEqual(['a)', 'b'])
  })

  it('come back from a list of them, and are found when they stand there twice', () => {
    fc.assert(
      fc.property(fc.array(expressions, { minLength: 1, maxLength: 4 }), fc.nat(), (list, k) => {
        const texts = list.map(showForm)
        expect(formsOf(texts.join(', '))).toEqual(texts)
        const twice = [...texts, `((${texts[k % texts.length]})) + 0`]
        expect(repeated(twice)).toBeDefined()
      }),
      { numRuns: 100 },
    )
    expect(repeated(['factored', 't5', 'mine.ts', 'content'])).toBeUndefined()
    expect(repeated(['mine.ts', 'other.ts', 'mine.ts'])).toEqual({
      form: 'mine.ts',
      before: 'mine.ts',
    })
  })

  it.each([
    ['factored,factored', 'factored is the same form as factored'],
    [
      'decoupled,t5, relative + softmax((content))',
      'relative + softmax((content)) is the same form as',
    ],
  ])('%s: refused before a run', async (forms, message) => {
    const { code, err } = await compared(forms, {})
    expect([code, err]).toEqual([2, expect.stringContaining(message)])
  })

  it('that end with equal numbers for every seed are told', () => {
    const ended = (form: string, seed: number, energyPerSite: number, variancePerSite = 0.1) => ({
      form,
      result: { seed, energyPerSite, variancePerSite },
    })
    const entries = [
      ...[ended('a', 1, -0.5), ended('b', 1, -0.5), ended('c', 1, -0.5)],
      ...[ended('a', 2, -0.25), ended('b', 2, -0.25), ended('c', 2, -0.125)],
    ]
    expect(coinciding(entries)).toEqual([['a', 'b']])
    expect(coinciding(entries.slice(0, 1))).toEqual([])
    // One form in other words may round otherwise; two that converged are two.
    const rounded = [ended('a', 1, -0.1, 0.3), ended('b', 1, -0.3 + 0.2, 0.1 * 3)]
    expect(coinciding(rounded)).toEqual([['a', 'b']])
    expect(coinciding([ended('a', 1, -0.5, 1e-15), ended('b', 1, -0.5, 3e-15)])).toEqual([])
  })

  it('share their settings: one that counts for one of them is taken', async () => {
    const chain = { lattice: 'chain', size: '4', j2: '0', symmetry: 'translations' }
    expect((await compared('factored, diet', chain)).code).toContain('planned a run')
    expect((await compared('factored', chain)).err).toContain(
      '--symmetry translations: expected none',
    )
    const adam = await compared('factored, diet', { optimizer: 'adam', momentum: '0.9' })
    expect(adam).toEqual({
      code: 2,
      err: 'psigrad: --momentum 0.9: expected only with --optimizer sr or march: adam and sgd have none\n',
    })
  })

  it('have seeds that are all whole numbers: told before the first run', async () => {
    const first = Number.MAX_SAFE_INTEGER - 1
    expect((await compared('factored', { seed: String(first) }, '2')).code).toContain(
      'planned a run',
    )
    const { code, err } = await compared('factored', { seed: String(first) }, '3')
    expect(code).toBe(2)
    expect(err).toContain(`--seed ${first - 1} or less`)
  })

  it.each([
    ['study', study],
    ['quick study', quickStudy],
  ])('of the %s are different ones, with different seeds and sizes', (_, plan) => {
    for (const { forms, seeds, sizes } of plan) {
      expect(repeated(forms)).toBeUndefined()
      expect(new Set(seeds).size).toBe(seeds.length)
      expect(new Set(sizes.map((s) => JSON.stringify(s))).size).toBe(sizes.length)
    }
    const cells = cellsOfPlan(plan)
    expect(new Set(cells.map(({ config }) => cellOf(config).folder)).size).toBe(cells.length)
    expect(new Set(cells.map(({ name }) => name)).size).toBe(cells.length)
  })
})

describe('names of files and folders', () => {
  const nothing = async (): Promise<void> => {}
  const root = () => {
    const made = program('0', commands, nothing)
    for (const command of [made, ...made.commands]) command.configureOutput({ writeErr: () => {} })
    return made
  }
  const endOf = async (args: readonly string[]): Promise<string> => {
    try {
      await root().parseAsync(['node', 'psigrad', ...args])
      return 'taken'
    } catch (error) {
      if (error instanceof CommanderError) return error.message
      throw error
    }
  }
  const cases = root().commands.flatMap((command) => [
    ...command.options
      .filter(({ flags }) => /<(dir|file\.json)>/.test(flags))
      .map(({ long }) => [command.name(), long!, []] as const),
    ...command.registeredArguments.map((a) => [command.name(), '', [a.name()]] as const),
  ])

  it.each(cases)('psigrad %s %s: an empty one is refused', async (name, flag) => {
    const needed = name === 'compare' ? ['--forms', 't5', '--out', 'x'] : []
    const given = (text: string) => [name, ...needed, ...(flag === '' ? [] : [flag]), text]
    expect(await endOf(given('runs/a'))).toBe('taken')
    for (const empty of ['', ' ']) expect(await endOf(given(empty))).toContain('It is empty')
  })

  it('are all of them', () => {
    expect(cases.map(([name, flag]) => `${name} ${flag}`)).toEqual([
      'train --config',
      'train --out',
      'train --resume',
      'train --from',
      'compare --config',
      'compare --out',
      'attention ',
      'observe ',
      'inspect ',
      'study --out',
      'study --docs',
      'check ',
      'studio ',
      'lesson ',
      'exercise ',
    ])
  })
})

describe('psigrad study', () => {
  const args = { quick: false, list: false, pages: false, again: false }
  it.each([
    [{ pages: true, threads: '2' }, '--threads: expected without --pages'],
    [{ pages: true, list: true }, '--list: expected without --pages'],
    [{ pages: true, only: '4x4' }, '--only: expected without --pages'],
    [{ pages: true, out: 'runs/x' }, '--out: expected without --pages'],
    [{ pages: true, quick: true, docs: 'd', out: 'o' }, '--out: expected without --pages'],
    [{ list: true, again: true, threads: '1' }, '--again, --threads: expected without --list'],
    [{ only: ',' }, '--only: expected a part'],
  ])('refuses %j', async (given, message) => {
    const s = streams()
    expect(await studyCommand({ ...args, ...given }, s)).toBe(2)
    expect(s.texts.err).toContain(message)
  })

  it('lists what --only and --out say', async () => {
    const s = streams()
    const given = { list: true, quick: true, only: '4x4/t5', out: '/nowhere/psigrad' }
    expect(await studyCommand({ ...args, ...given }, s)).toBe(0)
    expect(s.texts.out).toContain('4x4/t5/h8-l1/seed-1')
  })
})

describe("Marshall's signs", () => {
  it('are there where the lattice has two sublattices', () => {
    for (const lattice of latticeNames.filter((name) => name !== 'kagome' && name !== 'triangular'))
      for (const boundary of ['periodic', 'open'] as const)
        for (const [a, b] of [1, 2, 3, 4, 5, 6].flatMap((x) => [1, 2, 3, 4].map((y) => [x, y]))) {
          const size = lattice === 'chain' ? [a! * b!] : [a!, b!]
          const even = size.every((side) => side % 2 === 0 && side >= 4)
          if (sitesOf(lattice, size) < 2 || (lattice === 'shastry-sutherland' && !even)) continue
          const model = modelOf({
            lattice,
            size,
            boundary,
            j1: 1,
            j2: lattice === 'shastry-sutherland' ? 1 : 0,
          })
          const signs = E.isRight(E.tryCatch(() => sublattice(model.lattice), E.toError))
          expect([lattice, size, boundary, isBipartite(lattice, size, boundary)]).toEqual([
            lattice,
            size,
            boundary,
            signs,
          ])
        }
  })
})

const messageFor = (flags: Record<string, string | boolean>): string => {
  const result = resolveConfig({ flags })
  return E.isLeft(result) ? result.left.map(showConfigProblem).join('\n') : 'Right'
}

describe('advice fits the cause', () => {
  it.each([
    [{ size: '3x4' }, '--size 3x4: expected --no-marshall'],
    [{ size: '5x6' }, '--size 5x6: expected --no-marshall'],
    [{ size: '3x4', marshall: false }, 'Right'],
    [{ size: '3x4', boundary: 'open' }, 'Right'],
    [{ lattice: 'honeycomb', size: '3x3' }, 'Right'],
    [{ j1: '1e300' }, '--j1 1e300: expected couplings of which the larger is near 1'],
    [{ j1: '0', j2: '-1e200' }, 'such as --j2 -1'],
    [{ j1: '1e-200', j2: '0' }, '--j1 1e-200: expected couplings'],
    [{ j1: 'NaN' }, '--j1 NaN: expected a finite number'],
    [{ j1: '0', j2: '0' }, '--j2 0: expected a coupling other than 0'],
    [{ j1: '1e6', j2: '3' }, 'Right'],
  ])('%j: %s', (flags, message) => {
    expect(messageFor(flags as Record<string, string>)).toContain(message)
  })

  it('on the smallest lattices, which have no next-nearest neighbours, names --j2', () => {
    const small = { lattice: 'chain', size: [2], boundary: 'periodic', j1: 1 } as const
    expect(() => modelOf({ ...small, j2: 0.5 })).toThrow(/--j2.*no next-nearest/)
    expect(modelOf({ ...small, j2: 0 }).lattice.sites).toBe(2)
  })

  const after = (
    problem: Pick<Parameters<typeof advice>[0], 'kind' | 'where'>,
    config: Partial<TrainConfig> = {},
  ): string =>
    advice({ ...problem, what: '' }, { ...defaults, ...config }, 'run.json', trainCaller).join('\n')

  it.each([
    [{ kind: 'NonFinite', where: 'vScore' }, {}, /--diag-shift 0.001\):\n.* --lr 0.005$/],
    [{ kind: 'NonFinite', where: 'vScore' }, { optimizer: 'adam' }, /^Try \(now --lr 0.05\):/],
    [{ kind: 'DomainError', where: 'train' }, {}, /--lr 0.005$/],
    [{ kind: 'NonFinite', where: 'train' }, { j1: 1e6, j2: 5e5 }, /run.json --j1 1 --j2 0.5$/],
    [{ kind: 'NonFinite', where: 'train' }, { j1: 0, j2: -40 }, /--j1 0 --j2 -1$/],
    [{ kind: 'NotPositiveDefinite', where: 'srUpdate' }, {}, /run.json --diag-shift 0.01$/],
    [{ kind: 'SectorError', where: 'metropolis' }, {}, /^$/],
    [{ kind: 'DomainError', where: '--memory' }, {}, /^$/],
  ] as const)('after %j with %j', (problem, config, expected) => {
    expect(after(problem, config)).toMatch(expected)
  })
})
