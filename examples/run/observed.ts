import type { either as E } from 'fp-ts'
import * as v from 'valibot'
import type { Absent, Observables } from '../../physics/estimates/index.ts'
import { type FolderProblem, save } from './folder.ts'
import { anyNumber, loadJson, toJson } from './json.ts'

// The observables of a run are stored in its folder for its report.

const FILE = 'observables.json'

/**
 * The output of `psigrad observe --json`: the observables of the state, and the exact ones if
 * available.
 */
export interface Observed {
  readonly step: number
  readonly observables: Observables
  readonly exact: Observables | null
}

/** Returns the name of the first or second side of a lattice, whatever the angle between them. */
export const sideOf = (direction: number): string => 'xy'[direction]!

/** Returns why an order is not in the table. */
export const showAbsent = ({ quantity, direction, reason }: Absent): string =>
  quantity === 'staggeredMagnetisation'
    ? `no staggered magnetisation: ${reason}.`
    : `no dimer order along ${sideOf(direction ?? 0)}: ${reason}.`

export const saveObserved = (folder: string, observed: Observed): E.Either<FolderProblem, void> =>
  save(folder, FILE, `${toJson(observed)}\n`)

const quantity = v.looseObject({
  value: v.number(),
  // Old files have null for an error that is infinite.
  error: v.pipe(
    v.nullable(anyNumber),
    v.transform((x) => x ?? Number.POSITIVE_INFINITY),
  ),
  autocorrelationTime: v.pipe(
    v.nullable(anyNumber),
    v.transform((x) => x ?? Number.NaN),
  ),
})

const observables = v.looseObject({
  correlations: v.array(v.looseObject({ ...quantity.entries, displacement: v.array(v.number()) })),
  structureFactor: v.array(v.looseObject({ ...quantity.entries, k: v.array(v.number()) })),
  staggeredMagnetisation: v.nullable(quantity),
  dimerOrder: v.nullable(v.array(v.looseObject({ ...quantity.entries, direction: v.number() }))),
  absent: v.array(v.looseObject({ quantity: v.string(), reason: v.string() })),
})

const schema = v.object({
  step: v.number(),
  observables,
  exact: v.nullable(observables),
}) as unknown as v.GenericSchema<unknown, Observed>

/** Loads the observables; undefined for a run that was not observed. */
export const loadObserved = (folder: string): E.Either<FolderProblem, Observed | undefined> =>
  loadJson(folder, FILE, schema, `psigrad observe ${folder} writes it again.`)
