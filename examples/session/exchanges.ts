import type { SymmetryGroup } from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import type { SpinModel } from '../settings/index.ts'

// Which spins the sampler of a run exchanges.

/** Up to so many configurations it is looked up which of them exchanges lead to: 4x4 has 12,870. */
const LOOKED_UP = 20_000

/** Exchanges along the bonds of the model; of any two spins where zeros of a sector bar the way. */
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
