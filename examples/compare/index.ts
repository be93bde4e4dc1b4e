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
  unlessStopped,
} from './compare.ts'
export { coinciding } from './comparedForms.ts'
export { type Compared, comparisonPage } from './comparePage.ts'
export { type Curve, energyCurves, inputPicture, windowed } from './comparePictures.ts'
export { type ComparisonPlan, type ComparisonSources, planComparison } from './planComparison.ts'
export { aligned, type FormSummary, rowsOf, summaries } from './summary.ts'
export { type Cost, evaluationCosts } from './timing.ts'
