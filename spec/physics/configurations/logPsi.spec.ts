import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldIn, keyFrom, uniformAt, uniforms } from '../../../core/index.ts'
import {
  cached,
  distinct,
  type LogPsi,
  type Representative,
} from '../../../physics/configurations/logPsi.ts'
import { seed } from '../../arbitraries.ts'
import { problemOf } from '../../expectations.ts'

/** Around the borders of the keys: 30 and 53 bits, then words of 16. */
const sites = fc.constantFrom(1, 2, 3, 29, 30, 31, 32, 52, 53, 54, 63, 64, 65, 100)

/**
 * Configurations of which many are equal and most others differ by one spin: a base, the base
 * with one spin turned over, and for few sites everything.
 */
const rows = (n: number): fc.Arbitrary<number[][]> =>
  fc
    .tuple(seed, fc.array(fc.integer({ min: -1, max: n - 1 }), { maxLength: 3 * Math.min(n, 20) }))
    .map(([s, flips]) => {
      const base = Array.from(uniforms(keyFrom(s), n), (u) => (u < 0.5 ? -1 : 1))
      return flips.map((f) => base.map((spin, i) => (i === f ? -spin : spin)))
    })
const batch = sites.chain((n) => fc.record({ n: fc.constant(n), list: rows(n) }))
const flat = (list: readonly (readonly number[])[]): Int8Array => Int8Array.from(list.flat())
const row = (configurations: Int8Array, n: number, s: number): string =>
  configurations.slice(s * n, (s + 1) * n).join()
const rowsOf = (configurations: Int8Array, n: number): string[] =>
  Array.from({ length: configurations.length / n }, (_, s) => row(configurations, n, s))

describe('distinct', () => {
  it('keeps each configuration once, in the order of first occurrence', () => {
    fc.assert(
      fc.property(batch, ({ n, list }) => {
        const got = distinct(flat(list), n)
        expect(rowsOf(got.configurations, n)).toEqual([...new Set(list.map((r) => r.join()))])
      }),
    )
  })

  it('its places rebuild the samples, its multiplicities count them', () => {
    fc.assert(
      fc.property(batch, ({ n, list }) => {
        const { configurations, multiplicity, place } = distinct(flat(list), n)
        const kept = rowsOf(configurations, n)
        const samples = list.map((r) => r.join())
        expect(Array.from(place, (k) => kept[k])).toEqual(samples)
        expect([...multiplicity]).toEqual(kept.map((r) => samples.filter((q) => q === r).length))
      }),
    )
  })

  it('tells all configurations of a few sites apart, and any single spin of many', () => {
    const all = Int8Array.from({ length: 10 * 1024 }, (_, p) =>
      (Math.floor(p / 10) >> (p % 10)) & 1 ? 1 : -1,
    )
    expect(distinct(all, 10).multiplicity).toEqual(new Float64Array(1024).fill(1))
    for (const n of [53, 54, 100]) {
      const single = flat(Array.from({ length: n }, (_, f) => one(n, f)))
      expect(distinct(single, n).multiplicity).toEqual(new Float64Array(n).fill(1))
    }
  })

  it('needs whole configurations', () => {
    problemOf(() => distinct(new Int8Array(7), 3), 'ShapeError in distinct', '7 spins', '3-site')
  })
})

const one = (n: number, f: number): number[] =>
  Array.from({ length: n }, (_, i) => (i === f ? 1 : -1))

/** Any function of a configuration, with a record of what it was asked. */
const counted = (n: number, of: (sigma: string) => string = (sigma) => sigma) => {
  const asked: string[] = []
  const key = keyFrom(17)
  const value = (sigma: string, part: number): number =>
    uniformAt(foldIn(key, part), hash(of(sigma)))
  const logPsi: LogPsi = (configurations) => {
    const list = rowsOf(configurations, n)
    asked.push(...list)
    return {
      re: Float64Array.from(list, (sigma) => value(sigma, 0)),
      im: Float64Array.from(list, (sigma) => value(sigma, 1)),
    }
  }
  return { logPsi, asked }
}
const hash = (text: string): number =>
  [...text].reduce((h, c) => (h * 31 + c.charCodeAt(0)) % 1_000_003, 7)

describe('cached', () => {
  const questions = sites.chain((n) =>
    fc.record({
      n: fc.constant(n),
      calls: rows(n).chain((list) =>
        fc
          .array(fc.array(fc.nat(Math.max(list.length - 1, 0)), { maxLength: 8 }), {
            maxLength: 6,
          })
          .map((calls) =>
            calls.map((picks) => (list.length === 0 ? [] : picks.map((k) => list[k]!))),
          ),
      ),
    }),
  )

  it('gives exactly what log psi gives, whatever was asked before, and asks once for each', () => {
    fc.assert(
      fc.property(questions, ({ n, calls }) => {
        const plain = counted(n)
        const inner = counted(n)
        const memory = cached(inner.logPsi, n)
        for (const call of calls) expect(memory(flat(call))).toEqual(plain.logPsi(flat(call)))
        expect(inner.asked).toEqual([...new Set(calls.flat().map((r) => r.join()))])
      }),
    )
  })

  it('asks for representatives only, each once, where log psi does not tell members apart', () => {
    // σ and −σ: the representative has its first spin up.
    const up = (sigma: Int8Array, n: number): Int8Array =>
      sigma.map((s, i) => s * sigma[Math.floor(i / n) * n]!)
    fc.assert(
      fc.property(questions, ({ n, calls }) => {
        const even = (sigma: string): string =>
          up(Int8Array.from(sigma.split(',').map(Number)), n).join()
        const plain = counted(n, even)
        const inner = counted(n, even)
        const memory = cached(inner.logPsi, n, (c) => ({ configurations: up(c, n) }))
        for (const call of calls) {
          const mirrored = call.map((r, s) => (s % 2 === 0 ? r : r.map((x) => -x)))
          expect(memory(flat(mirrored))).toEqual(plain.logPsi(flat(mirrored)))
        }
        expect(inner.asked).toEqual([...new Set(calls.flat().map((r) => even(r.join())))])
      }),
    )
  })

  it('turns by the phase of each, and is zero where it has none', () => {
    // ψ(−σ) = i ψ(σ) on configurations with the first spin up; zero where all are up or down.
    const n = 4
    const turning: Representative = (given) => ({
      configurations: given.map((s, i) => s * given[i - (i % n)]!),
      phase: Float64Array.from({ length: given.length / n }, (_, s) => {
        const own = given.subarray(n * s, n * s + n)
        return own.every((x) => x === own[0]) ? Number.NaN : own[0] === 1 ? 0 : Math.PI / 2
      }),
    })
    const inner: LogPsi = (c) => ({
      re: Float64Array.from(
        { length: c.length / n },
        (_, s) => c[n * s + 1]! + 0.5 * c[n * s + 2]!,
      ),
      im: Float64Array.from({ length: c.length / n }, (_, s) => 0.1 * c[n * s + 3]!),
    })
    const memory = cached(inner, n, turning)
    const rows = [
      [1, -1, 1, 1],
      [-1, 1, -1, -1],
      [-1, -1, -1, -1],
      [-1, 1, -1, -1],
    ]
    for (const _ of ['new', 'known']) {
      const { re, im } = memory(flat(rows))
      expect([...re]).toEqual([-0.5, -0.5, Number.NEGATIVE_INFINITY, -0.5])
      expect([...im]).toEqual([0.1, 0.1 + Math.PI / 2, 0, 0.1 + Math.PI / 2])
    }
  })

  it('still knows everything after thousands of configurations', () => {
    const n = 13
    const all = Int8Array.from({ length: n * 2 ** n }, (_, p) =>
      (Math.floor(p / n) >> (p % n)) & 1 ? 1 : -1,
    )
    const inner = counted(n)
    const memory = cached(inner.logPsi, n)
    for (let s = 0; s < 2 ** n; s += 700) memory(all.slice(s * n, (s + 700) * n))
    expect(memory(all)).toEqual(counted(n).logPsi(all))
    expect(inner.asked.length).toBe(2 ** n)
  })

  it('does not change its answers when the caller changes theirs', () => {
    const memory = cached(counted(2).logPsi, 2)
    const first = memory(Int8Array.of(1, -1))
    const kept = first.re.slice()
    first.re.fill(9)
    expect(memory(Int8Array.of(1, -1)).re).toEqual(kept)
  })

  it('needs whole configurations', () => {
    const memory = cached(counted(4).logPsi, 4)
    problemOf(() => memory(new Int8Array(6).fill(1)), 'ShapeError in logPsi', '6 spins', '4-site')
    expect(memory(new Int8Array(0))).toEqual({ re: new Float64Array(0), im: new Float64Array(0) })
  })
})
