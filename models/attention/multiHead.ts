import { einsum, reshape } from '../../core/index.ts'
import { type DenseParams, dense, drawing, type Layer, layer, together } from '../layers/index.ts'
import { type AttentionForm, headWidth } from './form.ts'

export interface AttentionParams<P> {
  readonly form: P
  readonly value: DenseParams
  readonly mix: DenseParams
}

/**
 * Returns multi-head attention with the weights of a form:
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
  const width = headWidth('multiHeadAttention', sizes)
  const value = dense({ in: dim, out: dim })
  const mix = dense({ in: dim, out: dim })
  const init = together({ form: drawing(form.init), value: value.init, mix: mix.init })
  return layer(`attention(${form.name})`, ['form', 'value', 'mix'], init, (params, x) => {
    const n = x.shape[0]!
    const alpha = form.weights(params.form, x) // [h, i, j]
    const v = reshape(value.apply(params.value, x), [n, heads, width]) // [j, h, r]
    const attended = einsum('h i j, j h r -> i h r', alpha, v)
    return mix.apply(params.mix, reshape(attended, [n, dim]))
  })
}
