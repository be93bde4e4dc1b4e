import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Concrete,
  dataOf,
  isConcrete,
  keyFrom,
  leavesOf,
  normals,
  type Tensor,
  type Tree,
  tensor,
} from '../../../core/index.ts'
import {
  adam,
  march,
  type Optimizer,
  sgd,
  stochasticReconfiguration,
} from '../../../physics/update/optimizers.ts'
import { srUpdate } from '../../../physics/update/sr.ts'
import { seed } from '../../arbitraries.ts'
import {
  anyShape,
  at,
  type Centred,
  close,
  eliminate,
  indices,
  ROUNDING,
  SOLVES,
  samplesOf,
  shapes,
  total,
  updates,
} from './randomSamples.ts'

/** argmin ‖Xδ − f‖² + λ‖δ − μδ′‖², by its normal equations (XᵀX + λ) δ = Xᵀf + λμδ′. */
const springByHand = (s: Centred, λ: number, μ: number, previous: ArrayLike<number>): number[] => {
  const [rows, cols] = [indices(s.x.rows), indices(s.x.cols)]
  const normal = cols.map((k) =>
    cols.map((l) => total(rows.map((i) => at(s, i, k) * at(s, i, l))) + (k === l ? λ : 0)),
  )
  const right = cols.map(
    (k) => total(rows.map((i) => at(s, i, k) * s.f[i]!)) + λ * μ * previous[k]!,
  )
  return eliminate(normal, right)
}
const objective = (
  s: Centred,
  λ: number,
  μ: number,
  previous: ArrayLike<number>,
  δ: ArrayLike<number>,
): number => {
  const cols = indices(s.x.cols)
  const residual = indices(s.x.rows).map(
    (i) => total(cols.map((k) => at(s, i, k) * δ[k]!)) - s.f[i]!,
  )
  return (
    total(residual.map((r) => r * r)) + λ * total(cols.map((k) => (δ[k]! - μ * previous[k]!) ** 2))
  )
}
describe('stochastic reconfiguration with momentum (SPRING)', () => {
  const diagShift = fc.constantFrom(1, 1e-1, 1e-3)
  const momentum = fc.double({ min: 0.05, max: 0.99, noNaN: true })

  for (const [space, [rows, cols]] of Object.entries(shapes)) {
    it(`solves its normal equations step by step: ${space}`, () => {
      fc.assert(
        fc.property(seed, diagShift, momentum, (n, λ, μ) => {
          const batches = indices(4).map((t) => samplesOf(rows, cols, n + t))
          let previous: ArrayLike<number> = new Float64Array(cols)
          updates(stochasticReconfiguration({ diagShift: λ, momentum: μ }), batches).forEach(
            (delta, t) => {
              close(delta, springByHand(batches[t]!, λ, μ, previous), SOLVES)
              previous = delta
            },
          )
        }),
        { numRuns: 30 },
      )
    })

    it(`gives the least of its objective: ${space}`, () => {
      fc.assert(
        fc.property(seed, diagShift, momentum, (n, λ, μ) => {
          const [s, previous] = [samplesOf(rows, cols, n), normals(keyFrom(n + 3), cols)]
          const { delta } = stochasticReconfiguration({ diagShift: λ, momentum: μ }).update(s, {
            previous: tensor(previous),
          })
          const least = objective(s, λ, μ, previous, delta)
          const d = normals(keyFrom(n + 4), cols)
          for (const t of [-1, -1e-2, 1e-2, 1]) {
            const beside = delta.map((x, k) => x + t * d[k]!)
            expect(objective(s, λ, μ, previous, beside)).toBeGreaterThan(least)
          }
        }),
        { numRuns: 30 },
      )
    })
  }

  it('without momentum is the plain update and remembers nothing', () => {
    fc.assert(
      fc.property(anyShape, seed, diagShift, ([rows, cols], n, λ) => {
        const batches = indices(3).map((t) => samplesOf(rows, cols, n + t))
        const plain = batches.map(srUpdate({ diagShift: λ }))
        for (const options of [{ diagShift: λ }, { diagShift: λ, momentum: 0 }]) {
          const optimizer = stochasticReconfiguration(options)
          expect(optimizer.init(cols)).toEqual({})
          expect(optimizer.update(batches[0]!, {}).memory).toEqual({})
          expect(updates(optimizer, batches)).toEqual(plain)
        }
      }),
    )
  })

  it('first steps as the plain update does, then differently', () => {
    const batches = indices(2).map((t) => samplesOf(10, 4, 40 + t))
    const plain = updates(stochasticReconfiguration({ diagShift: 0.1 }), batches)
    const spring = updates(stochasticReconfiguration({ diagShift: 0.1, momentum: 0.9 }), batches)
    close(spring[0]!, plain[0]!, ROUNDING)
    expect(Math.abs(spring[1]![0]! - plain[1]![0]!)).toBeGreaterThan(1e-4)
  })
})

const forceByHand = (s: Centred): number[] =>
  indices(s.x.cols).map((k) => total(indices(s.x.rows).map((i) => at(s, i, k) * s.f[i]!)))

describe('sgd', () => {
  it('is Xᵀf and remembers nothing', () => {
    fc.assert(
      fc.property(anyShape, seed, ([rows, cols], n) => {
        const s = samplesOf(rows, cols, n)
        expect(sgd().init(cols)).toEqual({})
        const { delta, memory } = sgd().update(s, {})
        close(delta, forceByHand(s), ROUNDING)
        expect(memory).toEqual({})
      }),
    )
  })
})

describe('adam', () => {
  /** Algorithm 1 of arXiv:1412.6980, one parameter at a time, α = 1. */
  const byHand = (
    forces: readonly (readonly number[])[],
    beta1: number,
    beta2: number,
    epsilon: number,
  ): number[][] => {
    const [m, v] = [forces[0]!.map(() => 0), forces[0]!.map(() => 0)]
    return forces.map((g, step) =>
      g.map((gk, k) => {
        m[k] = beta1 * m[k]! + (1 - beta1) * gk
        v[k] = beta2 * v[k]! + (1 - beta2) * gk * gk
        const mHat = m[k]! / (1 - beta1 ** (step + 1))
        const vHat = v[k]! / (1 - beta2 ** (step + 1))
        return mHat / (Math.sqrt(vHat) + epsilon)
      }),
    )
  }
  const decay = fc.constantFrom(0, 0.3, 0.9, 0.99)

  it('is the published loop, for any of its constants', () => {
    fc.assert(
      fc.property(
        anyShape,
        seed,
        decay,
        decay,
        fc.constantFrom(1e-8, 0.1),
        ([rows, cols], n, beta1, beta2, epsilon) => {
          const batches = indices(5).map((t) => samplesOf(rows, cols, n + t))
          const wanted = byHand(batches.map(forceByHand), beta1, beta2, epsilon)
          updates(adam({ beta1, beta2, epsilon }), batches).forEach((delta, t) => {
            close(delta, wanted[t]!, ROUNDING)
          })
        },
      ),
    )
  })

  it('has the published constants by default', () => {
    const batches = indices(5).map((t) => samplesOf(6, 3, 70 + t))
    const wanted = byHand(batches.map(forceByHand), 0.9, 0.999, 1e-8)
    updates(adam(), batches).forEach((delta, t) => {
      close(delta, wanted[t]!, ROUNDING)
    })
  })
})

describe('every optimiser', () => {
  const optimizers: Readonly<Record<string, Optimizer>> = {
    sr: stochasticReconfiguration({ diagShift: 0.1 }),
    spring: stochasticReconfiguration({ diagShift: 0.1, momentum: 0.8 }),
    march: march({ diagShift: 0.1 }),
    sgd: sgd(),
    adam: adam(),
  }
  /** The memory as written to a file and read again: names, shapes and numbers, nothing else. */
  const written = (memory: Tree<Tensor>): Tree<Tensor> => {
    const plain = Object.entries(memory as Record<string, Concrete>).map(([name, leaf]) => [
      name,
      { shape: leaf.shape, data: [...dataOf(leaf)] },
    ])
    const text = JSON.stringify(Object.fromEntries(plain))
    const read = JSON.parse(text) as Record<string, { shape: number[]; data: number[] }>
    return Object.fromEntries(
      Object.entries(read).map(([name, { shape, data }]) => [
        name,
        tensor(Float64Array.from(data), shape),
      ]),
    )
  }
  for (const [name, optimizer] of Object.entries(optimizers))
    it(`${name} keeps its memory in a tree of tensors and in nothing else`, () => {
      const batches = indices(5).map((t) => samplesOf(8, 5, 90 + t))
      const wanted = updates(optimizer, batches)
      let memory = optimizer.init(5)
      batches.forEach((s, t) => {
        expect(leavesOf(memory).every(isConcrete)).toBe(true)
        const before = written(memory)
        const next = optimizer.update(s, written(memory))
        // Twice the same, and what was given stays what it was.
        expect(optimizer.update(s, memory).delta).toEqual(wanted[t])
        expect(next.delta).toEqual(wanted[t])
        expect(written(memory)).toEqual(before)
        memory = next.memory
      })
    })
})
