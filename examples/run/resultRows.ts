import { chainsAgree, showAgreement, totalRequests } from '../../physics/index.ts'
import { showCount, showEnergy, showFixed, showSmall, showTime } from '../settings/index.ts'
import type { TrainResult } from './result.ts'

// This file returns the numbers of a run as rows of a table.

export interface Row {
  readonly name: string
  readonly value: string
  readonly unit?: string
}

/** A number with its error, where there is one. */
const withError = (value: string, error: number | null): string =>
  error === null || error === 0 ? value : `${value} ± ${showSmall(error)}`

const energyAndError = ({ energyPerSite, energyError, reliable }: TrainResult): string => {
  const doubt = reliable === false ? ' (unreliable: too few and too short chains)' : ''
  return `${withError(showEnergy(energyPerSite), energyError)}${doubt}`
}

const known = (value: number | null, row: Row): readonly Row[] => (value === null ? [] : [row])

/** Returns R-hat with what it says; an infinite one is null in old files, without a limit. */
const agreementOf = (r: TrainResult): string => {
  const { rHat, acceptance } = r
  if (rHat === null)
    return acceptance === 0
      ? '∞ (no chain moved: energy and error are those of one configuration per chain)'
      : '– (chains too short, or none of them moves: the error may be too small)'
  return Number.isFinite(rHat) && chainsAgree(r) !== false ? showFixed(rHat, 4) : showAgreement(r)
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
  {
    name: 'variance per site',
    value: withError(showSmall(r.variancePerSite), r.varianceError),
    unit: 'J²',
  },
  { name: 'V-score', value: withError(showSmall(r.vScore), r.vScoreError) },
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
  ...known(r.autocorrelationTime, {
    name: 'autocorrelation time',
    value: showFixed(r.autocorrelationTime, 1),
    unit: 'samples',
  }),
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
