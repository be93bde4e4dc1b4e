import { describe, expect, it } from 'vitest'
import { type Concrete, dataOf, keyFrom, leavesOf } from '../../../core/index.ts'
import { initialise, rbm } from '../../../models/index.ts'
import { evaluatorsOf } from '../../../physics/index.ts'

// Parameters belong to their names; the derivatives come in the order in which they were given.

describe('evaluators', () => {
  const sites = 4
  const wave = rbm({ sites, hidden: 2 })
  const params = initialise(wave, keyFrom(3))
  const turned = Object.fromEntries(Object.entries(params).reverse()) as typeof params
  const configurations = Int8Array.of(1, -1, 1, -1, 1, 1, -1, -1)
  const evaluators = evaluatorsOf(wave, params, sites)
  const numbers = (tree: unknown): number[][] =>
    leavesOf(tree as Concrete).map((x) => [...dataOf(x)])

  it('give the same amplitudes for parameters whose keys stand in another order', () => {
    expect(numbers(turned)).not.toEqual(numbers(params))
    const [a, b] = [params, turned].map((p) => evaluators.logPsi(p)(configurations))
    expect(b).toEqual(a)
  })

  it('give derivatives in the order of the parameters that they are asked for', () => {
    const straight = evaluators.logDerivatives(params, configurations)
    const other = evaluators.logDerivatives(turned, configurations)
    expect(other).toEqual(evaluatorsOf(wave, turned, sites).logDerivatives(turned, configurations))
    expect(other.rows).not.toEqual(straight.rows)
    expect([...other.rows].sort()).toEqual([...straight.rows].sort())
  })

  it('keep amplitudes that were given: the next ones lie in memory of their own', () => {
    const logPsi = evaluators.logPsi(params)
    const first = logPsi(configurations)
    const kept = { re: first.re.slice(), im: first.im.slice() }
    logPsi(configurations.map((s) => -s))
    expect(first).toEqual(kept)
  })
})
