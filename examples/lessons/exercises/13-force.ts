// Exercise 13. The gradient of the energy, for a complex wave function. Needs lessons 10 and 11.
//
// F = 2 Re ⟨(O − ⟨O⟩)* (E_loc − ⟨E_loc⟩)⟩. The energy itself can be differentiated by the machine,
// so there is no excuse.

import { grad, jacobian } from 'psigrad/autodiff'
import {
  add,
  complexMul,
  cos,
  div,
  einsum,
  exp,
  mul,
  neg,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  toNested,
} from 'psigrad/core'
import * as physics from 'psigrad/physics'

const sector = physics.szSector(4)
const H = tensor(physics.toDense(physics.heisenberg(physics.chain(4)), sector).re, [6, 6])
const all = physics.allConfigurations(physics.basisOf(sector))
const spins = tensor(Float64Array.from(all), [6, 4])

const logAbs = (theta: Tensor): Tensor => sin(einsum('s i, i -> s', spins, theta))
const phase = (theta: Tensor): Tensor => square(einsum('s i, i -> s', spins, theta))
const amplitudes = (theta: Tensor) => ({
  re: mul(exp(logAbs(theta)), cos(phase(theta))),
  im: mul(exp(logAbs(theta)), sin(phase(theta))),
})

const energy = (theta: Tensor): Tensor => {
  const { re, im } = amplitudes(theta)
  const expected = add(einsum('s, s t, t ->', re, H, re), einsum('s, s t, t ->', im, H, im))
  return div(expected, add(sum(square(re)), sum(square(im))))
}

const force = (theta: Tensor): Tensor => {
  const psi = amplitudes(theta)
  const size = add(square(psi.re), square(psi.im))
  const p = div(size, sum(size))
  const hPsi = {
    re: einsum('s t, t -> s', H, psi.re),
    im: einsum('s t, t -> s', H, psi.im),
  }
  const product = complexMul(hPsi, { re: psi.re, im: neg(psi.im) })
  const local = { re: div(product.re, size), im: div(product.im, size) }
  const off = {
    re: sub(local.re, sum(mul(p, local.re))),
    im: sub(local.im, sum(mul(p, local.im))),
  }
  const real = einsum('s, s k, s -> k', p, jacobian(logAbs)(theta), off.re)
  const imaginary = einsum('s, s k, s -> k', p, jacobian(phase)(theta), off.im)
  return mul(2, sub(real, imaginary))
}

const theta = tensor([0.3, -0.5, 0.7, 0.1])
const numbers = (x: Tensor): readonly number[] => toNested(x) as number[]

export const claims = {
  'the force is the gradient of the energy': () => {
    const wanted = numbers(grad(energy)(theta))
    return numbers(force(theta)).every((f, k) => Math.abs(f - wanted[k]!) < 1e-9)
  },
}
