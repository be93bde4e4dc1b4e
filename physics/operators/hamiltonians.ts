/**
 * This file holds the usual Hamiltonians of spin models, each a sum over bonds; energies are in
 * units of the coupling J.
 */
import { fail } from '../../core/values/index.ts'
import { bonds, checkSite, dimers, type Lattice, sublattice } from '../lattice/index.ts'
import {
  addOperators,
  multiplyOperators,
  type Operator,
  pauli,
  scaleOperator,
  spinX,
  spinY,
  spinZ,
  subtractOperators,
  sumOperators,
} from './operator.ts'

/** A coupling J between sites i and j. The same pair may occur more than once: couplings add. */
export type Coupling = readonly [i: number, j: number, coupling: number]

const checkPair = (where: string, i: number, j: number): void => {
  if (i === j) {
    fail('LatticeError', where, `a bond joins two different sites, got ${i} and ${j}.`)
  }
}

const checkCoupling = (where: string, name: string, value: number): void => {
  if (!Number.isFinite(value)) {
    fail('NonFinite', where, `coupling ${name} is ${value}.`, { fix: 'give a finite number.' })
  }
}

/**
 * Returns S_i · S_j = S^x S^x + S^y S^y + S^z S^z, with eigenvalues -3/4 (singlet) and 1/4
 * (triplet).
 */
export const spinDot = (i: number, j: number): Operator => {
  checkPair('spinDot', i, j)
  return sumOperators([spinX, spinY, spinZ].map((s) => multiplyOperators(s(i), s(j))))
}

const overBonds = (
  where: string,
  couplings: readonly Coupling[],
  term: (i: number, j: number) => Operator,
): Operator =>
  sumOperators(
    couplings.map(([i, j, coupling]) => {
      checkPair(where, i, j)
      checkCoupling(where, `of bond ${i}-${j}`, coupling)
      return scaleOperator(coupling, term(i, j))
    }),
  )

/**
 * Returns the bonds of a shell, all with one coupling; none for coupling 0, even if there is no
 * such shell.
 */
const shell = (lat: Lattice, k: number, coupling: number): readonly Coupling[] =>
  coupling === 0 ? [] : bonds(lat, k).map(([i, j]) => [i, j, coupling] as const)

/** Returns H = sum J_ij S_i · S_j over a list of bonds. Errors: LatticeError, NonFinite. */
export const fromBonds = (couplings: readonly Coupling[]): Operator =>
  overBonds('fromBonds', couplings, spinDot)

/** Returns H = j sum_<ij> S_i · S_j over nearest neighbours. */
export const heisenberg = (lat: Lattice, { j = 1 }: { readonly j?: number } = {}): Operator =>
  j1j2(lat, { j1: j, j2: 0 })

/**
 * Returns H = j1 sum_<ij> S_i · S_j + j2 sum_<<ij>> S_i · S_j over shells 1 and 2, each pair of
 * sites once.
 *
 * Errors  LatticeError when the lattice lacks a shell whose coupling is not 0; NonFinite.
 */
export const j1j2 = (
  lat: Lattice,
  { j1 = 1, j2 }: { readonly j1?: number; readonly j2: number },
): Operator => {
  checkCoupling('j1j2', 'j1', j1)
  checkCoupling('j1j2', 'j2', j2)
  return fromBonds([...shell(lat, 1, j1), ...shell(lat, 2, j2)])
}

/**
 * Returns H = j sum_<ij> S_i · S_j + jDimer sum_dimers S_i · S_j on the square lattice, over
 * nearest neighbours and the orthogonal dimers (see `dimers`).
 *
 * Errors  LatticeError when dimers do not fit the lattice; NonFinite.
 * Source  Shastry and Sutherland, Physica B+C 108, 1069 (1981): the product of singlets on the
 *         dimers is an eigenstate, of energy −3/8 jDimer per site, whatever j.
 */
export const shastrySutherland = (
  lat: Lattice,
  { j = 1, jDimer }: { readonly j?: number; readonly jDimer: number },
): Operator => {
  checkCoupling('shastrySutherland', 'j', j)
  checkCoupling('shastrySutherland', 'jDimer', jDimer)
  const onDimers = dimers(lat).map(([a, b]) => [a, b, jDimer] as const)
  return fromBonds([...shell(lat, 1, j), ...onDimers])
}

/** Returns H = j sum_<ij> (S^x S^x + S^y S^y + delta S^z S^z). Errors: LatticeError, NonFinite. */
export const xxz = (
  lat: Lattice,
  { j = 1, delta }: { readonly j?: number; readonly delta: number },
): Operator => {
  checkCoupling('xxz', 'j', j)
  checkCoupling('xxz', 'delta', delta)
  return overBonds('xxz', shell(lat, 1, j), (a, b) =>
    sumOperators([
      multiplyOperators(spinX(a), spinX(b)),
      multiplyOperators(spinY(a), spinY(b)),
      scaleOperator(delta, multiplyOperators(spinZ(a), spinZ(b))),
    ]),
  )
}

/**
 * Returns H = -j sum_<ij> sigma^z_i sigma^z_j - h sum_i sigma^x_i, with Pauli matrices, not spins.
 */
export const transverseFieldIsing = (
  lat: Lattice,
  { j = 1, h }: { readonly j?: number; readonly h: number },
): Operator => {
  checkCoupling('transverseFieldIsing', 'j', j)
  checkCoupling('transverseFieldIsing', 'h', h)
  const couplings = lat.sites === 1 ? [] : shell(lat, 1, -j)
  return addOperators(
    overBonds('transverseFieldIsing', couplings, (a, b) =>
      multiplyOperators(pauli('z', a), pauli('z', b)),
    ),
    sumOperators(Array.from({ length: lat.sites }, (_, i) => scaleOperator(-h, pauli('x', i)))),
  )
}

/**
 * Returns H = sum D_ij (S_i x S_j)^z = sum D_ij (S^x_i S^y_j - S^y_i S^x_j), from i to j.
 *
 * This H is complex Hermitian, so a code that confuses rows <sigma|H|sigma'> with columns gives
 * wrong results for it.
 */
export const dzyaloshinskiiMoriya = (couplings: readonly Coupling[]): Operator =>
  overBonds('dzyaloshinskiiMoriya', couplings, (i, j) =>
    subtractOperators(multiplyOperators(spinX(i), spinY(j)), multiplyOperators(spinY(i), spinX(j))),
  )

/**
 * Returns S_i · (S_j x S_k), which is complex Hermitian, odd under time reversal and SU(2)
 * symmetric.
 */
export const scalarChirality = (i: number, j: number, k: number): Operator => {
  checkPair('scalarChirality', i, j)
  checkPair('scalarChirality', j, k)
  checkPair('scalarChirality', k, i)
  const spin = [spinX, spinY, spinZ] as const
  return sumOperators(
    spin.map((component, a) => {
      const [p, q] = [spin[(a + 1) % 3]!, spin[(a + 2) % 3]!]
      const cross = subtractOperators(multiplyOperators(p(j), q(k)), multiplyOperators(q(j), p(k)))
      return multiplyOperators(component(i), cross)
    }),
  )
}

/**
 * Returns U H U for the sign rule U|sigma> = (-1)^(up spins on the sublattice)|sigma>. An element
 * that flips an odd number of these spins changes sign; the spectrum does not change. Up to a sign
 * U is a product of sigma^z, so Pauli strings with an odd number of x and y there change sign.
 *
 * Shapes  onSublattice[i] is 1 for the sites counted, 0 for the others.
 */
export const signRotated = (operator: Operator, onSublattice: ArrayLike<number>): Operator => ({
  strings: operator.strings.map((s) => {
    const flips = s.sites.filter((i, k) => s.axes[k] !== 'z' && onSublattice[i] === 1).length
    return flips % 2 === 1 ? { ...s, re: 0 - s.re, im: 0 - s.im } : s
  }),
})

/**
 * Returns the Hamiltonian that acts on a wave function without its Marshall-Peierls sign.
 *
 *   psi(sigma) = (-1)^(up spins on A) phi(sigma),   <phi|H_rotated|phi> = <psi|H|psi>
 *
 * Off-diagonal elements between the sublattices change sign; for nearest-neighbour antiferromagnets
 * all become negative, so the ground state phi is positive everywhere. Site 0 is on A.
 *
 * Errors  LatticeError when the lattice is not bipartite or smaller than the operator.
 * Source  Marshall, Proc. R. Soc. A 232, 48 (1955).
 */
export const marshallRotated = (operator: Operator, lat: Lattice): Operator => {
  const onA = sublattice(lat).map((colour) => 1 - colour)
  for (const s of operator.strings) {
    for (const i of s.sites) checkSite('marshallRotated', lat, i)
  }
  return signRotated(operator, onA)
}
