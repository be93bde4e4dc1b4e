import { function as F, state as S } from 'fp-ts'
import {
  add,
  broadcastTo,
  einsum,
  gather,
  mul,
  reshape,
  scalar,
  softmax,
  type Tensor,
  tensor,
  transpose,
} from '../../core/index.ts'
import { scaledNormal, xavierUniform } from '../dense.ts'
import { together } from '../layer.ts'
import type { AtomName, Expression, Kind, Of } from './expression.ts'
import { type AttentionForm, type FormSizes, headWidth } from './form.ts'
import { displacements, distances, relativeIndices } from './positions.ts'
import { showForm } from './text.ts'

/** Parameters of an expression: those of its atoms, named by its structure. */
export interface FormParams {
  readonly [name: string]: Tensor | FormParams
}

/** How parameters are drawn, and what is made of them and the tokens. */
type Meaning = Omit<AttentionForm<FormParams>, 'name'>

const ofHeads = (x: Tensor, { grid, heads }: FormSizes): Tensor =>
  broadcastTo(x, [heads, grid.tokens, grid.tokens])

/** The same weights whatever parameters and tokens. */
const fixed = (x: Tensor, sizes: FormSizes): Meaning => ({
  init: S.of({}),
  weights: () => ofHeads(x, sizes),
})

const pairs = (values: readonly number[], { grid }: FormSizes): Tensor =>
  tensor(values, [1, grid.tokens, grid.tokens])

/** q_i · k_j / √r with q = Q x, k = K x; Q and K Xavier uniform. */
const contentScores = (name: string, sizes: FormSizes) => {
  const { heads, dim } = sizes
  const r = headWidth(name, sizes)
  const matrix = xavierUniform([heads, r, dim], dim, r)
  const scores = ({ q, k }: { readonly [name: string]: Tensor }, x: Tensor): Tensor => {
    const queries = einsum('h r d, i d -> h i r', q!, x)
    const keys = einsum('h r d, j d -> h j r', k!, x)
    return mul(1 / Math.sqrt(r), einsum('h i r, h j r -> h i j', queries, keys))
  }
  return { init: together({ q: matrix, k: matrix }), scores }
}

/** Where the inverse length of distanceDecay starts, in 1/patches. */
const FIRST_DECAY = 3

type Leaves = { readonly [name: string]: Tensor }

const atoms: Readonly<Record<AtomName, (sizes: FormSizes) => Meaning>> = {
  content: (sizes) => {
    const { init, scores } = contentScores('content', sizes)
    return { init, weights: (p, x) => scores(p as Leaves, x) }
  },
  positioned: (sizes) => {
    const { init, scores } = contentScores('positioned', sizes)
    const e = scaledNormal([sizes.grid.tokens, sizes.dim], 1)
    return {
      init: F.pipe(
        init,
        S.bind('e', () => e),
      ),
      weights: (p, x) => scores(p as Leaves, add(x, (p as Leaves).e!)),
    }
  },
  relative: ({ grid, heads }) => {
    const n = grid.tokens
    const index = relativeIndices(grid)
    return {
      init: together({ p: xavierUniform([heads, displacements(grid)], n, n) }),
      weights: (p) => reshape(gather((p as Leaves).p!, index, 1), [heads, n, n]),
    }
  },
  absolute: ({ grid, heads }) => {
    const n = grid.tokens
    return {
      init: together({ p: xavierUniform([heads, n, n], n, n) }),
      weights: (p) => (p as Leaves).p!,
    }
  },
  distanceDecay: (sizes) => {
    const { grid, heads } = sizes
    const far = pairs(distances(grid), sizes)
    const start = tensor(new Float64Array(heads).fill(FIRST_DECAY), [heads])
    return {
      init: S.of({ gamma: start }),
      weights: (p) =>
        softmax(mul(-1, mul(reshape((p as Leaves).gamma!, [heads, 1, 1]), ofHeads(far, sizes)))),
    }
  },
  slopes: (sizes) => {
    const { heads } = sizes
    const slope = Float64Array.from({ length: heads }, (_, h) => -(2 ** ((-8 * (h + 1)) / heads)))
    return fixed(mul(tensor(slope, [heads, 1, 1]), pairs(distances(sizes.grid), sizes)), sizes)
  },
}

const one = (of: Expression, sizes: FormSizes, f: (x: Tensor) => Tensor): Meaning => {
  const { init, weights } = meaningOf(of, sizes)
  return {
    init: together({ of: init }),
    weights: (p, x) => f(weights(p.of as FormParams, x)),
  }
}

const two = (
  { left, right }: { readonly left: Expression; readonly right: Expression },
  sizes: FormSizes,
  f: (a: Tensor, b: Tensor) => Tensor,
): Meaning => {
  const [a, b] = [meaningOf(left, sizes), meaningOf(right, sizes)]
  return {
    init: together({ left: a.init, right: b.init }),
    weights: (p, x) => f(a.weights(p.left as FormParams, x), b.weights(p.right as FormParams, x)),
  }
}

type Combination = Exclude<Kind, AtomName>
const combinations: {
  readonly [K in Combination]: (e: Of<K>, sizes: FormSizes) => Meaning
} = {
  constant: ({ value }, sizes) => fixed(scalar(value), sizes),
  mask: ({ radius }, sizes) =>
    fixed(
      pairs(
        distances(sizes.grid).map((d) => (d <= radius ? 1 : 0)),
        sizes,
      ),
      sizes,
    ),
  plus: (e, sizes) => two(e, sizes, add),
  times: (e, sizes) => two(e, sizes, mul),
  scaled: ({ factor, of }, sizes) => one(of, sizes, (x) => mul(factor, x)),
  softmaxed: ({ of }, sizes) => one(of, sizes, (x) => softmax(x)),
  symmetrised: ({ of }, sizes) => one(of, sizes, (x) => mul(0.5, add(x, transpose(x, [0, 2, 1])))),
}

const meaningOf = (e: Expression, sizes: FormSizes): Meaning =>
  e.kind in atoms
    ? atoms[e.kind as AtomName](sizes)
    : (combinations[e.kind as Combination] as (e: Expression, s: FormSizes) => Meaning)(e, sizes)

/**
 * The form that an expression stands for, for any sizes.
 *
 * Init    scores and positional weights Xavier uniform, fans n and n; queries and keys with fans d
 *         and r; positional vectors standard normal; γ = 3.
 * Errors  ShapeError when heads do not divide d, where queries and keys are asked for.
 */
export const attention =
  (expression: Expression) =>
  (sizes: FormSizes): AttentionForm<FormParams> => ({
    name: showForm(expression),
    ...meaningOf(expression, sizes),
  })
