// Sublattices: sets of sites that a group of permutations moves as wholes.

/**
 * The finest partition that a group keeps and that has some sites in one set: the least member of
 * each site's set.
 *
 * Source  Atkinson, Math. Comp. 29, 911 (1975): blocks of imprimitivity by joining sets.
 */
const joined = (
  sites: number,
  permutations: readonly Int32Array[],
  together: readonly number[],
): Int32Array => {
  const parent = Int32Array.from({ length: sites }, (_, i) => i)
  const rootOf = (i: number): number => {
    let at = i
    while (parent[at] !== at) at = parent[at]!
    return at
  }
  const merged: (readonly [number, number])[] = []
  const unite = (i: number, j: number): void => {
    const [a, b] = [rootOf(i), rootOf(j)]
    if (a === b) return
    parent[Math.max(a, b)] = Math.min(a, b)
    merged.push([i, j])
  }
  for (const i of together) unite(together[0]!, i)
  // What is in one set has its images in one set, too; the list grows while it is read.
  for (const [i, j] of merged) for (const g of permutations) unite(g[i]!, g[j]!)
  return parent.map((_, i) => rootOf(i))
}

/** Sets of sites looked at before the largest so far is taken. */
const LOOKED_AT = 400

const membersOf = (sets: Int32Array, root: number): number[] =>
  [...sets.keys()].filter((i) => sets[i] === root)

/**
 * The largest sublattice of at most so many sites: a set that every permutation of the group either
 * leaves as a whole or moves to sites outside of it.
 * On a ring of four sites these are every other site.
 */
export const largestSublattice = (
  sites: number,
  permutations: readonly Int32Array[],
  most: number,
): readonly number[] => {
  let best: readonly number[] = []
  const seen = new Set<string>()
  const open: (readonly number[])[] = Array.from({ length: sites }, (_, i) => [sites - 1 - i])
  while (open.length > 0 && best.length < most && seen.size < LOOKED_AT) {
    const set = open.pop()!
    if (set.length > best.length) best = set
    for (let j = sites - 1; j >= 0; j -= 1) {
      if (set.includes(j)) continue
      const sets = joined(sites, permutations, [...set, j])
      const larger = membersOf(sets, sets[set[0]!]!)
      const key = larger.join()
      if (larger.length > most || seen.has(key)) continue
      seen.add(key)
      open.push(larger)
    }
  }
  return best
}
