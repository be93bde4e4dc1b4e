import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { resolveConfig, showConfigProblem } from '../../examples/settings/config.ts'
import { defaultsOf } from '../../examples/settings/defaults.ts'
import { settings } from '../../examples/settings/schema.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'

// A value means the same behind a flag and in a file.

type Texts = Readonly<Record<string, string | boolean>>

const resolving = (flags: Texts, values?: Record<string, unknown>) => {
  const file = values === undefined ? undefined : { name: 'run.json', values }
  return resolveConfig({ flags, file })
}
const verdict = (flags: Texts, values?: Record<string, unknown>): string => {
  const result = resolving(flags, values)
  return E.isLeft(result) ? result.left.map(showConfigProblem).join('\n') : 'Right'
}
const resolved = (flags: Texts, values?: Record<string, unknown>): TrainConfig => {
  const result = resolving(flags, values)
  if (E.isLeft(result)) throw new Error(verdict(flags, values))
  return result.right
}

describe('a flag and a file', () => {
  const typical: fc.Arbitrary<string | number> = fc.oneof(
    fc.constantFrom('0.5', ' 2 ', '1e3', '0x10', '4X4', '4×4', '4x4', '16', '', ' ', 'NaN', '-1'),
    fc.constantFrom(
      '2GiB',
      '1e9',
      'chain',
      'full',
      'auto',
      't5',
      '1',
      'none:5,full',
      'k=0,0',
      'sr',
    ),
    fc.constantFrom(0, -0, 1, 4, 0.5, 1e21, 1e-7, -3, 2 ** 53),
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  )
  it('give the same verdict on every value of every setting', () => {
    const keys = settings.filter((key) => key !== 'marshall')
    fc.assert(
      fc.property(fc.constantFrom(...keys), typical, (key, value) => {
        const beside = key === 'sector' ? { symmetry: 'full' } : {}
        const flag = resolving({ ...beside, [key]: String(value) })
        const file = resolving({}, { ...beside, [key]: value })
        expect([key, value, E.isRight(file)]).toEqual([key, value, E.isRight(flag)])
        if (E.isRight(flag) && E.isRight(file)) expect(file.right).toEqual(flag.right)
      }),
      { numRuns: 1000 },
    )
  })

  it('take a number as a formula, and sides with any sign between them', () => {
    expect(resolved({ attention: '0.5' }).attention).toBe('0.5')
    expect(resolved({}, { attention: 0.5 }).attention).toBe('0.5')
    for (const size of ['4X6', '4×6', '4x6']) expect(resolved({ size }).size).toEqual([4, 6])
  })

  it('say what they expected in words', () => {
    const values = fc.oneof(fc.anything(), fc.array(fc.anything(), { maxLength: 3 }), typical)
    fc.assert(
      fc.property(fc.constantFrom(...settings), values, (key, value) => {
        const result = resolveConfig({
          flags: {},
          file: { name: 'run.json', values: { [key]: value } },
        })
        if (E.isRight(result)) return
        for (const { expected } of result.left)
          expect(expected).not.toMatch(/\/\^|\\d|Invalid|undefined|\[object|typeof|Array</)
      }),
      { numRuns: 500 },
    )
    expect(verdict({ size: '4*4' })).toBe(
      '--size 4*4: expected whole numbers of at least 1, such as 4x4 for a square lattice or 16 ' +
        'for a chain',
    )
  })
})

describe('defaults', () => {
  it('differ by lattice and backend alone, so that a file of defaults is always taken', () => {
    for (const lattice of ['kagome', 'chain'] as const)
      expect(
        verdict(
          { size: lattice === 'chain' ? '4' : '2x2', j2: '0' },
          {
            ...defaultsOf(lattice),
            lattice,
          },
        ),
      ).toBe('Right')
  })
})
