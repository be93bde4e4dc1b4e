export { pageFiles, type Served, type ServeRequest, serve } from './serving/index.ts'
