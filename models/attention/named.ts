import {
  absolute,
  content,
  distanceDecay,
  type Expression,
  plus,
  positioned,
  relative,
  slopes,
  softmaxed,
  times,
} from './expression.ts'

/**
 * The table holds the forms of the literature by name.
 *
 * Source  factored, t5, decoupled: Rende and Viteritti, arXiv:2405.18874; t5: Raffel et al.,
 *         JMLR 21, 140 (2020); dotProduct: Vaswani et al., arXiv:1706.03762; spatial: Viteritti,
 *         Rende, Sachdev and Carleo, arXiv:2602.02665; diet (DIET-ABS, one bias for each pair of
 *         positions): Chen et al., arXiv:2104.08698; alibi, here with distances in two directions:
 *         Press, Smith and Lewis, arXiv:2108.12409.
 */
export const namedForms = {
  factored: relative(),
  t5: softmaxed(plus(content(), relative())),
  decoupled: plus(softmaxed(content()), relative()),
  dotProduct: softmaxed(positioned()),
  spatial: times(relative(), distanceDecay()),
  diet: softmaxed(plus(content(), absolute())),
  alibi: softmaxed(plus(content(), slopes())),
} as const satisfies Readonly<Record<string, Expression>>

export type NamedForm = keyof typeof namedForms
