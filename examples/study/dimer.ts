import { largestSize } from '../../core/values/index.ts'
import { attentiveLogCosh, dimerState, patchGrid } from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import type { DimerData } from './data.ts'

// This file checks the exact mapping of the third claim numerically: 4x4 sites, the whole sector.

/** The ratios J/J', up to far beyond the end of the dimer phase at about 0.675. */
const RATIOS = [0, 0.3, 0.5, 0.65, 1, 3]

/** Returns energy, variance and gradient of the explicit network at several J/J'. */
export const dimerChecks = (ratios: readonly number[] = RATIOS): DimerData => {
  const lattice = physics.square(4, 4)
  const sector = physics.szSector(lattice.sites)
  const patches = patchGrid([4, 4], 2)
  const params = dimerState(patches)
  const evaluators = physics.evaluatorsOf(attentiveLogCosh(patches), params, lattice.sites)
  const all = physics.allConfigurations(physics.basisOf(sector))
  const logPsi = evaluators.logPsi(params)
  const weights = physics.probabilities(logPsi(all).re)
  const derivatives = evaluators.logDerivatives(params, all)
  return {
    mapped: ratios.map((ratio) => {
      const operator = physics.shastrySutherland(lattice, { j: ratio, jDimer: 1 })
      const hamiltonian = physics.compileOperator(operator, lattice.sites)
      const local = physics.localEnergies(hamiltonian, logPsi, all)
      const { mean, variance } = physics.complexMoments(local, weights)
      const force = physics.force(physics.centred(derivatives, local, weights))
      return {
        ratio,
        energyPerSite: mean.re / lattice.sites,
        exactPerSite:
          physics.exactStates(operator, sector, { states: 1 }).energies[0]! / lattice.sites,
        variance,
        gradient: largestSize(force),
      }
    }),
  }
}
