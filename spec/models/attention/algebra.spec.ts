// Finds faults in models/attention/expression.ts.

import fc from 'fast-check'
import type { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { checkGradient } from '../../../autodiff/index.ts'
import {
  add,
  type Concrete,
  compile,
  dataOf,
  keyFrom,
  mapTree,
  normals,
  type Tensor,
  type Tree,
  tensor,
  zeros,
} from '../../../core/index.ts'
import * as models from '../../../models/index.ts'
import { right } from '../../expectations.ts'
import { expressions } from './expressions.ts'

/** Weights of positions only never use their tokens, and a check says so. */
const rightWhereUsed = (
  found: E.Either<{ readonly data?: unknown }, unknown>,
  form: models.AttentionForm<models.FormParams>,
  sizes: models.FormSizes,
): void => {
  if (models.formProperties(() => form, sizes).inputDependent) right(found)
  else expect(found).toMatchObject({ left: { data: { verdict: 'no dependence' } } })
}
const grids = {
  'periodic 2x3': models.patchGrid([2, 3], 1),
  'open 2x3': models.patchGrid([2, 3], 1, 'open'),
  'periodic chain of 4': models.patchGrid([8], 2),
  'open chain of 4': models.patchGrid([8], 2, 'open'),
}
const sizesOf = (grid: models.PatchGrid): models.FormSizes => ({ grid, heads: 2, dim: 4 })
const anySizes = fc.constantFrom(...Object.values(grids)).map(sizesOf)
const seeds = fc.nat(2 ** 20)

/** Parameters away from special values, such as γ = 3 in all heads. */
const drawn = (form: models.AttentionForm<models.FormParams>, seed: number): models.FormParams =>
  mapTree(models.initialise(form, keyFrom(seed)) as Tree<Tensor>, (leaf, path) => {
    const x = leaf as Concrete
    const noise = normals(keyFrom(seed + 31 * path.join('.').length), x.size)
    return add(
      x,
      tensor(
        noise.map((z) => 0.3 * z),
        x.shape,
      ),
    )
  }) as models.FormParams
const tokensOf = ({ grid, dim }: models.FormSizes, seed: number): Concrete =>
  tensor(normals(keyFrom(seed), grid.tokens * dim), [grid.tokens, dim])

const alpha = (
  e: models.Expression,
  sizes: models.FormSizes,
  params: models.FormParams,
  x: Tensor,
): Float64Array =>
  Float64Array.from(dataOf(models.attention(e)(sizes).weights(params, x) as Concrete))

/** The largest difference, relative to the largest weight where that is above one. */
const distance = (a: Float64Array, b: Float64Array): number => {
  const scale = Math.max(1, ...a.map(Math.abs))
  return Math.max(...a.map((x, i) => Math.abs(x - b[i]!))) / scale
}
/** Rounding of a dozen operations. */
const ROUNDING = 1e-13
const { content, relative, plus, times, scaled, softmaxed, symmetrised, constant } = models

describe('the attention algebra', () => {
  const atoms = models.atomNames.map((kind): models.Expression => ({ kind }))
  const some = fc.constantFrom(...atoms, softmaxed(content()), constant(0.5), models.mask(1))

  it('plus and times commute and associate; scaled distributes', () => {
    fc.assert(
      fc.property(some, some, some, anySizes, seeds, (a, b, c, sizes, seed) => {
        const [p, q, r] = [a, b, c].map((e, k) => drawn(models.attention(e)(sizes), seed + k))
        const x = tokensOf(sizes, seed)
        const value = (e: models.Expression, params: object): Float64Array =>
          alpha(e, sizes, params as models.FormParams, x)
        for (const f of [plus, times]) {
          const ab = value(f(a, b), { left: p, right: q })
          expect(distance(ab, value(f(b, a), { left: q, right: p }))).toBe(0)
          const first = value(f(f(a, b), c), { left: { left: p, right: q }, right: r })
          const last = value(f(a, f(b, c)), { left: p, right: { left: q, right: r } })
          expect(distance(first, last)).toBeLessThan(ROUNDING)
        }
        const whole = value(scaled(-2, plus(a, b)), { of: { left: p, right: q } })
        const parts = value(plus(scaled(-2, a), scaled(-2, b)), {
          left: { of: p },
          right: { of: q },
        })
        expect(distance(whole, parts)).toBe(0)
      }),
    )
  })

  it('softmaxed weights are positive and add up to 1; symmetrised ones are symmetric', () => {
    fc.assert(
      fc.property(some, anySizes, seeds, (a, sizes, seed) => {
        const of = drawn(models.attention(a)(sizes), seed)
        const x = tokensOf(sizes, seed)
        const n = sizes.grid.tokens
        const soft = alpha(softmaxed(a), sizes, { of }, x)
        for (let row = 0; row < sizes.heads * n; row += 1) {
          const weights = soft.subarray(row * n, (row + 1) * n)
          expect(Math.min(...weights)).toBeGreaterThan(0)
          expect(Math.abs(weights.reduce((u, v) => u + v) - 1)).toBeLessThan(ROUNDING)
        }
        const plain = alpha(a, sizes, of, x)
        const even = alpha(symmetrised(a), sizes, { of }, x)
        const wanted = plain.map((u, k) => {
          const [h, i, j] = [Math.floor(k / n / n), Math.floor(k / n) % n, k % n]
          return (u + plain[(h * n + j) * n + i]!) / 2
        })
        expect(distance(even, wanted)).toBe(0)
      }),
    )
  })

  it('quotients, powers, functions, gates and learned numbers are what they say', () => {
    const { applied, gated, learned, over, raised, loudness } = models
    const plain: Record<models.FunctionName, (x: number) => number> = {
      tanh: Math.tanh,
      sigmoid: (x) => 1 / (1 + Math.exp(-x)),
      exp: Math.exp,
      relu: (x) => Math.max(x, 0),
    }
    fc.assert(
      fc.property(some, some, anySizes, seeds, (a, b, sizes, seed) => {
        const x = tokensOf(sizes, seed)
        const [left, right] = [a, b].map((e, k) => drawn(models.attention(e)(sizes), seed + k))
        const [u, v] = [alpha(a, sizes, left!, x), alpha(b, sizes, right!, x)]
        const value = (e: models.Expression, params: object) =>
          alpha(e, sizes, params as models.FormParams, x)
        for (const [name, f] of Object.entries(plain))
          expect(
            distance(u.map(f), value(applied(name as models.FunctionName, a), { of: left })),
          ).toBeLessThan(ROUNDING)
        for (const p of [2, 3])
          expect(
            distance(
              u.map((w) => w ** p),
              value(raised(p, a), { of: left }),
            ),
          ).toBeLessThan(ROUNDING)
        const quotient = u.map((w, k) => w / (2 + Math.tanh(v[k]!)))
        const below = plus(constant(2), applied('tanh', b))
        const params = { left, right: { left: {}, right: { of: right } } }
        expect(distance(quotient, value(over(a, below), params))).toBeLessThan(ROUNDING)
        const n2 = sizes.grid.tokens ** 2
        const gate = [0.3, -2]
        const mixed = u.map((w, k) => {
          const g = plain.sigmoid(gate[Math.floor(k / n2)]!)
          return g * w + (1 - g) * v[k]!
        })
        const both = { left, right, gate: tensor(gate) }
        expect(distance(mixed, value(gated(a, b), both))).toBeLessThan(ROUNDING)
        const numbers = value(learned(), { s: tensor(gate) })
        expect([numbers[0], numbers[n2]]).toEqual(gate)
        const first = models.initialise(models.attention(learned(0.25))(sizes), keyFrom(seed))
        expect(first).toEqual({ s: tensor([0.25, 0.25]) })
        const w = tensor([1, 0, 0, 0, 0, -2, 0, 0], [2, 4])
        const loud = value(loudness(), { w })
        expect([loud[1], loud[n2 + 1]]).toEqual([x.get(1, 0), -2 * x.get(1, 1)])
      }),
      { numRuns: 20 },
    )
  })

  it('decoupled without queries is factored with 1/n added to every weight', () => {
    fc.assert(
      fc.property(anySizes, seeds, (sizes, seed) => {
        const p = drawn(models.attention(relative())(sizes), seed)
        const none = { q: zeros([2, 2, 4]), k: tensor(normals(keyFrom(seed), 16), [2, 2, 4]) }
        const x = tokensOf(sizes, seed)
        const decoupled = alpha(
          models.namedForms.decoupled,
          sizes,
          { left: { of: none }, right: p },
          x,
        )
        const wanted = alpha(relative(), sizes, p, x).map((u) => u + 1 / sizes.grid.tokens)
        expect(distance(decoupled, wanted)).toBeLessThan(ROUNDING)
      }),
    )
  })

  it('spatial with γ = 0 is factored over n, and local for large γ', () => {
    fc.assert(
      fc.property(anySizes, seeds, (sizes, seed) => {
        const left = drawn(models.attention(relative())(sizes), seed)
        const x = tokensOf(sizes, seed)
        const plain = alpha(relative(), sizes, left, x)
        const spatial = (gamma: number): Float64Array =>
          alpha(
            models.namedForms.spatial,
            sizes,
            { left, right: { gamma: tensor([gamma, gamma]) } },
            x,
          )
        const n = sizes.grid.tokens
        expect(
          distance(
            spatial(0),
            plain.map((u) => u / n),
          ),
        ).toBeLessThan(ROUNDING)
        const local = plain.map((u, k) => (Math.floor(k / n) % n === k % n ? u : 0))
        expect(distance(spatial(1000), local)).toBe(0)
      }),
    )
  })

  it('every form of the literature passes gradient checks of order 1 and 2', () => {
    for (const e of Object.values(models.namedForms))
      fc.assert(
        fc.property(anySizes, seeds, (sizes, seed) => {
          const form = models.attention(e)(sizes)
          const params = drawn(form, seed)
          const x = tokensOf(sizes, seed)
          const byTokens = (y: Tensor): unknown => form.weights(params, y)
          const options = { entries: 2, order: 2, tolerance: 1e-5 } as const
          right(
            checkGradient((p: models.FormParams): unknown => form.weights(p, x), options)(params),
          )
          rightWhereUsed(checkGradient(byTokens, options)(x), form, sizes)
        }),
        { numRuns: 2 },
      )
  })

  it('any expression passes gradient checks of order 1 and 2', () => {
    fc.assert(
      fc.property(expressions, anySizes, seeds, (e, sizes, seed) => {
        const form = models.attention(e)(sizes)
        const params = drawn(form, seed)
        const x = tokensOf(sizes, seed)
        const options = { entries: 2, order: 2, tolerance: 1e-4 } as const
        const byTokens = checkGradient((y: Tensor) => form.weights(params, y) as unknown, options)
        rightWhereUsed(byTokens(x), form, sizes)
        if (models.formProperties(() => form, sizes).parameters === 0) return
        right(
          checkGradient((p: models.FormParams) => form.weights(p, x) as unknown, options)(params),
        )
      }),
      { numRuns: 4 },
    )
  })

  it('whatever is made of relative positions and content commutes with translations', () => {
    const bound = (e: models.Expression): boolean =>
      JSON.stringify(e).includes('absolute') || JSON.stringify(e).includes('positioned')
    const ring = fc.constantFrom(grids['periodic 2x3'], grids['periodic chain of 4'])
    fc.assert(
      fc.property(
        expressions.filter((e) => !bound(e)),
        ring,
        (e, grid) => {
          const properties = models.formProperties(models.attention(e), sizesOf(grid))
          expect(properties.translationEquivariant).toBe(true)
        },
      ),
    )
  })

  it('compiled weights of any expression are those of plain evaluation', () => {
    fc.assert(
      fc.property(expressions, anySizes, seeds, (e, sizes, seed) => {
        const form = models.attention(e)(sizes)
        const params = drawn(form, seed)
        const { tokens } = sizes.grid
        const many = [0, 1, 2].map((k) => tokensOf(sizes, seed + k))
        const run = compile(form.weights, ['shared', 'perSample'])(params, many[0]!)
        const all = dataOf(
          run.run(
            params,
            tensor(
              many.flatMap((x) => [...x.data]),
              [3, tokens, 4],
            ),
          ) as Concrete,
        )
        many.forEach((x, b) => {
          const one = alpha(e, sizes, params, x)
          const found = Float64Array.from(all.slice(b * one.length, (b + 1) * one.length))
          expect(distance(one, found)).toBeLessThan(1e-10)
        })
      }),
      { numRuns: 30 },
    )
  })
})
