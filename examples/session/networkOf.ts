import { either as E } from 'fp-ts'
import { patchGrid, vit } from '../../models/index.ts'
import { formAt } from '../forms/index.ts'
import { modelOf, type TrainConfig } from '../settings/index.ts'

// The network that settings name, alone: for looking at it, without problem, sampler or optimiser.

/**
 * Returns the network of a configuration, without its sum over symmetries, and its number of sites.
 *
 * Left  why its form cannot be made.
 */
export const networkOf = (config: TrainConfig) => {
  const { lattice } = modelOf(config)
  const { layers, dim, heads, attention } = config
  const patches = patchGrid(config.size, config.patch, config.boundary, lattice)
  const form = formAt(attention, { grid: patches, heads, dim })
  return E.isLeft(form)
    ? form
    : E.right({
        network: vit(form.right, { patches, layers, dim, heads }),
        sites: lattice.sites,
      })
}
