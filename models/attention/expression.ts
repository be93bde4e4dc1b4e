// What an attention form is, as plain data: atoms, and operators that combine them.

/** Scores and weights that are not made of others; each has its own parameters, or none. */
export const atomNames = [
  'content',
  'positioned',
  'relative',
  'absolute',
  'distanceDecay',
  'slopes',
] as const
export type AtomName = (typeof atomNames)[number]

/** An attention form as an expression; `attention` gives its meaning, `showForm` its text. */
export type Expression =
  | { readonly kind: AtomName }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'mask'; readonly radius: number }
  | { readonly kind: 'plus'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'times'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'scaled'; readonly factor: number; readonly of: Expression }
  | { readonly kind: 'softmaxed'; readonly of: Expression }
  | { readonly kind: 'symmetrised'; readonly of: Expression }

export type Kind = Expression['kind']
/** The expressions of one kind. */
export type Of<K extends Kind> = Extract<Expression, { readonly kind: K }> & { readonly kind: K }

/** x_i^T Q^T K x_j / √r: what tokens hold, compared by queries and keys. */
export const content = (): Expression => ({ kind: 'content' })
/** The same with a learned vector e_i added to every token: it tells positions apart. */
export const positioned = (): Expression => ({ kind: 'positioned' })
/** p_{i−j}: one number for each displacement on the grid of patches. */
export const relative = (): Expression => ({ kind: 'relative' })
/** p_ij: one number for each pair of patches. */
export const absolute = (): Expression => ({ kind: 'absolute' })
/** softmax_j(−γ d_ij), γ learned in each head, d_ij the distance in patches. */
export const distanceDecay = (): Expression => ({ kind: 'distanceDecay' })
/** −m d_ij with fixed slopes m = 2^(−8h/heads) for the heads h = 1, 2, … */
export const slopes = (): Expression => ({ kind: 'slopes' })
/** The same number everywhere. */
export const constant = (value: number): Expression => ({ kind: 'constant', value })
/** 1 for patches at most so far apart, else 0. */
export const mask = (radius: number): Expression => ({ kind: 'mask', radius })
/** a + b */
export const plus = (left: Expression, right: Expression): Expression => ({
  kind: 'plus',
  left,
  right,
})
/** a · b, element by element */
export const times = (left: Expression, right: Expression): Expression => ({
  kind: 'times',
  left,
  right,
})
/** c · a */
export const scaled = (factor: number, of: Expression): Expression => ({
  kind: 'scaled',
  factor,
  of,
})
/** softmax over j: the weights of each patch i add up to 1 */
export const softmaxed = (of: Expression): Expression => ({ kind: 'softmaxed', of })
/** (a_ij + a_ji) / 2 */
export const symmetrised = (of: Expression): Expression => ({ kind: 'symmetrised', of })
