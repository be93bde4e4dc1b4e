export { refuseNumbers, refuseProperties } from './conversion.ts'
export {
  fail,
  knownOptions,
  type Problem,
  type ProblemKind,
  placed,
  raise,
  showProblem,
  TensorError,
} from './errors.ts'
export { counted, few, fewInRow, outline, rounded, type Shown } from './outline.ts'
export { type Scope, scoped, scopeHere, scopePath, within } from './scope.ts'
export { atSiteOf, type Site, siteHere, withSites } from './site.ts'
