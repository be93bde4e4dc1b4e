export { type CheckSettings, checkFile } from './checkFile.ts'
export { checkText } from './checkText.ts'
export { type CheckedFile, checkCode, checkCodes, type Finding } from './finding.ts'
export { junitOf } from './junit.ts'
