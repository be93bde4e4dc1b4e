import { autodiffSuspects } from './autodiff.ts'
import { commandsSuspects } from './commands.ts'
import { compilerSuspects } from './compiler.ts'
import { coreSuspects } from './core.ts'
import { formatsSuspects } from './formats.ts'
import { modelsSuspects } from './models.ts'
import { type Suspects, toMutant } from './mutation.ts'
import { physicsSuspects } from './physics.ts'
import { picturesSuspects } from './pictures.ts'
import { type Mutant, ruleMutants } from './rules.ts'
import { samplingSuspects } from './sampling.ts'
import { statisticsSuspects } from './statistics.ts'
import { symmetriesSuspects } from './symmetries.ts'

export const suspects: readonly Suspects[] = [
  ...physicsSuspects,
  ...modelsSuspects,
  ...coreSuspects,
  ...compilerSuspects,
  ...autodiffSuspects,
  ...samplingSuspects,
  ...symmetriesSuspects,
  ...statisticsSuspects,
  ...formatsSuspects,
  ...commandsSuspects,
  ...picturesSuspects,
]

/** All mutants of the places in the list. */
export const placeMutants = (read: (file: string) => string): Mutant[] =>
  suspects.flatMap((s) => s.mutations.map((m) => toMutant(s, m, read(s.file))))

/** Every mutant there is: all rules of both tables, then the places. */
export const allMutants = (read: (file: string) => string): Mutant[] => [
  ...['vjpRules', 'jvpRules'].flatMap((table) => {
    const file = `autodiff/derivatives/${table}.ts`
    return ruleMutants(file, table, read(file))
  }),
  ...placeMutants(read),
]
