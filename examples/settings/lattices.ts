// The lattices that the command line knows, as far as settings need them.

interface LatticeKind {
  /** --size has so many numbers. */
  readonly directions: 1 | 2
  /** A unit cell has so many sites; --size counts cells. */
  readonly cellSites: number
  /** The kind has two sublattices, and so Marshall's signs, on tori of even length at least. */
  readonly bipartite: boolean
}

export const latticeKinds = {
  chain: { directions: 1, cellSites: 1, bipartite: true },
  square: { directions: 2, cellSites: 1, bipartite: true },
  'shastry-sutherland': { directions: 2, cellSites: 1, bipartite: true },
  triangular: { directions: 2, cellSites: 1, bipartite: false },
  honeycomb: { directions: 2, cellSites: 2, bipartite: true },
  lieb: { directions: 2, cellSites: 3, bipartite: true },
  kagome: { directions: 2, cellSites: 3, bipartite: false },
} as const satisfies Readonly<Record<string, LatticeKind>>

export type LatticeName = keyof typeof latticeKinds

export const latticeNames = Object.keys(latticeKinds) as LatticeName[]

/** A lattice of so many unit cells a side has this number of sites. */
export const sitesOf = (lattice: LatticeName, size: readonly number[]): number =>
  size.reduce((n, side) => n * side, latticeKinds[lattice].cellSites)

/**
 * Are there Marshall's signs, two sublattices with unlike neighbours? On a lattice of that kind all
 * but on a torus of odd length, along which single-site cells close a loop of odd length.
 */
export const isBipartite = (
  lattice: LatticeName,
  size: readonly number[],
  boundary: 'periodic' | 'open',
): boolean => {
  const { bipartite, cellSites } = latticeKinds[lattice]
  const even = (side: number): boolean => side === 1 || side % 2 === 0
  return bipartite && (boundary === 'open' || cellSites > 1 || size.every(even))
}
