import { type Complex, complexSum, logCosh, stack, sum, type Tensor } from '../../core/index.ts'
import {
  type AttentionForm,
  type AttentionParams,
  type FormOf,
  multiHeadAttention,
} from '../attention/index.ts'
import {
  type DenseParams,
  dense,
  initAll,
  type Layer,
  type LayerNormParams,
  layer,
  layerNorm,
  type MlpParams,
  mlp,
  type PatchGrid,
  residual,
  sequential,
  toPatches,
} from '../layers/index.ts'

/** A wave function is a layer from a configuration σ [sites], ±1, to log-amplitude and phase. */
export type WaveFunction<P> = Layer<P, Tensor, Complex>

export interface HeadParams {
  readonly norm: LayerNormParams
  readonly re: DenseParams
  readonly reNorm: LayerNormParams
  readonly im: DenseParams
  readonly imNorm: LayerNormParams
}

/**
 * Returns the complex log-cosh head:
 *
 *   z = LN(Σ_i y_i),   log ψ = Σ_k log cosh(LN(W_re z + b_re)_k + i LN(W_im z + b_im)_k)
 *
 * Named axes  y [tokens, d]; the only complex part of the network.
 */
export const logCoshHead = (dim: number): Layer<HeadParams, Tensor, Complex> => {
  const parts = {
    norm: layerNorm(dim),
    re: dense({ in: dim, out: dim }),
    reNorm: layerNorm(dim),
    im: dense({ in: dim, out: dim }),
    imNorm: layerNorm(dim),
  }
  return layer('head', ['norm', 're', 'reNorm', 'im', 'imNorm'], initAll(parts), (p, y: Tensor) => {
    const z = parts.norm.apply(p.norm, sum(y, 0)) // [d]
    const re = parts.reNorm.apply(p.reNorm, parts.re.apply(p.re, z))
    const im = parts.imNorm.apply(p.imNorm, parts.im.apply(p.im, z))
    return complexSum(logCosh({ re, im }))
  })
}

export interface BlockParams<P> {
  readonly attend: { readonly norm: LayerNormParams; readonly attention: AttentionParams<P> }
  readonly feed: { readonly norm: LayerNormParams; readonly mlp: MlpParams }
}

/** Returns the layer x ← x + attention(LN(x)); x ← x + mlp(LN(x)). */
export const encoderBlock = <P>(
  form: AttentionForm<P>,
  { dim, heads, hidden }: { readonly dim: number; readonly heads: number; readonly hidden: number },
): Layer<BlockParams<P>> => {
  const attend = residual(
    sequential('attend', {
      norm: layerNorm(dim),
      attention: multiHeadAttention(form, { dim, heads }),
    }),
  )
  const feed = residual(sequential('feed', { norm: layerNorm(dim), mlp: mlp({ dim, hidden }) }))
  return sequential('block', { attend, feed }) as Layer<BlockParams<P>>
}

export interface VitParams<P> {
  readonly embed: DenseParams
  readonly encoder: readonly BlockParams<P>[]
  readonly head: HeadParams
}

export interface VitSizes {
  readonly patches: PatchGrid
  readonly layers: number
  readonly dim: number
  readonly heads: number
  /** The hidden width of the feed-forward half; default 4·dim. */
  readonly hidden?: number
}

/** A Vision Transformer, with what it was made of. */
export type Vit<P> = WaveFunction<VitParams<P>> & {
  readonly form: FormOf<P>
  readonly sizes: VitSizes
}

const blocksOf = <P>(
  formOf: FormOf<P>,
  { patches, layers, dim, heads, hidden = 4 * dim }: VitSizes,
): Layer<BlockParams<P>>[] => {
  const form = formOf({ grid: patches, heads, dim })
  return Array.from({ length: layers }, () => encoderBlock(form, { dim, heads, hidden }))
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
  const { patches, dim } = sizes
  const embed = dense({ in: patches.features, out: dim })
  const blocks = blocksOf(formOf, sizes)
  const head = logCoshHead(dim)
  const init = {
    embed: embed.init,
    encoder: blocks.map((block) => block.init),
    head: head.init,
  }
  const apply = (params: VitParams<P>, sigma: Tensor): Complex => {
    const tokens = embed.apply(params.embed, toPatches(patches, sigma))
    const encoded = blocks.reduce((x, block, l) => block.apply(params.encoder[l]!, x), tokens)
    return head.apply(params.head, encoded)
  }
  const network = layer('vit', ['embed', 'encoder', 'head'], init, apply)
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
