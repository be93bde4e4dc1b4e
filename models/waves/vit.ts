import { type Complex, complexSum, logCosh, stack, sum, type Tensor } from '../../core/index.ts'
import { type AttentionForm, type FormOf, multiHeadAttention } from '../attention/index.ts'
import {
  type Drawn,
  dense,
  type Layer,
  layer,
  layerNorm,
  mlp,
  type PatchGrid,
  residual,
  sequential,
  toPatches,
} from '../layers/index.ts'

/** A wave function is a layer from a configuration σ [sites], ±1, to log-amplitude and phase. */
export type WaveFunction<P> = Layer<P, Tensor, Complex>

const headParts = (dim: number) => ({
  norm: layerNorm(dim),
  re: dense({ in: dim, out: dim }),
  reNorm: layerNorm(dim),
  im: dense({ in: dim, out: dim }),
  imNorm: layerNorm(dim),
})

export type HeadParams = Drawn<ReturnType<typeof headParts>>

/**
 * Returns the complex log-cosh head:
 *
 *   z = LN(Σ_i y_i),   log ψ = Σ_k log cosh(LN(W_re z + b_re)_k + i LN(W_im z + b_im)_k)
 *
 * Named axes  y [tokens, d]; the only complex part of the network.
 */
export const logCoshHead = (dim: number): Layer<HeadParams, Tensor, Complex> => {
  const parts = headParts(dim)
  return layer('head', parts, (p, y: Tensor) => {
    const z = parts.norm.apply(p.norm, sum(y, 0)) // [d]
    const re = parts.reNorm.apply(p.reNorm, parts.re.apply(p.re, z))
    const im = parts.imNorm.apply(p.imNorm, parts.im.apply(p.im, z))
    return complexSum(logCosh({ re, im }))
  })
}

interface BlockSizes {
  readonly dim: number
  readonly heads: number
  readonly hidden: number
}

const blockParts = <P>(form: AttentionForm<P>, { dim, heads, hidden }: BlockSizes) => ({
  attend: residual(
    sequential('attend', {
      norm: layerNorm(dim),
      attention: multiHeadAttention(form, { dim, heads }),
    }),
  ),
  feed: residual(sequential('feed', { norm: layerNorm(dim), mlp: mlp({ dim, hidden }) })),
})

export type BlockParams<P> = Drawn<ReturnType<typeof blockParts<P>>>

/** Returns the layer x ← x + attention(LN(x)); x ← x + mlp(LN(x)). */
export const encoderBlock = <P>(form: AttentionForm<P>, sizes: BlockSizes): Layer<BlockParams<P>> =>
  sequential('block', blockParts(form, sizes))

export interface VitSizes {
  readonly patches: PatchGrid
  readonly layers: number
  readonly dim: number
  readonly heads: number
  /** The hidden width of the feed-forward half; default 4·dim. */
  readonly hidden?: number
}

/** Returns the encoder blocks of a Vision Transformer. */
const blocksOf = <P>(
  formOf: FormOf<P>,
  { patches, layers, dim, heads, hidden = 4 * dim }: VitSizes,
): readonly Layer<BlockParams<P>>[] => {
  const form = formOf({ grid: patches, heads, dim })
  return Array.from({ length: layers }, () => encoderBlock(form, { dim, heads, hidden }))
}

const vitParts = <P>(formOf: FormOf<P>, sizes: VitSizes) => ({
  embed: dense({ in: sizes.patches.features, out: sizes.dim }),
  encoder: blocksOf(formOf, sizes),
  head: logCoshHead(sizes.dim),
})

export type VitParams<P> = Drawn<ReturnType<typeof vitParts<P>>>

/** A Vision Transformer, with what it was made of. */
export type Vit<P> = WaveFunction<VitParams<P>> & {
  readonly form: FormOf<P>
  readonly sizes: VitSizes
}

/**
 * Returns the Vision-Transformer wave function: patches, one linear embedding, pre-LayerNorm
 * encoder blocks with any attention form, complex log-cosh head.
 *
 * Named axes  σ [sites] → patches [n, b²] → tokens [n, d] → log ψ = { re [], im [] }.
 * Source      Viteritti, Rende, Becca, PRL 130, 236401 (2023); Rende and Viteritti,
 *             arXiv:2405.18874.
 */
export const vit = <P>(formOf: FormOf<P>, sizes: VitSizes): Vit<P> => {
  const parts = vitParts(formOf, sizes)
  const { embed, encoder, head } = parts
  const network = layer('vit', parts, (params, sigma: Tensor) => {
    const tokens = embed.apply(params.embed, toPatches(sizes.patches, sigma))
    const encoded = encoder.reduce((x, block, l) => block.apply(params.encoder[l]!, x), tokens)
    return head.apply(params.head, encoded)
  })
  return { ...network, form: formOf, sizes }
}

/**
 * Returns the attention weights that the wave function `vit(formOf, sizes)` uses on one
 * configuration.
 *
 * Named axes  σ [sites] → alpha [layers, heads, i, j].
 */
export const vitAttention =
  <P>(formOf: FormOf<P>, sizes: VitSizes) =>
  (params: VitParams<P>, sigma: Tensor): Tensor => {
    const { patches, dim, heads } = sizes
    const embed = dense({ in: patches.features, out: dim })
    const form = formOf({ grid: patches, heads, dim })
    const norm = layerNorm(dim)
    let x = embed.apply(params.embed, toPatches(patches, sigma))
    const alphas = blocksOf(formOf, sizes).map((block, l) => {
      const p = params.encoder[l]!
      const alpha = form.weights(p.attend.attention.form, norm.apply(p.attend.norm, x))
      x = block.apply(p, x)
      return alpha
    })
    return stack(alphas)
  }
