import type { Shape } from '../../../../core/index.ts'
import type { Recipe, RecipeStep } from './recipe.ts'

// Recipes a little simpler than a given one, the boldest simplifications first.

const withStep = (recipe: Recipe, k: number, step: Partial<RecipeStep>): Recipe => ({
  ...recipe,
  steps: recipe.steps.with(k, { ...recipe.steps[k]!, ...step }),
})

/** Steps that some output needs and that are done. */
const busySteps = ({ inputs, steps, outputs }: Recipe): number[] => {
  const needed = new Set(outputs)
  for (let k = steps.length - 1; k >= 0; k -= 1) {
    const { operands, state } = steps[k]!
    if (!needed.has(inputs.length + k)) continue
    if (state === 'skipped') needed.add(operands[0]!)
    if (state === 'done') for (const v of operands) needed.add(v)
  }
  return steps.flatMap(({ state }, k) =>
    state === 'done' && needed.has(inputs.length + k) ? [k] : [],
  )
}

/** One output, or what it is made of. */
function* fewerOutputs(recipe: Recipe): Iterable<Recipe> {
  const { inputs, steps, outputs } = recipe
  if (outputs.length > 1) for (const v of outputs) yield { ...recipe, outputs: [v] }
  else
    for (const v of new Set(steps[outputs[0]! - inputs.length]?.operands))
      yield { ...recipe, outputs: [v] }
}

/** The program from its middle on, then without single steps. */
function* fewerSteps(recipe: Recipe): Iterable<Recipe> {
  const busy = busySteps(recipe)
  for (let half = busy.length >> 1; half > 1; half >>= 1) {
    const early = new Set(busy.slice(0, half))
    yield {
      ...recipe,
      steps: recipe.steps.map((s, k) => (early.has(k) ? { ...s, state: 'given' } : s)),
    }
  }
  for (const k of [...busy].reverse()) {
    yield withStep(recipe, k, { state: 'skipped' })
    yield withStep(recipe, k, { state: 'given' })
  }
  // Others may look at an earlier value directly.
  for (const k of busy)
    for (const [i, v] of recipe.steps[k]!.operands.entries()) {
      const inner = recipe.steps[v - recipe.inputs.length]
      if (inner === undefined || inner.state !== 'done') continue
      for (const earlier of new Set(inner.operands)) {
        const operands = recipe.steps[k]!.operands.with(i, earlier)
        yield withStep(recipe, k, { operands })
      }
    }
}

const lengthsBelow = (d: number): number[] =>
  [...new Set([1, d >> 1, d - 1])].filter((n) => n > 0 && n < d)

function* smallerShapes(recipe: Recipe): Iterable<Recipe> {
  const reshaped = (f: (shape: Shape, input: number) => Shape): Recipe => ({
    ...recipe,
    inputs: recipe.inputs.map((x, k) => ({ ...x, shape: f(x.shape, k) })),
  })
  const lengths = new Set(recipe.inputs.flatMap(({ shape }) => shape))
  // Axes of one length together, as they may have met; then one by one.
  for (const d of lengths)
    for (const n of lengthsBelow(d)) yield reshaped((s) => s.map((m) => (m === d ? n : m)))
  for (const [k, { shape }] of recipe.inputs.entries())
    for (const [axis, d] of shape.entries()) {
      yield reshaped((s, i) => (i === k ? s.toSpliced(axis, 1) : s))
      for (const n of lengthsBelow(d)) yield reshaped((s, i) => (i === k ? s.with(axis, n) : s))
    }
}

function* simplerPicks(recipe: Recipe): Iterable<Recipe> {
  for (const k of busySteps(recipe)) {
    const { picks } = recipe.steps[k]!
    for (const [i, pick] of picks.entries())
      for (const less of new Set([0, 1, pick >> 1, pick - 1]))
        if (less >= 0 && less < pick) yield withStep(recipe, k, { picks: picks.with(i, less) })
  }
}

function* simplerSettings(recipe: Recipe): Iterable<Recipe> {
  if (recipe.derivative !== 'none') yield { ...recipe, derivative: 'none' }
  const { samples } = recipe
  for (const fewer of new Set([1, 2, samples >> 1, samples - 1]))
    if (fewer > 0 && fewer < samples) yield { ...recipe, samples: fewer }
  const values = ['ones', 'counted', 'noise', 'odd'] as const
  for (const simpler of values.slice(0, values.indexOf(recipe.values)))
    yield { ...recipe, values: simpler }
  if (recipe.summed) yield { ...recipe, summed: false }
  if (recipe.wide) yield { ...recipe, wide: false }
  if (recipe.fused) yield { ...recipe, fused: false }
  if (recipe.idle) yield { ...recipe, idle: false }
  if (recipe.simplified) yield { ...recipe, simplified: false }
  if (recipe.precision === 'float32') yield { ...recipe, precision: 'float64' }
  for (const [k, x] of recipe.inputs.entries())
    if (x.shared) yield { ...recipe, inputs: recipe.inputs.with(k, { ...x, shared: false }) }
}

export function* smaller(recipe: Recipe): Generator<Recipe> {
  yield* fewerOutputs(recipe)
  yield* fewerSteps(recipe)
  yield* simplerSettings(recipe)
  yield* smallerShapes(recipe)
  yield* simplerPicks(recipe)
}
