import { expect } from 'vitest'

// What must hold of every text that `show` gives.

/** Lines of at most 80 columns, no blank one, and none of the words of a value that is missing. */
export const expectFits = (text: string): void => {
  for (const line of text.split('\n')) {
    expect([line, [...line].length <= 80]).toEqual([line, true])
    expect(line.trim()).not.toBe('')
  }
  expect(text).not.toMatch(/undefined|null|NaN|\[object|function|=>/)
}
