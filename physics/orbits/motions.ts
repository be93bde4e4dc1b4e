import type { Complex } from '../../core/index.ts'
import type { Symmetry } from '../../models/index.ts'
import type { Irrep } from './irreps.ts'
import { type OrbitBasis, orbitLocator } from './orbitBasis.ts'
import type { SectorMatrix } from './sectorMatrix.ts'

/** pσ, for configurations as two integers. */
const mover = ({ code }: OrbitBasis, p: Symmetry) => {
  const { order, highBits } = code
  const position = new Int32Array(order.length)
  order.forEach((site, q) => {
    position[site] = q
  })
  const from = order.map((site) => position[p.sites[site]!]!)
  const inverted = p.flip === -1 ? 1 : 0
  return (high: number, low: number, into: Int32Array): void => {
    let [a, b] = [0, 0]
    for (let q = 0; q < from.length; q += 1) {
      const at = from[q]!
      const bit = ((at < highBits ? high >> at : low >> (at - highBits)) & 1) ^ inverted
      if (q < highBits) a |= bit << q
      else b |= bit << (q - highBits)
    }
    into[0] = a
    into[1] = b
  }
}

/**
 * Returns χ = (Σ_σ ψ(σ)* ψ(pσ))* for a motion p that keeps the sector, and a state in it. It has
 * modulus 1 where the state is an eigenstate of p.
 */
export const measuredCharacter = (
  basis: OrbitBasis,
  h: SectorMatrix,
  { values }: Irrep,
  vector: Float64Array,
  p: Symmetry,
): Complex<number> => {
  const { highs, start, low } = basis
  const rootOf = (orbit: number): number => h.rootOf(orbit, 0)
  const move = mover(basis, p)
  const locate = orbitLocator(basis)
  const found = new Int32Array(2)
  const part = (row: number, k: 0 | 1): number => (k < h.parts ? vector[row * h.parts + k]! : 0)
  let [re, im] = [0, 0]
  for (let at = 0; at < highs.length; at += 1)
    for (let row = start[at]!; row < start[at + 1]!; row += 1) {
      const root = rootOf(row)
      if (root === 0) continue
      move(highs[at]!, low[row]!, found)
      locate(found[0]!, found[1]!, found)
      const other = found[0]!
      if (rootOf(other) === 0) continue
      const chi = values[found[1]!]!
      const share = root / rootOf(other)
      const [a, b] = [part(row, 0), part(row, 1)]
      const [u, v] = [part(other, 0), part(other, 1)]
      // ψ(pσ) = χ(g) ψ(r') with r' = g p σ.
      const [c, d] = [chi.re * u - chi.im * v, chi.re * v + chi.im * u]
      re += share * (a * c + b * d)
      im -= share * (a * d - b * c)
    }
  return { re, im: im + 0 }
}
