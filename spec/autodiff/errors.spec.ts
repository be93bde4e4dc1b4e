import { describe, it } from 'vitest'
import {
  grad,
  hessian,
  jvp,
  perSampleGradient,
  valueAndGrad,
  vjp,
  vmap,
} from '../../autodiff/index.ts'
import { mean, mul, square, sum, type Tensor, tensor } from '../../core/index.ts'
import { expectClose, problemOf } from '../expectations.ts'

// What was wrong, where, in the user's names; then what would be right, which is run here too.

const x: Tensor = tensor([1, 2, 3])
const energies = (y: Tensor): Tensor => square(y)

describe('grad', () => {
  it('needs a number, and both its fixes work', () => {
    const text = 'needs a number; energies returned [3].'
    problemOf(() => grad(energies)(x), 'ShapeError in grad', text, 'mean(f(x)) for a loss')
    problemOf(() => valueAndGrad(energies)(x), text, 'perSampleGradient(f)')
    problemOf(() => hessian(energies)(x), text)
    problemOf(() => grad((y: Tensor) => square(y))(tensor([1])), 'returned [1].')
    problemOf(() => grad((() => ({ a: x })) as never)(x), 'returned a tree')
    expectClose(grad((y: Tensor) => mean(energies(y)))(x), mul(2 / 3, x), 1e-15)
    const perSample = perSampleGradient((p: Tensor, s: Tensor) => mul(energies(p), s))
    expectClose(perSample(tensor(2), x), mul(4, x), 0)
  })
})

describe('pullbacks', () => {
  it('refuse cotangents of another shape or structure', () => {
    const { pullback } = vjp(energies)(x)
    problemOf(
      () => pullback(tensor([1, 2])),
      'ShapeError in pullback of energies: cotangent (root) has shape [2], needs [3].',
    )
    const pair = vjp((y: Tensor) => ({ a: sum(y), b: y }))(x)
    problemOf(
      () => pair.pullback({ a: tensor(1) } as never),
      'TypeError in pullback of function: cotangent b is missing.',
    )
    problemOf(
      () => pair.pullback({ a: tensor(1), b: tensor([1]) }),
      'cotangent b has shape [1], needs [3].',
    )
  })
})

describe('tangents', () => {
  it('have the shapes of the arguments', () => {
    problemOf(
      () => jvp(energies)([x], [tensor([1, 2])]),
      'ShapeError in jvp of energies: tangent 1 has shape [2], needs [3].',
    )
    problemOf(() => jvp(energies)([x], [] as never), 'TypeError in jvp of energies', 'tangent 1')
  })
})

describe('vmap', () => {
  it('needs one common number of samples, and lists what it got', () => {
    const f = (a: Tensor, b: Tensor): Tensor => mul(a, b)
    problemOf(
      () => vmap(f)(x, tensor([1, 2])),
      'ShapeError in vmap of f: the mapped arguments need one common number of samples.',
      'argument 1 [3], sample axis 0',
      'argument 2 [2], sample axis 0',
    )
    problemOf(() => vmap(f, { inAxes: [null, null] })(x, x), 'sample axis none')
    problemOf(() => vmap(f, { inAxes: [0, 1] })(x, x), 'argument 2 [3], sample axis 1')
    problemOf(() => vmap(f, { inAxes: [-1, 0] })(x, x), 'argument 1 [3], sample axis -1')
  })
})
