/** psigrad/autodiff maps programs to their derivatives, and checks these. */
export { type CheckOptions, checkGradient, type GradientReport } from './check.ts'
export { type CustomVjp, customVjp } from './customVjp.ts'
export { derivativeAtZero } from './differences.ts'
export {
  type Argnums,
  type Gradient,
  grad,
  hessian,
  hvp,
  jacobian,
  perSampleGradient,
  type ValueAndGradient,
  valueAndGrad,
} from './grad.ts'
export { type Jvp, jvp } from './jvp.ts'
export { type JvpRule, jvpRules } from './jvpRules.ts'
export { type Vjp, vjp } from './vjp.ts'
export { type VjpRule, vjpRules } from './vjpRules.ts'
export { type VmapOptions, vmap } from './vmap.ts'
