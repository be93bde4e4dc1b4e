import type { Finding, Kind } from './finding.ts'

// What the thread that checks a file and the thread that watches it tell each other.

/** A task is what a checking thread starts with. */
export interface CheckTask {
  readonly path: string
  /** What the file holds, where it is no file of this machine. */
  readonly text?: string
  readonly seed: number
  /** Names that were judged before, or that ended an earlier thread. */
  readonly done: readonly string[]
}

/** A message of the checking thread. */
export type CheckMessage =
  /** The thread has started; from here on the time limit counts. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'loaded'; readonly names: readonly string[] }
  /** The file cannot be read, or holds nothing to check. */
  | { readonly kind: 'problem'; readonly says: string }
  | { readonly kind: 'started'; readonly name: string; readonly of: Kind }
  | { readonly kind: 'found'; readonly finding: Finding }
  | { readonly kind: 'finished' }
