import { either as E } from 'fp-ts'
import type { Absent, Observables } from '../../physics/correlations.ts'
import { type FolderProblem, load, save } from './folder.ts'

// The observables of a run, kept in its folder for its report.

const FILE = 'observables.json'

/** What `psigrad observe --json` prints: the state's observables, and the exact ones if known. */
export interface Observed {
  readonly step: number
  readonly observables: Observables
  readonly exact: Observables | null
}

/** The first and the second side of a lattice, whatever the angle between them. */
export const sideOf = (direction: number): string => 'xy'[direction]!

/** Why an order is not in the table. */
export const showAbsent = ({ quantity, direction, reason }: Absent): string =>
  quantity === 'staggeredMagnetisation'
    ? `no staggered magnetisation: ${reason}.`
    : `no dimer order along ${sideOf(direction ?? 0)}: ${reason}.`

export const saveObserved = (folder: string, observed: Observed): E.Either<FolderProblem, void> =>
  save(folder, FILE, `${JSON.stringify(observed)}\n`)

/** undefined for a run that nobody has observed. */
export const loadObserved = (folder: string): Observed | undefined => {
  const bytes = load(folder, FILE)
  return E.isRight(bytes)
    ? (JSON.parse(new TextDecoder().decode(bytes.right)) as Observed)
    : undefined
}
