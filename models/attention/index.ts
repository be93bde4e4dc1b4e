export { checkForm } from './checkForm.ts'
export { MOST_DEPTH } from './depth.ts'
export {
  type AtomName,
  absolute,
  applied,
  atomNames,
  constant,
  content,
  distanceDecay,
  type Expression,
  type FunctionName,
  functionNames,
  gated,
  type Kind,
  learned,
  loudness,
  mask,
  type Of,
  over,
  partsOf,
  plus,
  positioned,
  raised,
  relative,
  scaled,
  slopes,
  softmaxed,
  symmetrised,
  times,
} from './expression.ts'
export { type FactoredParams, factored } from './factored.ts'
export type { AttentionForm, FormOf, FormSizes } from './form.ts'
export { type FormProperties, flopsPerSample, formProperties } from './formProperties.ts'
export { type AttentionParams, multiHeadAttention } from './multiHead.ts'
export { type NamedForm, namedForms } from './named.ts'
export { nearest } from './nearest.ts'
export { normalForm } from './normal.ts'
export { parseForm } from './parse.ts'
export { attention, type FormParams } from './semantics.ts'
export { shownExpression, shownForm } from './shownForm.ts'
export { showForm } from './text.ts'
