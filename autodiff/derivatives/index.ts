/** The derivatives of programs: two tables of rules, the two modes, and what follows from them. */
export { type CustomVjp, customVjp } from './customVjp.ts'
export {
  type Argnums,
  type Gradient,
  grad,
  hessian,
  hvp,
  jacobian,
  perSampleGradient,
  valueAndGrad,
} from './grad.ts'
export { forward, jvp } from './jvp.ts'
export { type JvpRule, jvpRules, type Push } from './jvpRules.ts'
export { backward, cotangents, type Rules, ruleOf, type Vjp, vjp } from './vjp.ts'
export { type Pull, type VjpRule, vjpRules } from './vjpRules.ts'
export { type VmapOptions, vmap } from './vmap.ts'
