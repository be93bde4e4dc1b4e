// Finds faults in core/linalg/{assembly, plain}.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Kernel, places, STRIP_ROWS, TILE, WIDE } from '../../../core/linalg/kernel.ts'
import { type Engine, kernel, plain, simdKernel } from '../../../core/linalg/simd.ts'
import { engine, fusedMultiplyAdd } from '../../../core/wasm/engine.ts'
import { optimisedFromNowOn } from '../lowering/lanes/optimised.ts'
import { gaussian, seeds } from './support.ts'

const simd = (fused: boolean, wide = false): Kernel =>
  simdKernel(engine(), { fused, wide }) ??
  expect.unreachable('no WebAssembly SIMD, which Node 20 has')

optimisedFromNowOn()

const kernels: (readonly [string, () => Kernel])[] = [
  ['plain JavaScript', plain],
  ['WebAssembly', () => simd(false)],
  ['WebAssembly, two strips at once', () => simd(false, true)],
  ...(fusedMultiplyAdd()
    ? [
        ['WebAssembly, fused', () => simd(true)] as const,
        ['WebAssembly, fused, two strips at once', () => simd(true, true)] as const,
      ]
    : []),
]

/** Sums of up to 40 products of order one. */
const ROUNDING = 1e-12
/** Substitution divides by diagonals of at least one. */
const GROWN = 1e-9

const close = (x: number, y: number, tolerance: number): void => {
  expect(Math.abs(x - y)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(y)))
}

describe.each(kernels)('the kernel in %s', (_, make) => {
  it('adds products of strips to a column of tiles, and touches nothing else', () => {
    const size = fc.integer({ min: 1, max: 5 })
    const depths = fc.integer({ min: 1, max: 40 })
    fc.assert(
      fc.property(
        size,
        depths,
        fc.nat(3),
        fc.boolean(),
        seeds,
        (strips, depth, gap, plus, seed) => {
          const { numbers, column, strips: taken } = make()
          const strip = TILE * depth
          const columns = TILE * taken
          const pitch = columns + gap
          const rows = TILE * strips
          const x = gaussian(1, (strips + taken) * strip + rows * pitch, seed).data
          const [a, b, c] = [places.left, places.right, places.block]
          numbers.set(x.subarray(0, strips * strip), a)
          numbers.set(x.subarray(strips * strip, (strips + taken) * strip), b)
          const before = x.subarray((strips + taken) * strip)
          numbers.set(before, c)
          column(a, a + strips * strip, b, c, strip, pitch, plus ? places.plus : places.minus)
          for (let i = 0; i < rows; i += 1)
            for (let j = 0; j < pitch; j += 1) {
              let sum = 0
              const at = (strips + Math.floor(j / TILE)) * strip + (j % TILE)
              for (let k = 0; k < depth && j < columns; k += 1) {
                const left = x[Math.floor(i / TILE) * strip + TILE * k + (i % TILE)]!
                sum += left * x[at + TILE * k]!
              }
              const wanted = before[i * pitch + j]! + (plus ? sum : -sum)
              if (j < columns) close(numbers[c + i * pitch + j]!, wanted, ROUNDING)
              else expect(numbers[c + i * pitch + j]).toBe(wanted)
            }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('packs four rows next to each other', () => {
    const { numbers, pack } = make()
    const x = gaussian(1, 64, 1).data
    numbers.set(x, places.lines)
    pack(places.lines, 16, 1, places.left, places.left + TILE * 10)
    pack(places.lines, 1, 16, places.right, places.right + TILE * 4)
    for (let k = 0; k < 10; k += 1)
      for (let i = 0; i < TILE; i += 1) {
        expect(numbers[places.left + TILE * k + i]).toBe(x[16 * i + k])
        if (k < 4) expect(numbers[places.right + TILE * k + i]).toBe(x[i + 16 * k])
      }
  })

  it('does both in single precision, eight rows to a strip', () => {
    const ROWS = STRIP_ROWS.f32
    const size = fc.integer({ min: 1, max: 5 })
    const depths = fc.integer({ min: 1, max: 40 })
    fc.assert(
      fc.property(size, depths, fc.boolean(), seeds, (strips, depth, plus, seed) => {
        const { numbers, singles, columnSingle, packSingle, strips: taken } = make()
        const strip = ROWS * depth
        const columns = ROWS * taken
        const [rows, pitch] = [ROWS * strips, columns + 3]
        // Whole numbers, for which float32 is exact.
        const whole = (n: number, from: number): Float64Array =>
          gaussian(1, n, from).data.map((y) => Math.round(8 * y))
        const [x, y] = [whole(rows * depth, seed), whole(columns * depth, seed + 1)]
        const lines = 2 * places.lines
        const packed = (rowsOf: Float64Array, count: number, to: number): void => {
          for (let r = 0; r < count; r += ROWS) {
            singles.set(rowsOf.subarray(r * depth, (r + ROWS) * depth), lines)
            const at = to + (r / ROWS) * strip
            packSingle(lines, depth, 1, at, at + strip)
          }
        }
        const [a, b, c] = [2 * places.left, 2 * places.right, places.block]
        packed(x, rows, a)
        packed(y, columns, b)
        const before = gaussian(1, rows * pitch, seed + 2).data
        numbers.set(before, c)
        const sign = plus ? places.plus : places.minus
        columnSingle(a, a + strips * strip, b, c, strip, pitch, sign)
        for (let i = 0; i < rows; i += 1)
          for (let j = 0; j < pitch; j += 1) {
            let sum = 0
            for (let k = 0; k < depth && j < columns; k += 1)
              sum += x[i * depth + k]! * y[j * depth + k]!
            const old = before[i * pitch + j]!
            expect(numbers[c + i * pitch + j]).toBe(plus ? old + sum : old - sum)
          }
      }),
      { numRuns: 30 },
    )
  })

  it('substitutes sixteen right sides at once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), seeds, (n, seed) => {
        const { numbers, substitute } = make()
        const l = gaussian(n, n, seed).data
        const b = gaussian(n, WIDE, seed + 1).data
        const [x, rows, pitch] = [places.left + WIDE, places.right, n + 1]
        numbers.fill(0, places.left, x)
        numbers.set(b, x)
        for (let j = 0; j < n; j += 1) {
          l[j * n + j] = 1 + Math.abs(l[j * n + j]!)
          numbers[rows + j * pitch] = 0
          numbers.set(l.subarray(j * n, j * n + j + 1), rows + j * pitch + 1)
        }
        substitute(x, x + WIDE * n, rows, pitch)
        for (let j = 0; j < n; j += 1)
          for (let r = 0; r < WIDE; r += 1) {
            let sum = 0
            let size = 0
            for (let k = 0; k <= j; k += 1) {
              const term = l[j * n + k]! * numbers[x + WIDE * k + r]!
              sum += term
              size += Math.abs(term)
            }
            expect(Math.abs(sum - b[j * WIDE + r]!)).toBeLessThanOrEqual(GROWN * (1 + size))
          }
      }),
      { numRuns: 30 },
    )
  })
})

describe('kernel', () => {
  it('is one for each thread, in WebAssembly', () => {
    expect(kernel()).toBe(kernel())
    expect(kernel().numbers.buffer.byteLength % 65536).toBe(0)
  })

  const Refusing = class {
    readonly exports = {}
    constructor() {
      throw new TypeError('refused')
    }
  }
  it.each<[string, Engine | undefined]>([
    ['WebAssembly is missing', undefined],
    ['its SIMD is missing, or all of it forbidden', { Module: Refusing, Instance: Refusing }],
  ])('has plain loops where %s', (_, broken) => {
    expect(simdKernel(broken, { fused: false, wide: false })).toBeUndefined()
  })
})
