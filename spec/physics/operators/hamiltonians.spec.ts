import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fullSpace, szSector } from '../../../physics/configurations/szSector.ts'
import { toDense } from '../../../physics/exact/apply.ts'
import { exactStates } from '../../../physics/exact/exact.ts'
import { bonds } from '../../../physics/lattice/bonds.ts'
import { chain, square } from '../../../physics/lattice/byName.ts'
import { connected } from '../../../physics/operators/connected.ts'
import {
  type Coupling,
  dzyaloshinskiiMoriya,
  fromBonds,
  heisenberg,
  j1j2,
  marshallRotated,
  scalarChirality,
  signRotated,
  spinDot,
  transverseFieldIsing,
  xxz,
} from '../../../physics/operators/hamiltonians.ts'
import {
  addOperators,
  commutator,
  isHermitian,
  multiplyOperators,
  type Operator,
  scaleOperator,
  spinX,
  spinZ,
  sumOperators,
  zeroOperator,
} from '../../../physics/operators/operator.ts'
import {
  difference,
  type Entry,
  oneSite,
  onSite,
  plus,
  product,
  type Square,
  scaled,
} from './kronecker.ts'

// Elements are sums of at most a dozen couplings of size 1.
const ROUNDING = 1e-12
// Energies are eigenvalues of size 10; the eigensolvers are good to about 1e-13.
const ENERGY = 1e-10

const { spinX: X, spinY: Y, spinZ: Z } = oneSite
const sumOf = (matrices: readonly Square[]): Square => matrices.reduce(plus)
const pair = (a: Square, i: number, b: Square, j: number, n: number): Square =>
  product(onSite(a, i, n), onSite(b, j, n))
const factor = (x: number, a: Square): Square => scaled([x, 0] as Entry, a)
const dot = (i: number, j: number, n: number): Square =>
  sumOf([X, Y, Z].map((s) => pair(s, i, s, j, n)))

const agree = (operator: Operator, matrix: Square, sites: number): void =>
  expect(difference(toDense(operator, fullSpace(sites)), matrix)).toBeLessThan(ROUNDING)

const ring = (n: number): [number, number][] =>
  Array.from({ length: n }, (_, i) => [i, (i + 1) % n])
const energies = (h: Operator, sites: number): readonly number[] =>
  exactStates(h, fullSpace(sites), { states: 2 ** sites }).energies

describe('Hamiltonians against Kronecker products', () => {
  const n = 5
  it('heisenberg, j1j2, xxz on a ring of five', () => {
    const near = sumOf(ring(n).map(([i, j]) => dot(i, j, n)))
    const next = sumOf(ring(n).map(([i]) => dot(i, (i + 2) % n, n)))
    agree(heisenberg(chain(n)), near, n)
    agree(heisenberg(chain(n), { j: -0.5 }), factor(-0.5, near), n)
    agree(j1j2(chain(n), { j1: 0.75, j2: 0.5 }), plus(factor(0.75, near), factor(0.5, next)), n)
    const anisotropic = sumOf(
      ring(n).map(([i, j]) =>
        sumOf([pair(X, i, X, j, n), pair(Y, i, Y, j, n), factor(1.5, pair(Z, i, Z, j, n))]),
      ),
    )
    agree(xxz(chain(n), { j: 2, delta: 1.5 }), factor(2, anisotropic), n)
  })

  it('transverse-field Ising has Pauli matrices: 4 S^z S^z and 2 S^x', () => {
    const zz = sumOf(ring(n).map(([i, j]) => pair(Z, i, Z, j, n)))
    const x = sumOf(ring(n).map(([i]) => onSite(X, i, n)))
    agree(
      transverseFieldIsing(chain(n), { j: 0.5, h: 0.75 }),
      plus(factor(-2, zz), factor(-1.5, x)),
      n,
    )
    expect(transverseFieldIsing(chain(1), { h: 1 })).toEqual(scaleOperator(-2, spinX(0)))
  })

  it('bond lists: a pair named twice counts twice, order does not matter for exchange', () => {
    expect(
      fromBonds([
        [0, 1, 0.25],
        [1, 0, 0.5],
      ]),
    ).toEqual(scaleOperator(0.75, spinDot(0, 1)))
    expect(fromBonds([])).toEqual(zeroOperator)
  })

  it('Dzyaloshinskii-Moriya and chirality are complex and Hermitian', () => {
    const cross = plus(pair(X, 0, Y, 2, 3), factor(-1, pair(Y, 0, X, 2, 3)))
    agree(dzyaloshinskiiMoriya([[0, 2, 0.5]]), factor(0.5, cross), 3)
    const triple = sumOf(
      [
        [X, Y, Z],
        [Y, Z, X],
        [Z, X, Y],
      ].map(([a, b, c]) => {
        const right = plus(pair(b!, 1, c!, 2, 3), factor(-1, pair(c!, 1, b!, 2, 3)))
        return product(onSite(a!, 0, 3), right)
      }),
    )
    agree(scalarChirality(0, 1, 2), triple, 3)
    expect(scalarChirality(1, 2, 0)).toEqual(scalarChirality(0, 1, 2))
    expect(isHermitian(scalarChirality(0, 1, 2))).toBe(true)
  })
})

describe('symmetries', () => {
  const total = (component: (site: number) => Operator): Operator =>
    sumOperators([0, 1, 2, 3].map(component))
  it('exchange and chirality keep the whole spin, XXZ and DM only S^z, Ising neither', () => {
    const lat = chain(4)
    const keeps = (h: Operator): boolean[] =>
      [spinX, spinZ].map((s) => commutator(h, total(s)).strings.length === 0)
    expect(keeps(j1j2(lat, { j2: 0.5 }))).toEqual([true, true])
    expect(keeps(scalarChirality(0, 1, 3))).toEqual([true, true])
    expect(keeps(xxz(lat, { delta: 0.5 }))).toEqual([false, true])
    expect(keeps(dzyaloshinskiiMoriya([[0, 1, 1]]))).toEqual([false, true])
    expect(keeps(transverseFieldIsing(lat, { h: 0.5 }))).toEqual([false, false])
  })

  it('a DM term on an open chain is a twist: XX with j and d has the spectrum of sqrt(j^2 + d^2)', () => {
    const line = chain(5, 'open')
    const [j, d] = [0.6, -0.8]
    const couplings = bonds(line).map(([a, b]): Coupling => [a, b, d])
    const twisted = addOperators(xxz(line, { j, delta: 0 }), dzyaloshinskiiMoriya(couplings))
    const straight = energies(xxz(line, { j: 1, delta: 0 }), 5)
    energies(twisted, 5).forEach((e, k) => {
      expect(Math.abs(e - straight[k]!)).toBeLessThan(ENERGY)
    })
    // Without the twist the spectrum is another one, so the test can fail.
    expect(Math.abs(energies(xxz(line, { j, delta: 0 }), 5)[0]! - straight[0]!)).toBeGreaterThan(
      0.1,
    )
  })
})

describe('Marshall sign rule', () => {
  it('is U H U for any operator, with U = (-1)^(up spins on A)', () => {
    const onA = [1, 0, 1]
    const sign = (row: number): number =>
      (-1) ** onA.filter((a, i) => a === 1 && (row >> i) & 1).length
    const axis = fc.constantFrom(spinX, (i: number) => commutator(spinX(i), spinZ(i)), spinZ)
    const term = fc
      .tuple(axis, fc.nat(2), axis, fc.nat(2))
      .map(([a, i, b, j]) => multiplyOperators(a(i), b(j)))
    fc.assert(
      fc.property(fc.array(term, { maxLength: 4 }), (terms) => {
        const h = sumOperators(terms)
        const [a, b] = [h, signRotated(h, onA)].map((o) => toDense(o, fullSpace(3)))
        for (let r = 0; r < 8; r += 1) {
          for (let c = 0; c < 8; c += 1) {
            expect(b!.re[8 * r + c]).toBeCloseTo(sign(r) * sign(c) * a!.re[8 * r + c]!, 12)
            expect(b!.im[8 * r + c]).toBeCloseTo(sign(r) * sign(c) * a!.im[8 * r + c]!, 12)
          }
        }
      }),
    )
  })

  it('makes J1 exchange negative, leaves J2 exchange and the diagonal', () => {
    const lat = square(4, 4)
    const neel = lat.positions.map(([x, y]) => ((x! + y!) % 2 === 0 ? 1 : -1))
    neel[1] = 1 // one spin turned over: parallel and antiparallel pairs in both shells
    const rotated = new Map(
      connected(marshallRotated(j1j2(lat, { j2: 0.5 }), lat), neel).map((c) => [
        String(c.sigma),
        c.re,
      ]),
    )
    for (const c of connected(j1j2(lat, { j2: 0.5 }), neel)) {
      const j1 = c.re === 0.5
      expect(rotated.get(String(c.sigma))).toBe(j1 ? -0.5 : c.re)
    }
    expect([...rotated.values()].filter((x) => x === -0.5).length).toBeGreaterThan(0)
    expect([...rotated.values()].filter((x) => x === 0.25).length).toBeGreaterThan(0)
  })

  it('counts the up spins of the sublattice of site 0', () => {
    expect(marshallRotated(spinX(0), chain(4))).toEqual(scaleOperator(-1, spinX(0)))
    expect(marshallRotated(spinX(1), chain(4))).toEqual(spinX(1))
  })

  it('keeps the spectrum, and makes the ground state positive without frustration', () => {
    const lat = chain(6)
    const h = j1j2(lat, { j2: 0.3 })
    const before = energies(h, 6)
    energies(marshallRotated(h, lat), 6).forEach((e, k) => {
      expect(Math.abs(e - before[k]!)).toBeLessThan(ENERGY)
    })
    const ground = exactStates(marshallRotated(heisenberg(lat), lat), szSector(6)).vectors[0]!
    const signs = new Set([...ground.re].map(Math.sign))
    expect(signs.size).toBe(1)
    expect(signs.has(0)).toBe(false)
  })

  it('needs a bipartite lattice that holds the operator', () => {
    expect(() => marshallRotated(heisenberg(chain(5)), chain(5))).toThrow(/not bipartite/)
    expect(() => marshallRotated(heisenberg(chain(6)), chain(4))).toThrow(/no site [45]/)
  })
})

describe('bad input', () => {
  it('says which bond, coupling or shell', () => {
    expect(() => j1j2(chain(4), { j2: Number.NaN })).toThrow(
      /NonFinite in j1j2: coupling j2 is NaN/,
    )
    expect(() => heisenberg(chain(4), { j: Number.POSITIVE_INFINITY })).toThrow(/NonFinite/)
    expect(() => transverseFieldIsing(chain(4), { h: Number.NaN })).toThrow(/coupling h is NaN/)
    expect(() => xxz(chain(4), { delta: Number.NaN })).toThrow(/coupling delta is NaN/)
    expect(() =>
      fromBonds([
        [0, 1, 1],
        [2, 3, Number.NaN],
      ]),
    ).toThrow(/of bond 2-3 is NaN/)
    expect(() => fromBonds([[1, 1, 1]])).toThrow(/LatticeError.*two different sites, got 1 and 1/)
    expect(() => scalarChirality(0, 1, 0)).toThrow(/two different sites/)
    expect(() => j1j2(chain(2), { j2: 0.5 })).toThrow(/no distance shell 2/)
    expect(j1j2(chain(2), { j2: 0 })).toEqual(spinDot(0, 1))
    expect(() => heisenberg(chain(1))).toThrow(/at least two sites/)
  })
})
