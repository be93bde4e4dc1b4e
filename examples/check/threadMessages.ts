import type { Finding, Kind } from './finding.ts'

// What the thread that checks a file and the thread that watches it tell each other.

/** What a checking thread is started with. */
export interface CheckTask {
  readonly path: string
  readonly seed: number
  /** Names that were judged before, or that ended an earlier thread. */
  readonly done: readonly string[]
}

/** What it tells. */
export type CheckMessage =
  /** The thread has started; from here on the time limit counts. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'loaded'; readonly names: readonly string[] }
  /** The file cannot be read, or holds nothing to check. */
  | { readonly kind: 'problem'; readonly says: string }
  | { readonly kind: 'started'; readonly name: string; readonly of: Kind }
  | { readonly kind: 'found'; readonly finding: Finding }
  | { readonly kind: 'finished' }
