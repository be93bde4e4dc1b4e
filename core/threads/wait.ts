// Waiting for another thread, on any thread. The main thread of a page must not sleep; there a
// wait is a loop that looks again and again. It is short: the waiting thread has just done its
// own share of the same work.

const canSleep = (): boolean => {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0)
    return true
  } catch {
    return false
  }
}
let sleeps: boolean | undefined

/** Waits as long as a word holds this value; false when that took longer than `ms`. */
export const waitWhile = (
  words: Int32Array,
  index: number,
  value: number,
  ms = Number.POSITIVE_INFINITY,
): boolean => {
  sleeps ??= canSleep()
  if (sleeps) return Atomics.wait(words, index, value, ms) !== 'timed-out'
  const end = performance.now() + ms
  while (Atomics.load(words, index) === value) if (performance.now() > end) return false
  return true
}
