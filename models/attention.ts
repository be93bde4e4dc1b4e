import { function as F, state as S } from 'fp-ts'
import { einsum, fail, gather, type Key, reshape, type Tensor } from '../core/index.ts'
import { type DenseParams, dense, xavierUniform } from './dense.ts'
import { type Layer, layer, together } from './layer.ts'
import { type PatchGrid, relativeIndices } from './patches.ts'

/**
 * An attention form: how the weights alpha [heads, n, n] come about, from parameters and tokens.
 * A new form is one such record; everything else of attention is the same for all of them.
 */
export interface AttentionForm<P> {
  readonly name: string
  readonly init: S.State<Key, P>
  /** alpha [heads, i, j] from tokens x [n, d] */
  readonly weights: (params: P, x: Tensor) => Tensor
}

export interface FormSizes {
  readonly grid: PatchGrid
  readonly heads: number
}

export interface FactoredParams {
  /** [heads, n] over displacements, or [heads, n, n] over pairs */
  readonly p: Tensor
}

/**
 * Factored attention: weights depend on positions only, no queries, no keys, no softmax.
 *
 *   alpha_ij = p_{i−j}  on the periodic grid of patches;   alpha_ij = p_ij  without translations
 *
 * Init    Xavier uniform with fans n and n, of either sign.
 * Source  Rende and Viteritti, arXiv:2405.18874.
 */
export const factored = (
  { grid, heads }: FormSizes,
  { translationInvariant = true }: { readonly translationInvariant?: boolean } = {},
): AttentionForm<FactoredParams> => {
  const n = grid.tokens
  const shape = translationInvariant ? [heads, n] : [heads, n, n]
  const displacement = relativeIndices(grid.grid)
  return {
    name: translationInvariant ? 'factored' : 'factored, absolute',
    init: F.pipe(
      xavierUniform(shape, n, n),
      S.map((p) => ({ p })),
    ),
    weights: ({ p }) =>
      translationInvariant ? reshape(gather(p, displacement, 1), [heads, n, n]) : p,
  }
}

export interface AttentionParams<P> {
  readonly form: P
  readonly value: DenseParams
  readonly mix: DenseParams
}

/**
 * Multi-head attention over a form's weights:
 *
 *   A_i^μ = Σ_j alpha_ij^μ V^μ x_j ,   heads concatenated and mixed by W
 *
 * Named axes  x, y [tokens n, features d]; V^μ x_j [d/heads]; alpha [heads, n, n].
 * Errors      ShapeError when heads do not divide d.
 */
export const multiHeadAttention = <P>(
  form: AttentionForm<P>,
  sizes: { readonly dim: number; readonly heads: number },
): Layer<AttentionParams<P>> => {
  const { dim, heads } = sizes
  if (dim % heads !== 0)
    return fail({
      kind: 'ShapeError',
      where: 'multiHeadAttention',
      what: `${heads} heads do not divide dim ${dim}.`,
      fix: `choose dim ${Math.ceil(dim / heads) * heads}, or a number of heads that divides ${dim}.`,
    })
  const value = dense({ in: dim, out: dim })
  const mix = dense({ in: dim, out: dim })
  return layer(
    `attention(${form.name})`,
    ['form', 'value', 'mix'],
    together({ form: form.init, value: value.init, mix: mix.init }),
    (params, x) => {
      const n = x.shape[0]!
      const alpha = form.weights(params.form, x) // [h, i, j]
      const v = reshape(value.apply(params.value, x), [n, heads, dim / heads]) // [j, h, r]
      const attended = einsum('h i j, j h r -> i h r', alpha, v)
      return mix.apply(params.mix, reshape(attended, [n, dim]))
    },
  )
}
