import type { TrainConfig } from '../settings/index.ts'

// This file holds exact ground-state energies of lattices too large to diagonalise within a run.

interface KnownEnergy {
  /** The sides of a periodic square lattice, the longer one first. */
  readonly size: readonly [number, number]
  /** The coupling J2 in units of J1. */
  readonly j2: number
  /** The energy per site in units of J1. */
  readonly perSite: number
}

/**
 * Source  own Lanczos over symmetric sectors, residuals below 1e-11; the six decimals of Schulz,
 *         Ziman and Poilblanc, J. Phys. I France 6, 675 (1996) agree where they have the lattice.
 */
const table: readonly KnownEnergy[] = [
  { size: [6, 4], j2: 0.5, perSite: -0.522524935367448 },
  { size: [6, 6], j2: 0, perSite: -0.678872149980803 },
  { size: [6, 6], j2: 0.5, perSite: -0.503809653890878 },
]

/** Returns the exact energy of the whole lattice; null where the table has none. */
export const knownEnergy = ({
  lattice,
  size,
  boundary,
  j1,
  j2,
}: Pick<TrainConfig, 'lattice' | 'size' | 'boundary' | 'j1' | 'j2'>): number | null => {
  if (lattice !== 'square' || boundary !== 'periodic' || !(j1 > 0)) return null
  const [longer, shorter] = size.toSorted((a, b) => b - a)
  const found = table.find((k) => k.size[0] === longer && k.size[1] === shorter && k.j2 === j2 / j1)
  return found === undefined ? null : found.perSite * j1 * longer! * shorter!
}
