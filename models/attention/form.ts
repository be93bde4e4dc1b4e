import { fail, type Tensor } from '../../core/index.ts'
import type { Init, PatchGrid } from '../layers/index.ts'

/**
 * An attention form computes the weights alpha [heads, n, n] from parameters and tokens. A new form
 * is one such record, or an expression of the algebra; everything else of attention is the same for
 * all forms.
 */
export interface AttentionForm<P> {
  readonly name: string
  /** The initial parameters: an initialiser, a tensor to start from, or a record of these. */
  readonly init: Init<P>
  /** alpha [heads, i, j] from tokens x [n, d] */
  readonly weights: (params: P, x: Tensor) => Tensor
}

export interface FormSizes {
  readonly grid: PatchGrid
  readonly heads: number
  /** The number of features d of a token; a multiple of the heads. */
  readonly dim: number
}

/** A FormOf makes a form for given sizes. */
export type FormOf<P> = (sizes: FormSizes) => AttentionForm<P>

/**
 * Returns the features r = d / heads of one head. Errors: ShapeError when heads do not divide d.
 */
export const headWidth = (where: string, { dim, heads }: Omit<FormSizes, 'grid'>): number =>
  dim % heads === 0
    ? dim / heads
    : fail('ShapeError', where, `${heads} heads do not divide dim ${dim}.`, {
        fix: `choose dim ${Math.ceil(dim / heads) * heads}, or a number of heads that divides ${dim}.`,
      })
