import type { PrimitiveName } from '../../core/index.ts'

// The table of derivatives in words. Pictures, tables and the README of `derivatives` are made of
// it, so that a formula is written once.

/** y, the pullback from ȳ to x̄, and the pushforward from dx to dy. */
export type RuleWords = readonly [y: string, pullback: string, pushforward: string]

/**
 * Every primitive has its formulas: x is its only operand; with several, a and b (for `atan2` s and
 * c, for `select` c, a, b). ⟦…⟧ is 1 where the condition holds, else 0.
 */
export const ruleWords: { readonly [P in PrimitiveName]: RuleWords } = {
  neg: ['−x', '−ȳ', '−dx'],
  abs: ['|x|', 'ȳ · sign x', '⟦x > 0⟧ dx − ⟦x < 0⟧ dx'],
  sign: ['sign x', '0', '0'],
  exp: ['eˣ', 'ȳ · y', 'eˣ dx'],
  expm1: ['eˣ − 1', 'ȳ · eˣ', 'eˣ dx'],
  log: ['ln x', 'ȳ / x', 'dx / x'],
  log1p: ['ln(1 + x)', 'ȳ / (1 + x)', '(1 + x)⁻¹ dx'],
  sqrt: ['√x', 'ȳ / 2y', '½ x^(−½) dx'],
  sin: ['sin x', 'ȳ · cos x', 'cos x dx'],
  cos: ['cos x', '−ȳ · sin x', '−sin x dx'],
  tanh: [
    'tanh x',
    'ȳ · 4e/(1 + e)², e = exp(−2|x|)',
    '(1 + tanh |x|) · 2e/(1 + e) · dx, e = exp(−2|x|)',
  ],
  sinh: ['(eˣ − e⁻ˣ)/2', 'ȳ · cosh x', 'cosh x dx'],
  cosh: ['(eˣ + e⁻ˣ)/2', 'ȳ · sinh x', 'sinh x dx'],
  asinh: ['ln(x + √(1 + x²))', 'ȳ / cosh y', 'dx / √(1 + x²)'],
  erf: ['erf x', 'ȳ · 2/√π · exp(−x²)', '(2/√π) dx · exp(−x²)'],
  power: ['xᵖ, p fixed', 'ȳ · p xᵖ⁻¹, 0 for p = 0', 'p xᵖ⁻¹ dx, 0 for p = 0'],
  add: ['a + b', 'ā = ȳ, b̄ = ȳ', 'da + db'],
  sub: ['a − b', 'ā = ȳ, b̄ = −ȳ', 'da − db'],
  mul: ['a · b', 'ā = ȳ b, b̄ = ȳ a', 'da b + a db'],
  div: ['a / b', 'ā = ȳ / b, b̄ = −ȳ y / b', 'da/b − (a/b)(db/b)'],
  maximum: [
    'max(a, b)',
    'ā = ȳ ⟦a > b⟧, half at ties; b̄ likewise',
    'the tangent of the larger, the mean of both at ties',
  ],
  minimum: [
    'min(a, b)',
    'ā = ȳ ⟦a < b⟧, half at ties; b̄ likewise',
    'the tangent of the smaller, the mean of both at ties',
  ],
  atan2: [
    'the angle of (c, s)',
    's̄ = ȳ c / (s² + c²), c̄ = −ȳ s / (s² + c²)',
    '(c ds − s dc) / (s² + c²)',
  ],
  less: ['⟦a < b⟧', '0', '0'],
  equal: ['⟦a = b⟧', '0', '0'],
  select: [
    'a where c ≠ 0, else b',
    'ā = ȳ where c ≠ 0, b̄ = ȳ elsewhere, c̄ = 0',
    'da where c ≠ 0, else db',
  ],
  sum: ['Σ over axes', 'ȳ repeated along the axes', 'Σ dx over the axes'],
  max: ['maximum over axes', 'ȳ where x = y, shared equally by ties', 'the mean of dx where x = y'],
  contract: [
    'Σ a · b over shared labels',
    'ā = contract(ȳ, b), b̄ = contract(ȳ, a), labels moved',
    'contract(da, b) + contract(a, db)',
  ],
  reshape: ['x with other axes', 'ȳ with the axes of x', 'reshape dx'],
  transpose: ['axes permuted', 'ȳ, permuted back', 'transpose dx'],
  broadcast: ['x repeated', 'ȳ summed over what repeats', 'broadcast dx'],
  slice: ['a block of x', 'ȳ with zeros around it', 'slice dx'],
  pad: ['x with zeros around it', 'the block of ȳ where x stands', 'pad dx'],
  concatenate: ['operands end to end', "each operand's block of ȳ", 'tangents end to end'],
  gather: ['x at fixed indices', 'ȳ added up at these indices', 'gather dx'],
  scatterAdd: ['x added up at indices', 'ȳ gathered at these indices', 'scatterAdd dx'],
  constant: ['fixed values', 'no operands', 'no operands'],
  stopGradient: ['x', '0', '0'],
  customVjp: ['forward(x, …)', "the user's pullback(x, y, ȳ)", 'dx through forward'],
}
