/** Edits (insert, delete, replace) that turn one word into the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next[j] = Math.min(replace, row[j]! + 1, next[j - 1]! + 1)
    }
    row = next
  }
  return row[b.length]!
}

/** Case, hyphens and underscores are how people spell, not what they mean. */
const bare = (word: string): string => word.toLowerCase().replaceAll(/[-_]/g, '')

/** The known word that a mistyped one most likely stands for; undefined when none is near. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const best = known
    .map((k) => ({ k, d: distance(bare(word), bare(k)) }))
    .reduce((p, q) => (q.d < p.d ? q : p), { k: '', d: Number.POSITIVE_INFINITY })
  return best.d <= Math.max(1, Math.floor(bare(word).length / 3)) ? best.k : undefined
}
