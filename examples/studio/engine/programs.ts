import { either as E } from 'fp-ts'
import { grad, inspect, programDifference } from '../../../autodiff/index.ts'
import {
  atSiteOf,
  axesOf,
  bind,
  broadcastTo,
  type Complex,
  compile,
  type Equation,
  explain,
  flopsOf,
  interpret,
  keyFrom,
  leavesOf,
  leavesWithPaths,
  type Program,
  programOf,
  runEquations,
  showPath,
  split,
  type Tensor,
  type TensorTree,
  tensor,
} from '../../../core/index.ts'
import { handsOn, inlined, nameOf, simplified } from '../../../core/programs/index.ts'
import { dataOf } from '../../../core/values/index.ts'
import { initialise } from '../../../models/index.ts'
import { networkOf, type TrainState } from '../../session/index.ts'
import type { TrainConfig } from '../../settings/index.ts'
import { constantText, formulaOf } from './formulas.ts'
import type { Request } from './messages.ts'
import type { Pass, Piece, ShownEquation, ShownProgram } from './shownProgram.ts'

// The program of log ψ, or of its gradient, at one point: traced, run and walked back once, and the
// same after each pass of the compiler.

/** A strip shows at most so many entries of a value. */
const STRIP = 32

const passes: Readonly<Record<Pass, (program: Program) => Program>> = {
  traced: (program) => program,
  inlined,
  simplified: (program) => simplified(inlined(program)),
}

/** The pass that comes after each. */
const next: Readonly<Partial<Record<Pass, Pass>>> = { traced: 'inlined', inlined: 'simplified' }

/** Returns entries of a list, evenly spaced, at most so many. */
export const evenly = (data: ArrayLike<number>, most: number): readonly number[] => {
  const count = Math.min(most, data.length)
  return Array.from({ length: count }, (_, k) => data[Math.floor((k * data.length) / count)]!)
}

/** Returns the function that runs a program, written by the same layers as the program. */
const running =
  (program: Program) =>
  (...inputs: readonly Tensor[]): readonly Tensor[] => {
    const values = runEquations<Tensor>(program, inputs, (eq, operands) =>
      eq.primitive === 'constant'
        ? tensor(eq.params.data, eq.params.shape)
        : atSiteOf(eq, () => bind(eq.primitive, eq.params, operands)),
    )
    return program.outputs.map((v) => values[v.id]!)
  }

/** Returns the variables that the outputs depend on, by their ids. */
const neededBy = ({ equations, outputs }: Program): ReadonlySet<number> => {
  const needed = new Set(outputs.map((v) => v.id))
  for (const { output, inputs } of equations.toReversed())
    if (needed.has(output.id)) for (const v of inputs) needed.add(v.id)
  return needed
}

/** Returns what the next pass makes of each equation; undefined where it stays. */
export const fatesOf = (program: Program, pass: Pass): readonly (string | undefined)[] => {
  const after = next[pass]
  if (after === undefined) return program.equations.map(() => undefined)
  const needed = neededBy(program)
  const why = (eq: Equation): string => {
    if (!needed.has(eq.output.id)) return 'nothing needs it'
    return handsOn(eq) ? 'changes nothing' : 'is computed above'
  }
  if (after === 'inlined')
    return program.equations.map((eq) =>
      eq.primitive === 'customVjp'
        ? `becomes ${inlined(eq.params.forward).equations.length} equations`
        : needed.has(eq.output.id)
          ? undefined
          : 'nothing needs it',
    )
  const fates: (string | undefined)[] = program.equations.map(() => undefined)
  for (const { change, before } of programDifference(program, passes[after](program)).equations)
    if (change === 'removed') fates[before!] = why(program.equations[before!]!)
  return fates
}

/** The parameters and the configuration that a program is evaluated at. */
interface Point {
  readonly params: TensorTree
  readonly sigma: Tensor
  readonly words: string
}

const pointOf = (
  config: TrainConfig,
  network: Parameters<typeof initialise>[0],
  sites: number,
  state: TrainState | undefined,
): Point => {
  const spins = (of: ArrayLike<number>): Tensor =>
    tensor(Float64Array.from({ length: sites }, (_, i) => of[i] ?? (i % 2 === 0 ? 1 : -1)))
  if (state === undefined)
    return {
      params: initialise(network, split(keyFrom(config.seed), 3)[0]!) as TensorTree,
      sigma: spins([]),
      words: 'at the first parameters of this seed, spins alternating',
    }
  return {
    params: state.params as TensorTree,
    sigma: spins(state.chains),
    words: `at the parameters of step ${state.step}, one configuration of its chains`,
  }
}

/** A request without what identifies it. */
export type Asked = Omit<
  Extract<Request, { readonly kind: 'program' }>,
  'kind' | 'run' | 'settings'
>

/** Returns the compiled program as text, for parameters that all samples share. */
const loopsOf = <P extends TensorTree>(
  f: (params: P, sigma: Tensor) => TensorTree,
  params: P,
  sigma: Tensor,
): readonly string[] => explain(compile(f, ['shared', 'perSample'])(params, sigma).spec).split('\n')

/** The two parts of log ψ, in the order of its outputs. */
const logPsiParts = ['log |ψ|', 'arg ψ']

/**
 * Returns the program of the network that settings name, after a pass of the compiler, at the state
 * of a run or where a run would begin. Cotangents are those of log |ψ|; those of the gradient are
 * of the sum of its entries.
 *
 * Left  why the form cannot be made.
 */
export const shownProgram = (
  config: TrainConfig,
  state: TrainState | undefined,
  { of, pass, compiled }: Asked,
): E.Either<string, ShownProgram> => {
  const made = networkOf(config)
  if (E.isLeft(made)) return E.left(made.left.what)
  const { network, sites } = made.right
  const { params, sigma, words } = pointOf(config, network as never, sites, state)
  const logPsi = (p: TensorTree, x: Tensor): Complex => network.apply(p as never, x)
  const gradient = (p: TensorTree, x: Tensor): TensorTree =>
    grad((q: TensorTree) => logPsi(q, x).re as Tensor)(p)
  const f: (p: TensorTree, x: Tensor) => TensorTree =
    of === 'value' ? (p, x) => ({ ...logPsi(p, x) }) : gradient
  const traced = programOf(f)(params, sigma)
  const program = passes[pass](traced)
  const inputs = [...leavesOf(params), sigma] as Tensor[]
  // The phase is not differentiated: cotangents are those of log |ψ|.
  const seeds = program.outputs.map(({ shape }, k) =>
    of === 'value' && k > 0 ? tensor(0) : broadcastTo(1, shape),
  )
  const seen = inspect(running(program), { lines: false, cotangent: seeds })(...inputs)
  const places = leavesWithPaths(params).map(({ path }) => showPath(path))
  const values = interpret(seen.program, inputs)
  const strips = new Map(
    values.map((x, id) => [nameOf({ id, shape: [] }), evenly(dataOf(x as never), STRIP)]),
  )
  const constants = new Map(
    seen.program.equations.flatMap((eq) =>
      eq.primitive === 'constant' ? [[nameOf(eq.output), constantText(eq)] as const] : [],
    ),
  )
  const pieceOf = (name: string): Piece => constants.get(name) ?? { variable: name }
  const fates = fatesOf(seen.program, pass)
  const returned = new Map(
    seen.outputs.map(
      ({ name }, k) => [name, of === 'gradient' ? `∂ ${places[k]}` : logPsiParts[k]!] as const,
    ),
  )
  const known = ({ name, shape, value, cotangent }: (typeof seen.inputs)[number]) => ({
    name,
    shape,
    value,
    strip: strips.get(name) ?? [],
    ...(cotangent === undefined ? {} : { cotangent }),
  })
  const equations = axesOf(seen.equations.length).flatMap((k): readonly ShownEquation[] => {
    const [e, eq] = [seen.equations[k]!, seen.program.equations[k]!]
    if (e.primitive === 'constant') return []
    const [fate, result] = [fates[k], returned.get(e.name)]
    return [
      {
        ...known({ ...e, path: '' }),
        primitive: e.operation,
        formula: formulaOf(eq, e.operands.map(pieceOf)),
        rule: e.rule,
        layers: e.layers,
        operands: [...new Set(e.operands)].filter((name) => !constants.has(name)),
        flops: flopsOf({ ...seen.program, equations: [eq] }),
        ...(fate === undefined ? {} : { fate }),
        ...(result === undefined ? {} : { result }),
      },
    ]
  })
  const counted = (p: Pass): number => passes[p](traced).equations.length
  return E.right({
    of,
    pass,
    at: words,
    inputs: seen.inputs.map((v, k) => ({
      ...known(v),
      path: places[k] ?? 'σ',
    })),
    equations,
    constants: constants.size,
    counts: {
      traced: counted('traced'),
      inlined: counted('inlined'),
      simplified: counted('simplified'),
    },
    flops: flopsOf(program),
    ...(compiled ? { compiled: loopsOf(f, params, sigma) } : {}),
  })
}

/** The settings that make a network; others may differ where parameters are to fit. */
const ofNetwork = [
  'lattice',
  'size',
  'boundary',
  'patch',
  'layers',
  'dim',
  'heads',
  'attention',
] as const satisfies readonly (keyof TrainConfig)[]

/** Answers a request: at the state of the run that the engine holds, if it has the same network. */
export const programOfRequest = (
  config: TrainConfig,
  run:
    | { readonly config: TrainConfig; readonly progress: { readonly state: TrainState } }
    | undefined,
  asked: Asked,
): E.Either<string, ShownProgram> => {
  const key = (c: TrainConfig): string => JSON.stringify(ofNetwork.map((name) => c[name]))
  const fits = run !== undefined && key(run.config) === key(config)
  return shownProgram(config, fits ? run.progress.state : undefined, asked)
}
