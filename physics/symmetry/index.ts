export {
  type Characters,
  type Extent,
  type Generators,
  generatorsOf,
  marshallSigned,
  symmetriesOf,
} from './generators.ts'
export { invariance } from './invariance.ts'
