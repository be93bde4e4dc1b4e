export { policyOfFile } from './answers.ts'
export { pageFiles } from './builtPage.ts'
export { type Served, type ServeRequest, serve } from './serve.ts'
