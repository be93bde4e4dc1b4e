// Exercise 12. The local energy, for a complex Hamiltonian. Needs lessons 10 and 13.
//
// E_loc(σ) = Σ_σ' ⟨σ|H|σ'⟩ ψ(σ')/ψ(σ). For an eigenstate it is the same number everywhere. The code
// passed all its tests with the Heisenberg model, which is real.

import * as physics from 'psigrad/physics'

const sector = physics.szSector(3, 0.5)
// A ring of three spins with a current: one coupling is complex.
const hamiltonian = physics.sumOperators([
  physics.heisenberg(physics.chain(3)),
  physics.scalarChirality(0, 1, 2),
])
const H = physics.toDense(hamiltonian, sector)
const { energies, vectors } = physics.exactStates(hamiltonian, sector)
const psi = vectors[0]!

/** Returns the real and imaginary part of the local energy of configuration number s. */
const localEnergy = (s: number): readonly [re: number, im: number] => {
  const size = psi.re[s]! ** 2 + psi.im[s]! ** 2
  let [re, im] = [0, 0]
  for (let t = 0; t < H.dimension; t += 1) {
    // ψ(t)/ψ(s)
    const a = (psi.re[t]! * psi.re[s]! + psi.im[t]! * psi.im[s]!) / size
    const b = (psi.im[t]! * psi.re[s]! - psi.re[t]! * psi.im[s]!) / size
    const at = H.dimension * t + s
    re += H.re[at]! * a - H.im[at]! * b
    im += H.re[at]! * b + H.im[at]! * a
  }
  return [re, im]
}

export const claims = {
  'the local energy of the ground state is its energy, everywhere': () =>
    Array.from(psi.re.keys(), localEnergy).every(
      ([re, im]) => Math.hypot(re - energies[0]!, im) < 1e-9,
    ),
}
