/**
 * Every failure of psigrad is the same plain data, whether it is returned as a `Left` (edges:
 * shapes, configuration, files) or thrown inside a `TensorError` (mistakes in maths).
 */
export type ProblemKind =
  | 'ShapeError' // shapes that do not fit an operation
  | 'TypeError' // a value of the wrong kind, precision or structure
  | 'ParamsError' // a tree of parameters that does not fit its layer
  | 'TraceError' // a traced value used outside the function it belongs to
  | 'ParseError' // text that is not what it should be
  | 'DomainError' // an argument outside the values an operation accepts
  | 'NotPositiveDefinite' // Cholesky met a pivot <= 0
  | 'NotConverged' // an iteration ended before its tolerance
  | 'WorkerError' // a thread failed, or was lost
  | 'DeviceError' // a graphics device is not there, was lost, or refuses its work
  | 'NonFinite' // NaN or infinity where a number is needed
  | 'LatticeError' // a lattice, bond or patch that cannot be built
  | 'SectorError' // a configuration outside its sector
  | 'GradientError' // a derivative that disagrees with its check

export interface Problem {
  readonly kind: ProblemKind
  /** Operation, layer path or function, in the user's words. */
  readonly where: string
  /** One sentence: what was wrong. */
  readonly what: string
  /** The operands, one line each, with shapes or values. */
  readonly operands?: readonly string[]
  /** One thing that would be right. */
  readonly fix?: string
  /** Machine-readable details, such as the pivot or the step. */
  readonly data?: Readonly<Record<string, unknown>>
}

/** Returns the text of a problem: what and where; each operand; one fix. */
export const showProblem = (p: Problem): string =>
  [
    `${p.kind} in ${p.where}: ${p.what}`,
    ...(p.operands ?? []).map((line) => `  ${line}`),
    ...(p.fix === undefined ? [] : [`Fix: ${p.fix}`]),
  ].join('\n')

/** This error carries a problem: `error.problem` holds the data, `error.message` its text. */
export class TensorError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(showProblem(problem))
    this.name = 'TensorError'
    this.problem = problem
  }
}

/** Throws a problem that is already there, as an expression. */
export const raise = (problem: Problem): never => {
  throw new TensorError(problem)
}

/** Throws a problem: its kind, where it arose, what was wrong, and what else helps. */
export const fail = (
  kind: ProblemKind,
  where: string,
  what: string,
  more: Omit<Problem, 'kind' | 'where' | 'what'> = {},
): never => raise({ kind, where, what, ...more })

/** Runs f; if it fails, the name of what it belongs to is put before the place of the problem. */
export const placed = <A>(name: string, f: () => A): A => {
  try {
    return f()
  } catch (error) {
    if (!(error instanceof TensorError)) throw error
    return raise({ ...error.problem, where: `${name}/${error.problem.where}` })
  }
}

/** Returns the options. Errors: TypeError for a value that is no record or has an unknown name. */
export const knownOptions = <O extends object>(
  where: string,
  options: O,
  names: readonly (keyof O & string)[],
): O => {
  const record = Object.getPrototypeOf(Object(options)) === Object.prototype
  const unknown = record && Object.keys(options).find((key) => !names.includes(key as never))
  if (unknown === undefined) return options
  const what = record ? `there is no option '${unknown}'.` : 'the options are no record.'
  return fail('TypeError', where, what, { fix: `{ ${names.join(', ')} }, each or none.` })
}
