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
import { type Matrix, matrix } from '../../../core/linalg/matrix.ts'
import type * as physics from '../../../physics/update/centred.ts'
import {
  adam,
  march,
  type Optimizer,
  sgd,
  stochasticReconfiguration,
} from '../../../physics/update/optimizers.ts'
import { srUpdate } from '../../../physics/update/sr.ts'
import { seed } from '../../arbitraries.ts'

type Centred = physics.Centred<Matrix>

// Random X and f of order one; wide X is solved in sample space, tall X in parameter space.

const samplesOf = (rows: number, cols: number, n: number): Centred => ({
  x: matrix(rows, cols, normals(keyFrom(n), rows * cols)),
  f: normals(keyFrom(n + 1_000_000), rows),
})
const shapes: Readonly<Record<string, readonly [rows: number, cols: number]>> = {
  'parameter space (10 rows, 4 parameters)': [10, 4],
  'sample space (4 rows, 10 parameters)': [4, 10],
}
const anyShape = fc.constantFrom(...Object.values(shapes))
/** Systems with condition numbers up to 1/diagShift times about 40. */
const SOLVES = 1e-10
/** The same formula in another order of operations. */
const ROUNDING = 1e-13

const close = (got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void => {
  expect(got.length).toBe(wanted.length)
  const scale = 1 + Math.max(...Array.from(wanted, Math.abs))
  const off = Array.from(got, (x, k) => Math.abs(x - wanted[k]!) / scale)
  expect(Math.max(...off)).toBeLessThan(tolerance)
}
const at = ({ x }: Centred, i: number, k: number): number => x.data[i * x.cols + k]!
const indices = (n: number): number[] => [...Array(n).keys()]
const total = (terms: readonly number[]): number => terms.reduce((a, b) => a + b, 0)

/** A δ = b by elimination with pivots: shares nothing with the Cholesky solver. */
const eliminate = (a: readonly (readonly number[])[], b: readonly number[]): number[] => {
  const rows = a.map((row, i) => [...row, b[i]!])
  indices(b.length).forEach((c) => {
    const p = indices(b.length)
      .slice(c)
      .reduce((best, r) => (Math.abs(rows[r]![c]!) > Math.abs(rows[best]![c]!) ? r : best), c)
    const pivot = rows[p]!
    rows[p] = rows[c]!
    rows[c] = pivot.map((v) => v / pivot[c]!)
    rows.forEach((row, r) => {
      if (r !== c) rows[r] = row.map((v, j) => v - row[c]! * rows[c]![j]!)
    })
  })
  return rows.map((row) => row[b.length]!)
}

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
/** argmin ‖Xδ − f‖² + λ Σ_k √v_k (δ_k − μδ′_k)², by (XᵀX + λ√V) δ = Xᵀf + λμ√V δ′. */
const marchByHand = (
  s: Centred,
  [λ, μ]: readonly [number, number],
  previous: ArrayLike<number>,
  v: ArrayLike<number>,
): number[] => {
  const [rows, cols] = [indices(s.x.rows), indices(s.x.cols)]
  const pull = cols.map((k) => λ * Math.sqrt(v[k]!))
  const normal = cols.map((k) =>
    cols.map((l) => total(rows.map((i) => at(s, i, k) * at(s, i, l))) + (k === l ? pull[k]! : 0)),
  )
  const right = cols.map(
    (k) => total(rows.map((i) => at(s, i, k) * s.f[i]!)) + pull[k]! * μ * previous[k]!,
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
/** All updates of several batches, memory handed on. */
const updates = (optimizer: Optimizer, batches: readonly Centred[]): Float64Array[] => {
  let memory = optimizer.init(batches[0]!.x.cols)
  return batches.map((s) => {
    const next = optimizer.update(s, memory)
    memory = next.memory
    return next.delta
  })
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

describe('MARCH', () => {
  const diagShift = fc.constantFrom(1, 1e-1, 1e-3)
  const momentum = fc.double({ min: 0, max: 0.99, noNaN: true })
  const decay = fc.double({ min: 0.5, max: 1, noNaN: true })

  for (const [space, [rows, cols]] of Object.entries(shapes))
    it(`is the argmin of its definition, step after step, from v = 1: ${space}`, () => {
      fc.assert(
        fc.property(seed, diagShift, momentum, decay, (n, λ, μ, β) => {
          const batches = indices(5).map((t) => samplesOf(rows, cols, n + t))
          let [previous, v] = [indices(cols).map(() => 0), indices(cols).map(() => 1)]
          const options = { diagShift: λ, momentum: μ, beta: β }
          updates(march(options), batches).forEach((delta, t) => {
            close(delta, marchByHand(batches[t]!, [λ, μ], previous, v), SOLVES)
            v = v.map((x, k) => β * x + (delta[k]! - previous[k]!) ** 2)
            previous = [...delta]
          })
        }),
      )
    })

  it('is SPRING where v = 1, to the bit', () => {
    fc.assert(
      fc.property(seed, anyShape, diagShift, momentum, (n, [rows, cols], λ, μ) => {
        const s = samplesOf(rows, cols, n)
        const previous = tensor(normals(keyFrom(n + 3), cols))
        const moments = tensor(new Float64Array(cols).fill(1))
        const of = { diagShift: λ, momentum: μ }
        const spring = stochasticReconfiguration({ ...of, momentum: Math.max(μ, 0.01) })
        const { delta } = march({ ...of, momentum: Math.max(μ, 0.01) }).update(s, {
          previous,
          moments,
        })
        expect(delta).toEqual(spring.update(s, { previous }).delta)
      }),
    )
  })

  it('moves a parameter less, the more its updates changed before', () => {
    const s = samplesOf(4, 10, 5)
    const { update } = march({ diagShift: 1, momentum: 0 })
    const previous = tensor(new Float64Array(10))
    const stepOf = (v: number): number => {
      const moments = tensor(new Float64Array(10).fill(1).fill(v, 0, 1))
      return Math.abs(update(s, { previous, moments }).delta[0]!)
    }
    expect(stepOf(1e4)).toBeLessThan(0.1 * stepOf(1))
    expect(stepOf(0)).toBeGreaterThan(stepOf(1))
  })

  it('has the published constants by default, and leaves the samples as they are', () => {
    const batches = indices(4).map((t) => samplesOf(6, 3, 70 + t))
    const copies = batches.map(({ x, f }) => ({ x: { ...x, data: x.data.slice() }, f: f.slice() }))
    const given = march({ diagShift: 0.1, momentum: 0.95, beta: 0.995 })
    expect(updates(march({ diagShift: 0.1 }), batches)).toEqual(updates(given, batches))
    expect(batches).toEqual(copies)
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
