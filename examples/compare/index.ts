export {
  type Analysis,
  analyse,
  attentionMapSchema,
  type HeadInput,
  headInputSchema,
} from './analysis.ts'
export { type Cell, cellOf } from './cells.ts'
export {
  type CellRequest,
  compare,
  finished,
  loadAnalysis,
  loadResult,
  unlessStopped,
} from './compare.ts'
export { coinciding, formsOf, repeated } from './comparedForms.ts'
export { type Curve, energyCurves, inputPicture, windowed } from './comparePictures.ts'
export { aligned, rowsOf, summaries } from './summary.ts'
export { type Cost, evaluationCosts } from './timing.ts'
