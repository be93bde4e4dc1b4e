import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFrom, uniforms } from '../../../core/index.ts'
import { configurationIndex } from '../../../physics/configurations/configurationIndex.ts'
import { seed } from '../../arbitraries.ts'

const configurationsOf = (count: number, sites: number, n: number): Int8Array =>
  Int8Array.from(uniforms(keyFrom(n), count * sites), (u) => (u < 0.5 ? -1 : 1))

describe('a table of configurations', () => {
  it('gives back what was noted last, and −1 for what was not, as a map of texts does', () => {
    // Around whole words of 32 bits, and what an array holds; few sites repeat themselves.
    const sites = fc.constantFrom(1, 3, 12, 20, 21, 31, 32, 33, 36, 63, 64, 65, 100, 200)
    fc.assert(
      fc.property(sites, fc.integer({ min: 1, max: 1500 }), seed, (width, count, n) => {
        const all = configurationsOf(count, width, n)
        const [places, map] = [configurationIndex(width), new Map<string, number>()]
        const textOf = (s: number): string => all.subarray(s * width, (s + 1) * width).join()
        for (let s = 0; s < count; s += 2) {
          places.set(all, s * width, s)
          map.set(textOf(s), s)
        }
        const found = Array.from({ length: count }, (_, s) => places.find(all, s * width))
        expect(found).toEqual(Array.from({ length: count }, (_, s) => map.get(textOf(s)) ?? -1))
      }),
      { numRuns: 30 },
    )
  })

  it('keeps configurations apart that differ in one spin', () => {
    const [count, width] = [100, 100]
    const all = new Int8Array(count * width).fill(-1)
    for (let s = 0; s < count; s += 1) all[s * width + s] = 1
    const places = configurationIndex(width)
    for (let s = 0; s < count; s += 1) places.set(all, s * width, s)
    for (let s = 0; s < count; s += 1) expect(places.find(all, s * width)).toBe(s)
    expect(places.find(new Int8Array(width).fill(-1), 0)).toBe(-1)
    // Alone, without the one that followed it.
    for (let s = 0; s < count; s += 1)
      expect(places.find(all.slice(s * width, (s + 1) * width), 0)).toBe(s)
  })
})
