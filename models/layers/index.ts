export { type DenseParams, dense, scaledNormal, xavierUniform } from './dense.ts'
export { gelu, geluExact } from './gelu.ts'
export { type Drawn, drawing, type Init, initialise, together } from './init.ts'
export {
  type AnyLayer,
  activation,
  identity,
  type Layer,
  layer,
  type ParamsOf,
  parallel,
  residual,
  sequential,
} from './layer.ts'
export { type LayerNormParams, layerNorm } from './layerNorm.ts'
export { type MlpParams, mlp } from './mlp.ts'
export { type PatchGrid, patchGrid, showPatches, toPatches, type UnitCell } from './patches.ts'
export { parameterCount, shownParameters } from './shownParameters.ts'
