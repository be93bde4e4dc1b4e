/** psigrad/autodiff maps programs to their derivatives, and checks these. */
export {
  type Argnums,
  type CustomVjp,
  customVjp,
  type Gradient,
  grad,
  hessian,
  hvp,
  type JvpRule,
  jacobian,
  jvp,
  jvpRules,
  perSampleGradient,
  type Vjp,
  type VjpRule,
  type VmapOptions,
  valueAndGrad,
  vjp,
  vjpRules,
  vmap,
} from './derivatives/index.ts'
export {
  type CheckOptions,
  checkGradient,
  derivativeAtZero,
  type GradientReport,
} from './verify/index.ts'
