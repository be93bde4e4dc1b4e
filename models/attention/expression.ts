// An attention form is plain data: atoms, and operators that combine them.

/**
 * The atoms are scores and weights that are not composed of others; each has its own parameters, or
 * none.
 */
export const atomNames = [
  'content',
  'positioned',
  'relative',
  'absolute',
  'distanceDecay',
  'slopes',
  'loudness',
] as const
export type AtomName = (typeof atomNames)[number]

/** These functions act on every weight separately. */
export const functionNames = ['tanh', 'sigmoid', 'exp', 'relu'] as const
export type FunctionName = (typeof functionNames)[number]

/** An attention form as an expression; `attention` returns its weights, `showForm` its text. */
export type Expression =
  | { readonly kind: AtomName }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'learned'; readonly value: number }
  | { readonly kind: 'mask'; readonly radius: number }
  | { readonly kind: 'plus'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'times'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'over'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'gated'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'scaled'; readonly factor: number; readonly of: Expression }
  | { readonly kind: 'power'; readonly exponent: number; readonly of: Expression }
  | { readonly kind: 'applied'; readonly name: FunctionName; readonly of: Expression }
  | { readonly kind: 'softmaxed'; readonly of: Expression }
  | { readonly kind: 'symmetrised'; readonly of: Expression }

export type Kind = Expression['kind']
/** The expressions of one kind. */
export type Of<K extends Kind> = Extract<Expression, { readonly kind: K }> & { readonly kind: K }

/** x_i^T Q^T K x_j / √r: queries and keys compare the contents of tokens. */
export const content = (): Expression => ({ kind: 'content' })
/** The same with a learned vector e_i added to every token, which distinguishes positions. */
export const positioned = (): Expression => ({ kind: 'positioned' })
/** p_{i−j}: one number for each displacement on the grid of patches. */
export const relative = (): Expression => ({ kind: 'relative' })
/** p_ij: one number for each pair of patches. */
export const absolute = (): Expression => ({ kind: 'absolute' })
/** softmax_j(−γ d_ij), γ learned in each head, d_ij the distance in patches. */
export const distanceDecay = (): Expression => ({ kind: 'distanceDecay' })
/** −m d_ij with fixed slopes m = 2^(−8h/heads) for the heads h = 1, 2, … */
export const slopes = (): Expression => ({ kind: 'slopes' })
/** w · x_j, with w learned in each head: it depends on token j alone, not on i. */
export const loudness = (): Expression => ({ kind: 'loudness' })
/** The same number for all pairs. */
export const constant = (value: number): Expression => ({ kind: 'constant', value })
/** One learned number for each head; its initial value is `value`. */
export const learned = (value = 1): Expression => ({ kind: 'learned', value })
/** 1 for patches whose distance is at most `radius`, else 0. */
export const mask = (radius: number): Expression => ({ kind: 'mask', radius })

const pair =
  <K extends 'plus' | 'times' | 'over' | 'gated'>(kind: K) =>
  (left: Expression, right: Expression): Expression => ({ kind, left, right })
/** a + b */
export const plus = pair('plus')
/** a · b, element by element */
export const times = pair('times')
/** a / b, element by element */
export const over = pair('over')
/**
 * g a + (1 − g) b with g = sigmoid(λ); λ is learned in each head and starts at 0, an equal mixture.
 */
export const gated = pair('gated')
/** c · a */
export const scaled = (factor: number, of: Expression): Expression => ({
  kind: 'scaled',
  factor,
  of,
})
/** aᵖ, element by element, p fixed */
export const raised = (exponent: number, of: Expression): Expression => ({
  kind: 'power',
  exponent,
  of,
})
/** f(a), element by element */
export const applied = (name: FunctionName, of: Expression): Expression => ({
  kind: 'applied',
  name,
  of,
})
/** softmax over j: the weights of each patch i add up to 1 */
export const softmaxed = (of: Expression): Expression => ({ kind: 'softmaxed', of })
/** (a_ij + a_ji) / 2 */
export const symmetrised = (of: Expression): Expression => ({ kind: 'symmetrised', of })

/** Returns the parts that an expression combines, from left to right; an atom has none. */
export const partsOf = (e: Expression): readonly Expression[] =>
  'left' in e ? [e.left, e.right] : 'of' in e ? [e.of] : []
