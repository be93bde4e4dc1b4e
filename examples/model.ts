import type { Problem } from '../core/errors.ts'
import { type Bond, bonds } from '../physics/bonds.ts'
import { dimers } from '../physics/dimers.ts'
import { j1j2, shastrySutherland } from '../physics/hamiltonians.ts'
import { honeycomb, kagome, triangular } from '../physics/hexagonal.ts'
import { type Boundary, chain, type Lattice, square } from '../physics/lattice.ts'
import type { Operator } from '../physics/operator.ts'
import type { TrainConfig } from './training.ts'

// The spin models that the command line knows, by the settings that name them.

export interface SpinModel {
  readonly lattice: Lattice
  readonly operator: Operator
  /** The bonds along which the sampler exchanges spins. */
  readonly exchange: readonly Bond[]
  /** Translations by so many sites along every side are symmetries. */
  readonly period: number
}

type MakeLattice = (size: readonly number[], boundary: Boundary) => Lattice
const twoSides =
  (make: (lx: number, ly: number, boundary: Boundary) => Lattice): MakeLattice =>
  ([lx, ly], boundary) =>
    make(lx!, ly!, boundary)

const makers: Readonly<Record<TrainConfig['lattice'], MakeLattice>> = {
  chain: ([length], boundary) => chain(length!, boundary),
  square: twoSides(square),
  'shastry-sutherland': twoSides(square),
  triangular: twoSides(triangular),
  honeycomb: twoSides(honeycomb),
  kagome: twoSides(kagome),
}

/** Variances are squares of energies, which begin at 1e-308 and end at 1e308. */
const MOST = 1e100

/** Why a run with these couplings could not be judged; undefined where it can. */
export const couplingProblem = ({
  j1,
  j2,
}: Pick<TrainConfig, 'j1' | 'j2'>): Problem | undefined => {
  const largest = Math.max(Math.abs(j1), Math.abs(j2))
  return largest === 0 || (largest <= MOST && largest >= 1 / MOST)
    ? undefined
    : {
        kind: 'DomainError',
        where: '--j1, --j2',
        what: `the largest coupling is ${largest}: squares of such energies are beyond numbers.`,
        fix: `units in which it is between ${1 / MOST} and ${MOST}, best 1; psigrad exact takes any.`,
      }
}

/** Errors  LatticeError when the lattice cannot hold the couplings. */
export const modelOf = ({
  lattice: kind,
  size,
  boundary,
  j1,
  j2,
}: Pick<TrainConfig, 'lattice' | 'size' | 'boundary' | 'j1' | 'j2'>): SpinModel => {
  const lattice = makers[kind](size, boundary)
  if (kind === 'shastry-sutherland')
    return {
      lattice,
      operator: shastrySutherland(lattice, { j: j1, jDimer: j2 }),
      exchange: [...bonds(lattice), ...dimers(lattice)],
      period: 2,
    }
  const shells = j2 === 0 ? [1] : [1, 2]
  return {
    lattice,
    operator: j1j2(lattice, { j1, j2 }),
    exchange: shells.flatMap((shell) => bonds(lattice, shell)),
    period: 1,
  }
}
