// Failures on another thread are reported through shared memory: messages would come too late for a
// thread that waits.

/** The text of a failure has room for so many characters, each of them a number. */
export const FAILURE_LENGTH = 200

/** Sets the flag and writes what the error says from `text` on; the first failure is kept. */
export const tellFailure = (
  words: Int32Array,
  flag: number,
  text: number,
  error: unknown,
): void => {
  if (Atomics.compareExchange(words, flag, 0, 1) !== 0) return
  const said = error instanceof Error ? error.message : String(error)
  for (let i = 0; i < Math.min(said.length, FAILURE_LENGTH); i += 1)
    words[text + i] = said.charCodeAt(i)
}

export const failureText = (words: Int32Array, text: number): string => {
  const codes = Array.from(words.subarray(text, text + FAILURE_LENGTH))
  const end = codes.indexOf(0)
  return (end < 0 ? codes : codes.slice(0, end)).map((c) => String.fromCharCode(c)).join('')
}

/** A silent thread counts as lost after this wait at the earliest. */
const LEAST_PATIENCE_MS = 5000
/** Another thread's item may take so many times as long as the longest item of this thread. */
const SLOWER = 20

/**
 * Notes how long work takes here, and says how long to wait for others that do the same work: a
 * thread that died, because it had no memory say, reports nothing.
 */
export const patience = (
  least = LEAST_PATIENCE_MS,
): { readonly timed: (work: () => void) => void; readonly ms: () => number } => {
  let longest = 0
  return {
    timed: (work) => {
      const start = performance.now()
      work()
      longest = Math.max(longest, performance.now() - start)
    },
    ms: () => Math.max(least, SLOWER * longest),
  }
}
