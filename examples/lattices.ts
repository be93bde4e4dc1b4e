// The lattices that the command line knows, as far as settings need them.

interface LatticeKind {
  /** Numbers in --size. */
  readonly directions: 1 | 2
  /** Sites of a unit cell; --size counts cells. */
  readonly cellSites: number
  /** Has two sublattices, so that Marshall's signs exist, on tori of even length at least. */
  readonly bipartite: boolean
}

export const latticeKinds = {
  chain: { directions: 1, cellSites: 1, bipartite: true },
  square: { directions: 2, cellSites: 1, bipartite: true },
  'shastry-sutherland': { directions: 2, cellSites: 1, bipartite: true },
  triangular: { directions: 2, cellSites: 1, bipartite: false },
  honeycomb: { directions: 2, cellSites: 2, bipartite: true },
  kagome: { directions: 2, cellSites: 3, bipartite: false },
} as const satisfies Readonly<Record<string, LatticeKind>>

export type LatticeName = keyof typeof latticeKinds

export const latticeNames = Object.keys(latticeKinds) as LatticeName[]

/** Sites of a lattice of so many unit cells a side. */
export const sitesOf = (lattice: LatticeName, size: readonly number[]): number =>
  size.reduce((n, side) => n * side, latticeKinds[lattice].cellSites)
