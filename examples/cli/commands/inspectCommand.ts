import { Argument } from 'commander'
import { either as E } from 'fp-ts'
import type { Colouring } from '../../../autodiff/index.ts'
import type { Inspected } from '../../inspect/index.ts'
import { exitCodes, named, wholeNumber } from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import { type CommandContext, refuse, reportFailure } from '../parts/context.ts'
import { jsonOption, option, pathOption } from '../parts/sharedOptions.ts'

// `psigrad inspect` shows a function of a file, or the wave function of a run, at a point.

/** The arguments of `psigrad inspect`. */
export interface InspectArguments {
  /** A file with the name of an export, or the folder of a run. */
  readonly what: string
  readonly at?: string | undefined
  readonly seed?: string | undefined
  readonly most?: string | undefined
  readonly against?: string | undefined
  readonly color?: string | undefined
  readonly svg?: string | undefined
  readonly dot: boolean
  readonly mermaid: boolean
  readonly json: boolean
  readonly gradient: boolean
}

const colours: readonly Colouring[] = ['rule', 'nan', 'cotangent']
const MOST_SEED = 2 ** 32 - 1
const MOST_EQUATIONS = 100_000
const MOST_COLUMNS = 160

/** Returns what is wrong with options that do not fit each other. */
const contradiction = (given: InspectArguments): string | undefined => {
  const { color, svg, dot, mermaid, json, against } = given
  const texts = Object.entries({ '--dot': dot, '--mermaid': mermaid, '--json': json })
  const chosen = texts.flatMap(([flag, on]) => (on ? [flag] : []))
  if (chosen.length > 1) return `${chosen.join(' and ')}: expected one of them`
  if (color === undefined) return undefined
  if (!colours.includes(color as Colouring))
    return `--color ${color}: expected one of ${colours.join(', ')}`
  if (against !== undefined) return '--color: a difference has colours of its own'
  // The errors of rules are a column of the table, too.
  return dot || mermaid || svg !== undefined || color === 'rule'
    ? undefined
    : '--color: expected a diagram to colour; add --svg, --dot or --mermaid'
}

/** Runs the command and returns the exit code; texts go to stdout, the picture into its file. */
export const inspectCommand = async (
  given: InspectArguments,
  context: Pick<CommandContext, 'plan' | 'stdout' | 'stderr'>,
): Promise<number> => {
  const { stdout, stderr } = context
  const wrong = contradiction(given)
  if (wrong !== undefined) return refuse(stderr, wrong)
  const seed = wholeNumber('--seed', given.seed ?? '1', MOST_SEED)
  if (E.isLeft(seed)) return refuse(stderr, seed.left)
  const limit = wholeNumber('--most', given.most ?? '60', MOST_EQUATIONS)
  if (E.isLeft(limit)) return refuse(stderr, limit.left)
  const most = limit.right
  const { inspectExport, inspectRun, keepPicture } = await import('../../inspect/index.ts')
  const autodiff = await import('../../../autodiff/index.ts')
  const { formReference } = await import('../../forms/index.ts')
  const { openRun, toJson } = await import('../../run/index.ts')
  const rules = given.color === 'rule'
  /** Inspects a file or a run; undefined after a failure, which it reports. */
  const look = async (what: string): Promise<Inspected | undefined> => {
    const reference = formReference(what)
    const { at, gradient } = given
    if (reference !== undefined) {
      const found = inspectExport({ reference, at, seed: seed.right, gradient, rules })
      if (E.isRight(found)) return found.right
      refuse(stderr, found.left)
      return undefined
    }
    const opened = openRun(what, await context.plan())
    if (E.isLeft(opened)) {
      reportFailure(stderr, opened.left)
      return undefined
    }
    try {
      const found = inspectRun(opened.right, { gradient, rules })
      if (E.isRight(found)) return found.right
      refuse(stderr, `${what}: ${found.left}`)
      return undefined
    } finally {
      opened.right.training.dispose()
    }
  }
  const first = await look(given.what)
  if (first === undefined) return exitCodes.unusable
  const second = given.against === undefined ? undefined : await look(given.against)
  if (given.against !== undefined && second === undefined) return exitCodes.unusable
  const { inspection, note } = first
  const other = second?.inspection
  const paths = (of: typeof inspection): readonly string[] => of.inputs.map(({ path }) => path)
  const difference =
    other === undefined
      ? undefined
      : autodiff.programDifference(inspection.program, other.program, {
          inputs: [paths(inspection), paths(other)],
        })
  const colour = given.color === undefined ? {} : { colour: given.color as Colouring }
  const drawn = (): ReturnType<typeof autodiff.diagram> =>
    difference === undefined
      ? autodiff.diagram(inspection, { ...colour, most })
      : autodiff.differenceDiagram(difference, most)
  const columns = Math.min(MOST_COLUMNS, Math.max(40, stderr.columns ?? 80))
  const text = (): string => {
    if (given.dot) return autodiff.toDot(drawn())
    if (given.mermaid) return autodiff.diagramToMermaid(drawn())
    const { program, ...data } = inspection
    if (given.json)
      return toJson(
        difference === undefined
          ? { note, ...data }
          : { sameOutputs: difference.sameOutputs, equations: difference.equations },
      )
    return [
      difference === undefined
        ? autodiff.inspectionTable(inspection, { columns, most })
        : `${given.what} against ${given.against}\n` +
          autodiff.differenceText(difference, { columns }),
      ...(note === '' ? [] : [note]),
    ].join('\n')
  }
  stdout.write(`${text()}\n`)
  if (given.svg === undefined) return exitCodes.done
  const kept = await keepPicture(given.svg, drawn())
  if (E.isLeft(kept)) return refuse(stderr, kept.left)
  stderr.write(`${kept.right}\n`)
  return exitCodes.done
}

/** The command `psigrad inspect`. */
export const command: CliCommand = {
  name: 'inspect',
  description: 'Show a function, or the network of a run, at a point: values and cotangents.',
  words: [new Argument('<what>', 'FILE.ts#function, or the folder of a run').argParser(named)],
  options: [
    option('--at <json>', 'the argument as JSON; of several, the list of them'),
    option('--seed <n>', 'seed of random arguments and parameters (default: 1)'),
    option('--gradient', 'inspect the gradient in place of the function'),
    option('--against <other>', 'print what differs from this function or run'),
    option('--most <n>', 'fold by layers what has more equations (default: 60)'),
    pathOption('--svg <file>', 'draw the program into this file'),
    option('--color <by>', 'color by rule (error of rules), nan, or cotangent (size)'),
    option('--dot', 'print the diagram for Graphviz'),
    option('--mermaid', 'print the diagram for Mermaid'),
    jsonOption(),
  ],
  run: ({ words, texts, switches }, context) =>
    inspectCommand(
      {
        what: words[0]!,
        at: texts.at,
        seed: texts.seed,
        most: texts.most,
        against: texts.against,
        color: texts.color,
        svg: texts.svg,
        dot: switches.dot === true,
        mermaid: switches.mermaid === true,
        json: switches.json === true,
        gradient: switches.gradient === true,
      },
      context,
    ),
  help: `
Prints a line for each equation: its variable and shape, the range of its value,
the root mean square of its cotangent, the operation, and the line of code. The
backward pass starts from ones. The mark ! stands where the first NaN or
infinity arose, ? where it arose on the way back.

A file may export inputs = { NAME: [...] }, the arguments of its function NAME;
without these and --at they are random. A run is shown at its last parameters,
for one configuration of its chains.

--json prints { note, name, inputs, equations, outputs, nonFinite }; with
--against { sameOutputs, equations }.

Examples:
  psigrad inspect mine/form.ts#scores --at "[1, 2]"
  psigrad inspect runs/a --svg a.svg --color cotangent
  psigrad inspect runs/a --against runs/b`,
}
