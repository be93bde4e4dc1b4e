import type { Complex, Task, Team } from '../../core/index.ts'
import type { OrbitBasis } from './orbitBasis.ts'
import { BLOCK_ROWS, type MatrixBlock, type OrbitMatrix } from './orbitMatrix.ts'
import { sharedNumbers } from './sharedArrays.ts'

/**
 * The Hamiltonian in some sectors of symmetry at once: y = H x, between orthonormal states, for one
 * vector of each sector. Elements are read once for all, and amplitudes lie side by side.
 *
 * Shapes  vectors [orbits, sectors, parts], flat; parts are real and imaginary, or only real.
 */
export interface SectorMatrix {
  readonly orbits: number
  readonly sectors: number
  /** 1 where every character and element is real, else 2. */
  readonly parts: 1 | 2
  /** √(configurations of an orbit) in a sector; 0 where the sector does not have the orbit. */
  readonly rootOf: (orbit: number, sector: number) => number
  readonly apply: (x: Float64Array, y: Float64Array) => void
}

/** The sum (1) of `orbitMatrix`, with amplitudes at representatives z = x/√(orbit size). */
interface Product {
  readonly orbits: number
  readonly sectors: number
  readonly parts: 1 | 2
  readonly indexBits: number
  readonly diagonal: Float64Array
  readonly blocks: readonly MatrixBlock[]
  /** What code c is worth in sector s, at c · sectors + s. */
  readonly re: Float64Array
  readonly im: Float64Array
  readonly stabiliser: Int32Array
  /** For each stabiliser, sector and part. */
  readonly roots: Float64Array
  readonly x: Float64Array
  readonly z: Float64Array
  readonly y: Float64Array
}

const amplitudes = (spec: Product, from: number, to: number): void => {
  const { sectors, parts, stabiliser, roots, x, z } = spec
  const inverse = roots.map((r) => (r === 0 ? 0 : 1 / r))
  const width = sectors * parts
  for (let r = from; r < to; r += 1) {
    const own = stabiliser[r]! * width
    for (let c = 0; c < width; c += 1) z[r * width + c] = x[r * width + c]! * inverse[own + c]!
  }
}

/** y = diagonal x + root Σ, from the sums of a row. */
const finishRow = (spec: Product, row: number, sums: Float64Array): void => {
  const { diagonal, stabiliser, roots, x, y } = spec
  const width = sums.length
  const own = stabiliser[row]! * width
  const at = row * width
  for (let c = 0; c < width; c += 1) {
    const root = roots[own + c]!
    y[at + c] = root === 0 ? 0 : diagonal[row]! * x[at + c]! + root * sums[c]!
  }
}

/** One real sector, whose sum needs no memory: the loop of large lattices. */
const singleRows = (spec: Product): ((block: number) => void) => {
  const { indexBits, re, z } = spec
  const mask = 2 ** indexBits - 1
  const sums = new Float64Array(1)
  return (block) => {
    const { starts, elements } = spec.blocks[block]!
    for (let i = 0; i < starts.length - 1; i += 1) {
      const end = starts[i + 1]!
      let sum = 0
      for (let p = starts[i]!; p < end; p += 1) {
        const element = elements[p]!
        sum += re[element >>> indexBits]! * z[element & mask]!
      }
      sums[0] = sum
      finishRow(spec, block * BLOCK_ROWS + i, sums)
    }
  }
}

const realRows = (spec: Product): ((block: number) => void) => {
  const { sectors, indexBits, re, z } = spec
  const mask = 2 ** indexBits - 1
  const sums = new Float64Array(sectors)
  return (block) => {
    const { starts, elements } = spec.blocks[block]!
    for (let i = 0; i < starts.length - 1; i += 1) {
      const end = starts[i + 1]!
      sums.fill(0)
      for (let p = starts[i]!; p < end; p += 1) {
        const element = elements[p]!
        const code = (element >>> indexBits) * sectors
        const at = (element & mask) * sectors
        for (let s = 0; s < sectors; s += 1) sums[s]! += re[code + s]! * z[at + s]!
      }
      finishRow(spec, block * BLOCK_ROWS + i, sums)
    }
  }
}

const complexRows = (spec: Product): ((block: number) => void) => {
  const { sectors, indexBits, re, im, z } = spec
  const mask = 2 ** indexBits - 1
  const sums = new Float64Array(2 * sectors)
  return (block) => {
    const { starts, elements } = spec.blocks[block]!
    for (let i = 0; i < starts.length - 1; i += 1) {
      const end = starts[i + 1]!
      sums.fill(0)
      for (let p = starts[i]!; p < end; p += 1) {
        const element = elements[p]!
        const code = (element >>> indexBits) * sectors
        const at = (element & mask) * 2 * sectors
        for (let s = 0, q = 0; s < sectors; s += 1, q += 2) {
          const c = re[code + s]!
          const d = im[code + s]!
          const u = z[at + q]!
          const v = z[at + q + 1]!
          sums[q]! += c * u - d * v
          sums[q + 1]! += c * v + d * u
        }
      }
      finishRow(spec, block * BLOCK_ROWS + i, sums)
    }
  }
}

export const productTask: Task<Product> = {
  name: 'orbitProduct',
  phases: ({ blocks }) => [blocks.length, blocks.length],
  start: (spec) => {
    const kind = spec.parts === 2 ? complexRows : spec.sectors === 1 ? singleRows : realRows
    const rows = kind(spec)
    return (phase, block) => {
      const from = block * BLOCK_ROWS
      if (phase === 0) amplitudes(spec, from, Math.min(from + BLOCK_ROWS, spec.orbits))
      else rows(block)
    }
  },
}

const filled = (numbers: readonly number[]): Float64Array => {
  const all = sharedNumbers(numbers.length)
  all.set(numbers)
  return all
}

/** Sums of characters of a subgroup are its order or 0, up to rounding. */
const HALF = 0.5

/** The parts of a Hamiltonian that all sectors of a family share. */
export interface OrbitHamiltonian {
  readonly basis: OrbitBasis
  readonly matrix: OrbitMatrix
  /** The class of each symmetry of the group. */
  readonly classOf: Int32Array
  readonly team: Team
}

/**
 * The matrix in the sectors with these characters, one for each class of symmetries.
 *
 * An orbit belongs to a sector when the symmetries that leave its representative as it is have
 * character 1. Vectors are 0 on the others, and stay so.
 *
 * Shapes  x, y of `apply` as above, in memory that the team sees.
 */
export const sectorMatrix = (
  { basis, matrix, classOf, team }: OrbitHamiltonian,
  characters: readonly (readonly Complex<number>[])[],
): SectorMatrix => {
  const { classes, coefficients } = matrix
  const sectors = characters.length
  const roots = basis.stabilisers.flatMap((kept) =>
    characters.map((own) => {
      const sum = kept.reduce((total, g) => total + own[classOf[g]!]!.re, 0)
      return sum > HALF ? Math.sqrt(classOf.length / kept.length) : 0
    }),
  )
  const values = Array.from({ length: coefficients.re.length * classes }, (_, c) => {
    const k = Math.floor(c / classes)
    const [a, b] = [coefficients.re[k]!, coefficients.im[k]!]
    return characters.map((own) => {
      const { re, im } = own[c % classes]!
      return { re: a * re - b * im, im: a * im + b * re }
    })
  }).flat()
  const parts: 1 | 2 = values.every(({ im }) => im === 0) ? 1 : 2
  const spec = {
    orbits: matrix.dimension,
    sectors,
    parts,
    indexBits: matrix.indexBits,
    diagonal: matrix.diagonal,
    blocks: matrix.blocks,
    re: filled(values.map((v) => v.re)),
    im: filled(values.map((v) => v.im)),
    stabiliser: basis.stabiliser,
    roots: filled(roots.flatMap((root) => (parts === 2 ? [root, root] : [root]))),
    z: sharedNumbers(parts * matrix.dimension * sectors),
  }
  return {
    orbits: matrix.dimension,
    sectors,
    parts,
    rootOf: (orbit, sector) => roots[basis.stabiliser[orbit]! * sectors + sector]!,
    apply: (x, y) => team.run(productTask, { ...spec, x, y }),
  }
}
