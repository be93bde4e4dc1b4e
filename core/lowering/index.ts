export { type Access, whole } from './access.ts'
export { combined, usesOf, writtenOut } from './instructions.ts'
export {
  type ContractKernel,
  type Epilogue,
  type Kernel,
  type Label,
  type MapKernel,
  type Operand,
  type ReduceKernel,
  readsOf,
  type TableKernel,
  type Write,
  writesOf,
} from './kernels.ts'
export { IN_ROWS, type Lowered, loopsOf, lower } from './lower.ts'
export { collides, type MemoryPlan, planMemory } from './memory.ts'
export { shortScatters } from './scatters.ts'
