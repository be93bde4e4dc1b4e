import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { showProblem, TensorError } from '../../../core/index.ts'
import { planTraining } from '../../../examples/session/planTraining.ts'
import { defaults } from '../../../examples/settings/defaults.ts'
import { countOf, scriptOf } from '../../../examples/settings/usage.ts'
import { showForm } from '../../../models/index.ts'
import { expressions } from './expressions.ts'

// Trains random attention forms on the 4x4 lattice, each for a few steps, without touching the
// code.

const HELP = `
Exit codes: 0 all trained; 1 one cannot be planned or a step fails; 2 wrong usage.

Examples:
  npm run forms
  npm run forms -- --forms 10 --seed 7`

const values = scriptOf(
  'forms',
  'Does an attention form that nobody has written before train?',
  HELP,
)
  .addOption(countOf('--forms', 'random forms').default(200))
  .addOption(countOf('--steps', 'optimisation steps of each').default(20))
  .addOption(countOf('--seed', 'of the generator of forms').default(1))
  .parse()
  .opts<{ readonly forms: number; readonly steps: number; readonly seed: number }>()

const forms = fc.sample(expressions, { numRuns: values.forms, seed: values.seed })
const started = performance.now()

/** The energy per site after the last step, or what went wrong. */
const trained = (attention: string): E.Either<string, number> => {
  const config = { ...defaults, attention, dim: 4, heads: 2, samples: 256, threads: 1 }
  const plan = planTraining(config)
  if (E.isLeft(plan)) return E.left(showProblem(plan.left))
  const training = plan.right
  try {
    let state = training.initial()
    let energy = Number.NaN
    for (let k = 0; k < values.steps; k += 1) {
      const next = training.step(state)
      state = next.state
      energy = next.record.energy / training.sites
    }
    return Number.isFinite(energy) ? E.right(energy) : E.left(`energy ${energy}`)
  } catch (error) {
    if (error instanceof TensorError) return E.left(showProblem(error.problem))
    throw error
  } finally {
    training.dispose()
  }
}

let failures = 0
for (const form of forms.map(showForm)) {
  const result = trained(form)
  if (E.isLeft(result)) failures += 1
  console.log(
    E.isLeft(result) ? `FAILED   ${form}\n${result.left}` : `${result.right.toFixed(4)}  ${form}`,
  )
}
const minutes = ((performance.now() - started) / 60_000).toFixed(1)
console.log(`${forms.length - failures} of ${forms.length} forms trained in ${minutes} minutes`)
if (failures > 0) process.exitCode = 1
