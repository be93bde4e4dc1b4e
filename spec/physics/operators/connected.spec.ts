import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fullSpace } from '../../../physics/configurations/szSector.ts'
import { toDense } from '../../../physics/exact/apply.ts'
import { chain } from '../../../physics/lattice/byName.ts'
import { compileOperator } from '../../../physics/operators/compiled.ts'
import { connected, connectedBatch } from '../../../physics/operators/connected.ts'
import { dzyaloshinskiiMoriya, heisenberg } from '../../../physics/operators/hamiltonians.ts'
import {
  isHermitian,
  multiplyOperators,
  type Operator,
  pauli,
  spinMinus,
  spinPlus,
  spinX,
  spinZ,
  sumOperators,
} from '../../../physics/operators/operator.ts'
import { anyPair } from './randomOperators.ts'

// Coefficients are small multiples of 1/8, products of a few of them exact; sums may round.
const ROUNDING = 1e-12

const dense = (operator: Operator, sites: number) => toDense(operator, fullSpace(sites))

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
        const [left, leftIm] = [m.re, m.im].map((part) =>
          part.slice(r * m.dimension, (r + 1) * m.dimension),
        )
        elements.forEach((c, k) => {
          expect(Math.hypot(c.re, c.im)).toBeGreaterThan(0)
          left![columns[k]!]! -= c.re
          leftIm![columns[k]!]! -= c.im
        })
        expect(Math.max(...[...left!, ...leftIm!].map(Math.abs))).toBeLessThan(ROUNDING)
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
