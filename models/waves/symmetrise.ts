import { vmap } from '../../autodiff/index.ts'
import {
  add,
  type Complex,
  complexLogMean,
  gather,
  mul,
  reshape,
  type Tensor,
  tensor,
} from '../../core/index.ts'
import { cosets, type SymmetryGroup } from './symmetries.ts'
import type { WaveFunction } from './vit.ts'

/** A sum over images gσ, for who evaluates many configurations: each image is one of them. */
export interface Images<P> {
  readonly count: number
  /** The wave function of one image. */
  readonly wave: WaveFunction<P>
  /** [samples, sites] to [samples, images, sites], flat. */
  readonly of: (configurations: Int8Array) => Int8Array
  /** log ψ_sym of log ψ of the images, [images]. */
  readonly mean: (logPsi: Complex) => Complex
}

export type SymmetrisedWave<P> = WaveFunction<P> & { readonly images?: Images<P> }

const imagesOf =
  (terms: SymmetryGroup, sites: number) =>
  (configurations: Int8Array): Int8Array => {
    const images = new Int8Array(configurations.length * terms.length)
    let at = 0
    for (let row = 0; row < configurations.length; row += sites)
      for (const { flip, sites: from } of terms)
        for (let i = 0; i < sites; i += 1) {
          images[at] = flip * configurations[row + from[i]!]!
          at += 1
        }
    return images
  }

/**
 * The part of a wave function in a sector of symmetry, a wave function with the same parameters:
 *
 *   ψ_sym(σ) = 1/|G| Σ_g χ(g) ψ(gσ)
 *
 * `already` is a subgroup under which ψ transforms with these characters by itself, such as
 * translations by whole patches: then one g for each of its cosets is enough.
 *
 * Laws           ψ_sym(gσ) = χ(g)* ψ_sym(σ); symmetrised twice it is the same; no change for ψ in
 *                the sector.
 * Special cases  where the terms cancel exactly, ψ_sym = 0: re = −∞, im = 0, and its derivatives
 *                have no value. Where they cancel in part, |ψ_sym| is good to the rounding of the
 *                largest term.
 * Errors         SectorError when ψ has no part in the sector by the symmetry it has already.
 * Cost           that of ψ times the number of terms.
 * Source         Nomura, J. Phys.: Condens. Matter 33, 174003 (2021).
 */
export const symmetrise = <P>(
  wave: WaveFunction<P>,
  group: SymmetryGroup,
  already: SymmetryGroup = [],
): SymmetrisedWave<P> => {
  const terms = cosets(group, already)
  const sites = terms[0]?.sites.length ?? 0
  if (terms.length <= 1) return wave
  const from = terms.flatMap((g) => [...g.sites])
  const flips = tensor(
    terms.map((g) => g.flip),
    [terms.length, 1],
  )
  const angles = tensor(terms.map(({ character: { re, im } }) => Math.atan2(im, re)))
  const mean = ({ re, im }: Complex): Complex => complexLogMean({ re, im: add(im, angles) })
  return {
    name: `symmetrised ${wave.name}`,
    init: wave.init,
    apply: (params, sigma: Tensor) => {
      const images = mul(flips, reshape(gather(sigma, from), [terms.length, sites])) // [g, sites]
      return mean(vmap(wave.apply, { inAxes: [null, 0] })(params, images)) // [g]
    },
    images: { count: terms.length, wave, of: imagesOf(terms, sites), mean },
  }
}
