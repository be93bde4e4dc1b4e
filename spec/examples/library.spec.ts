import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { compare, configOf, exact, observe, train } from '../../examples/index.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'
import { right } from '../expectations.ts'

// The command line as functions; docs/library.md shows and runs the rest.

const root = mkdtempSync(join(tmpdir(), 'psigrad-library-'))
const left = <A>(e: E.Either<{ readonly message: string }, A>): string => {
  if (E.isRight(e)) throw new Error('it went well')
  return e.left.message
}

const small: Partial<TrainConfig> = {
  lattice: 'chain',
  size: [4],
  j2: 0,
  dim: 2,
  heads: 1,
  sum: 'full',
  threads: 1,
}

const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true })

/** Settings that fit together, whatever their values. */
const settings = fc.record(
  {
    lr: positive,
    j1: positive,
    diagShift: positive,
    momentum: fc.double({ min: 0, max: 0.99, noNaN: true }),
    marshall: fc.boolean(),
    steps: fc.integer({ min: 1, max: 1e6 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    memory: fc.integer({ min: 2 ** 20, max: 2 ** 40 }),
    size: fc.constantFrom<readonly number[]>([4, 4], [2, 6], [6, 6]),
    boundary: fc.constantFrom('periodic', 'open'),
    precision: fc.constantFrom('float32', 'float64'),
  },
  { requiredKeys: [] },
)

describe('settings of a program', () => {
  it('are taken as they are, to the last bit, over the defaults', () => {
    fc.assert(
      fc.property(settings, (given) => {
        expect(right(configOf(given as Partial<TrainConfig>))).toEqual({ ...defaults, ...given })
      }),
    )
  })

  it.each([
    [{ lr: -1 }, '--lr -1: expected a number > 0'],
    [{ steps: Number.NaN }, '--steps NaN: expected a whole number'],
    [{ size: [3, 3] }, '--size 3x3: expected an even number of sites'],
    [{ sum: 'full', samples: 64 }, '--samples 64: expected only with --sum sampled'],
    [{ attention: 'contnt' }, '--attention contnt: expected a known word'],
  ] as const)('%j: a training says what is right and leaves nothing', async (wrong, message) => {
    const out = join(root, 'wrong')
    expect(left(await train({ settings: wrong, out }))).toContain(message)
    expect(existsSync(out)).toBe(false)
  })
})

describe('a training of a program', () => {
  it('stops when it is told to, and goes on to the numbers of one that was not', async () => {
    const [whole, parts] = [join(root, 'whole'), join(root, 'parts')]
    const run = { ...small, steps: 4 }
    const straight = right(await train({ settings: run, out: whole }))
    let done = 0
    const stopped = await train({
      settings: run,
      out: parts,
      onStep: ({ step }) => {
        done = step
      },
      stopped: () => (done >= 2 ? 'SIGTERM' : undefined),
    })
    expect(E.isLeft(stopped) && stopped.left.code).toBe(143)
    expect(left(stopped)).toContain('stopped after step 2 of 4')
    const resumed = right(await train({ resume: parts }))
    expect(resumed.result.energyPerSite).toBe(straight.result.energyPerSite)
    expect(resumed.report).toEqual(E.right(undefined))
    expect(left(await train({ resume: parts, settings: { lr: 1 } }))).toContain(
      '--lr: expected only',
    )
  })

  it('starts from the parameters and the settings of another one, and draws where it is asked', async () => {
    const [first, second] = [join(root, 'first'), join(root, 'second')]
    right(await train({ settings: { ...small, steps: 2 }, out: first }))
    const drawn = right(
      await train({ from: first, settings: { j1: 2 }, out: second, pictures: true }),
    )
    expect(JSON.parse(readFileSync(join(second, 'config.json'), 'utf8'))).toMatchObject({ j1: 2 })
    expect(right(drawn.report)).toBe(join(second, 'report.html'))
    expect(existsSync(join(second, 'report.html'))).toBe(true)
  })
})

describe('the other commands of a program', () => {
  it('refuse what the command line refuses, in the same words', async () => {
    const out = join(root, 'twice')
    const twice = await compare({ settings: small, forms: ['factored', 'factored'], out })
    expect(left(twice)).toContain('factored is the same form as factored')
    expect(left(observe(join(root, 'none')))).toContain('expected the folder of a run')
    expect(left(exact({ size: [8, 8] }))).toContain('more than 10^14 states')
    expect(left(exact({ lattice: 'chain', size: [2], j2: 1 }))).toContain('--j2')
    expect(left(exact({}, { states: 0 }))).toContain('--states 0: expected a whole number')
  })
})
