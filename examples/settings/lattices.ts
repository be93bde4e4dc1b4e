// The properties of lattices that the settings need.

interface LatticeKind {
  /** The number of sides in --size. */
  readonly directions: 1 | 2
  /** The sites of a unit cell; --size counts cells. */
  readonly cellSites: number
  /** Whether it has two sublattices, and so Marshall's signs, at least on tori of even length. */
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

/** Returns the number of sites of a lattice with so many unit cells a side. */
export const sitesOf = (lattice: LatticeName, size: readonly number[]): number =>
  size.reduce((n, side) => n * side, latticeKinds[lattice].cellSites)

/**
 * Tells whether neighbours are always on different sublattices, so that there are Marshall's signs.
 * On a bipartite kind of lattice only a torus of odd length is an exception: single-site cells
 * close a loop of odd length there.
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
