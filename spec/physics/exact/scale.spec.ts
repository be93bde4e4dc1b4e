import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lowestEigenpair } from '../../../physics/exact/lanczos.ts'
import * as physics from '../../../physics/index.ts'
import { seed } from '../../arbitraries.ts'
import { problemOf } from '../../expectations.ts'

// Energies have a unit, and no result depends on it: couplings times c give energies times c.

/** Couplings are rounded once more, and the energies of some ten products of them. */
const ROUNDING = 1e-13
/** Iterations may stop one turn earlier or later: energies are off by residual² over the gap. */
const ITERATED = 1e-12

const square = physics.square(4, 2)
const frustrated = (c: number): physics.Operator => physics.j1j2(square, { j1: c, j2: 0.5 * c })
/** 1,716 states, two ways: complex, and without any symmetry that would spare some. */
const twisted = (c: number): physics.Operator =>
  physics.addOperators(
    physics.heisenberg(physics.chain(8), { j: c }),
    physics.dzyaloshinskiiMoriya(
      Array.from({ length: 8 }, (_, i) => [i, (i + 1) % 8, (c * (1 + i)) / 9] as const),
    ),
  )
const long = physics.chain(10)

const decades = fc.integer({ min: -290, max: 290 }).map((n) => 10 ** n)

describe('exact states', () => {
  it('have energies and residuals proportional to the couplings, dense and iterated', () => {
    const cases = [
      { of: frustrated, sector: physics.szSector(8), states: 3, within: ROUNDING },
      { of: twisted, sector: physics.szSector(8), states: 2, within: ROUNDING },
      {
        of: (c: number) => physics.j1j2(long, { j1: c, j2: 0.3 * c }),
        sector: physics.szSector(10),
        states: 3,
        within: ITERATED,
      },
    ].map((one) => ({
      ...one,
      unit: physics.exactStates(one.of(1), one.sector, { states: one.states }),
    }))
    fc.assert(
      fc.property(decades, fc.constantFrom(...cases), (c, { of, sector, states, within, unit }) => {
        const { energies, residuals } = physics.exactStates(of(c), sector, { states })
        energies.forEach((e, k) => {
          expect(Math.abs(e / c / unit.energies[k]! - 1)).toBeLessThan(within)
          expect(residuals[k]! / c).toBeLessThan(1e-9)
        })
      }),
      {
        numRuns: 12,
        examples: [1e-12, 1e-300].flatMap((c) =>
          cases.map((one): [number, (typeof cases)[number]] => [c, one]),
        ),
      },
    )
  })

  it('keep every digit times a power of two', () => {
    const at = (c: number) => physics.exactStates(frustrated(c), physics.szSector(8)).energies[0]!
    for (const power of [-900, -40, 3, 900]) expect(at(2 ** power) / 2 ** power).toBe(at(1))
  })

  it('are refused in words where energies or coefficients are beyond numbers', () => {
    const of = (c: number) => () => physics.exactStates(frustrated(c), physics.szSector(8))
    expect(problemOf(of(1e308)).problem.kind).toBe('NonFinite')
    expect(problemOf(of(1e-312)).problem.kind).toBe('DomainError')
  })

  it('are in the sector that they are in, whatever the unit', () => {
    for (const c of [1e-290, 1e-14, 1, 1e14, 1e290]) {
      const h = physics.heisenberg(physics.chain(6), { j: c })
      const sector = physics.szSector(6)
      const { vectors } = physics.exactStates(h, sector)
      expect(physics.sectorOf(physics.chain(6), h, vectors[0]!, sector)).toEqual({
        momentum: [3],
        mirror: 1,
        inversion: -1,
      })
    }
  })
})

describe('thick-restart Lanczos', () => {
  it('takes a matrix of any size as it takes that of size 1', () => {
    const diagonal = Float64Array.from({ length: 60 }, (_, k) => Math.sin(3 * k) + k / 7)
    const of = (c: number) =>
      lowestEigenpair({
        dimension: 60,
        apply: (x, y) => {
          for (let k = 0; k < 60; k += 1)
            y[k] = c * (diagonal[k]! * x[k]! + 0.3 * ((x[k - 1] ?? 0) + (x[k + 1] ?? 0)))
        },
        orthogonalTo: [],
        tolerance: 1e-11,
        maxApplications: 500,
        maxVectors: 20,
        seed: 0,
      })
    fc.assert(
      fc.property(fc.integer({ min: -140, max: 140 }), (n) => {
        const found = of(10 ** n)
        expect(Math.abs(found.value / 10 ** n - of(1).value)).toBeLessThan(ITERATED)
        expect(found.residual / 10 ** n).toBeLessThan(1e-9)
      }),
      { numRuns: 20 },
    )
  })

  it('finds what is 0 outside of the states found, up to rounding', () => {
    // A rank-one matrix: beyond its eigenvector nothing but rounding is left.
    const u = Float64Array.from({ length: 50 }, (_, k) => Math.cos(k + 0.3))
    const norm = Math.hypot(...u)
    const problem = {
      dimension: 50,
      apply: (x: Float64Array, y: Float64Array) => {
        const along = x.reduce((sum, c, k) => sum + c * u[k]!, 0) / norm ** 2
        y.set(u.map((c) => -1e-20 * c * along))
      },
      tolerance: 1e-11,
      maxApplications: 300,
      maxVectors: 20,
      seed: 0,
    }
    const first = lowestEigenpair({ ...problem, orthogonalTo: [] })
    const second = lowestEigenpair({ ...problem, orthogonalTo: [first.vector], seed: 1 })
    expect(Math.abs(first.value / -1e-20 - 1)).toBeLessThan(ITERATED)
    expect(Math.abs(second.value)).toBeLessThan(1e-30)
  })
})

describe('symmetries of an operator', () => {
  const ring = physics.chain(6)
  /** Bonds of 1 and 1 + d in turn. */
  const alternating = (c: number, d: number): physics.Operator =>
    physics.fromBonds(
      Array.from({ length: 6 }, (_, i) => [i, (i + 1) % 6, c * (1 + (i % 2) * d)] as const),
    )
  const shifts = (h: physics.Operator) =>
    physics.generatorsOf(ring, h, 'translations').translations.map(({ shift }) => shift)

  it('are those of the same operator in other units', () => {
    fc.assert(
      fc.property(decades, fc.constantFrom(0, 1, 1e-3), (c, d) => {
        expect(shifts(alternating(c, d))).toEqual(d === 0 ? [[1]] : [[2]])
      }),
      {
        examples: [
          [1e-13, 1],
          [1e-200, 1e-3],
        ],
      },
    )
  })

  it('see weak couplings beside strong ones, and rounding as such', () => {
    const strong = physics.heisenberg(ring)
    const weak = physics.addOperators(strong, physics.scaleOperator(1e-13, physics.spinDot(0, 3)))
    expect(shifts(weak)).toEqual([[3]])
    // 0.1 + 0.2 and 0.3 differ in the last digit; what is left of their difference is no coupling.
    const sums = physics.fromBonds([
      ...Array.from({ length: 6 }, (_, i) => [i, (i + 1) % 6, 0.3] as const),
      [0, 3, 0.1],
      [0, 3, 0.2],
      [0, 3, -0.3],
    ])
    expect(sums.strings.length).toBe(21)
    expect(shifts(sums)).toEqual([[1]])
  })

  it('which translate are found without the isometries', () => {
    fc.assert(
      fc.property(seed, (k) => {
        const lat = [physics.square(4, 2), physics.triangular(3, 3), physics.kagome(2, 2)][k % 3]!
        const h = physics.heisenberg(lat)
        expect(physics.generatorsOf(lat, h, 'translations').translations).toEqual(
          physics.generatorsOf(lat, h).translations,
        )
      }),
      { numRuns: 6 },
    )
  })
})
