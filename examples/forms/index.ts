export { formReference, seenFrom, showReference, withoutFolder } from './formReference.ts'
export { formAt, settledForm } from './forms.ts'
export { loadForm } from './load.ts'
export { reasonOf } from './reasons.ts'
