import * as physics from '../../physics/index.ts'

// This file finds the lowest level of a Hamiltonian: one state, or several of equal energy.

/** Energies this close, relative to the largest one computed, belong to one level. */
const CLOSE = 1e-9
/** A level of more states than this is not computed in full. */
const MOST = 64

/**
 * Returns all states of the lowest energy in a sector, or null where they are too many. Where there
 * are several, the properties of a single one depend on an arbitrary choice; their average does
 * not.
 */
export const groundLevel = (
  operator: physics.Operator,
  sector: physics.Sector,
): readonly physics.StateVector[] | null => {
  const all = physics.dimension(sector)
  for (let states = Math.min(2, all); states <= MOST; states = Math.min(4 * states, all)) {
    const { energies, vectors } = physics.exactStates(operator, sector, { states })
    const size = energies.reduce((most, e) => Math.max(most, Math.abs(e)), 0)
    const level = energies.filter((e) => e - energies[0]! <= CLOSE * size).length
    if (level < states || states === all) return vectors.slice(0, level)
  }
  return null
}
