import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { derivativeAtZero, jvp, vjp, vmap } from '../../autodiff/index.ts'
import {
  add,
  bind,
  type Concrete,
  copy,
  dataOf,
  evaluate,
  keyFrom,
  mul,
  normals,
  type PrimitiveName,
  primitives,
  programOf,
  sizeOf,
  stack,
  sum,
  type Tensor,
  tensor,
  toNested,
  toNumber,
  toPrecision,
  transpose,
} from '../../core/index.ts'
import { type Case, cases } from './cases.ts'

// One loop over the registry: a primitive that is not tested cannot exist.

/** Dot products of a few numbers, all of order one. */
const ROUNDING = 1e-12
/** Extrapolated central differences reach about 1e-10; ×20 of their own estimate is allowed too. */
const DIFFERENCE = 1e-8
/** Rounding of float32, with room for cancellation in sums of a few terms. */
const SINGLE = 1e-5

const noise = (like: Tensor, seed: number): Concrete =>
  tensor(normals(keyFrom(seed), sizeOf(like.shape)), like.shape)
const inner = (a: Tensor, b: Tensor): number => toNumber(sum(mul(a, b)))
const close = (a: number, b: number, tolerance: number): void => {
  expect(Math.abs(a - b)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(a) + Math.abs(b)))
}
const functionOf =
  ({ primitive, params }: Case) =>
  (...xs: Tensor[]): Tensor =>
    bind(primitive, params, xs)

/** The same values in memory that is not row-major: reversed axes, copied, reversed back. */
const strided = (x: Concrete): Concrete => {
  const backwards = copy(transpose(x) as Concrete)
  return transpose(backwards) as Concrete
}

/** Derivatives exist but are zero almost everywhere, or are stopped on purpose. */
const flat: readonly PrimitiveName[] = ['sign', 'less', 'equal', 'stopGradient', 'constant']

for (const name of Object.keys(primitives) as PrimitiveName[]) {
  const options = { numRuns: name === 'contract' || name === 'broadcast' ? 60 : 25 }
  const each = (check: (c: Case) => void): void => {
    fc.assert(fc.property(cases[name], check), options)
  }

  describe(name, () => {
    it('has the shape its rule says, and refuses other operands', () => {
      each((c) => {
        const shapes = c.operands.map((x) => x.shape)
        const rule = primitives[name].shape(shapes, c.params as never)
        const y = bind(name, c.params, c.operands) as Concrete
        expect(E.isRight(rule) && rule.right).toEqual(y.shape)
        if (shapes.length < 2) return
        // One more axis on the first operand fits nothing else.
        const worse = [[...shapes[0]!, 7], ...shapes.slice(1)]
        const refused = primitives[name].shape(worse, c.params as never)
        expect(E.isLeft(refused) && refused.left.kind).toBe('ShapeError')
      })
    })

    it('gives the same on strided views as on contiguous copies', () => {
      each((c) => {
        const y = bind(name, c.params, c.operands) as Concrete
        const z = bind(name, c.params, c.operands.map(strided)) as Concrete
        expect(z.shape).toEqual(y.shape)
        // Sums may run in another order.
        dataOf(y).forEach((v, i) => {
          close(v, dataOf(z)[i]!, ROUNDING)
        })
      })
    })

    it('computes in float32 what it computes in float64, and stays in float32', () => {
      each((c) => {
        if (c.operands.length === 0) return
        const single = c.operands.map((x) => toPrecision(x, 'float32'))
        const y = bind(name, c.params, c.operands) as Concrete
        const z = bind(name, c.params, single) as Concrete
        expect(z.data).toBeInstanceOf(Float32Array)
        dataOf(y).forEach((v, i) => {
          close(v, dataOf(z)[i]!, SINGLE * 10)
        })
      })
    })

    it('does for many samples what it does for each, shared operands included', () => {
      each((c) => {
        const f = functionOf(c)
        const k = c.operands.length
        if (k === 0) return
        for (const shared of [-1, 0, k - 1]) {
          const rows = [0, 1, 2].map((b) =>
            c.operands.map((x, i) =>
              i === shared || flat.includes(name) ? x : (add(x, 0.01 * b) as Concrete),
            ),
          )
          const mapped = c.operands.map((x, i) =>
            i === shared ? x : (stack(rows.map((r) => r[i]!)) as Concrete),
          )
          if (shared >= 0 && k === 1) continue
          const inAxes = c.operands.map((_, i) => (i === shared ? null : 0))
          const together = vmap(f, { inAxes })(...mapped) as Concrete
          const apart = stack(rows.map((r) => f(...r))) as Concrete
          expect(together.shape).toEqual(apart.shape)
          dataOf(apart).forEach((v, i) => {
            close(v, dataOf(together)[i]!, ROUNDING)
          })
        }
      })
    })

    it('vjp and jvp agree with central differences and are transposes of each other', () => {
      each((c) => {
        const f = functionOf(c)
        const { value, pullback } = vjp(f)(...c.operands)
        const yBar = noise(value, 1)
        const bars = pullback(yBar)
        c.operands.forEach((x, k) => {
          const dx = noise(x, k + 2)
          const still = c.operands.map((o, i) => (i === k ? dx : (mul(o, 0) as Concrete)))
          const { tangent } = jvp(f)([...c.operands], still)
          const pulled = inner(bars[k]!, dx)
          close(inner(yBar, tangent), pulled, ROUNDING)
          if (name === 'stopGradient') {
            expect(pulled).toBe(0)
            return
          }
          const path = (t: number): number =>
            inner(yBar, f(...c.operands.map((o, i) => (i === k ? add(o, mul(t, dx)) : o))))
          const numeric = derivativeAtZero(path, 1e-3)
          expect(Math.abs(numeric.value - pulled)).toBeLessThanOrEqual(
            DIFFERENCE * (1 + Math.abs(pulled)) + 20 * numeric.error,
          )
        })
      })
    })

    it('has a linear pullback that gives the same when called twice', () => {
      each((c) => {
        const { value, pullback } = vjp(functionOf(c))(...c.operands)
        const [u, v] = [noise(value, 1), noise(value, 2)]
        const [pu, pv, both] = [u, v, add(mul(2, u), v)].map((bar) => pullback(bar))
        c.operands.forEach((_, k) => {
          dataOf(both![k] as Concrete).forEach((x, i) => {
            close(x, 2 * dataOf(pu![k] as Concrete)[i]! + dataOf(pv![k] as Concrete)[i]!, ROUNDING)
          })
          expect(toNested(pullback(u)[k] as Concrete)).toEqual(toNested(pu![k] as Concrete))
        })
      })
    })

    it('has right second derivatives', () => {
      each((c) => {
        if (c.operands.length === 0) return
        const f = functionOf(c)
        const yBar = noise(f(...c.operands), 3)
        const directions = c.operands.map((x, k) => noise(x, k + 5))
        // g(x) = ⟨dx, Jᵀ(x) ȳ⟩ and its own derivative
        const g = (...xs: Tensor[]): Tensor =>
          vjp(f)(...xs)
            .pullback(yBar)
            .map((bar, k) => sum(mul(bar, directions[k]!)))
            .reduce((a, b) => add(a, b))
        const bars = vjp(g)(...c.operands).pullback(tensor(1))
        const along = bars.reduce((total, bar, k) => total + inner(bar, directions[k]!), 0)
        const path = (t: number): number =>
          toNumber(g(...c.operands.map((x, k) => add(x, mul(t, directions[k]!)))))
        const numeric = derivativeAtZero(path, 1e-3)
        expect(Math.abs(numeric.value - along)).toBeLessThanOrEqual(
          1e-6 * (1 + Math.abs(along)) + 20 * numeric.error,
        )
        const { tangent } = jvp(g)([...c.operands], directions)
        close(toNumber(tangent), along, 1e-10)
      })
    })

    it('is plain data in a program', () => {
      each((c) => {
        if (c.operands.length === 0) return
        const program = programOf(functionOf(c))(...c.operands)
        const [y] = evaluate(structuredClone(program), c.operands)
        expect(toNested(y!)).toEqual(toNested(bind(name, c.params, c.operands) as Concrete))
      })
    })
  })
}
