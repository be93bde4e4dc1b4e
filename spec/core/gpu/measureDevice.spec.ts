import { afterEach, describe, expect, it, vi } from 'vitest'
import { example, FLOPS, gigaflops, layers, operands } from '../../../core/gpu/measureDevice.ts'
import { flopsOf, programOf, toNested } from '../../../core/index.ts'

describe('the measure of a device', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  /** The rate of a device that needs so many milliseconds for a sample, by a clock of our own. */
  const rateOf = async (msOfSample: number): Promise<{ rate: number; calls: number[] }> => {
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    const calls: number[] = []
    const rate = await gigaflops(async (samples) => {
      calls.push(samples)
      now += samples * msOfSample
    })
    return { rate, calls }
  }

  it('takes more samples until a call is long, and counts what these compute', async () => {
    const { rate, calls } = await rateOf(1 / 32)
    expect(calls).toEqual([256, 256, 1024, 1024, 4096, 4096, 4096, 4096])
    expect(rate).toBeCloseTo((32 * FLOPS) / 1e6, 12)
    expect((await rateOf(1)).calls).toEqual([256, 256, 256, 256])
    // The fastest device has no more than so many samples at once.
    expect(Math.max(...(await rateOf(1e-6)).calls)).toBe(16384)
  })

  it('counts the operations of its program, whose results neither grow nor vanish', () => {
    expect(flopsOf(programOf(layers)(...example()))).toBe(FLOPS)
    const [w, x] = operands(3)
    expect([w.shape, x.shape]).toEqual([
      [64, 64],
      [3, 64],
    ])
    const [, one] = operands(1)
    const y = layers(w, example()[1])
    expect(toNested(y as never)).toEqual(new Array(64).fill(0))
    expect(one.shape).toEqual([1, 64])
    const size = Math.sqrt([...w.data].reduce((sum, v) => sum + v * v, 0) / 64)
    expect(size).toBeGreaterThan(0.9)
    expect(size).toBeLessThan(1.1)
  })
})
