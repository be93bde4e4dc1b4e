import { type Concrete, dataOf } from '../../core/index.ts'
import type { Sector } from '../../physics/index.ts'
import type { TrainConfig } from '../settings/index.ts'
import type { TrainState } from './training.ts'

// This file finds states that no run with these settings can have reached, although their shapes
// fit.

const none = new Int8Array(0)

const unfitChains = (chains: Int8Array, { sites, up }: Sector): string | undefined => {
  for (let c = 0; c * sites < chains.length; c += 1) {
    const ups = chains.subarray(c * sites, (c + 1) * sites).filter((spin) => spin === 1).length
    if (ups !== up) return `chain ${c} has ${ups} spins up of ${sites}, not ${up}`
  }
  return undefined
}

/**
 * Returns why a state is impossible in such a run: chains of another sector, an impossible memory
 * of Adam, a step that cannot be judged.
 */
export const unfitState = (
  { chains, optimizer, step, trust }: TrainState,
  { optimizer: name, takeBack }: TrainConfig,
  sector: Sector,
): string | undefined => {
  const unfit = unfitChains(chains, sector) ?? unfitChains(trust?.start?.chains ?? none, sector)
  if (unfit !== undefined) return unfit
  if ((trust !== undefined) !== (takeBack && step > 0))
    return trust === undefined ? 'it does not say where its last step started' : 'it judges steps'
  if (name !== 'adam') return undefined
  const { t, v } = optimizer as { readonly t: Concrete; readonly v: Concrete }
  if (dataOf(t)[0] !== step)
    return `the memory of adam has counted ${dataOf(t)[0]} steps, not ${step}`
  return dataOf(v).some((x) => x < 0) ? 'the memory of adam has squares below 0' : undefined
}
