// Finds faults in models/attention/{factored, form, multiHead}.ts and models/layers/{layer,
// patches}.ts.

import fc from 'fast-check'
import { state as S } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { checkGradient } from '../../autodiff/index.ts'
import {
  add,
  at,
  type Complex,
  type Concrete,
  compile,
  equalTensors,
  type Key,
  keyFrom,
  logCosh,
  mapTree,
  mul,
  neg,
  normals,
  type Tensor,
  type Tree,
  tensor,
  toNumber,
  uniforms,
  zeros,
} from '../../core/index.ts'
import * as models from '../../models/index.ts'
import { right } from '../expectations.ts'

const spins = (seed: number, n: number): Concrete =>
  tensor(
    uniforms(keyFrom(seed), n).map((u) => (u < 0.5 ? -1 : 1)),
    [n],
  )
const tokens = (seed: number, n: number, d: number): Concrete =>
  tensor(normals(keyFrom(seed), n * d), [n, d])
/** Parameters away from their special initial values (zero biases, unit scales). */
const shaken = <P>(params: P, seed: number): P =>
  mapTree(params as Tree<Tensor>, (leaf, path) => {
    const x = leaf as Concrete
    const noise = normals(keyFrom(seed + path.join('').length), x.size)
    return add(
      x,
      tensor(
        noise.map((z) => 0.3 * z),
        x.shape,
      ),
    )
  }) as P
const seeds = fc.integer({ min: 0, max: 1000 })
const grid44 = models.patchGrid([4, 4], 2)
const ROUNDING = 1e-12

const layerZoo = {
  dense: models.dense({ in: 3, out: 4 }),
  layerNorm: models.layerNorm(3),
  mlp: models.mlp({ dim: 3, hidden: 5 }),
  attention: models.multiHeadAttention(models.factored({ grid: grid44, heads: 3 }), {
    dim: 3,
    heads: 3,
  }),
  attentionAbsolute: models.multiHeadAttention(
    models.factored({ grid: grid44, heads: 3 }, { translationInvariant: false }),
    { dim: 3, heads: 3 },
  ),
  head: models.logCoshHead(3),
} as Record<string, models.Layer<unknown, Tensor, unknown>>

describe('layers', () => {
  for (const [name, layer] of Object.entries(layerZoo))
    it(`${name}: gradients of parameters and of the input, orders 1 and 2`, () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const params = shaken(models.initialise(layer, keyFrom(seed)), seed)
          const x = tokens(seed + 1, 4, 3)
          const byParams = (p: unknown): unknown => layer.apply(p, x)
          const byInput = (y: Tensor): unknown => layer.apply(params, y)
          right(checkGradient(byParams, { entries: 4, tolerance: 1e-6 })(params))
          right(checkGradient(byInput, { entries: 4, order: 2, tolerance: 1e-5 })(x))
        }),
        { numRuns: 3 },
      )
    })

  const wave: Record<string, models.WaveFunction<unknown>> = {
    vit: models.vit((s) => models.factored(s), { patches: grid44, layers: 2, dim: 4, heads: 2 }),
    rbm: models.rbm({ sites: 16, hidden: 5 }),
    jastrow: models.jastrow(16),
    lookup: models.lookup(
      tensor(
        [...Array(3)].flatMap((_, k) => [...spins(k, 16).data]),
        [3, 16],
      ),
    ),
  } as unknown as Record<string, models.WaveFunction<unknown>>
  for (const [name, psi] of Object.entries(wave))
    it(`${name}: log psi has a right gradient, and many samples at once equal one by one`, () => {
      const params = models.initialise(psi, keyFrom(3))
      const sigma = spins(1, 16)
      right(
        checkGradient((p: unknown) => psi.apply(p, sigma), { entries: 1, tolerance: 1e-6 })(params),
      )
      const rows = [0, 1, 2, 3, 4].map((k) => spins(k, 16))
      const all = compile(psi.apply, ['shared', 'perSample'])(params, zeros([16])).run(
        params,
        tensor(
          rows.flatMap((r) => [...r.data]),
          [5, 16],
        ),
      ) as Complex<Concrete>
      rows.forEach((row, b) => {
        const one = psi.apply(params, row)
        expect(Math.abs(at(all.re, b) - toNumber(one.re))).toBeLessThan(ROUNDING)
        expect(Math.abs(at(all.im, b) - toNumber(one.im))).toBeLessThan(ROUNDING)
      })
    })
})

describe('laws of combinators', () => {
  const a = models.dense({ in: 3, out: 3 })
  const b = models.layerNorm(3)
  const c = models.mlp({ dim: 3, hidden: 2 })
  it('sequential is associative and identity is neutral, up to nesting', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const x = tokens(seed, 2, 3)
        const [pa, pb, pc] = [a, b, c].map((l, i) =>
          models.initialise(l as models.Layer<unknown>, keyFrom(seed + i)),
        )
        const left = models.sequential('l', { ab: models.sequential('ab', { a, b }), c })
        const rightNested = models.sequential('r', { a, bc: models.sequential('bc', { b, c }) })
        const y = left.apply({ ab: { a: pa, b: pb }, c: pc } as never, x) as Concrete
        const z = rightNested.apply({ a: pa, bc: { b: pb, c: pc } } as never, x) as Concrete
        expect(equalTensors(y, z)).toBe(true)
        const padded = models.sequential('p', { i: models.identity(), a, j: models.identity() })
        const plain = a.apply(pa as models.DenseParams, x) as Concrete
        expect(
          equalTensors(padded.apply({ i: {}, a: pa, j: {} } as never, x) as Concrete, plain),
        ).toBe(true)
      }),
      { numRuns: 10 },
    )
  })
  it('residual of the zero layer is the identity; parallel gives every part its input', () => {
    const x = tokens(5, 2, 3)
    const zero = models.activation('zero', (y) => mul(0, y))
    expect(equalTensors(models.residual(zero).apply({}, x) as Concrete, x)).toBe(true)
    const both = models.parallel(
      'both',
      { plus: models.identity(), minus: models.activation('neg', neg) },
      (v) => add(v.plus, v.minus),
    )
    expect(equalTensors(both.apply({ plus: {}, minus: {} }, x) as Concrete, zeros([2, 3]))).toBe(
      true,
    )
  })
  it('initialisers draw different numbers for different parts and the same for the same key', () => {
    const pair = models.sequential('pair', { one: a, two: a })
    const [p, q] = [1, 1].map((seed) => models.initialise(pair, keyFrom(seed)))
    expect(equalTensors(p!.one.kernel as Concrete, q!.one.kernel as Concrete)).toBe(true)
    expect(equalTensors(p!.one.kernel as Concrete, p!.two.kernel as Concrete)).toBe(false)
  })
})

describe('Factored attention', () => {
  it('commutes with translations by whole patches on the periodic grid', () => {
    const psi = models.vit((s) => models.factored(s), {
      patches: grid44,
      layers: 2,
      dim: 4,
      heads: 2,
    })
    const fixed = models.vit((s) => models.factored(s, { translationInvariant: false }), {
      patches: grid44,
      layers: 1,
      dim: 4,
      heads: 2,
    })
    fc.assert(
      fc.property(seeds, fc.nat(1), fc.nat(1), (seed, u, v) => {
        const sigma = spins(seed, 16)
        const moved = tensor(
          Array.from({ length: 16 }, (_, i) =>
            at(sigma, (((i >> 2) + 2 * u) % 4) * 4 + (((i & 3) + 2 * v) % 4)),
          ),
          [16],
        )
        const params = shaken(models.initialise(psi, keyFrom(seed)), seed)
        const [x, y] = [psi.apply(params, sigma), psi.apply(params, moved)]
        expect(Math.abs(toNumber(x.re) - toNumber(y.re))).toBeLessThan(ROUNDING * 10)
        const free = shaken(models.initialise(fixed, keyFrom(seed)), seed)
        const differs = Math.abs(
          toNumber(fixed.apply(free, sigma).re) - toNumber(fixed.apply(free, moved).re),
        )
        if (!equalTensors(sigma, moved)) expect(differs).toBeGreaterThan(ROUNDING)
      }),
      { numRuns: 20 },
    )
  })
  it('cuts patches row-major, for chains and rectangles', () => {
    const grid = models.patchGrid([4, 6], 2)
    const x = models.toPatches(
      grid,
      tensor(
        Array.from({ length: 24 }, (_, i) => i),
        [24],
      ),
    ) as Concrete
    expect(x.shape).toEqual([6, 4])
    expect([0, 1, 2, 3].map((k) => at(x, 1, k))).toEqual([2, 3, 8, 9])
    expect(models.patchGrid([12], 3).tokens).toBe(4)
  })
})

describe('log cosh', () => {
  const value = (re: number, im: number) => {
    const z = logCosh({ re, im })
    return [toNumber(z.re), toNumber(z.im)] as const
  }
  it('equals the definition where that can be computed', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: -6, max: 6, noNaN: true }),
        (a, b) => {
          const [re, im] = [Math.cosh(a) * Math.cos(b), Math.sinh(a) * Math.sin(b)]
          const [x, y] = value(a, b)
          const modulus = Math.hypot(re, im)
          fc.pre(modulus > 1e-3)
          expect(Math.abs(x - Math.log(modulus))).toBeLessThan(1e-11)
          expect(Math.abs(Math.sin(y) * modulus - im)).toBeLessThan(1e-11)
          expect(Math.abs(Math.cos(y) * modulus - re)).toBeLessThan(1e-11)
        },
      ),
    )
  })
  it('is finite for |re| > 300 and keeps its relative accuracy next to a zero', () => {
    for (const a of [-700, -301, 301, 1e4])
      expect(value(a, 1)[0]).toBeCloseTo(Math.abs(a) - Math.LN2, 9)
    for (const d of [1e-3, 1e-6, 1e-9]) {
      const [x] = value(d, Math.PI / 2) // |cosh(d + iπ/2)| = |sinh d|
      expect(Math.abs(x - Math.log(Math.sinh(d)))).toBeLessThan(1e-6)
    }
  })
  it('has right derivatives at a = 0, where |a| has its kink', () => {
    const f = (z: Complex): Complex => logCosh(z)
    right(checkGradient(f, { order: 2 })({ re: tensor([0, 0]), im: tensor([0.3, 1]) } as Complex))
  })
})

describe('errors of models', () => {
  it('name the layers, the shapes and what would fit', () => {
    const net = models.sequential('net', {
      first: models.dense({ in: 3, out: 4 }),
      second: models.dense({ in: 3, out: 2 }),
    })
    const params = models.initialise(net, keyFrom(1))
    expect(() => net.apply(params, tokens(1, 2, 3))).toThrow(
      /net\/second\/dense\(3 → 2\)\/x·W: features 4 ≠ in 3/,
    )
    const result = net.init(keyFrom(1) as Key)
    expect(() => net.apply(result as never, tokens(1, 2, 3))).toThrow(/ParamsError in net: .*init/)
    expect(S.evaluate(keyFrom(1) as Key)(net.init)).toEqual(params)
    expect(() =>
      models.multiHeadAttention(models.factored({ grid: grid44, heads: 3 }), { dim: 4, heads: 3 }),
    ).toThrow(/3 heads do not divide dim 4/)
    expect(() => models.patchGrid([3, 5], 2)).toThrow(
      /LatticeError in patches: patches of 2x2 sites do not tile a 3x5 lattice/,
    )
  })
})
