// Exercise 15. The natural gradient, and a parameter that means nothing. Needs lesson 14.
//
// The first parameter multiplies ψ by a number: log ψ = θ₀ + θ₁ A(σ). The state does not depend on
// it, so an update should leave it alone. This one does not.

import { cholesky, matrix, solveCholesky } from 'psigrad/core/linalg'

const p = [0.1, 0.2, 0.3, 0.4] // |ψ|² of four configurations
const energies = [1, -2, 0.5, -1] // their local energies
const A = [2, 1, -1, 3]
const O = A.map((a) => [1, a]) // ∂ log ψ/∂θ

const mean = (x: readonly number[]): number => x.reduce((sum, a, s) => sum + p[s]! * a, 0)

const column = (k: number): readonly number[] => O.map((row) => row[k]!)

const metric = (k: number, l: number): number => mean(column(k).map((o, s) => o * column(l)[s]!))

const force = (k: number): number =>
  2 * mean(column(k).map((o, s) => (o - mean(column(k))) * (energies[s]! - mean(energies))))

/** Returns (S + λ)⁻¹ F. */
const update = (shift: number): readonly number[] => {
  const s = [0, 1].map((k) => [0, 1].map((l) => metric(k, l) + (k === l ? shift : 0)))
  return [
    ...solveCholesky(
      cholesky(matrix(2, 2, Float64Array.from(s.flat()))),
      Float64Array.of(force(0), force(1)),
    ),
  ]
}

export const claims = {
  'a factor of ψ is at no distance: its row of S is zero': () =>
    Math.abs(metric(0, 0)) < 1e-12 && Math.abs(metric(0, 1)) < 1e-12,
  'the update leaves the factor alone': () => Math.abs(update(1e-3)[0]!) < 1e-9,
}
