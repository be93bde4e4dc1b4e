import { einsum, reshape, type Tensor } from '../../core/index.ts'
import { type Drawn, dense, drawing, type Layer, layer } from '../layers/index.ts'
import { type AttentionForm, headWidth } from './form.ts'

interface AttentionParts<P> {
  readonly form: ReturnType<typeof drawing<P>>
  readonly value: ReturnType<typeof dense>
  readonly mix: ReturnType<typeof dense>
}

const attentionParts = <P>(form: AttentionForm<P>, dim: number): AttentionParts<P> => ({
  form: drawing(form.init),
  value: dense({ in: dim, out: dim }),
  mix: dense({ in: dim, out: dim }),
})

export type AttentionParams<P> = Drawn<AttentionParts<P>>

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
  const parts = attentionParts(form, dim)
  return layer(`attention(${form.name})`, parts, (params, x: Tensor) => {
    const n = x.shape[0]!
    const alpha = form.weights(params.form, x) // [h, i, j]
    const v = reshape(parts.value.apply(params.value, x), [n, heads, width]) // [j, h, r]
    const attended = einsum('h i j, j h r -> i h r', alpha, v)
    return parts.mix.apply(params.mix, reshape(attended, [n, dim]))
  })
}
