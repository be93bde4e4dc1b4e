/** A function at a point: as data, as text, and as a diagram. */
export { type Colouring, colourings, inkOn, type Shade } from './colourings.ts'
export { announce, stopAtNonFinite } from './debug.ts'
export { type Diagram, type DiagramNode, type DiagramOptions, diagram } from './diagram.ts'
export { diagramToMermaid, toDot } from './diagramText.ts'
export {
  type DifferenceTextOptions,
  differenceDiagram,
  differenceText,
} from './differenceText.ts'
export {
  type InspectedEquation,
  type InspectedInput,
  type InspectedVariable,
  type Inspection,
  type InspectOptions,
  inspect,
} from './inspect.ts'
export { inspectionTable, type TableOptions } from './inspectionTable.ts'
export type { Origin } from './nonFinite.ts'
export {
  type Change,
  type ChangedEquation,
  type DifferenceOptions,
  type ProgramDifference,
  programDifference,
} from './programDifference.ts'
export { type RuleWords, ruleWords } from './ruleWords.ts'
export { type Showable, show, shown } from './showInspection.ts'
export type { ValueSummary } from './valueSummary.ts'
