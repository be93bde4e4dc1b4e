import { totalRequests } from '../../physics/index.ts'
import { showCount, showEnergy, showFixed, showSmall, showTime } from '../settings/index.ts'
import type { TrainResult } from './result.ts'

// This file returns the numbers of a run as rows of a table.

export interface Row {
  readonly name: string
  readonly value: string
  readonly unit?: string
}

const energyAndError = ({ energyPerSite, energyError }: TrainResult): string =>
  energyError === 0
    ? showEnergy(energyPerSite)
    : `${showEnergy(energyPerSite)} ± ${showSmall(energyError)}`

const known = (value: number | null, row: Row): readonly Row[] => (value === null ? [] : [row])

/** A null R-hat in files is infinite: halves of chains are constant and different, or too short. */
const agreementOf = ({ rHat, acceptance }: TrainResult): string => {
  if (rHat !== null) return showFixed(rHat, 4)
  return acceptance === 0
    ? '∞ (no chain moved: energy and error are those of one configuration per chain)'
    : '– (chains too short, or none of them moves: the error may be too small)'
}

/** Returns the numbers that a reader looks for first. */
export const headlineOf = (r: TrainResult): readonly Row[] => [
  { name: 'Energy per site', value: showEnergy(r.energyPerSite), unit: 'J' },
  ...known(r.exactPerSite, {
    name: 'Exact ground state',
    value: showEnergy(r.exactPerSite),
    unit: 'J',
  }),
  ...known(r.relativeError, { name: 'Relative error', value: showSmall(r.relativeError) }),
  { name: 'V-score', value: showSmall(r.vScore) },
]

/** Returns all numbers of a run, in the order of `--json`. */
export const resultRows = (r: TrainResult): readonly Row[] => [
  { name: 'energy per site', value: energyAndError(r), unit: 'J' },
  { name: 'variance per site', value: showSmall(r.variancePerSite), unit: 'J²' },
  { name: 'V-score', value: showSmall(r.vScore) },
  ...known(r.exactPerSite, {
    name: 'exact energy per site',
    value: showEnergy(r.exactPerSite),
    unit: 'J',
  }),
  ...known(r.relativeError, { name: 'relative error', value: showSmall(r.relativeError) }),
  { name: 'parameters', value: showCount(r.parameters) },
  { name: 'steps', value: showCount(r.steps) },
  ...known(r.refusals, { name: 'steps taken back', value: showCount(r.refusals ?? 0) }),
  { name: 'time', value: showTime(r.seconds), unit: 'h:min:s' },
  ...known(r.acceptance, { name: 'acceptance', value: showFixed(r.acceptance, 3) }),
  ...known(r.acceptance, { name: 'split R-hat', value: agreementOf(r) }),
  ...(r.evaluations === null
    ? []
    : [
        {
          name: 'log ψ evaluations',
          value: `${showCount(r.evaluations.made)} computed for ${showCount(totalRequests(r.evaluations))} requested`,
        },
      ]),
  { name: 'seed', value: String(r.seed) },
  { name: 'run folder', value: r.runDir },
]
