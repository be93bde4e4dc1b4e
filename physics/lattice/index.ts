export { type Bond, bonds, displacement, distance, shellDistances, sublattice } from './bonds.ts'
export * from './byName.ts'
export { dimers, singletProduct } from './dimers.ts'
export { honeycomb, kagome, triangular } from './hexagonal.ts'
export { angleOf, apply, determinant, type Isometry, inverse, isometries } from './isometries.ts'
export {
  addressOf,
  type Boundary,
  checkSite,
  type Lattice,
  lattice,
  siteAt,
  translation,
  translations,
} from './lattice.ts'
