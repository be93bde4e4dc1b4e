/** psigrad/models: functions that build programs: layers, attention, wave functions. */
export * from './attention/index.ts'
export {
  type JastrowParams,
  jastrow,
  type LookupParams,
  lookup,
  type RbmParams,
  rbm,
} from './companions.ts'
export { type DenseParams, dense, scaledNormal, xavierUniform } from './dense.ts'
export { gelu, geluExact } from './gelu.ts'
export {
  type AnyLayer,
  activation,
  identity,
  initAll,
  initialise,
  type Layer,
  layer,
  type ParamsOf,
  parallel,
  residual,
  sequential,
  together,
} from './layer.ts'
export { type LayerNormParams, layerNorm } from './layerNorm.ts'
export { type MlpParams, mlp } from './mlp.ts'
export { type PatchGrid, patchGrid, toPatches } from './patches.ts'
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
