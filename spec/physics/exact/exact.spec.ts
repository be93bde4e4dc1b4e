import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { basisOf } from '../../../physics/configurations/basis.ts'
import {
  dimension,
  fullSpace,
  type Sector,
  szSector,
  upSector,
} from '../../../physics/configurations/szSector.ts'
import {
  applyOperator,
  expectation,
  innerProduct,
  toDense,
  toSparse,
} from '../../../physics/exact/apply.ts'
import { exactStates } from '../../../physics/exact/exact.ts'
import { chain, square } from '../../../physics/lattice/byName.ts'
import {
  dzyaloshinskiiMoriya,
  fromBonds,
  heisenberg,
  j1j2,
  scalarChirality,
} from '../../../physics/operators/hamiltonians.ts'
import {
  addOperators,
  identityOperator,
  multiplyOperators,
  type Operator,
  scaleOperator,
  spinMinus,
  spinPlus,
  spinX,
  spinZ,
  sumOperators,
} from '../../../physics/operators/operator.ts'

// Energies are residual^2 / gap off, far below the rounding of sums of a few hundred products.
const ENERGY = 1e-10
const ROUNDING = 1e-12
// Residuals are asked to be 1e-11 of the energies' size, about 10.
const RESIDUAL = 1e-9

const ring = (n: number, j: number): [number, number, number][] =>
  Array.from({ length: n }, (_, i) => [i, (i + 1) % n, j])
/** Complex Hermitian, with no symmetry that would make it real. */
const complexRing = (n: number): Operator =>
  addOperators(
    fromBonds(ring(n, 1)),
    addOperators(
      dzyaloshinskiiMoriya(ring(n, 0.7)),
      sumOperators(
        ring(n, 1).map(([i, j]) => scaleOperator(0.4, scalarChirality(i, j, (j + 1) % n))),
      ),
    ),
  )

const up = (state: number): number => state.toString(2).replaceAll('0', '').length
/** The rows and columns of a sector cut out of the matrix on the full space. */
const cut = (operator: Operator, sector: Sector) => {
  const full = toDense(operator, fullSpace(sector.sites))
  const rows = Array.from({ length: full.dimension }, (_, k) => k).filter(
    (k) => sector.up === undefined || up(k) === sector.up,
  )
  const part = (m: Float64Array): number[] =>
    rows.flatMap((r) => rows.map((c) => m[r * full.dimension + c]!))
  return { re: part(full.re), im: part(full.im) }
}

describe('matrices on a sector', () => {
  const operators = [
    complexRing(5),
    j1j2(chain(6), { j2: 0.5 }),
    multiplyOperators(spinPlus(0), spinMinus(3)),
  ]
  it.each(operators.map((o, k) => [k, o] as const))(
    'are blocks of those on the full space (%i)',
    (_, o) => {
      for (const n of [6, 7]) {
        for (const sector of [upSector(n, 0), upSector(n, 2), upSector(n, 3), fullSpace(n)]) {
          const block = toDense(o, sector)
          expect({ re: [...block.re], im: [...block.im] }).toEqual(cut(o, sector))
        }
      }
    },
  )

  it('multiply vectors alike, stored or not', () => {
    const sector = upSector(7, 3)
    const o = complexRing(7)
    const n = dimension(sector)
    const m = toDense(o, sector)
    const psi = {
      re: Float64Array.from({ length: n }, (_, k) => Math.sin(k)),
      im: Float64Array.from({ length: n }, (_, k) => Math.cos(3 * k)),
    }
    const { re, im } = applyOperator(o, sector, psi)
    for (let r = 0; r < n; r += 1) {
      let [a, b] = [0, 0]
      for (let c = 0; c < n; c += 1) {
        a += m.re[r * n + c]! * psi.re[c]! - m.im[r * n + c]! * psi.im[c]!
        b += m.re[r * n + c]! * psi.im[c]! + m.im[r * n + c]! * psi.re[c]!
      }
      expect(Math.hypot(re[r]! - a, im[r]! - b)).toBeLessThan(ROUNDING)
    }
  })

  it('store what is not zero once, for nearest neighbours', () => {
    const m = toSparse(heisenberg(chain(8)), szSector(8))
    expect(m.isReal).toBe(true)
    expect(m.rowStart.at(-1)).toBe(m.columns.length)
    // Each of 8 bonds is antiparallel in 2 C(6, 3) of the C(8, 4) states.
    expect(m.columns.length).toBe(8 * 2 * 20)
    expect(new Set(Array.from(m.codes, (c) => m.valuesRe[c]))).toEqual(new Set([0.5]))
  })
})

describe('exact states', () => {
  it('are orthonormal eigenvectors, dense and by Lanczos, real and complex', () => {
    const asked: [Operator, Sector, number][] = [
      [complexRing(6), szSector(6), 20],
      [complexRing(11), upSector(11, 5), 6],
      [j1j2(chain(6), { j2: 0.5 }), fullSpace(6), 64],
      [j1j2(square(2, 6), { j2: 0.5 }), szSector(12), 6],
    ]
    for (const [h, sector, states] of asked) {
      const { energies, vectors, residuals, applications } = exactStates(h, sector, { states })
      expect(applications > 0).toBe(dimension(sector) > 200)
      expect(energies.length).toBe(states)
      vectors.forEach((v, k) => {
        const hv = applyOperator(h, sector, v)
        const off = Math.sqrt(
          hv.re.reduce((s, x, i) => s + (x - energies[k]! * v.re[i]!) ** 2, 0) +
            hv.im.reduce((s, x, i) => s + (x - energies[k]! * v.im[i]!) ** 2, 0),
        )
        expect(Math.abs(off - residuals[k]!)).toBeLessThan(ROUNDING)
        expect(off).toBeLessThan(RESIDUAL)
        if (k > 0) expect(energies[k]!).toBeGreaterThanOrEqual(energies[k - 1]!)
        vectors.slice(0, k + 1).forEach((w, l) => {
          const { re, im } = innerProduct(w, v)
          expect(Math.hypot(re - (l === k ? 1 : 0), im)).toBeLessThan(RESIDUAL)
        })
      })
    }
  })

  it('have energies that sum to the trace, all of them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 6, maxLength: 6 }),
        (js) => {
          const h = addOperators(
            dzyaloshinskiiMoriya([
              [0, 1, js[0]! / 4],
              [1, 2, js[1]! / 4],
              [0, 3, js[2]! / 4],
            ]),
            addOperators(
              fromBonds([
                [0, 2, js[3]! / 4],
                [1, 3, js[4]! / 4],
              ]),
              scaleOperator(js[5]! / 4, spinX(2)),
            ),
          )
          const m = toDense(h, fullSpace(4))
          const trace = Array.from({ length: 16 }, (_, k) => m.re[17 * k]!).reduce((a, b) => a + b)
          const squares = m.re.reduce((s, x, k) => s + x * x + m.im[k]! ** 2, 0)
          const { energies } = exactStates(h, fullSpace(4), { states: 16 })
          expect(Math.abs(energies.reduce((a, b) => a + b) - trace)).toBeLessThan(ENERGY)
          expect(Math.abs(energies.reduce((a, b) => a + b * b, 0) - squares)).toBeLessThan(ENERGY)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('shift with a constant and take every magnetisation: N + 1 ferromagnets', () => {
    const h = addOperators(heisenberg(chain(9), { j: -1 }), scaleOperator(3, identityOperator))
    const { energies } = exactStates(h, fullSpace(9), { states: 11 })
    for (const e of energies.slice(0, 10)) expect(Math.abs(e - (3 - 9 / 4))).toBeLessThan(ENERGY)
    expect(energies[10]! - energies[0]!).toBeGreaterThan(0.1)
  })

  it('are the same whether the matrix is stored or not, and to the last bit every time', () => {
    const [h, sector] = [complexRing(11), upSector(11, 5)]
    const stored = exactStates(h, sector, { states: 2 })
    const again = exactStates(h, sector, { states: 2 })
    const fly = exactStates(h, sector, { states: 2, matrixBytes: 0 })
    expect(again).toEqual(stored)
    fly.energies.forEach((e, k) => {
      expect(Math.abs(e - stored.energies[k]!)).toBeLessThan(ENERGY)
    })
    // Another order of summation: the option did something.
    expect(fly.vectors[0]!.re).not.toEqual(stored.vectors[0]!.re)
  })

  it('options have an effect: tolerance, memory for vectors, products allowed', () => {
    const [h, sector] = [j1j2(chain(12), { j2: 0.2 }), szSector(12)]
    const fine = exactStates(h, sector)
    const rough = exactStates(h, sector, { tolerance: 1e-4 })
    expect(rough.applications).toBeLessThan(fine.applications)
    expect(rough.residuals[0]!).toBeGreaterThan(fine.residuals[0]!)
    expect(rough.residuals[0]!).toBeLessThan(1e-2)
    const small = exactStates(h, sector, { vectorBytes: 1 })
    expect(small.applications).toBeGreaterThan(fine.applications)
    expect(Math.abs(small.energies[0]! - fine.energies[0]!)).toBeLessThan(ENERGY)
    expect(() => exactStates(h, sector, { maxApplications: 4 })).toThrow(/NotConverged/)
  })
})

describe('expectation values', () => {
  it('of an eigenstate: its energy, and no variance', () => {
    const [h, sector] = [complexRing(7), upSector(7, 3)]
    const { energies, vectors } = exactStates(h, sector)
    const square = multiplyOperators(h, h)
    expect(Math.abs(expectation(h, sector, vectors[0]!).re - energies[0]!)).toBeLessThan(ENERGY)
    const second = expectation(square, sector, vectors[0]!)
    expect(Math.abs(second.re - energies[0]! ** 2)).toBeLessThan(ENERGY)
    expect(Math.abs(second.im)).toBeLessThan(ENERGY)
  })

  it('do not depend on the norm, and are complex for operators that are not Hermitian', () => {
    const psi = { re: Float64Array.of(3, 0), im: Float64Array.of(0, 3) } // down + i up
    // <S^+> = conj(psi_up) psi_down / 2 with psi = (1, i)/sqrt 2.
    expect(expectation(spinPlus(0), fullSpace(1), psi)).toEqual({ re: 0, im: -0.5 })
  })
})

describe('bad input', () => {
  const h = heisenberg(chain(4))
  it('operators that leave the sector, are not Hermitian or too wide', () => {
    expect(() => exactStates(spinX(0), szSector(4))).toThrow(
      /SectorError[\s\S]*changes the number of up spins[\s\S]*fullSpace\(4\)/,
    )
    expect(() => exactStates(spinPlus(0), fullSpace(4))).toThrow(
      /DomainError.*not Hermitian[\s\S]*adjoint/,
    )
    expect(() => exactStates(h, szSector(2))).toThrow(/needs 4 sites, configurations have 2/)
  })

  it('numbers of states, sectors too large, vectors of another size', () => {
    for (const states of [0, 7, 1.5, Number.NaN]) {
      expect(() => exactStates(h, szSector(4), { states })).toThrow(/ask for 1 to 6 states/)
    }
    expect(() => exactStates(h, szSector(40))).toThrow(/SectorError.*too large[\s\S]*30 sites/)
    expect(() => exactStates(h, fullSpace(30))).toThrow(/SectorError.*too large/)
    expect(() => toDense(spinZ(0), fullSpace(13))).toThrow(/at most 4096[\s\S]*toSparse/)
    const short = { re: new Float64Array(5), im: new Float64Array(5) }
    expect(() => applyOperator(h, szSector(4), short)).toThrow(/ShapeError.*5 \+ 5i.*6 states/)
    const none = { re: new Float64Array(6), im: new Float64Array(6) }
    expect(() => expectation(h, szSector(4), none)).toThrow(/NonFinite.*norm of psi is 0/)
    expect(basisOf(szSector(4)).dimension).toBe(6)
  })
})
