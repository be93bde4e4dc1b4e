import fc from 'fast-check'
import { monoid } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { toDense } from '../../physics/apply.ts'
import { compileOperator } from '../../physics/compiled.ts'
import { connected, connectedBatch } from '../../physics/connected.ts'
import { dzyaloshinskiiMoriya, heisenberg } from '../../physics/hamiltonians.ts'
import { chain } from '../../physics/lattice.ts'
import {
  addOperators,
  adjoint,
  type Complex,
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
  spinMinus,
  spinPlus,
  spinX,
  spinY,
  spinZ,
  subtractOperators,
  sumOperators,
  zeroOperator,
} from '../../physics/operator.ts'
import { fullSpace } from '../../physics/sector.ts'
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

// Coefficients are small multiples of 1/8, products of a few of them exact; sums may round.
const ROUNDING = 1e-12

const elementary = { spinX, spinY, spinZ, spinPlus, spinMinus }

/** An operator together with its independently built matrix. */
interface Both {
  readonly operator: Operator
  readonly matrix: Square
}

const eighths = fc.integer({ min: -16, max: 16 }).map((k) => k / 8)
const complex: fc.Arbitrary<Complex> = fc.record({ re: eighths, im: eighths })

/** Random expressions in the elementary operators, evaluated in both algebras. */
const both = (sites: number): fc.Arbitrary<Both> =>
  fc.letrec<{ tree: Both; leaf: Both }>((tie) => ({
    leaf: fc
      .tuple(
        fc.constantFrom(...(Object.keys(elementary) as (keyof typeof elementary)[])),
        fc.nat(sites - 1),
      )
      .map(([name, site]) => ({
        operator: elementary[name](site),
        matrix: onSite(oneSite[name], site, sites),
      })),
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'medium' },
      tie('leaf'),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
        operator: addOperators(a.operator, b.operator),
        matrix: plus(a.matrix, b.matrix),
      })),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
        operator: multiplyOperators(a.operator, b.operator),
        matrix: product(a.matrix, b.matrix),
      })),
      fc.tuple(complex, tie('tree')).map(([c, a]) => ({
        operator: scaleOperator(c, a.operator),
        matrix: scaled([c.re, c.im], a.matrix),
      })),
    ),
  })).tree

const anyPair = fc
  .integer({ min: 2, max: 4 })
  .chain((sites) =>
    fc.record({ sites: fc.constant(sites), a: both(sites), b: both(sites), c: complex }),
  )
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
          for (let r = 0; r < n; r++) {
            for (let c = 0; c < n; c++) {
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
        for (let r = 0; r < 8; r++) {
          for (let c = 0; c < 8; c++) {
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

describe('rows', () => {
  const row = (operator: Operator, sigma: readonly number[]) =>
    connected(operator, sigma).map((c) => [[...c.sigma], c.re, c.im])

  it('are rows, not columns: a matrix that is not symmetric and a complex Hermitian one', () => {
    // <up|S^+|down> = 1: the row of up leads to down; the row of down is empty.
    expect(row(spinPlus(0), [1])).toEqual([[[-1], 1, 0]])
    expect(row(spinPlus(0), [-1])).toEqual([])
    expect(row(spinMinus(0), [-1])).toEqual([[[1], 1, 0]])
    // (S_0 x S_1)^z = (i/2)(S^+_0 S^-_1 - S^-_0 S^+_1): <up down|..|down up> = +i/2.
    const dm = dzyaloshinskiiMoriya([[0, 1, 1]])
    expect(row(dm, [1, -1])).toEqual([[[-1, 1], 0, 0.5]])
    expect(row(dm, [-1, 1])).toEqual([[[1, -1], 0, -0.5]])
    expect(isHermitian(dm)).toBe(true)
  })

  it('of a Heisenberg bond: antiparallel spins exchange, parallel ones do not', () => {
    const h = heisenberg(chain(2))
    expect(row(h, [1, -1])).toEqual([
      [[1, -1], -0.25, 0],
      [[-1, 1], 0.5, 0],
    ])
    expect(row(h, [1, 1])).toEqual([[[1, 1], 0.25, 0]])
  })

  it('have every column once, no zeros, and the elements of the dense matrix', () => {
    fc.assert(
      fc.property(anyPair, fc.nat(), ({ sites, a }, pick) => {
        const m = dense(a.operator, sites)
        const r = pick % m.dimension
        const bits = (sigma: ArrayLike<number>): number =>
          Array.from(sigma).reduce((sum, s, i) => sum + (s === 1 ? 2 ** i : 0), 0)
        const sigma = Array.from({ length: sites }, (_, i) => ((r >> i) & 1 ? 1 : -1))
        const elements = connected(a.operator, sigma)
        const columns = elements.map((c) => bits(c.sigma))
        expect(new Set(columns).size).toBe(columns.length)
        const left = m.re.slice(r * m.dimension, (r + 1) * m.dimension)
        elements.forEach((c, k) => {
          expect(Math.hypot(c.re, c.im)).toBeGreaterThan(0)
          left[columns[k]!]! -= c.re
        })
        expect(Math.max(...left.map(Math.abs))).toBeLessThan(ROUNDING)
        const { maxConnected } = compileOperator(a.operator, sites)
        expect(columns.filter((c) => c !== r).length).toBeLessThanOrEqual(maxConnected)
      }),
    )
  })

  it('come in batches, into new arrays or into old ones', () => {
    fc.assert(
      fc.property(
        anyPair,
        fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
        ({ sites, a, b }, picks) => {
          const sigmas = picks.map((p) =>
            Array.from({ length: sites }, (_, i) => ((p >> i) & 1 ? 1 : -1)),
          )
          const flat = Int8Array.from(sigmas.flat())
          const [A, B] = [compileOperator(a.operator, sites), compileOperator(b.operator, sites)]
          const old = connectedBatch(B, flat)
          for (const batch of [connectedBatch(A, flat), connectedBatch(A, flat, old)]) {
            sigmas.forEach((sigma, s) => {
              const others = connected(a.operator, sigma).filter(
                (c) => String(c.sigma) !== String(sigma),
              )
              const [from, to] = [batch.start[s]!, batch.start[s + 1]!]
              expect(to - from).toBe(others.length)
              others.forEach((c, k) => {
                const at = from + k
                expect([...batch.configurations.subarray(at * sites, (at + 1) * sites)]).toEqual([
                  ...c.sigma,
                ])
                expect([batch.re[at], batch.im[at]]).toEqual([c.re, c.im])
              })
              const m = dense(a.operator, sites)
              const r = sigma.reduce((sum, x, i) => sum + (x === 1 ? 2 ** i : 0), 0)
              expect(batch.diagonalRe[s]).toBeCloseTo(m.re[r * m.dimension + r]!, 12)
              expect(batch.diagonalIm[s]).toBeCloseTo(m.im[r * m.dimension + r]!, 12)
            })
          }
        },
      ),
    )
    const compiled = compileOperator(heisenberg(chain(4)), 4)
    const first = connectedBatch(compiled, Int8Array.of(1, -1, 1, -1))
    expect(connectedBatch(compiled, Int8Array.of(1, 1, -1, -1), first).re).toBe(first.re)
  })

  it('of operators with many strings and long ones', () => {
    // One flip group that depends on 15 other spins needs several tables.
    const sites = 16
    const field = sumOperators(Array.from({ length: sites }, (_, i) => spinZ(i)))
    const squared = multiplyOperators(spinX(3), field)
    const sigma = Array.from({ length: sites }, (_, i) => (i % 3 === 0 ? 1 : -1))
    const total = sigma.reduce((a, s, i) => a + (i === 3 ? 0 : s / 2), 0)
    // S^x_3 S^z_3 = -(i/2) S^y_3, and <up|S^y|down> = -i/2: together <up| .. |down> = -1/4.
    expect(connected(squared, sigma).map((c) => [c.re, c.im])).toEqual([[0.5 * total - 0.25, 0]])
    // Tables stay small however many strings share a flip: 2^12 entries each, here two of them.
    expect(compileOperator(squared, sites).re.length).toBeLessThan(3 * 2 ** 12)
    const inversion = Array.from({ length: 100 }, (_, i) => pauli('x', i)).reduce(multiplyOperators)
    const big = Array.from({ length: 100 }, (_, i) => (i % 7 === 0 ? 1 : -1))
    expect(row(inversion, big)).toEqual([[big.map((s) => -s), 1, 0]])
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
