import { type Complex, fail } from '../../core/index.ts'

// A symmetry sector is a group of symmetries of configurations, with a character for each.

/**
 * A symmetry g maps configurations by (gσ)_i = flip · σ_{sites[i]} and has a character χ(g), |χ| =
 * 1.
 *
 * A wave function is in the sector of χ when ψ(gσ) = χ(g)* ψ(σ) for every g of the group.
 */
export interface Symmetry {
  /** The permutation: site i receives the spin of `sites[i]`. */
  readonly sites: Int32Array
  /** −1 means that all spins are inverted as well. */
  readonly flip: 1 | -1
  readonly character: Complex<number>
}

/** A group lists all its symmetries once, the identity first. */
export type SymmetryGroup = readonly Symmetry[]

/** The tolerance of characters, which are products of a few dozen factors of modulus 1. */
const ROUNDING = 1e-9
/** The largest group; sums over more symmetries are not practical. */
const MOST = 200_000

const one: Complex<number> = { re: 1, im: 0 }
const times = (a: Complex<number>, b: Complex<number>): Complex<number> => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
})
const equal = (a: Complex<number>, b: Complex<number>): boolean =>
  Math.hypot(a.re - b.re, a.im - b.im) < ROUNDING

/** Returns e^{2πi·turns}, exact at the quarters. */
export const turn = (turns: number): Complex<number> => {
  const quarters = 4 * turns
  if (!Number.isInteger(quarters))
    return { re: Math.cos(2 * Math.PI * turns), im: Math.sin(2 * Math.PI * turns) }
  const [re, im] = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ][((quarters % 4) + 4) % 4] as [number, number]
  return { re, im }
}

/** Returns σ ↦ σ with character 1. */
export const identitySymmetry = (sites: number): Symmetry => ({
  sites: Int32Array.from({ length: sites }, (_, i) => i),
  flip: 1,
  character: one,
})

/** Returns a permutation of sites as a symmetry; its default character is 1. */
export const siteSymmetry = (
  sites: ArrayLike<number>,
  character: Complex<number> = one,
): Symmetry => ({ sites: Int32Array.from(sites), flip: 1, character })

/** Returns σ ↦ −σ, with character 1 or −1. */
export const spinInversion = (sites: number, character: 1 | -1 = 1): Symmetry => ({
  ...identitySymmetry(sites),
  flip: -1,
  character: { re: character, im: 0 },
})

/** Returns g h, which applies first h, then g. Characters multiply. Law: (gh)σ = g(hσ). */
export const composed = (g: Symmetry, h: Symmetry): Symmetry => ({
  sites: g.sites.map((i) => h.sites[i]!),
  flip: (g.flip * h.flip) as 1 | -1,
  character: times(g.character, h.character),
})

/** Returns gσ. @example moved({ ...identitySymmetry(3), flip: -1 }, [1, 1, -1]) // → [-1, -1, 1] */
export const moved = (g: Symmetry, sigma: ArrayLike<number>): number[] =>
  Array.from(g.sites, (i) => g.flip * sigma[i]!)

const keyOf = ({ sites, flip }: Symmetry): string => `${flip} ${sites.join(' ')}`

const show = ({ re, im }: Complex<number>): string => {
  const [a, b] = [re, im].map((x) => String(Number(x.toFixed(6)) + 0))
  return b === '0' ? a! : `${a} + ${b}i`
}

const checkGenerator = (sites: number, g: Symmetry): void => {
  const hit = new Set(g.sites)
  const whole = [...hit].every((i) => Number.isInteger(i) && i >= 0 && i < sites)
  if (g.sites.length !== sites || hit.size !== sites || !whole)
    fail('LatticeError', 'symmetryGroup', `a generator does not permute ${sites} sites.`)
  if (Math.abs(Math.hypot(g.character.re, g.character.im) - 1) > ROUNDING)
    fail('SectorError', 'symmetryGroup', `a character is ${show(g.character)}; all have modulus 1.`)
}

/**
 * Returns all products of some symmetries, with the products of their characters.
 *
 * Laws    closed and associative; the characters are a homomorphism, χ(gh) = χ(g) χ(h).
 * Errors  LatticeError when a generator does not permute so many sites; SectorError when the same
 *         symmetry would have two characters: there is no such one-dimensional representation.
 * Cost    O(group · generators · sites).
 * @example symmetryGroup(4, [siteSymmetry([1, 2, 3, 0])]).length // → 4
 */
export const symmetryGroup = (sites: number, generators: readonly Symmetry[]): SymmetryGroup => {
  for (const g of generators) checkGenerator(sites, g)
  const first = identitySymmetry(sites)
  const members = new Map([[keyOf(first), first]])
  const open = [first]
  for (const g of open)
    for (const generator of generators) {
      const next = composed(g, generator)
      const key = keyOf(next)
      const before = members.get(key)
      if (before === undefined) {
        members.set(key, next)
        open.push(next)
      } else if (!equal(before.character, next.character))
        fail(
          'SectorError',
          'symmetryGroup',
          'no one-dimensional representation has these characters.',
          {
            operands: [
              `one symmetry is the product of others in two ways, of characters ` +
                `${show(before.character)} and ${show(next.character)}`,
            ],
            fix: 'take characters of generators that agree, such as 1 for all of them.',
          },
        )
      if (open.length > MOST)
        fail('LatticeError', 'symmetryGroup', `more than ${MOST} symmetries.`, {
          fix: 'fewer generators, or a smaller lattice.',
        })
    }
  return open
}

/**
 * Returns one symmetry r for each coset Hr of a subgroup H. If a wave function is already in the
 * sector of H, the sum over these is the sum over the group divided by |H|.
 *
 * Errors  SectorError when H is not in the group, or has other characters there: the sum over the
 *         whole group would be zero.
 */
export const cosets = (group: SymmetryGroup, subgroup: SymmetryGroup): SymmetryGroup => {
  const members = new Map(group.map((g) => [keyOf(g), g] as const))
  for (const h of subgroup) {
    const inGroup = members.get(keyOf(h))
    if (inGroup === undefined)
      return fail(
        'SectorError',
        'cosets',
        'a symmetry of the wave function is none of the group.',
        { fix: 'take the symmetries that both have.' },
      )
    if (!equal(inGroup.character, h.character))
      return fail(
        'SectorError',
        'cosets',
        `under a symmetry with character ${show(inGroup.character)} the wave function has ` +
          `${show(h.character)}: it has no part in this sector.`,
        {
          fix:
            'another sector, Marshall signs separated from the network where they map it to this ' +
            'one, or a network with fewer symmetries, such as larger patches.',
        },
      )
  }
  if (subgroup.length <= 1) return group
  const seen = new Set<string>()
  return group.filter((r) => {
    if (seen.has(keyOf(r))) return false
    for (const h of subgroup) seen.add(keyOf(composed(h, r)))
    return true
  })
}
