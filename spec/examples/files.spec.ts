import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint } from '../../examples/run/checkpoint.ts'
import { createFolder, runName, save } from '../../examples/run/folder.ts'
import { toJson } from '../../examples/run/json.ts'
import { decode, type Entry, encode } from '../../examples/run/safetensors.ts'
import { readLog, toLog } from '../../examples/run/stepLog.ts'
import type { StepRecord, Training } from '../../examples/session/training.ts'
import { defaults } from '../../examples/settings/defaults.ts'
import { fakePlan } from './fakeTraining.ts'

const shape = fc.array(fc.nat(3), { maxLength: 3 })
const entry: fc.Arbitrary<Entry> = shape.chain((s) => {
  const n = s.reduce((a, b) => a * b, 1)
  const size = { minLength: n, maxLength: n }
  return fc
    .oneof(fc.float64Array(size), fc.float32Array(size), fc.int8Array(size))
    .map((values) => ({ shape: s, values }))
})
const named = fc.dictionary(
  fc.string().filter((name) => name !== '__metadata__' && name !== '__proto__'),
  entry,
  { maxKeys: 5 },
)
const metadata = fc.dictionary(
  fc.string().filter((name) => name !== '__proto__'),
  fc.string(),
  { maxKeys: 3 },
)

const bytesOf = ({ values }: Entry): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex')

describe('safetensors', () => {
  it('come back to the last bit, NaN and -0 included', () => {
    fc.assert(
      fc.property(named, metadata, (tensors, meta) => {
        const back = decode(encode({ tensors, metadata: meta }))
        if (E.isLeft(back)) throw new Error(back.left)
        expect({ ...back.right.metadata }).toEqual({ ...meta })
        expect(Object.keys(back.right.tensors).sort()).toEqual(Object.keys(tensors).sort())
        for (const [name, given] of Object.entries(tensors)) {
          const got = back.right.tensors[name]!
          expect(got.shape).toEqual(given.shape)
          expect(got.values.constructor).toBe(given.values.constructor)
          expect(bytesOf(got)).toBe(bytesOf(given))
        }
      }),
    )
  })

  it('have the published layout', () => {
    const file = encode({
      tensors: { x: { shape: [1, 2], values: new Float32Array([1, -2]) } },
      metadata: { a: 'b' },
    })
    const length = Number(new DataView(file.buffer).getBigUint64(0, true))
    expect((8 + length) % 8).toBe(0)
    expect(JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)))).toEqual({
      __metadata__: { a: 'b' },
      x: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
    })
    expect([...file.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
  })

  it('cut short at any byte give an error, never a crash', () => {
    fc.assert(
      fc.property(named, fc.nat(), (tensors, cut) => {
        const file = encode({ tensors, metadata: { step: '1' } })
        expect(E.isLeft(decode(file.subarray(0, cut % file.length)))).toBe(true)
      }),
    )
  })

  it('with damaged bytes never crash', () => {
    fc.assert(
      fc.property(named, fc.nat(), fc.nat(255), (tensors, at, byte) => {
        const file = encode({ tensors, metadata: {} })
        file[at % file.length] = byte
        const result = decode(file)
        if (E.isLeft(result)) expect(result.left).not.toBe('')
      }),
      { numRuns: 300 },
    )
  })

  const withHeader = (header: unknown, data = 0): Uint8Array => {
    const text = new TextEncoder().encode(JSON.stringify(header))
    const file = new Uint8Array(8 + text.length + data)
    new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true)
    file.set(text, 8)
    return file
  }
  it.each([
    [withHeader({}, 4), 'the data has 4 bytes, its header says 0'],
    [withHeader([]), 'not a JSON object'],
    [withHeader({ x: { dtype: 'BF16', shape: [], data_offsets: [0, 2] } }, 2), 'dtype "BF16"'],
    [withHeader({ x: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 4), 'needs 8 bytes'],
    [withHeader({ x: { dtype: 'I8', shape: [1], data_offsets: [1, 2] } }, 2), 'not at 0'],
    [withHeader({ x: { dtype: 'I8', shape: [-1], data_offsets: [0, 0] } }), 'has shape [-1]'],
    [withHeader({ x: 3 }), 'has dtype undefined'],
    [new Uint8Array(8).fill(255), 'not a safetensors file'],
    [new Uint8Array(3), 'only 3 bytes'],
  ])('that break the format say how (%#)', (file, message) => {
    const result = decode(file)
    expect(E.isLeft(result) ? result.left : 'Right').toContain(message)
  })
})

const training = (config = defaults): Training => {
  const plan = fakePlan()(config)
  if (E.isLeft(plan)) throw new Error('no plan')
  return plan.right
}

describe('a checkpoint', () => {
  it.each(['sr', 'adam'] as const)(
    'with %s goes on like the state it was made from',
    (optimizer) => {
      for (const precision of ['float64', 'float32'] as const) {
        const t = training({ ...defaults, optimizer, precision })
        const { state } = t.step(t.initial())
        const back = decodeCheckpoint(encodeCheckpoint(state, 12.5), t.initial())
        if (E.isLeft(back)) throw new Error(back.left)
        expect(back.right.seconds).toBe(12.5)
        expect(encodeCheckpoint(back.right.state, 0)).toEqual(encodeCheckpoint(state, 0))
        expect(t.step(back.right.state).record).toEqual(t.step(state).record)
      }
    },
  )

  it('of another run says what does not fit', () => {
    const file = encodeCheckpoint(training().initial(), 0)
    const into = (config: typeof defaults): string => {
      const result = decodeCheckpoint(file, training(config).initial())
      return E.isLeft(result) ? result.left : 'Right'
    }
    expect(into({ ...defaults, dim: defaults.dim * 2 })).toContain('tensor params.embed.kernel')
    expect(into({ ...defaults, layers: defaults.layers + 1 })).toContain('it has no tensor')
    expect(into({ ...defaults, precision: 'float32' })).toContain('is not float32')
    expect(into({ ...defaults, size: [8, 8] })).toContain('spins in its chains')
    const other = encode({ tensors: {}, metadata: {} })
    const result = decodeCheckpoint(other, training().initial())
    expect(E.isLeft(result) && result.left).toContain('not a psigrad-checkpoint-1')
  })
})

/** Returns numbers, with infinity among them. */
const infinitely = (x: fc.Arbitrary<number>): fc.Arbitrary<number> =>
  fc.oneof({ weight: 3, arbitrary: x }, fc.constant(Number.POSITIVE_INFINITY))

const record: fc.Arbitrary<Omit<StepRecord, 'step'>> = fc.record({
  energy: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
  energyImag: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
  energyError: fc.double({ min: 0, noNaN: true }),
  reliable: fc.boolean(),
  variance: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  varianceError: fc.option(fc.double({ min: 0, noNaN: true })),
  vScore: fc.double({ min: 0, noNaN: true }),
  vScoreError: fc.option(fc.double({ min: 0, noNaN: true })),
  acceptance: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  rHat: fc.option(infinitely(fc.double({ min: 0, max: 9, noNaN: true }))),
  rHatLimit: fc.option(infinitely(fc.double({ min: 1, max: 9, noNaN: true }))),
  autocorrelationTime: fc.option(infinitely(fc.double({ min: 1, max: 1e6, noNaN: true }))),
  effectiveSamples: fc.option(fc.double({ min: 1, max: 1e6, noNaN: true })),
  symmetry: fc.constantFrom('none', 'translations', 'full'),
  refusals: fc.option(fc.nat()),
  seconds: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }).map((x) => x + 0)),
  evaluations: fc.option(
    fc.record({
      proposals: fc.nat(),
      samples: fc.nat(),
      bonds: fc.nat(),
      made: fc.nat(),
      derivatives: fc.nat(),
    }),
  ),
})

describe('the log', () => {
  it('has NetKet histories, and iteration k is the energy after k updates', () => {
    const t = training()
    const first = t.step(t.initial())
    const second = t.step(first.state)
    const log = toLog([first.record, second.record])
    expect(log.Energy.iters).toEqual([0, 1])
    expect(log.Energy.Mean.real).toEqual([first.record.energy, second.record.energy])
    expect(Object.keys(log.Energy).sort()).toEqual(
      ['Mean', 'R_hat', 'Sigma', 'TauCorr', 'Variance', 'iters'].sort(),
    )
    expect(log.acceptance).toEqual({
      iters: [0, 1],
      value: [first.record.acceptance, second.record.acceptance],
    })
    expect(log.evaluations).toMatchObject({ iters: [0, 1], bonds: [48, 48], made: [31, 32] })
  })

  it('of a run from before evaluations were counted reads as null there', () => {
    const { evaluations: _, ...old } = toLog([training().step(training().initial()).record])
    const back = readLog(JSON.stringify(old), 1)
    expect(E.isRight(back) && back.right[0]!.evaluations).toBeNull()
  })

  it('comes back to the last bit, cut at the step wanted', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), fc.nat(), (list, cut) => {
        const records = list.map((r, i) => ({ ...r, step: i + 1 }))
        const steps = cut % (records.length + 1)
        const back = readLog(toJson(toLog(records)), steps)
        expect(back).toEqual(E.right(records.slice(0, steps)))
      }),
    )
  })

  it('that is damaged or too short says so', () => {
    expect(E.isLeft(readLog('{"Energy"', 0))).toBe(true)
    expect(E.isLeft(readLog('{}', 0))).toBe(true)
    expect(readLog(JSON.stringify(toLog([])), 3)).toEqual(
      E.left('it does not hold every step up to 3'),
    )
  })
})

describe('the run folder', () => {
  const root = mkdtempSync(join(tmpdir(), 'psigrad-folder-'))
  const now = new Date('2026-05-18T10:20:30.456Z')

  it('is named after time and model', () => {
    expect(runName(defaults, now)).toBe('2026-05-18T10-20-30-square-4x4-j2-0.5')
  })

  it('given by name must be new or empty', () => {
    const out = join(root, 'a/b')
    expect(createFolder(out, defaults, now)).toEqual(E.right(out))
    const again = createFolder(out, defaults, now)
    expect(E.isLeft(again) && again.left.what).toBe('the folder is not empty')
    expect(E.isRight(save(out, 'checkpoint.safetensors', 'x'))).toBe(true)
    const third = createFolder(out, defaults, now)
    expect(E.isLeft(third) && third.left.fix).toContain(`--resume ${out}`)
  })

  it('that cannot be written is refused with the reason', () => {
    const file = join(root, 'file')
    writeFileSync(file, '')
    for (const path of [file, join(file, 'below')]) {
      const result = createFolder(path, defaults, now)
      expect(E.isLeft(result) && result.left.what).toMatch(/in the way|not a folder/)
    }
    // Refused to everybody, root included.
    if (existsSync('/proc/self')) {
      const result = createFolder('/proc/psigrad-run', defaults, now)
      expect(E.isLeft(result) && result.left.fix).toContain('--out')
    }
  })

  it('gets files whole: the old one stays until the new one is there, nothing is left over', () => {
    const big = 'x'.repeat(1_000_000)
    expect(E.isRight(save(root, 'log.json', 'old'))).toBe(true)
    expect(E.isRight(save(root, 'log.json', big))).toBe(true)
    expect(readFileSync(join(root, 'log.json'), 'utf8')).toBe(big)
    expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})
