import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint } from '../../examples/run/checkpoint.ts'
import { decode, type Entry, encode } from '../../examples/run/safetensors.ts'
import { parseBytes } from '../../examples/settings/bytes.ts'
import { resolveConfig } from '../../examples/settings/config.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import { fakePlan } from './fakeTraining.ts'

// What other programs rely on in the files, and what units mean.

const widths = { F64: 8, F32: 4, I8: 1 } as const

/** Numbers that are a part of a longer array, as parameters of a run are. */
const part: fc.Arbitrary<Entry> = fc
  .tuple(fc.nat(3), fc.integer({ min: 1, max: 5 }), fc.constantFrom(0, 1, 2))
  .map(([from, count, kind]) => {
    const all = Array.from({ length: from + count + 2 }, (_, k) => 3 * k + 1)
    const whole = [Float64Array, Float32Array, Int8Array][kind]!.from(all)
    return { shape: [count], values: whole.subarray(from, from + count) }
  })
const named = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), part, { minKeys: 2, maxKeys: 6 })

describe('safetensors', () => {
  it('have every tensor at a multiple of its width, so that it may be mapped into memory', () => {
    fc.assert(
      fc.property(named, (tensors) => {
        const file = encode({ tensors, metadata: {} })
        const length = Number(new DataView(file.buffer).getBigUint64(0, true))
        const header: Record<
          string,
          { dtype: keyof typeof widths; data_offsets: [number, number] }
        > = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)))
        for (const name of Object.keys(tensors)) {
          const { dtype, data_offsets } = header[name]!
          expect((8 + length + data_offsets[0]) % widths[dtype]).toBe(0)
        }
      }),
    )
  })

  it('hold the numbers of a part of an array, not those before it', () => {
    fc.assert(
      fc.property(named, (tensors) => {
        const back = decode(encode({ tensors, metadata: {} }))
        if (E.isLeft(back)) throw new Error(back.left)
        for (const [name, { values }] of Object.entries(tensors))
          expect([...back.right.tensors[name]!.values]).toEqual([...values])
      }),
    )
  })
})

describe('a checkpoint', () => {
  it('keeps seconds as they are, fractions too', () => {
    const plan = fakePlan()(defaults)
    if (E.isLeft(plan)) throw new Error('no plan')
    const state = plan.right.initial()
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (seconds) => {
        const back = decodeCheckpoint(encodeCheckpoint(state, seconds + 0), state)
        expect(E.isRight(back) && back.right.seconds).toBe(seconds + 0)
      }),
      { numRuns: 20 },
    )
  })
})

describe('sizes of memory', () => {
  it('are powers of 1024 with an i, of 1000 without', () => {
    const prefixes = ['K', 'M', 'G', 'T']
    prefixes.forEach((prefix, k) => {
      for (const [count, unit, base] of [
        [3, `${prefix}iB`, 1024],
        [2, `${prefix}B`, 1000],
        [1.5, ` ${prefix.toLowerCase()}b`, 1000],
      ] as const)
        expect(parseBytes(`${count}${unit}`), unit).toBe(count * base ** (k + 1))
    })
    const config = resolveConfig({ flags: { memory: '2GB' } })
    expect(E.isRight(config) && config.right.memory).toBe(2_000_000_000)
  })
})

describe('defaults of a lattice and of a backend', () => {
  const resolved = (flags: Record<string, string>, values: Record<string, unknown>) => {
    const config = resolveConfig({ flags, file: { name: 'file.json', values } })
    if (E.isLeft(config)) throw new Error(JSON.stringify(config.left))
    return config.right
  }

  it('are those of the flag, where file and flag name two', () => {
    expect(resolved({ lattice: 'triangular' }, { lattice: 'square' }).marshall).toBe(false)
    expect(resolved({ lattice: 'square' }, { lattice: 'triangular' }).marshall).toBe(true)
    expect(resolved({ backend: 'gpu' }, { backend: 'wasm' }).precision).toBe('float32')
    expect(resolved({ backend: 'wasm' }, { backend: 'gpu' }).precision).toBe('float64')
  })

  it('are those of the file, where the flags name none', () => {
    expect(resolved({}, { lattice: 'kagome', size: '2x2' }).marshall).toBe(false)
    expect(resolved({}, { backend: 'gpu' }).precision).toBe('float32')
  })
})
