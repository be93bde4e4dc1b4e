/** psigrad/models: functions that build programs: layers, attention, wave functions. */
export { checkForm } from './attention/check.ts'
export { MOST_DEPTH } from './attention/depth.ts'
export * from './attention/expression.ts'
export { type FactoredParams, factored } from './attention/factored.ts'
export { type FormFacts, flopsPerSample, formFacts } from './attention/facts.ts'
export type { AttentionForm, FormOf, FormSizes } from './attention/form.ts'
export { attention, type FormParams } from './attention/meaning.ts'
export { type AttentionParams, multiHeadAttention } from './attention/multiHead.ts'
export { type NamedForm, namedForms } from './attention/named.ts'
export { normalForm } from './attention/normal.ts'
export { parseForm } from './attention/parse.ts'
export { showForm } from './attention/text.ts'
export {
  type JastrowParams,
  jastrow,
  type LookupParams,
  lookup,
  type RbmParams,
  rbm,
} from './companions.ts'
export { type DenseParams, dense, scaledNormal, xavierUniform } from './dense.ts'
export { type AttentiveLogCoshParams, attentiveLogCosh, dimerState } from './dimerState.ts'
export { gelu, geluExact } from './gelu.ts'
export { type Drawn, drawing, type Init, initialise, together } from './init.ts'
export {
  type AnyLayer,
  activation,
  identity,
  initAll,
  type Layer,
  layer,
  type ParamsOf,
  parallel,
  residual,
  sequential,
} from './layer.ts'
export { type LayerNormParams, layerNorm } from './layerNorm.ts'
export { type MlpParams, mlp } from './mlp.ts'
export { type PatchGrid, patchGrid, toPatches, type UnitCell } from './patches.ts'
export {
  composed,
  cosets,
  identitySymmetry,
  moved,
  type Symmetry,
  type SymmetryGroup,
  siteSymmetry,
  spinInversion,
  symmetryGroup,
  turn,
} from './symmetries.ts'
export { type Images, type SymmetrisedWave, symmetrise } from './symmetrise.ts'
export {
  type BlockParams,
  encoderBlock,
  type HeadParams,
  logCoshHead,
  type VitParams,
  type VitSizes,
  vit,
  vitAttention,
  type WaveFunction,
} from './vit.ts'
