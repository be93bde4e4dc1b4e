import { afterAll, expect, it } from 'vitest'
import { closeBrowsers, describeInBrowser } from './chromium.ts'
import { type OpenPage, openPage, type PageOptions } from './page.ts'

// The harness itself: what a page is told to be, it is.

const entry = 'spec/browser/harnessEntry.ts'
afterAll(closeBrowsers)

const within = async (
  options: Omit<PageOptions, 'entry'>,
  check: (page: OpenPage) => Promise<void>,
): Promise<void> => {
  const page = await openPage({ entry, ...options })
  try {
    await check(page)
  } finally {
    await page.close()
  }
}

describeInBrowser('a page', () => {
  it.each(['main', 'worker'] as const)('runs functions in its %s thread', (thread) =>
    within({ thread }, async ({ call, complaints }) => {
      expect(await call('isMain')).toBe(thread === 'main')
      expect(await call('doubled', Float64Array.of(1, -0, Number.NaN))).toEqual(
        Float64Array.of(2, -0, Number.NaN),
      )
      await expect(call('throws')).rejects.toThrow('as asked')
      await expect(call('nowhere')).rejects.toThrow('not a function')
      expect(complaints).toEqual([])
    }),
  )

  it.each([
    [true, 'main'],
    [true, 'worker'],
    [false, 'main'],
  ] as const)('is isolated when asked to be: %s, on thread %s', (isolated, thread) =>
    within({ isolated, thread }, async ({ call }) => {
      expect(await call('isolated')).toBe(isolated)
      expect(await call('sharesMemory')).toBe(isolated)
    }),
  )

  it('has the policy that it is given', async () => {
    await within({}, async ({ call }) => expect(await call('makesCode')).toBe(1))
    await within({ policy: "default-src 'self'" }, async ({ call }) => {
      await expect(call('makesCode')).rejects.toThrow(/EvalError/)
      expect(await call('doubled', Float64Array.of(3))).toEqual(Float64Array.of(6))
    })
  })
})
