import {
  type Concrete,
  dataOf,
  type Key,
  leavesOf,
  normals,
  type Tensor,
  type Tree,
} from '../core/index.ts'
import { smallest } from '../core/values/index.ts'
import type { EnergyEstimate } from './energy.ts'
import { connectedBatch } from './operators/index.ts'
import { applyUpdate, countOf } from './update/index.ts'
import type { Vmc, VmcState } from './vmc.ts'

// This file recognises a point at which the gradient vanishes although the energy is not the lowest
// one, such as a wave function that is constant because a form starts at a symmetric point, and
// leaves it.

/** An update whose largest entry is below this changes nothing. */
const STILL = 1e-9
/** A variance below this share of E² is that of an eigenstate, up to rounding. */
const NO_VARIANCE = 1e-12
/** The standard deviation of the numbers that are added to the parameters. */
const JOLT = 0.1

const numbersOf = <P>(params: P): readonly ArrayLike<number>[] =>
  leavesOf(params as Tree<Tensor>).map((leaf) => dataOf(leaf as Concrete))

/** Tests whether an update changed no parameter. */
const isStill = <P>(before: P, after: P): boolean => {
  const old = numbersOf(before)
  return numbersOf(after).every((leaf, k) =>
    Array.from(leaf).every((x, i) => Math.abs(x - old[k]![i]!) <= STILL),
  )
}

/**
 * The energy of a single configuration is an upper bound of the lowest energy: an eigenstate above
 * the least of them is not the ground state.
 */
const isAbove = <P>(
  { hamiltonian }: Vmc<P>,
  configurations: Int8Array,
  energy: number,
): boolean => {
  const { diagonalRe, samples } = connectedBatch(hamiltonian, configurations)
  return energy > smallest(diagonalRe.subarray(0, samples)) + 1e-9 * Math.abs(energy)
}

/**
 * Tests whether a step was made on a plateau: its update changed nothing, and either every proposal
 * was accepted although the local energies differ, so that |ψ| is the same everywhere, or the wave
 * function is an eigenstate that is not the lowest.
 */
export const onPlateau = <P>(
  vmc: Vmc<P>,
  before: P,
  { params, chains }: VmcState<P>,
  { energy, variance, acceptance }: EnergyEstimate,
): boolean => {
  if (!isStill(before, params)) return false
  const configurations = vmc.average.kind === 'full' ? vmc.average.configurations : chains
  return variance <= NO_VARIANCE * energy * energy
    ? isAbove(vmc, configurations, energy)
    : acceptance === 1
}

/** Returns parameters near the given ones, which are random but the same for the same key. */
export const jolted = <P>(params: P, key: Key): P =>
  applyUpdate(params, normals(key, countOf(params)), -JOLT)
