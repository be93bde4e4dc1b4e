import { fail, TensorError } from '../../core/index.ts'
import { type Bond, bonds, dimers, type Lattice, lattices } from '../../physics/lattice/index.ts'
import { j1j2, type Operator, shastrySutherland } from '../../physics/operators/index.ts'
import type { TrainConfig } from './settings.ts'

// The spin models of the command line, made from the settings that name them.

export interface SpinModel {
  readonly lattice: Lattice
  readonly operator: Operator
  /** The sampler exchanges spins along these bonds. */
  readonly exchange: readonly Bond[]
  /** Translations by this number of sites along every side are symmetries. */
  readonly period: number
}

/** All lattices with more sites have next-nearest neighbours. */
const SMALL = 16

/** Checks that there are next-nearest neighbours; the smallest lattices have none. */
const requireSecondShell = (lattice: Lattice): void => {
  if (lattice.sites > SMALL) return
  try {
    bonds(lattice, 2)
  } catch (error) {
    if (!(error instanceof TensorError)) throw error
    fail('LatticeError', '--j2', `${lattice.name} has no next-nearest neighbours.`, {
      fix: '--j2 0, or a larger --size.',
    })
  }
}

/**
 * Returns the lattice and the operator that the settings name.
 *
 * Errors  LatticeError when the lattice cannot hold the couplings.
 */
export const modelOf = ({
  lattice: kind,
  size,
  boundary,
  j1,
  j2,
}: Pick<TrainConfig, 'lattice' | 'size' | 'boundary' | 'j1' | 'j2'>): SpinModel => {
  const lattice = lattices[kind === 'shastry-sutherland' ? 'square' : kind](size, boundary)
  if (kind === 'shastry-sutherland')
    return {
      lattice,
      operator: shastrySutherland(lattice, { j: j1, jDimer: j2 }),
      exchange: [...bonds(lattice), ...dimers(lattice)],
      period: 2,
    }
  const shells = j2 === 0 ? [1] : [1, 2]
  if (j2 !== 0) requireSecondShell(lattice)
  return {
    lattice,
    operator: j1j2(lattice, { j1, j2 }),
    exchange: shells.flatMap((shell) => bonds(lattice, shell)),
    period: 1,
  }
}
