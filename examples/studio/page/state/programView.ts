import type { Pass, ShownEquation, ShownProgram, ShownVariable } from '../../engine/index.ts'

// A program as rows: layers fold, a pass goes through the rows that are there, and every row knows
// where its operands come from and where its value goes.

export type ProgramRow =
  | {
      readonly kind: 'fold'
      readonly key: string
      readonly depth: number
      readonly title: string
      readonly open: boolean
      /** Equations of a layer; none for the fold of inputs. */
      readonly equations: readonly ShownEquation[]
      /** The variables that it makes. */
      readonly makes: readonly string[]
    }
  | {
      readonly kind: 'input'
      readonly key: string
      readonly depth: number
      readonly input: ShownVariable & { readonly path: string }
    }
  | {
      readonly kind: 'equation'
      readonly key: string
      readonly depth: number
      readonly equation: ShownEquation
    }

/** A layer, or an equation that stands by itself. */
type Node = ShownEquation | Layer
interface Layer {
  readonly key: string
  readonly title: string
  readonly equations: readonly ShownEquation[]
  readonly parts: readonly Node[]
}
const isLayer = (node: Node): node is Layer => 'parts' in node

/** Splits a list where a key changes. */
const runsBy = <A>(list: readonly A[], key: (x: A) => string | undefined): readonly A[][] => {
  const runs: A[][] = []
  for (const x of list) {
    const last = runs.at(-1)
    if (last !== undefined && key(last[0]!) === key(x)) last.push(x)
    else runs.push([x])
  }
  return runs
}

/**
 * Returns equations by their layers from a depth on. Equations of a layer that follow each other
 * are one; a layer of one equation is that equation; a layer in a layer alone is written in one.
 */
const nested = (equations: readonly ShownEquation[], depth: number): readonly Node[] =>
  runsBy(equations, ({ layers }) => layers[depth]).flatMap((run): readonly Node[] => {
    const name = run[0]!.layers[depth]
    if (name === undefined || run.length === 1) return run
    const parts = nested(run, depth + 1)
    const [only, ...others] = parts
    if (others.length === 0 && only !== undefined && isLayer(only))
      return [{ ...only, title: `${name} / ${only.title}` }]
    return [{ key: `${depth} ${run[0]!.name}`, title: name, equations: run, parts }]
  })

/** Layers that come again are numbered: the gradient goes through them twice. */
const numbered = (nodes: readonly Node[]): readonly Node[] => {
  const seen = new Map<string, number>()
  return nodes.map((node) => {
    if (!isLayer(node)) return node
    const number = (seen.get(node.title) ?? 0) + 1
    seen.set(node.title, number)
    const title = number === 1 ? node.title : `${node.title}, part ${number}`
    return { ...node, title, parts: numbered(node.parts) }
  })
}

/** The outermost layer has everything in it, so that it is not drawn. */
const treeOf = ({ equations }: ShownProgram): readonly Node[] => {
  const [outermost] = equations[0]?.layers ?? []
  const within = outermost !== undefined && equations.every((e) => e.layers[0] === outermost)
  return numbered(nested(equations, within ? 1 : 0))
}

/** The key of the fold that holds the inputs. */
export const INPUTS = 'inputs'

/** Returns the rows that are seen when some folds are open. */
export const rowsOf = (program: ShownProgram, open: ReadonlySet<string>): readonly ProgramRow[] => {
  const flat = (nodes: readonly Node[], depth: number): readonly ProgramRow[] =>
    nodes.flatMap((node): readonly ProgramRow[] => {
      if (!isLayer(node)) return [{ kind: 'equation', key: node.name, depth, equation: node }]
      const { key, title, equations, parts } = node
      const isOpen = open.has(key)
      const own: ProgramRow = {
        kind: 'fold',
        key,
        depth,
        title,
        open: isOpen,
        equations,
        makes: equations.map(({ name }) => name),
      }
      return [own, ...(isOpen ? flat(parts, depth + 1) : [])]
    })
  const isOpen = open.has(INPUTS)
  const { inputs } = program
  const fold: ProgramRow = {
    kind: 'fold',
    key: INPUTS,
    depth: 0,
    title: 'parameters and σ',
    open: isOpen,
    equations: [],
    makes: inputs.map(({ name }) => name),
  }
  const shown = inputs.map(
    (input): ProgramRow => ({ kind: 'input', key: input.name, depth: 1, input }),
  )
  return [fold, ...(isOpen ? shown : []), ...flat(treeOf(program), 0)]
}

/** Returns the keys of all folds. */
export const foldsOf = (program: ShownProgram): ReadonlySet<string> => {
  const keys = (nodes: readonly Node[]): readonly string[] =>
    nodes.flatMap((node) => (isLayer(node) ? [node.key, ...keys(node.parts)] : []))
  return new Set([INPUTS, ...keys(treeOf(program))])
}

/** Returns the folds that are open at first: the outer ones first, at most so many rows. */
export const firstOpen = (program: ShownProgram, most = 24): ReadonlySet<string> => {
  // A layer opens only where the one around it is open: rows would not become more otherwise.
  const layers = rowsOf(program, foldsOf(program)).filter(
    (row) => row.kind === 'fold' && row.key !== INPUTS,
  )
  const open = new Set<string>()
  let count = rowsOf(program, open).length
  for (const { key } of layers.toSorted((a, b) => a.depth - b.depth)) {
    const after = rowsOf(program, new Set(open).add(key)).length
    if (after === count || after > most) continue
    open.add(key)
    count = after
  }
  return open
}

/** Returns the variables that a row makes. */
export const madeBy = (row: ProgramRow): readonly string[] =>
  row.kind === 'input'
    ? [row.input.name]
    : row.kind === 'equation'
      ? [row.equation.name]
      : row.makes

/** Returns the variables that a row reads and does not make itself. */
export const readBy = (row: ProgramRow): readonly string[] => {
  const equations =
    row.kind === 'equation' ? [row.equation] : row.kind === 'fold' ? row.equations : []
  const own = new Set(madeBy(row))
  return [...new Set(equations.flatMap(({ operands }) => operands))].filter((v) => !own.has(v))
}

/** The variable whose numbers a row shows: of a layer the last one that has a cotangent. */
export const shownOf = (row: ProgramRow): ShownVariable | undefined => {
  if (row.kind === 'input') return row.input
  if (row.kind === 'equation') return row.equation
  return row.equations.findLast((e) => (e.cotangent?.rms ?? 0) !== 0) ?? row.equations.at(-1)
}

/** Tells whether a row stands for its members: an open layer is only their heading. */
export const isStop = (row: ProgramRow): boolean => row.kind !== 'fold' || !row.open

/** Returns the numbers of the rows that make some variables, and of those that use them. */
export const aroundOf = (
  rows: readonly ProgramRow[],
  names: readonly string[],
): { readonly makers: ReadonlySet<number>; readonly users: ReadonlySet<number> } => {
  const wanted = new Set(names)
  const having = (of: (row: ProgramRow) => readonly string[]): ReadonlySet<number> =>
    new Set(
      rows.flatMap((row, k) => (isStop(row) && of(row).some((v) => wanted.has(v)) ? [k] : [])),
    )
  return { makers: having(madeBy), users: having(readBy) }
}

/**
 * Returns the row that a step from a row leads to, down or up: the next that stands for itself. A
 * step from no row (−1) leads to the first or the last.
 */
export const stepFrom = (rows: readonly ProgramRow[], at: number, down: boolean): number => {
  const stops = rows.flatMap((row, k) => (isStop(row) ? [k] : []))
  if (at < 0) return (down ? stops[0] : stops.at(-1)) ?? -1
  return (down ? stops.find((k) => k > at) : stops.findLast((k) => k < at)) ?? at
}

export type Walk = 'both' | 'forward' | 'backward'

/** Returns the last row that belongs to a row: its own, or the end of an open layer. */
const endOf = (rows: readonly ProgramRow[], row: number): number => {
  const { depth } = rows[row]!
  const next = rows.findIndex((r, k) => k > row && r.depth <= depth)
  return next < 0 ? rows.length - 1 : next - 1
}

/**
 * Tells whether a row has its value, and its cotangent, when a walk has come to a row. An open
 * layer has those of its last equation.
 */
export const reached = (
  rows: readonly ProgramRow[],
  walk: Walk,
  at: number,
  row: number,
): { readonly value: boolean; readonly cotangent: boolean } => {
  const end = endOf(rows, row)
  return {
    value: walk !== 'forward' || end <= at,
    cotangent: walk === 'both' || (walk === 'backward' && at >= 0 && end >= at),
  }
}

/** Returns the decades between which all cotangents lie, at most the upper twelve. */
export const decadesOf = ({ inputs, equations }: ShownProgram): readonly [number, number] => {
  const sizes = [...inputs, ...equations]
    .map(({ cotangent }) => cotangent?.rms ?? 0)
    .filter((rms) => rms > 0 && Number.isFinite(rms))
  if (sizes.length === 0) return [0, 0]
  const high = Math.ceil(Math.log10(sizes.reduce((a, b) => Math.max(a, b))))
  const low = Math.floor(Math.log10(sizes.reduce((a, b) => Math.min(a, b))))
  return [Math.max(low, high - 12), Math.max(high, low + 1)]
}

/** Returns the length of the bar of a size, as a share of the longest. */
export const barOf = (rms: number, [low, high]: readonly [number, number]): number =>
  rms > 0 && high > low ? Math.min(1, Math.max(0.02, (Math.log10(rms) - low) / (high - low))) : 0

export const passNames: Readonly<Record<Pass, string>> = {
  traced: 'as traced',
  inlined: 'inlined',
  simplified: 'simplified',
}
