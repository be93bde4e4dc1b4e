import { fail } from '../../core/values/index.ts'
import { type Symmetry, type SymmetryGroup, siteSymmetry } from '../../models/index.ts'
import { type Lattice, translation } from '../lattice/index.ts'
import { bitsOf, spinsOf } from './configurationIndex.ts'
import { type Distinct, distinct, type Representative } from './logPsi.ts'

/**
 * A group of symmetries under which log ψ(gσ) = log ψ(σ) + log χ(g)*, and H does not change.
 * Configurations of one orbit then share |ψ|, local energy and log-derivatives, so one of them can
 * represent all.
 */
export type SiteSymmetries = SymmetryGroup

/**
 * Returns the translations by whole patches; Factored attention with relative weights commutes with
 * them.
 *
 * Errors  LatticeError when patches do not tile the lattice, or along an open direction.
 */
export const patchTranslations = (lat: Lattice, patch: number): SiteSymmetries => {
  if (!(patch >= 1) || lat.dims.some((d) => d % patch !== 0))
    return fail(
      'LatticeError',
      'patchTranslations',
      `patches of ${patch} sites a side do not tile ${lat.name}.`,
    )
  const steps = lat.dims.map((d) => Array.from({ length: d / patch }, (_, k) => k * patch))
  const shifts = steps.reduce<number[][]>(
    (all, along) => all.flatMap((shift) => along.map((s) => [...shift, s])),
    [[]],
  )
  return shifts.map((shift) => siteSymmetry(translation(lat, shift)))
}

/**
 * Compares gσ with hσ site by site, up before down: positive where gσ comes first, 0 where they are
 * equal.
 */
const compare = (sigma: Int8Array, offset: number, g: Symmetry, h: Symmetry): number => {
  for (let i = 0; i < g.sites.length; i += 1) {
    const difference = g.flip * sigma[offset + g.sites[i]!]! - h.flip * sigma[offset + h.sites[i]!]!
    if (difference !== 0) return difference
  }
  return 0
}

/** The tolerance of characters, which are products of a few dozen factors of modulus 1. */
const ROUNDING = 1e-9

/** Up to this number of sites all representatives that were found are stored: 64 MiB for 24. */
const STORED_SITES = 24

const phaseOf = ({ character: { re, im } }: Symmetry): number => Math.atan2(im, re)

/**
 * Returns a function that finds the representative of each configuration: the member of its orbit
 * that comes first when compared site by site. On few sites each result is stored, so keep the
 * function for as long as the symmetries are used.
 *
 * Laws    the same for all members of an orbit, which it belongs to; idempotent.
 * Errors  LatticeError when a symmetry does not permute so many sites.
 */
export const representatives = (symmetries: SiteSymmetries, sites: number): Representative => {
  if (symmetries.some((g) => g.sites.length !== sites))
    return fail('LatticeError', 'representatives', `a symmetry does not permute ${sites} sites.`)
  const [identity] = symmetries
  if (identity === undefined) return (configurations) => ({ configurations })
  const turning = symmetries.some((g) => Math.abs(phaseOf(g)) > ROUNDING)
  /** Writes the representative, and returns the phase. */
  const find = (sigma: Int8Array, offset: number, out: Int8Array): number => {
    let best = identity
    let zero = false
    for (const g of symmetries) {
      const ahead = compare(sigma, offset, g, best)
      if (ahead > 0) {
        best = g
        zero = false
      } else if (ahead === 0 && turning) {
        const { re, im } = g.character
        zero ||= Math.hypot(re - best.character.re, im - best.character.im) > ROUNDING
      }
    }
    for (let i = 0; i < sites; i += 1) out[offset + i] = best.flip * sigma[offset + best.sites[i]!]!
    return zero ? Number.NaN : phaseOf(best)
  }
  const found = sites <= STORED_SITES ? new Int32Array(2 ** sites).fill(-1) : undefined
  const phases = found !== undefined && turning ? new Float64Array(2 ** sites) : undefined
  const recall = (sigma: Int8Array, offset: number, out: Int8Array): number => {
    const bits = bitsOf(sigma, offset, sites)
    if (found![bits]! < 0) {
      const phase = find(sigma, offset, out)
      found![bits] = bitsOf(out, offset, sites)
      if (phases !== undefined) phases[bits] = phase
    } else spinsOf(found![bits]!, sites, out, offset)
    return phases?.[bits] ?? 0
  }
  const write = found === undefined ? find : recall
  return (given) => {
    const configurations = new Int8Array(given.length)
    const phase = new Float64Array(turning ? given.length / sites : 0)
    for (let s = 0; s * sites < given.length; s += 1) {
      const own = write(given, s * sites, configurations)
      if (turning) phase[s] = own
    }
    return turning ? { configurations, phase } : { configurations }
  }
}

/**
 * Returns the representatives of some configurations, each once, with the number of configurations
 * that it represents.
 */
export const orbits = (
  representative: Representative,
  configurations: Int8Array,
  sites: number,
): Distinct => {
  // Equal samples are found first: there are many, and finding a representative takes longer.
  const each = distinct(configurations, sites)
  const all = distinct(representative(each.configurations).configurations, sites)
  const multiplicity = new Float64Array(all.multiplicity.length)
  each.multiplicity.forEach((count, k) => {
    multiplicity[all.place[k]!]! += count
  })
  return { ...all, multiplicity, place: each.place.map((k) => all.place[k]!) }
}
