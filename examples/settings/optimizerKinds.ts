// The properties of optimizers that the settings need; the optimizers themselves are in
// physics/update/optimizers.ts. This file imports nothing: the help text is made at every start.

interface OptimizerKind {
  readonly words: string
  /** Whether it solves for its direction, with a diagonal shift and momentum. */
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

/** Tells whether an optimizer of this name solves, with a diagonal shift and momentum. */
export const solves = (name: OptimizerName): boolean => optimizerKinds[name].solves
