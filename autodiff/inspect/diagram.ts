import { fail, knownOptions, showShape } from '../../core/index.ts'
import { counted, largest, smallest } from '../../core/values/index.ts'
import { type Colouring, colourings, type Scheme, type Shade, schemeOf } from './colourings.ts'
import { folded, type Group } from './folded.ts'
import type { InspectedInput, InspectedVariable, Inspection } from './inspect.ts'
import { formulaOf, type NameIn, namesIn } from './inspectionTable.ts'
import { shownSite } from './nonFinite.ts'
import { brief, shownRange, shownSize } from './valueSummary.ts'

// A diagram is a picture before it is drawn: boxes of lines of text, arrows, and a legend.

export interface DiagramNode {
  readonly id: string
  readonly kind: 'input' | 'equation' | 'group' | 'output'
  readonly lines: readonly string[]
  readonly fill: string
}

export interface Diagram {
  readonly title: string
  /** They are in program order: arrows lead from earlier nodes to later ones. */
  readonly nodes: readonly DiagramNode[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
  /** It has no shades where the diagram has no colours. */
  readonly legend: { readonly title: string; readonly shades: readonly Shade[] }
}

export interface DiagramOptions {
  /** What colours stand for; none unless given. */
  readonly colour?: Colouring
  /** A program of more equations is folded by its layers, or by its lines; 60 unless given. */
  readonly most?: number
}

const plain = '#f4f4f2'
const inputFill = '#ffffff'

const numbersOf = (v: InspectedVariable): readonly string[] => [
  shownRange(v.value),
  ...(v.cotangent === undefined ? [] : [`cotangent ${shownSize(v.cotangent)}`]),
]

/** The sizes of the cotangents within a group; colours follow the most remarkable of them. */
const rangeWithin = (equations: Group['equations']): readonly string[] => {
  const sizes = equations.flatMap(({ cotangent }) => cotangent?.rms ?? []).filter(Number.isFinite)
  return sizes.length < 2
    ? []
    : [`cotangents within ${brief(smallest(sizes))} … ${brief(largest(sizes))}`]
}

const linesOf = ({ name, equations }: Group, nameIn: NameIn): readonly string[] => {
  const last = equations.at(-1)!
  const typed = `${last.name}: ${showShape(last.shape)}`
  if (name !== undefined)
    return [
      name,
      `${counted(equations.length, 'equation')} → ${typed}`,
      ...numbersOf(last),
      ...rangeWithin(equations),
    ]
  const { rule, site, layers } = last
  return [
    `${typed} = ${formulaOf(last, nameIn)}`,
    ...numbersOf(last),
    ...(last.cotangent === undefined ? [] : [`pullback: ${rule[1]}`]),
    ...(last.ruleError === undefined ? [] : [`error of its rule ${last.ruleError.toPrecision(2)}`]),
    ...[layers.join('/'), site === undefined ? '' : shownSite(site)].filter((text) => text !== ''),
  ]
}

const fillOf = (
  scheme: Scheme | undefined,
  members: readonly (InspectedVariable & { readonly index?: number })[],
): string | undefined => {
  if (scheme === undefined) return undefined
  const shades = members.map((v) => scheme.shadeOf(v, v.index))
  const chosen = shades.reduce((a, b) => (scheme.weight(b) > scheme.weight(a) ? b : a))
  return scheme.shades[chosen]!.fill
}

/**
 * Returns the diagram of an inspection. Inputs are repeated beside each of their users and
 * constants stand in the formulas, so that none becomes a hub; a large program is folded.
 *
 * Laws    edges lead from earlier nodes to later ones.
 * Errors  DomainError for a colouring that does not exist.
 */
export const diagram = (inspection: Inspection, options: DiagramOptions = {}): Diagram => {
  const { colour, most } = knownOptions('diagram', options, ['colour', 'most'])
  if (colour !== undefined && !colourings.includes(colour))
    return fail('DomainError', 'diagram', `there is no colouring '${colour}'.`, {
      fix: `choose one of ${colourings.join(', ')}.`,
    })
  const scheme = colour === undefined ? undefined : schemeOf(colour, inspection)
  const nameIn = namesIn(inspection)
  const groups = folded(inspection, most)
  const inputs = new Map(inspection.inputs.map((v) => [v.name, v]))
  const madeIn = new Map(groups.flatMap((g, k) => g.equations.map((e) => [e.name, k] as const)))
  const inputNode = (v: InspectedInput, user: string): DiagramNode => ({
    id: `${v.name}_${user}`,
    kind: 'input',
    lines: [`${v.name}: ${showShape(v.shape)}`, v.path, ...numbersOf(v)],
    fill: fillOf(scheme, [v]) ?? inputFill,
  })
  const made = groups.map((group, k) => {
    const id = `n${k}`
    const operands = [...new Set(group.equations.flatMap((e) => e.operands))]
    const sources = operands.flatMap((name) => madeIn.get(name) ?? [])
    const own = operands.flatMap((name) => inputs.get(name) ?? []).map((v) => inputNode(v, id))
    const node: DiagramNode = {
      id,
      kind: group.name === undefined ? 'equation' : 'group',
      lines: linesOf(group, nameIn),
      fill: fillOf(scheme, group.equations) ?? plain,
    }
    const before = [...new Set(sources)].filter((j) => j !== k).map((j) => `n${j}`)
    const edges = [...before, ...own.map((v) => v.id)].map((from) => ({ from, to: id }))
    return { nodes: [...own, node], edges }
  })
  const results = inspection.outputs.map(({ name, path }, k) => {
    const id = `result${k}`
    const [group, input] = [madeIn.get(name), inputs.get(name)]
    const label = path === '(root)' ? 'result' : `result ${path}`
    const text = group === undefined && input === undefined ? `${label}: ${nameIn(name)}` : label
    const node: DiagramNode = { id, kind: 'output', lines: [text], fill: inputFill }
    const own = input === undefined ? [] : [inputNode(input, id)]
    const from = [...own.map((v) => v.id), ...(group === undefined ? [] : [`n${group}`])]
    return { nodes: [...own, node], edges: from.map((source) => ({ from: source, to: id })) }
  })
  const parts = [...made, ...results]
  const edges = parts.flatMap((part) => part.edges)
  return {
    title: `${inspection.name}: ${counted(inspection.equations.length, 'equation')}`,
    nodes: parts.flatMap((part) => part.nodes),
    edges,
    legend: { title: scheme?.title ?? '', shades: scheme?.shades ?? [] },
  }
}
