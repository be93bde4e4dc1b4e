import type { Tensor } from '../../core/index.ts'
import { absolute, relative } from './expression.ts'
import type { AttentionForm, FormSizes } from './form.ts'
import { attention } from './semantics.ts'

export interface FactoredParams {
  /** [heads, displacements], or [heads, n, n] over pairs */
  readonly p: Tensor
}

/**
 * Returns Factored attention: weights depend on positions only, without queries, keys and softmax.
 *
 *   alpha_ij = p_{i−j}  on the grid of patches;   alpha_ij = p_ij  without translations
 *
 * Init    Xavier uniform with fans n and n, of either sign.
 * Source  Rende and Viteritti, arXiv:2405.18874.
 */
export const factored = (
  { grid, heads }: Omit<FormSizes, 'dim'>,
  { translationInvariant = true }: { readonly translationInvariant?: boolean } = {},
): AttentionForm<FactoredParams> => {
  const form = attention(translationInvariant ? relative() : absolute())
  // The form uses positions only, so it does not depend on the width of tokens.
  return form({ grid, heads, dim: heads }) as unknown as AttentionForm<FactoredParams>
}
