import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint } from '../../examples/run/checkpoint.ts'
import { decode, encode, type SafeTensors } from '../../examples/run/safetensors.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import { right } from '../expectations.ts'
import { fakePlan } from './fakeTraining.ts'

// A checkpoint is data of a disk: whatever it says, it is a state of its run or refused.

describe('a checkpoint', () => {
  const training = right(fakePlan()({ ...defaults, optimizer: 'adam' }))
  const { state } = training.step(training.initial())
  const good = right(decode(encodeCheckpoint(state, 12.5, defaults)))
  const left = (change: (good: SafeTensors) => SafeTensors): string => {
    const result = decodeCheckpoint(encode(change(good)), training.initial())
    return E.isLeft(result) ? result.left : 'Right'
  }
  const metadata = (change: Record<string, string>) => (c: SafeTensors) => ({
    ...c,
    metadata: { ...c.metadata, ...change },
  })

  it('is read as it was written', () => expect(left((c) => c)).toBe('Right'))

  it.each([
    ...['', ' ', '1.5', '-1', '-0', '01', '1e0', '0x1', '+1', '1 ', 'NaN', 'Infinity', '9e99'].map(
      (step) => [{ step }, 'its step is'] as const,
    ),
    ...['', '-1', 'NaN', 'Infinity', '1,5', '0x10', ' 1'].map(
      (seconds) => [{ seconds }, 'its seconds is'] as const,
    ),
    ...['', ',', '1', '1,', ',1', '1,2,3', '1,-2', '1,4294967296', '1.5,2', 'a,b', '1, 2'].map(
      (key) => [{ key }, 'its key is'] as const,
    ),
    ...['', '3', 'null', '{"j2":'].map((settings) => [{ settings }, 'its settings'] as const),
    [{ format: 'psigrad-checkpoint-9' }, 'it is not a psigrad-checkpoint-1 file'] as const,
  ])('with metadata %j is refused', (change, words) => {
    expect(left(metadata(change))).toContain(words)
  })

  it('with a missing entry of its metadata is refused', () => {
    for (const name of ['step', 'seconds', 'key']) {
      const { [name]: _, ...rest } = good.metadata
      expect(left((c) => ({ ...c, metadata: rest }))).toBe(
        `its ${name} is not there: expected ${
          { step: 'a whole number from 0', seconds: 'a number from 0' }[name] ??
          'two whole numbers from 0 to 4294967295'
        }`,
      )
    }
  })

  it('has spins 1 and -1 alone', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: -128, max: 127 }), (at, spin) => {
        const chains = Int8Array.from(state.chains)
        const k = at % chains.length
        chains[k] = spin
        const message = left((c) => ({
          ...c,
          tensors: { ...c.tensors, chains: { shape: [chains.length], values: chains } },
        }))
        expect(message).toBe(
          Math.abs(spin) === 1 ? 'Right' : `spin ${k} of its chains is ${spin}, not 1 or -1`,
        )
      }),
    )
  })

  const names = Object.keys(good.tensors).filter((name) => name !== 'chains')
  it('has finite numbers in every parameter and in the memory of the optimiser', () => {
    expect(names).toContain('optimizer.m')
    const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), bad, (name, at, x) => {
        const { shape, values } = good.tensors[name]!
        const changed = Float64Array.from(values)
        const k = at % changed.length
        changed[k] = x
        expect(
          left((c) => ({ ...c, tensors: { ...c.tensors, [name]: { shape, values: changed } } })),
        ).toBe(`tensor ${name} has the entry ${x} at ${k}`)
      }),
    )
  })

  it('has its own tensors, all of them and no others, in their precision', () => {
    for (const name of names) {
      const { [name]: one, ...rest } = good.tensors
      expect(left((c) => ({ ...c, tensors: rest }))).toContain(name)
      const whole = { shape: one!.shape, values: Int8Array.from(one!.values) }
      expect(left((c) => ({ ...c, tensors: { ...rest, [name]: whole } }))).toBe(
        `tensor ${name} is not float64`,
      )
    }
    for (const name of ['params.more', 'optimizer.more', 'more', 'Params.embed'])
      expect(
        left((c) => ({ ...c, tensors: { ...c.tensors, [name]: good.tensors['optimizer.t']! } })),
      ).toContain(`it has a tensor ${name}`)
  })

  it('names each of its tensors once', () => {
    const entry = '{"dtype":"I8","shape":[0],"data_offsets":[0,0]}'
    const file = (header: string): Uint8Array => {
      const text = new TextEncoder().encode(header)
      const out = new Uint8Array(8 + text.length)
      new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true)
      out.set(text, 8)
      return out
    }
    expect(E.isRight(decode(file(`{"x":${entry},"y":${entry}}`)))).toBe(true)
    for (const [header, name] of [
      [`{"x":${entry},"x":${entry}}`, 'x'],
      [`{"x":${entry},"\\u0078":${entry}}`, 'x'],
      ['{"__metadata__":{"step":"1","step":"2"}}', 'step'],
    ] as const)
      expect(decode(file(header))).toEqual(
        E.left(`its header cannot be read: it names "${name}" twice`),
      )
  })
})
