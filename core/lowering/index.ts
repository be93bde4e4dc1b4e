export { type Access, whole } from './access.ts'
export { combined, rewriteNodes, usesOf, writtenOut } from './instructions.ts'
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
  writesOf,
} from './kernels.ts'
export { type Lowered, lower } from './lower.ts'
export { type MemoryPlan, planMemory } from './memory.ts'
export { shortScatters } from './scatters.ts'
export type { Target } from './target.ts'
