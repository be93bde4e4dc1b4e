import type { SymmetryGroup } from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import type { SpinModel } from '../settings/index.ts'

// This file chooses which spins the sampler of a run exchanges.

/**
 * In sectors of up to this many configurations, the connections by exchanges are tested: 4x4 has
 * 12,870.
 */
const LOOKED_UP = 20_000

/**
 * Returns exchanges along the bonds of the model, or of any two spins where zeros of ψ due to
 * symmetry separate the configurations.
 */
export const moveOf = (
  { exchange, lattice: { sites } }: SpinModel,
  sector: physics.Sector,
  symmetries: SymmetryGroup,
): physics.Move => {
  const near = physics.bondExchange(exchange)
  const plain = symmetries.every(({ character: { re } }) => re > 1 - 1e-9)
  if (plain || !physics.fitsWithin(sector, LOOKED_UP)) return near
  if (physics.reachesAll(near, sector, physics.representatives(symmetries, sites))) return near
  const all = Array.from({ length: sites }, (_, i) => i)
  return physics.bondExchange(all.flatMap((i) => all.slice(i + 1).map((j) => [i, j] as const)))
}
