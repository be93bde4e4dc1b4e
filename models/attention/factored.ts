import type { Tensor } from '../../core/index.ts'
import { absolute, relative } from './expression.ts'
import type { AttentionForm, FormSizes } from './form.ts'
import { attention } from './semantics.ts'

export interface FactoredParams {
  /** [heads, displacements], or [heads, n, n] over pairs */
  readonly p: Tensor
}

/**
 * Factored attention: weights depend on positions only, no queries, no keys, no softmax.
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
  // Positions alone: the width of tokens does not matter.
  return form({ grid, heads, dim: heads }) as unknown as AttentionForm<FactoredParams>
}
