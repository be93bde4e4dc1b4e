export { type AttentiveLogCoshParams, attentiveLogCosh, dimerState } from './dimerState.ts'
export {
  type JastrowParams,
  jastrow,
  type LookupParams,
  lookup,
  type RbmParams,
  rbm,
} from './smallWaves.ts'
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
  type Vit,
  type VitParams,
  type VitSizes,
  vit,
  vitAttention,
  type WaveFunction,
} from './vit.ts'
