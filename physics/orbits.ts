import { fail } from '../core/errors.ts'
import { type Distinct, distinct } from './amplitudes.ts'
import { type Lattice, translation } from './lattice.ts'
import { ARRAY_SITES, bitsOf, spinsOf } from './places.ts'

/**
 * A group of site permutations g, (gσ)_i = σ_{g(i)}, under which neither log ψ nor H changes.
 * Configurations of one orbit then share amplitude, local energy and log-derivatives, and any of
 * them may stand for all.
 */
export type SiteSymmetries = readonly Int32Array[]

/**
 * Translations by whole patches: Factored attention with relative weights commutes with them.
 *
 * Errors  LatticeError when patches do not tile the lattice, or along an open direction.
 */
export const patchTranslations = (lat: Lattice, patch: number): SiteSymmetries => {
  if (!(patch >= 1) || lat.dims.some((d) => d % patch !== 0))
    return fail({
      kind: 'LatticeError',
      where: 'patchTranslations',
      what: `patches of ${patch} sites a side do not tile ${lat.name}.`,
    })
  const steps = lat.dims.map((d) => Array.from({ length: d / patch }, (_, k) => k * patch))
  const shifts = steps.reduce<number[][]>(
    (all, along) => all.flatMap((shift) => along.map((s) => [...shift, s])),
    [[]],
  )
  return shifts.map((shift) => translation(lat, shift))
}

/** Is gσ ahead of hσ? Site by site, up before down. */
const ahead = (sigma: Int8Array, offset: number, g: Int32Array, h: Int32Array): boolean => {
  for (let i = 0; i < g.length; i += 1) {
    const difference = sigma[offset + g[i]!]! - sigma[offset + h[i]!]!
    if (difference !== 0) return difference > 0
  }
  return false
}

/** From configurations to those that stand for them: [samples, sites], flat, both. */
export type Representative = (configurations: Int8Array) => Int8Array

/**
 * Each configuration's representative: the member of its orbit that reads first, site by site. On
 * few sites each is found once and remembered, so keep the function as long as the symmetries.
 *
 * Laws    the same for all members of an orbit, and one of them; doing it twice changes nothing.
 * Errors  LatticeError when a symmetry does not permute so many sites.
 */
export const representatives = (symmetries: SiteSymmetries, sites: number): Representative => {
  if (symmetries.some((g) => g.length !== sites))
    return fail({
      kind: 'LatticeError',
      where: 'representatives',
      what: `a symmetry does not permute ${sites} sites.`,
    })
  const [identity] = symmetries
  if (identity === undefined) return (configurations) => configurations
  const find = (sigma: Int8Array, offset: number, out: Int8Array): void => {
    let best = identity
    for (const g of symmetries) if (ahead(sigma, offset, g, best)) best = g
    for (let i = 0; i < sites; i += 1) out[offset + i] = sigma[offset + best[i]!]!
  }
  const found = sites <= ARRAY_SITES ? new Int32Array(2 ** sites).fill(-1) : undefined
  const recall = (sigma: Int8Array, offset: number, out: Int8Array): void => {
    const bits = bitsOf(sigma, offset, sites)
    if (found![bits]! < 0) {
      find(sigma, offset, out)
      found![bits] = bitsOf(out, offset, sites)
    } else spinsOf(found![bits]!, sites, out, offset)
  }
  const write = found === undefined ? find : recall
  return (configurations) => {
    const out = new Int8Array(configurations.length)
    for (let offset = 0; offset < configurations.length; offset += sites)
      write(configurations, offset, out)
    return out
  }
}

/** Representatives of some configurations, each once, with how many it stands for. */
export const orbits = (
  representative: Representative,
  configurations: Int8Array,
  sites: number,
): Distinct => {
  // Equal samples first: there are many, and a representative takes longer to find.
  const each = distinct(configurations, sites)
  const all = distinct(representative(each.configurations), sites)
  const multiplicity = new Float64Array(all.multiplicity.length)
  each.multiplicity.forEach((count, k) => {
    multiplicity[all.place[k]!]! += count
  })
  return { ...all, multiplicity, place: each.place.map((k) => all.place[k]!) }
}
