import fc from 'fast-check'
import { monoid } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { fullSpace } from '../../../physics/configurations/szSector.ts'
import { toDense } from '../../../physics/exact/apply.ts'
import { chain } from '../../../physics/lattice/byName.ts'
import { compileOperator } from '../../../physics/operators/compiled.ts'
import { connected, connectedBatch } from '../../../physics/operators/connected.ts'
import { heisenberg } from '../../../physics/operators/hamiltonians.ts'
import {
  addOperators,
  adjoint,
  commutator,
  conservesSz,
  identityOperator,
  isHermitian,
  localOperator,
  multiplyOperators,
  type Operator,
  OperatorSum,
  pauli,
  scaleOperator,
  showOperator,
  spinPlus,
  spinX,
  spinY,
  spinZ,
  subtractOperators,
  sumOperators,
  zeroOperator,
} from '../../../physics/operators/operator.ts'
import {
  dagger,
  difference,
  oneSite,
  onSite,
  plus,
  product,
  type Square,
  scaled,
} from './kronecker.ts'
import { anyPair, both, eighths, elementary } from './randomOperators.ts'

// Coefficients are small multiples of 1/8, products of a few of them exact; sums may round.
const ROUNDING = 1e-12

const dense = (operator: Operator, sites: number) => toDense(operator, fullSpace(sites))

describe('operators against Kronecker products', () => {
  it('the elementary ones', () => {
    for (const [name, make] of Object.entries(elementary)) {
      const matrix = oneSite[name as keyof typeof elementary]
      for (const site of [0, 1, 2]) {
        expect(difference(dense(make(site), 3), onSite(matrix, site, 3))).toBe(0)
      }
    }
  })

  it('A, A + B, A - B, A · B, c · A, A†, [A, B]', () => {
    fc.assert(
      fc.property(anyPair, ({ sites, a, b, c }) => {
        const agree = (operator: Operator, matrix: Square): void =>
          expect(difference(dense(operator, sites), matrix)).toBeLessThan(ROUNDING)
        const [A, B] = [a.operator, b.operator]
        const minus = scaled([-1, 0], b.matrix)
        const [ab, ba] = [product(a.matrix, b.matrix), product(b.matrix, a.matrix)]
        agree(A, a.matrix)
        agree(addOperators(A, B), plus(a.matrix, b.matrix))
        agree(subtractOperators(A, B), plus(a.matrix, minus))
        agree(multiplyOperators(A, B), ab)
        agree(scaleOperator(c, A), scaled([c.re, c.im], a.matrix))
        agree(adjoint(A), dagger(a.matrix))
        agree(commutator(A, B), plus(ab, scaled([-1, 0], ba)))
      }),
    )
  })

  it('isHermitian and conservesSz say what the matrices are', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(anyPair, ({ sites, a, b }) => {
        // Sums with the adjoint and commutators with S^z make both answers frequent.
        const hermitian = addOperators(a.operator, adjoint(a.operator))
        const diagonal = multiplyOperators(a.operator, adjoint(b.operator))
        for (const operator of [a.operator, hermitian, diagonal]) {
          const m = dense(operator, sites)
          const n = m.dimension
          const up = (k: number): number => k.toString(2).replaceAll('0', '').length
          let [asymmetry, change] = [0, 0]
          for (let r = 0; r < n; r += 1) {
            for (let c = 0; c < n; c += 1) {
              const [p, q] = [r * n + c, c * n + r]
              asymmetry = Math.max(asymmetry, Math.hypot(m.re[p]! - m.re[q]!, m.im[p]! + m.im[q]!))
              if (up(r) !== up(c)) change = Math.max(change, Math.hypot(m.re[p]!, m.im[p]!))
            }
          }
          expect(isHermitian(operator)).toBe(asymmetry < ROUNDING)
          expect(conservesSz(operator)).toBe(change < ROUNDING)
          seen.add(`hermitian ${isHermitian(operator)}`).add(`conserves ${conservesSz(operator)}`)
        }
      }),
    )
    expect(seen.size).toBe(4)
  })

  it('any matrix on any sites', () => {
    const entry: fc.Arbitrary<[number, number]> = fc.tuple(eighths, eighths)
    const square = fc.array(fc.array(entry, { minLength: 4, maxLength: 4 }), {
      minLength: 4,
      maxLength: 4,
    })
    fc.assert(
      fc.property(square, fc.constantFrom([0, 2], [2, 1], [1, 0]), (rows, [p, q]) => {
        const operator = localOperator(
          [p!, q!],
          rows.map((row) => row.map(([re, im]) => ({ re, im }))),
        )
        const m = dense(operator, 3)
        for (let r = 0; r < 8; r += 1) {
          for (let c = 0; c < 8; c += 1) {
            const bit = (x: number, k: number): number => (x >> k) & 1
            const rest = 3 - p! - q!
            const inside = bit(r, rest) === bit(c, rest)
            const local = (x: number): number => bit(x, p!) + 2 * bit(x, q!)
            const [re, im] = inside ? rows[local(r)]![local(c)]! : [0, 0]
            expect(Math.hypot(m.re[8 * r + c]! - re, m.im[8 * r + c]! - im)).toBeLessThan(ROUNDING)
          }
        }
      }),
    )
  })
})

describe('the algebra', () => {
  const operator = both(3).map((x) => x.operator)

  it('is a monoid under the sum, commutative, in equal data', () => {
    fc.assert(
      fc.property(operator, operator, operator, (a, b, c) => {
        const { concat, empty } = OperatorSum
        expect(concat(a, empty)).toEqual(a)
        expect(concat(empty, a)).toEqual(a)
        expect(concat(a, b)).toEqual(concat(b, a))
        expect(monoid.concatAll(OperatorSum)([a, b, c])).toEqual(sumOperators([a, b, c]))
        expect(subtractOperators(a, a)).toEqual(zeroOperator)
        expect(multiplyOperators(identityOperator, a)).toEqual(a)
        expect(multiplyOperators(a, zeroOperator)).toEqual(zeroOperator)
        expect(adjoint(adjoint(a))).toEqual(a)
      }),
    )
    expect(monoid.concatAll(OperatorSum)([])).toEqual(zeroOperator)
  })

  it('knows the spin commutators and the square of a Pauli matrix', () => {
    const i = { re: 0, im: 1 }
    expect(commutator(spinX(2), spinY(2))).toEqual(scaleOperator(i, spinZ(2)))
    expect(commutator(spinX(2), spinY(1))).toEqual(zeroOperator)
    expect(multiplyOperators(pauli('y', 5), pauli('y', 5))).toEqual(identityOperator)
  })

  it('prints', () => {
    expect(showOperator(heisenberg(chain(2)))).toBe('0.25 x0 x1 + 0.25 y0 y1 + 0.25 z0 z1')
    expect(showOperator(spinPlus(1))).toBe('0.5 x1 + 0.5i y1')
    expect(showOperator(zeroOperator)).toBe('0')
  })
})

describe('bad input', () => {
  it('says what and where', () => {
    expect(() => spinX(-1)).toThrow(/LatticeError in pauli\('x'\).*got -1/)
    expect(() => scaleOperator(Number.NaN, spinX(0))).toThrow(/NonFinite in scaleOperator/)
    expect(() => compileOperator(spinX(4), 4)).toThrow(/needs 5 sites, configurations have 4/)
    expect(() => connected(spinX(0), [1, 0])).toThrow(/SectorError.*spin 1 of sample 0 is 0/)
    expect(() => connectedBatch(compileOperator(spinX(0), 2), new Int8Array(3))).toThrow(/3 spins/)
    expect(() => localOperator([0, 1], [[1]])).toThrow(/ShapeError[\s\S]*4 rows of 4/)
    const uneven = Array.from({ length: 64 }, (_, k) => new Array<number>(k % 2 ? 64 : 63).fill(0))
    expect(() => localOperator([0, 1, 2, 3, 4, 5], uneven)).toThrow(/64 rows of 63, 64 elements/)
    expect(() =>
      localOperator(
        [1, 1],
        [0, 1, 2, 3].map(() => [1, 0, 0, 0]),
      ),
    ).toThrow(/occurs twice/)
    const longString = Array.from({ length: 21 }, (_, i) => pauli('z', i)).reduce(multiplyOperators)
    expect(() => compileOperator(longString, 21)).toThrow(/DomainError.*21 sites; at most 20/)
  })
})
