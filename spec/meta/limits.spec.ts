import { describe, expect, it } from 'vitest'
import config from '../../vitest.config.ts'
import { sources } from './files.ts'

// Limits of time end what hangs; on a machine that others load nothing else may meet them.

/** Ten times what the slowest spec takes alone. */
const LEAST_MS = 180_000

/** Limits that specs give themselves: of a hook or a test, of a process or a browser. */
const limit = /(?:^\s*\},|\btimeout:) (\d[\d_]{3,})(?:\)|,| \})/gm
const limitsIn = (text: string): readonly number[] =>
  [...text.matchAll(limit)].map(([, n]) => Number(n!.replaceAll('_', '')))

describe('limits of time', () => {
  it('are wide for every test and hook', () => {
    const { testTimeout, hookTimeout } = config.test!
    expect(testTimeout).toBeGreaterThanOrEqual(LEAST_MS)
    expect(hookTimeout).toBeGreaterThanOrEqual(LEAST_MS)
  })

  it('are narrowed by no spec', () => {
    expect(limitsIn('  }, 30_000)\n{ timeout: 5000 }\n}, 20)')).toEqual([30_000, 5000])
    const narrow = sources(['spec'])
      .filter(({ path }) => path !== 'spec/meta/limits.spec.ts')
      .flatMap(({ path, text }) =>
        limitsIn(text).flatMap((n) => (n < 120_000 ? [`${path}: ${n}`] : [])),
      )
    expect(narrow).toEqual([])
  })
})
