import { type GradientReport, gradientReport, type Verdict } from '../../../autodiff/index.ts'
import {
  type Concrete,
  keyFrom,
  normals,
  type Program,
  runProgram,
  sizeOf,
  showProblem,
  showProgram,
  type Tensor,
  tensor,
  uniforms,
} from '../../../core/index.ts'
import { problemOf } from '../../../autodiff/verify/index.ts'
import { markedOf, type Recipe } from '../../core/wasm/differential/recipe.ts'

// Random well-typed programs at random points: their rules are right, so no verdict may be 'wrong'.

/** Normal numbers, now and then whole ones, which meet in ties, or of very different sizes. */
const pointOf = (recipe: Recipe, shape: readonly number[], k: number): Concrete => {
  const size = sizeOf(shape)
  const key = keyFrom(recipe.seed + 7919 * k)
  const [style = 0] = uniforms(keyFrom(recipe.seed + 31), 1)
  const z = normals(key, size)
  const wide = uniforms(keyFrom(recipe.seed + 101 * k), size)
  const drawn = Array.from(z, (v, i) => {
    if (style < 0.1) return Math.round(v)
    return style < 0.25 ? v * 10 ** (6 * wide[i]! - 4) : v
  })
  return tensor(drawn, shape, recipe.precision)
}

/** The program of a recipe; its customVjps are not meant to be right, so others take their place. */
const programOfRecipe = (recipe: Recipe): Program => {
  const steps = recipe.steps.map((s) => (s.name === 'customVjp' ? { ...s, name: 'tanh' } : s))
  return markedOf({ ...recipe, steps: steps as Recipe['steps'], derivative: 'none' }).program
}

/** Checks the gradient of a recipe's program at its point. */
export const reportOf = (recipe: Recipe): GradientReport => {
  const program = programOfRecipe(recipe)
  const point = program.inputs.map((v, k) => pointOf(recipe, v.shape, k))
  const f = (xs: readonly Tensor[]): Tensor[] => runProgram(program, [...xs])
  const order = recipe.seed % 5 === 0 ? 2 : 1
  return gradientReport(f, { order, entries: 2, seed: recipe.seed % 1000, name: 'program' })(point)
}

/** Describes what is wrong with the verdict on a recipe's program, or is undefined. */
export const falseAlarmOf = (recipe: Recipe, count?: Map<Verdict, number>): string | undefined => {
  let report: GradientReport
  try {
    report = reportOf(recipe)
  } catch (error) {
    return `the check throws: ${error instanceof Error ? error.stack : String(error)}`
  }
  count?.set(report.verdict, 1 + (count.get(report.verdict) ?? 0))
  const untrue = report.verdict === 'right' && report.maxError > report.tolerance
  if (report.verdict !== 'wrong' && report.blamed.length === 0 && !untrue) return undefined
  const program = programOfRecipe(recipe)
  const point = program.inputs.map((v, k) => Array.from(pointOf(recipe, v.shape, k).data).join(' '))
  return [showProgram(program), ...point, showProblem(problemOf(report))].join('\n')
}
