import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PrimitiveName, primitives } from '../../../../core/index.ts'
import { optimisedFromNowOn } from '../../lowering/lanes/optimised.ts'
import { largeRecipes, recipes, viewRecipes } from './programs.ts'
import { allows, formats, NOT_A_NUMBER, type Range, rounded } from './ranges.ts'
import { markedOf } from './recipe.ts'
import { smaller } from './smaller.ts'
import { faultOf, rangesOf, trialOf } from './trial.ts'

/** Programs in the quick test; `npm run differential` takes 20,000 others. */
const PROGRAMS = 130
const VIEW_PROGRAMS = 200
const LARGE_PROGRAMS = 10

/** A share of programs whose numbers are known this well: what is wrong is seen. */
const KNOWN = { float64: 1e-9, float32: 1e-2 }
const SHARE = 0.85

const namesIn = (recipe: Parameters<typeof markedOf>[0]): PrimitiveName[] =>
  markedOf(recipe).program.equations.map(({ primitive }) => primitive)

const narrow = (x: Range, tolerance: number): boolean =>
  x.nan === 'surely' || x.hi - x.lo <= tolerance * Math.max(1, Math.abs(x.lo), Math.abs(x.hi))

optimisedFromNowOn()

describe('a random program', () => {
  it.each([
    ['', recipes, PROGRAMS],
    [' of views of views', viewRecipes, VIEW_PROGRAMS],
    [' on large values', largeRecipes, LARGE_PROGRAMS],
  ] as const)(
    '%s gives what rounding allows on both backends, and so do its derivatives',
    (_, of, numRuns) => {
      fc.assert(
        fc.property(of, (recipe) => {
          const fault = faultOf(recipe)
          if (fault !== undefined) expect.fail(fault)
        }),
        { numRuns },
      )
    },
  )

  it('may have any primitive in it', () => {
    const seen = new Set(fc.sample(recipes, { numRuns: 300 }).flatMap(namesIn))
    expect([...seen].sort()).toEqual(Object.keys(primitives).sort())
  })

  it('has results that rounding leaves no room for, mostly', () => {
    const plain = fc.sample(recipes, { numRuns: 150 }).filter(({ values }) => values === 'noise')
    const known = plain.filter((recipe) =>
      rangesOf(trialOf({ ...recipe, samples: 1 })).every((outputs) =>
        outputs.every((xs) => xs.every((x) => narrow(x, KNOWN[recipe.precision]))),
      ),
    )
    expect(known.length / plain.length).toBeGreaterThan(SHARE)
  })

  it('stays a program wherever it is made smaller', () => {
    fc.assert(
      fc.property(recipes, fc.nat(), (recipe, which) => {
        const all = [...smaller(recipe)]
        const one = all[which % Math.max(1, all.length)]
        if (one === undefined) return
        const { program, perSample } = markedOf(one)
        expect(perSample.length).toBe(program.inputs.length)
      }),
      { numRuns: 100 },
    )
  })

  it('shrinks to a single equation where one is enough', () => {
    for (const name of ['erf', 'scatterAdd', 'contract', 'max'] as const) {
      const report = fc.check(
        fc.property(recipes, (recipe) => {
          // The derivative of one equation may be two.
          fc.pre(recipe.derivative === 'none')
          return !namesIn(recipe).includes(name)
        }),
        { numRuns: 300 },
      )
      expect(namesIn(report.counterexample![0])).toEqual([name])
    }
  })
})

describe('a range', () => {
  const format = formats.float32
  const third = rounded(1 / 3, 1 / 3, 'never', 1, format)

  it('has room for rounding, and keeps signs', () => {
    expect(allows(third, Math.fround(1 / 3))).toBe(true)
    expect(allows(third, Math.fround(1 / 3) + 2 ** -20)).toBe(false)
    expect(rounded(1e-60, 1, 'never', 1, format).lo).toBe(0)
    expect(allows(rounded(0, 0, 'never', 8, format), 2 ** -149)).toBe(false)
  })

  it('of what may overflow holds the largest number and infinity', () => {
    const large = rounded(4e38, 4e38, 'never', 1, format)
    expect([large.lo, large.hi]).toEqual([format.most, Infinity])
    expect(rounded(Infinity, Infinity, 'never', 1, format).lo).toBe(Infinity)
  })

  it('of what is not a number holds nothing else', () => {
    expect(allows(NOT_A_NUMBER, Number.NaN)).toBe(true)
    expect(allows(NOT_A_NUMBER, 0)).toBe(false)
    expect(allows(third, Number.NaN)).toBe(false)
  })
})
