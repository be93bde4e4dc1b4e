export { type Course, chosenFrom, courseFolder, courseIn, titleOf } from './course.ts'
export { answered, askClaim, askClaims, type Claim, type FoundClaim } from './exercise.ts'
export { type Cell, cellsOf, type Promised, programOf, promisesIn } from './lessonCells.ts'
export { lessonAsRun, lessonWith, runLesson, type ShownValue, showValue } from './runLesson.ts'
