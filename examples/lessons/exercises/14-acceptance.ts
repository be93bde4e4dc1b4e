// Exercise 14. A Metropolis walk on five states. Needs lesson 12.
//
// `transition` is the probability of one step from i to j. The walk visits every state, it runs
// for ever, and nothing in its output looks strange, unless you know the answer.

const psi = [0.1, 0.5, 0.3, 0.7, 0.4]
const states = psi.map((_, i) => i)
const norm = psi.reduce((sum, a) => sum + a * a, 0)
const p = psi.map((a) => (a * a) / norm)

/** Proposes one of the two neighbours on a ring with equal probability. */
const proposal = (i: number, j: number): number => {
  const apart = (j - i + psi.length) % psi.length
  return apart === 1 || apart === psi.length - 1 ? 0.5 : 0
}

const acceptance = (i: number, j: number): number => Math.min(1, (psi[i]! / psi[j]!) ** 2)

const transition = (i: number, j: number): number => {
  const moved = (k: number): number => (k === i ? 0 : proposal(i, k) * acceptance(i, k))
  return i === j ? 1 - states.reduce((sum, k) => sum + moved(k), 0) : moved(j)
}

export const claims = {
  'a step leads somewhere': () =>
    states.every((i) => Math.abs(states.reduce((sum, j) => sum + transition(i, j), 0) - 1) < 1e-12),
  'one step keeps |ψ|²': () =>
    states.every((j) => {
      const after = states.reduce((sum, i) => sum + p[i]! * transition(i, j), 0)
      return Math.abs(after - p[j]!) < 1e-12
    }),
}
