import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { newArena } from '../../../core/gpu/arena.ts'
import { emitter } from '../../../core/gpu/kernelSource.ts'
import { summed } from '../../../core/gpu/source.ts'
import {
  add,
  type Concrete,
  compile,
  compileOnDevice,
  dataOf,
  einsum,
  scatterAdd,
  sum,
  type Tensor,
  tensor,
} from '../../../core/index.ts'
import { noise, seed } from '../../arbitraries.ts'

// Long sums within a thread of a device: no number of terms makes them stall.

/** 2⁻²⁴: half the distance of neighbours, relative. */
const ROUNDING = 2 ** -24

/** Runs statements as a card does, every sum rounded to float32. */
const onCard = (statements: string, values: readonly number[]): number => {
  const rounded = statements.replace(/(\w+) \+= ([^;]+);/g, '$1 = Math.fround($1 + $2);')
  return new Function('x', `${rounded}\nreturn acc;`)(values.map(Math.fround)) as number
}
const sumOf = (sizes: readonly number[], values: readonly number[]): number => {
  const names = sizes.map((_, d) => `j${d}`)
  const place = (at: readonly string[]): string =>
    at.reduce((sofar, name, d) => `(${sofar}) * ${sizes[d]} + ${name}`, '0')
  return onCard(
    summed(sizes, names, (to, at) => `${to} += x[${place(at)}];`),
    values,
  )
}

describe('sums within a thread', () => {
  it('take every term once, whatever the axes, within their bound', () => {
    const axes = fc.array(fc.constantFrom<number[]>(1, 2, 3, 63, 64, 65, 130, 300), {
      maxLength: 3,
    })
    fc.assert(
      fc.property(axes, seed, (all, k) => {
        const sizes = all.slice(0, all.filter((n) => n > 60).length > 2 ? 2 : 3)
        const n = sizes.reduce((a, b) => a * b, 1)
        const values = Array.from(dataOf(noise([n], k)), (x) => Math.fround(x + 2))
        const wanted = values.reduce((s, x) => s + x, 0)
        const levels = sizes.reduce((s, d) => s + 1 + Math.log(Math.max(d, 1)) / Math.log(64), 0)
        const most = n <= 256 ? n : 64 * levels + 4
        expect(Math.abs(sumOf(sizes, values) - wanted)).toBeLessThanOrEqual(
          most * ROUNDING * wanted,
        )
      }),
      { numRuns: 60 },
    )
  })

  it('of a million equal terms are right to 10⁻⁵, where one after the other lose a hundredth', () => {
    const values = new Array<number>(1e6).fill(0.1)
    expect(Math.abs(sumOf([1e6], values) / 1e5 - 1)).toBeLessThan(1e-5)
    const naive = values.reduce((s, x) => Math.fround(s + Math.fround(x)), 0)
    expect(Math.abs(naive / 1e5 - 1)).toBeGreaterThan(5e-3)
  })

  it('are what reductions, contractions and scattered sums of kernels are made of', () => {
    const emit = emitter(newArena(), () => 5000)
    const read = { base: 0, offset: 0, strides: [1], varies: true }
    const write = { base: 1, offset: 0, strides: [] }
    const label = { size: 5000, x: 1, y: 1, out: 0 }
    const [both, xOnly, yOnly] = [[], [], []]
    const sources = [
      emit.reduce({ kind: 'reduce', op: 'sum', kept: [], reduced: [5000], read, write }),
      emit.contract({
        kind: 'contract',
        x: read,
        y: read,
        write,
        both,
        xOnly,
        yOnly,
        summed: [label],
      }),
      emit.scatter(
        {
          kind: 'table',
          add: true,
          table: new Array<number>(5000).fill(0),
          shape: [],
          read,
          write: { ...write, strides: [1] },
        },
        2,
      ),
    ].map(({ source }) => source)
    for (const source of sources) expect(source).toContain('let accp = 0;')
  })

  it.each(['cpu', 'webasm'] as const)('are right in mode %s', async (mode) => {
    for (const n of [256, 257, 4099]) {
      const indices = Array.from({ length: n }, (_, i) => (i % 5 === 0 ? 2 : 0))
      const f = (y: Tensor): Tensor[] => [
        sum(y),
        sum(y, [0]),
        einsum('i j, i j -> j', y, add(y, 1)),
        scatterAdd(y, indices, 3),
      ]
      const x = tensor(
        Float32Array.from(dataOf(noise([2, n, 3], n)), (v) => v + 1),
        [2, n, 3],
      )
      const sample = tensor(new Float32Array(3 * n), [n, 3])
      const made = await compileOnDevice(f, ['perSample'], { mode })(sample)()
      if (E.isLeft(made)) throw new Error(made.left.what)
      const got = await made.right.run(x)()
      made.right.close()
      if (E.isLeft(got)) throw new Error(got.left.what)
      const exact = compile(f, ['perSample'], { precision: 'float64' })(sample).run(x)
      ;(got.right as Concrete[]).forEach((y, i) => {
        const wanted = dataOf(exact[i] as Concrete)
        dataOf(y).forEach((v, k) => {
          const most = Math.abs(wanted[k]!) * 330 * ROUNDING
          expect(Math.abs(v - wanted[k]!)).toBeLessThanOrEqual(most)
        })
      })
    }
  })
})
