import {
  add,
  broadcastTo,
  div,
  einsum,
  exp,
  gather,
  mul,
  power,
  relu,
  reshape,
  scalar,
  sigmoid,
  softmax,
  sub,
  type Tensor,
  tanh,
  tensor,
  transpose,
  zeros,
} from '../../core/index.ts'
import { scaledNormal, xavierUniform } from '../layers/index.ts'
import { shallow } from './depth.ts'
import type { AtomName, Expression, FunctionName, Kind, Of } from './expression.ts'
import { type AttentionForm, type FormOf, type FormSizes, headWidth } from './form.ts'
import { displacements, distances, relativeIndices } from './positions.ts'
import { showForm } from './text.ts'

/** The parameters of an expression are those of its atoms, named by their place in it. */
export interface FormParams {
  readonly [name: string]: Tensor | FormParams
}

/**
 * The semantics of an expression: the initial parameters, and the weights from parameters and
 * tokens.
 */
type Semantics = Omit<AttentionForm<FormParams>, 'name'>

const ofHeads = (x: Tensor, { grid, heads }: FormSizes): Tensor =>
  broadcastTo(x, [heads, grid.tokens, grid.tokens])

/** Returns weights that do not depend on parameters and tokens. */
const fixed = (x: Tensor, sizes: FormSizes): Semantics => ({
  init: {},
  weights: () => ofHeads(x, sizes),
})

const pairs = (values: readonly number[], { grid }: FormSizes): Tensor =>
  tensor(values, [1, grid.tokens, grid.tokens])

/** Returns the scores q_i · k_j / √r with q = Q x, k = K x; Q and K are drawn Xavier uniform. */
const contentScores = (name: string, sizes: FormSizes) => {
  const { heads, dim } = sizes
  const r = headWidth(name, sizes)
  const matrix = xavierUniform([heads, r, dim], dim, r)
  const scores = ({ q, k }: { readonly [name: string]: Tensor }, x: Tensor): Tensor => {
    const queries = einsum('h r d, i d -> h i r', q!, x)
    const keys = einsum('h r d, j d -> h j r', k!, x)
    return mul(1 / Math.sqrt(r), einsum('h i r, h j r -> h i j', queries, keys))
  }
  return { init: { q: matrix, k: matrix }, scores }
}

/** The initial inverse length γ of distanceDecay, in 1/patches. */
const FIRST_DECAY = 3

interface Leaves {
  readonly [name: string]: Tensor
}

/** The role of a part of an expression: it gives weights, or scores for a softmax. */
type Role = 'weights' | 'scores'

/**
 * Draws one number for each of many positions. Initial scores have order one, like those of
 * content. With small scores all weights of a softmax are nearly equal; if a token is a single
 * spin, Σ_j α_ij V x_j is then the total spin and log ψ is constant, a saddle point that training
 * does not leave.
 */
const positional = (shape: readonly number[], n: number, role: Role) =>
  role === 'scores' ? scaledNormal(shape, 1) : xavierUniform(shape, n, n)

const atoms: Readonly<Record<AtomName, (sizes: FormSizes, role: Role) => Semantics>> = {
  content: (sizes) => {
    const { init, scores } = contentScores('content', sizes)
    return { init, weights: (p, x) => scores(p as Leaves, x) }
  },
  positioned: (sizes) => {
    const { init, scores } = contentScores('positioned', sizes)
    const e = scaledNormal([sizes.grid.tokens, sizes.dim], 1)
    return {
      init: { ...init, e },
      weights: (p, x) => scores(p as Leaves, add(x, (p as Leaves).e!)),
    }
  },
  relative: ({ grid, heads }, role) => {
    const n = grid.tokens
    const index = relativeIndices(grid)
    return {
      init: { p: positional([heads, displacements(grid)], n, role) },
      weights: (p) => reshape(gather((p as Leaves).p!, index, 1), [heads, n, n]),
    }
  },
  absolute: ({ grid, heads }, role) => {
    const n = grid.tokens
    return {
      init: { p: positional([heads, n, n], n, role) },
      weights: (p) => (p as Leaves).p!,
    }
  },
  distanceDecay: (sizes) => {
    const { grid, heads } = sizes
    const far = pairs(distances(grid), sizes)
    const start = tensor(new Float64Array(heads).fill(FIRST_DECAY), [heads])
    return {
      init: { gamma: start },
      weights: (p) =>
        softmax(mul(-1, mul(reshape((p as Leaves).gamma!, [heads, 1, 1]), ofHeads(far, sizes)))),
    }
  },
  slopes: (sizes) => {
    const { heads } = sizes
    const slope = Float64Array.from({ length: heads }, (_, h) => -(2 ** ((-8 * (h + 1)) / heads)))
    return fixed(mul(tensor(slope, [heads, 1, 1]), pairs(distances(sizes.grid), sizes)), sizes)
  },
  loudness: (sizes) => {
    const { grid, heads, dim } = sizes
    return {
      init: { w: xavierUniform([heads, dim], dim, 1) },
      weights: (p, x) => {
        const loud = einsum('h d, j d -> h j', (p as Leaves).w!, x)
        return ofHeads(reshape(loud, [heads, 1, grid.tokens]), sizes)
      },
    }
  },
}

const one = (of: Expression, sizes: FormSizes, role: Role, f: (x: Tensor) => Tensor): Semantics => {
  const { init, weights } = semanticsOf(of, sizes, role)
  return {
    init: { of: init },
    weights: (p, x) => f(weights(p.of as FormParams, x)),
  }
}

const two = (
  { left, right }: { readonly left: Expression; readonly right: Expression },
  sizes: FormSizes,
  role: Role,
  f: (a: Tensor, b: Tensor) => Tensor,
): Semantics => {
  const [a, b] = [semanticsOf(left, sizes, role), semanticsOf(right, sizes, role)]
  return {
    init: { left: a.init, right: b.init },
    weights: (p, x) => f(a.weights(p.left as FormParams, x), b.weights(p.right as FormParams, x)),
  }
}

/** Returns one number per head, for all pairs of patches. */
const perHead = (x: Tensor, { heads }: FormSizes): Tensor => reshape(x, [heads, 1, 1])

const functions: Readonly<Record<FunctionName, (x: Tensor) => Tensor>> = {
  tanh,
  sigmoid,
  exp,
  relu,
}

type Combination = Exclude<Kind, AtomName>
const combinations: {
  readonly [K in Combination]: (e: Of<K>, sizes: FormSizes, role: Role) => Semantics
} = {
  constant: ({ value }, sizes) => fixed(scalar(value), sizes),
  learned: ({ value }, sizes) => ({
    init: { s: tensor(new Float64Array(sizes.heads).fill(value), [sizes.heads]) },
    weights: (p) => ofHeads(perHead((p as Leaves).s!, sizes), sizes),
  }),
  mask: ({ radius }, sizes) =>
    fixed(
      pairs(
        distances(sizes.grid).map((d) => (d <= radius ? 1 : 0)),
        sizes,
      ),
      sizes,
    ),
  plus: (e, sizes, role) => two(e, sizes, role, add),
  times: (e, sizes, role) => two(e, sizes, role, mul),
  over: (e, sizes, role) => two(e, sizes, role, div),
  gated: ({ left, right }, sizes, role) => {
    const [a, b] = [semanticsOf(left, sizes, role), semanticsOf(right, sizes, role)]
    return {
      init: { left: a.init, right: b.init, gate: zeros([sizes.heads]) },
      weights: (p, x) => {
        const g = perHead(sigmoid((p as Leaves).gate!), sizes)
        const [u, v] = [a.weights(p.left as FormParams, x), b.weights(p.right as FormParams, x)]
        return add(mul(g, u), mul(sub(1, g), v))
      },
    }
  },
  scaled: ({ factor, of }, sizes, role) => one(of, sizes, role, (x) => mul(factor, x)),
  power: ({ exponent, of }, sizes, role) => one(of, sizes, role, (x) => power(x, exponent)),
  applied: ({ name, of }, sizes, role) => one(of, sizes, role, functions[name]),
  softmaxed: ({ of }, sizes) => one(of, sizes, 'scores', (x) => softmax(x)),
  symmetrised: ({ of }, sizes, role) =>
    one(of, sizes, role, (x) => mul(0.5, add(x, transpose(x, [0, 2, 1])))),
}

const semanticsOf = (e: Expression, sizes: FormSizes, role: Role): Semantics =>
  e.kind in atoms
    ? atoms[e.kind as AtomName](sizes, role)
    : (combinations[e.kind as Combination] as (e: Expression, s: FormSizes, r: Role) => Semantics)(
        e,
        sizes,
        role,
      )

/**
 * Returns the form of an expression, for any sizes.
 *
 * Init    positional weights Xavier uniform, fans n and n; inside a softmax, as scores, standard
 *         normal, like positional vectors; queries and keys Xavier uniform, fans d and r; w of
 *         loudness Xavier uniform, fans d and 1; γ = 3; λ of gates 0; learned numbers as given.
 * Errors  ShapeError when heads do not divide d, where there are queries and keys; DomainError
 *         for more than 200 nested operations.
 */
export const attention = (expression: Expression): FormOf<FormParams> => {
  const e = shallow('attention', expression)
  const name = showForm(e)
  return (sizes) => ({ name, ...semanticsOf(e, sizes, 'weights') })
}
