import fc from 'fast-check'
import { type PrimitiveName, sameShape } from '../../../../core/index.ts'
import { newBuilder } from './builder.ts'
import type { Recipe, RecipeStep } from './recipe.ts'
import { smaller } from './smaller.ts'
import { steps } from './steps.ts'

// Random recipes of well-typed programs over all primitives.

/** Steps are drawn in proportion to these weights; those not listed have weight 1. */
const weights: { readonly [P in PrimitiveName]?: number } = {
  contract: 8,
  sum: 3,
  max: 2,
  add: 2,
  mul: 3,
  reshape: 2,
  transpose: 3,
  broadcast: 3,
  slice: 4,
  pad: 2,
  concatenate: 3,
  gather: 2,
  scatterAdd: 2,
}
const names = (Object.keys(steps) as PrimitiveName[]).flatMap((name) =>
  new Array<PrimitiveName>(weights[name] ?? 1).fill(name),
)

/** Numbers at random. */
interface Draw {
  readonly below: (n: number) => number
  readonly one: <A>(things: readonly A[]) => A
  readonly chance: (p: number) => boolean
}
const drawing = (random: fc.Random): Draw => {
  const below = (n: number): number => random.nextInt(0, n - 1)
  return {
    below,
    one: (things) => things[below(things.length)]!,
    chance: (p) => random.nextDouble() < p,
  }
}

/** Elements of most values, and of those that fill more than a strip or a cache. */
const USUAL = 400
const LARGE = 5000

/** Around the borders of blocks of registers; now and then long, seldom empty. */
const someLength = ({ below, chance }: Draw): number =>
  chance(0.01) ? 0 : chance(0.07) ? 17 + below(24) : chance(0.15) ? 1 : 1 + below(9)

/** The settings that recipes are drawn with. */
interface Taste {
  readonly shareOfLarge: number
  /** The primitives that occur; without it, all of them. */
  readonly theme?: readonly PrimitiveName[]
}

const recipeFrom = (draw: Draw, taste: Taste): Recipe => {
  const { below, one, chance } = draw
  const large = chance(taste.shareOfLarge)
  const largest = large ? LARGE : USUAL
  // Few lengths, so that axes meet.
  const lengths = Array.from({ length: 1 + below(3) }, () =>
    large ? 20 + below(60) : someLength(draw),
  )
  const inputs = Array.from({ length: 1 + below(4) }, () => {
    const ranks = [0, 1, 1, 2, 2, 2, 3]
    const shape: number[] = []
    for (let rank = one(ranks); rank > 0; rank -= 1) {
      const d = one(lengths)
      if (shape.reduce((n, m) => n * m, d) <= largest) shape.push(d)
    }
    return { shape, shared: chance(0.35) }
  })
  // The builder makes each step, since its output is known only then.
  const b = newBuilder(largest)
  const values = inputs.map(({ shape }) => b.input(shape))
  // Half of the programs are about few primitives, which meet more often.
  const theme = taste.theme ?? Array.from({ length: 2 + below(4) }, () => one(names))
  const narrow = taste.theme !== undefined || chance(0.5)
  const count = chance(0.03) ? 20 + below(40) : chance(0.3) ? 1 + below(3) : 3 + below(9)
  const chosen = Array.from({ length: count }, (): RecipeStep => {
    const recent = (): number => {
      const back = chance(0.6) ? below(Math.min(3, values.length)) : below(values.length)
      return values.length - 1 - back
    }
    const first = recent()
    const alike = values.flatMap((v, k) => (sameShape(v.shape, values[first]!.shape) ? [k] : []))
    const other = (): number => (chance(0.6) ? one(alike) : recent())
    const step: RecipeStep = {
      name: narrow && chance(0.85) ? one(theme) : one(names),
      operands: [first, other(), other()],
      picks: Array.from({ length: 3 }, () => (chance(0.25) ? 0 : below(1000))),
      state: 'done',
    }
    const xs = step.operands.map((k) => values[k]!)
    values.push(steps[step.name](b, xs, step.picks))
    return step
  })
  const outputs = Array.from({ length: 1 + below(3) }, (_, k) =>
    k === 0 ? values.length - 1 : below(values.length),
  )
  const summed = chance(0.2)
  return {
    inputs,
    steps: chosen,
    outputs,
    derivative: one(['none', 'none', 'vjp', 'vjp', 'jvp']),
    precision: one(['float64', 'float32']),
    samples: 1 + below(large ? 11 : chance(0.5) ? 4 : chance(0.03) ? 300 : 52),
    summed,
    fused: chance(0.75),
    wide: chance(0.25),
    largest,
    idle: chance(0.2),
    simplified: chance(0.7),
    values: chance(0.15) ? 'odd' : 'noise',
    seed: below(2 ** 30),
  }
}

/** Recipes that shrink as recipes do: to ones with fewer steps, shorter axes, simpler values. */
class Recipes extends fc.Arbitrary<Recipe> {
  readonly taste: Taste
  constructor(taste: Taste) {
    super()
    this.taste = taste
  }
  generate(random: fc.Random): fc.Value<Recipe> {
    return new fc.Value(recipeFrom(drawing(random), this.taste), undefined)
  }
  canShrinkWithoutContext(value: unknown): value is Recipe {
    return typeof value === 'object' && value !== null && 'steps' in value
  }
  shrink(recipe: Recipe): fc.Stream<fc.Value<Recipe>> {
    return fc.stream(smaller(recipe)).map((r) => new fc.Value(r, undefined))
  }
}
export const recipes: fc.Arbitrary<Recipe> = new Recipes({ shareOfLarge: 0.01 })
/** Values that fill more than a strip of rows, or more than the cache. */
export const largeRecipes: fc.Arbitrary<Recipe> = new Recipes({ shareOfLarge: 1 })
/** Views of views, and what moves values. */
export const viewRecipes: fc.Arbitrary<Recipe> = new Recipes({
  shareOfLarge: 0,
  theme: [
    'slice',
    'slice',
    'transpose',
    'reshape',
    'broadcast',
    'concatenate',
    'scatterAdd',
    'add',
  ],
})
