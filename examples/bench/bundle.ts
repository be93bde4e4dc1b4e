import { readFileSync, writeFileSync } from 'node:fs'
import { either as E } from 'fp-ts'
import {
  type Concrete,
  dataOf,
  flatten,
  foldIn,
  keyFrom,
  leavesWithPaths,
  normals,
  showPath,
  type Tree,
  tensor,
} from '../../core/index.ts'
import {
  type FactoredParams,
  factored,
  initialise,
  patchGrid,
  type VitParams,
  vit,
  type WaveFunction,
} from '../../models/index.ts'
import { randomChains, szSector } from '../../physics/index.ts'
import { decode, type Entry, encode } from '../run/index.ts'
import type { Size } from './items.ts'

// All contenders use the same model: psigrad draws parameters and configurations once, and all
// contenders read them from one file.

export type Params = VitParams<FactoredParams>

export const waveOf = ({ lattice, patch, layers, dim, heads }: Size): WaveFunction<Params> => {
  const patches = patchGrid(lattice, patch)
  return vit((sizes) => factored(sizes), { patches, layers, dim, heads })
}

/** The name of the configurations among the parameters. */
const CONFIGURATIONS = 'sigma'
const SEED = 7
/** Biases and scales of a fresh model are 0 and 1, which would hide that a contender omits them. */
const NOISE = 0.05

/** Returns parameters in float64, with noise added to their initial values. */
export const drawParams = (size: Size): Params => {
  const fresh = initialise(waveOf(size), keyFrom(SEED)) as unknown as Tree<Concrete>
  const { leaves, unflatten } = flatten<Concrete>(fresh)
  return unflatten(
    leaves.map((leaf, i) => {
      const noise = normals(foldIn(keyFrom(SEED), i), leaf.size)
      return tensor(
        dataOf(leaf).map((x, k) => x + NOISE * noise[k]!),
        leaf.shape,
      )
    }),
  ) as unknown as Params
}

/** Returns the number of real parameters. */
export const parameterCount = (size: Size): number =>
  flatten<Concrete>(drawParams(size) as unknown as Tree<Concrete>).leaves.reduce(
    (n, leaf) => n + leaf.size,
    0,
  )

export interface Bundle {
  readonly params: Params
  /** [count, sites], ±1, flat */
  readonly configurations: Int8Array
}

/** Writes the parameters by the paths of their leaves, in order, then the configurations. */
export const writeBundle = (file: string, size: Size, count: number): void => {
  const sites = size.lattice[0] * size.lattice[1]
  const leaves = leavesWithPaths<Concrete>(drawParams(size) as unknown as Tree<Concrete>)
  const configurations = randomChains(szSector(sites), count, keyFrom(SEED))
  const tensors: [string, Entry][] = leaves.map(({ path, leaf }) => [
    showPath(path),
    { shape: [...leaf.shape], values: dataOf(leaf) as Float64Array },
  ])
  tensors.push([CONFIGURATIONS, { shape: [count, sites], values: configurations }])
  writeFileSync(file, encode({ tensors: Object.fromEntries(tensors), metadata: {} }))
}

/** Returns the parameters by the paths of their leaves, in order, and the configurations. */
export const namedTensors = (
  file: string,
): { readonly tensors: Readonly<Record<string, Entry>>; readonly configurations: Entry } => {
  // A Buffer would return views of its own memory where decode needs copies.
  const found = decode(new Uint8Array(readFileSync(file)))
  if (E.isLeft(found)) throw new Error(`${file}: ${found.left}`)
  const { [CONFIGURATIONS]: configurations, ...tensors } = found.right.tensors
  return { tensors, configurations: configurations! }
}

export const readBundle = (file: string, size: Size): Bundle => {
  const { tensors, configurations } = namedTensors(file)
  const shape = flatten<Concrete>(drawParams(size) as unknown as Tree<Concrete>)
  const leaves = Object.values(tensors).map((e) => tensor(e.values as Float64Array, e.shape))
  return {
    params: shape.unflatten(leaves) as unknown as Params,
    configurations: configurations.values as Int8Array,
  }
}
