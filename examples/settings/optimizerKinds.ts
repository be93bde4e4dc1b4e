// The optimizers that the command line knows, as far as settings need them; what they do is in
// physics/update/optimizers.ts. It loads nothing, for the help text is made at every start.

interface OptimizerKind {
  readonly words: string
  /** The optimizer solves for its direction: it has a diagonal shift and momentum. */
  readonly solves: boolean
}

export const optimizerKinds = {
  sr: { words: 'stochastic reconfiguration', solves: true },
  march: { words: 'MARCH', solves: true },
  adam: { words: 'Adam', solves: false },
  sgd: { words: 'gradient descent', solves: false },
} as const satisfies Readonly<Record<string, OptimizerKind>>

export type OptimizerName = keyof typeof optimizerKinds

export const optimizerNames = Object.keys(optimizerKinds) as OptimizerName[]

/** Does an optimizer of this name solve, with a diagonal shift and momentum? */
export const solves = (name: OptimizerName): boolean => optimizerKinds[name].solves
