import { describe, expect, it } from 'vitest'
import type { Lowered } from '../../../core/lowering/index.ts'
import { collides } from '../../../core/wasm/cacheWays.ts'

/** As much of a lowered program as the question needs: one contraction, summed along one axis. */
const summing = (size: number, x: number, y: number, varies = true): Lowered =>
  ({
    kernels: [{ kind: 'contract', x: { varies }, summed: [{ size, x, y }] }],
  }) as unknown as Lowered

describe('a sum down a column', () => {
  it.each([
    ['64 steps of 64 numbers of 64 bytes', summing(64, 64, 1), true],
    ['the same in the other factor', summing(64, 1, 64), true],
    ['a multiple of 4096 bytes', summing(9, 192, 1), true],
    ['as many steps as lines', summing(8, 64, 1), false],
    ['steps that go round the cache', summing(64, 63, 1), false],
    ['no steps', summing(64, 0, 0), false],
    ['a shared factor, whose numbers are not side by side', summing(64, 64, 1, false), false],
  ])('finds all of it on the same lines: %s', (_, lowered, expected) => {
    expect(collides(lowered, 64)).toBe(expected)
  })

  it('is no matter of other kernels', () => {
    expect(collides({ kernels: [{ kind: 'map' }] } as unknown as Lowered, 64)).toBe(false)
  })
})
