export { provideSucrase } from './packages.ts'
