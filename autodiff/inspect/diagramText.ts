import { inkOn } from './colourings.ts'
import type { Diagram, DiagramNode } from './diagram.ts'

// Diagrams as text for Graphviz and for Mermaid.

const shapes = {
  dot: {
    input: 'shape=box, style="filled,rounded,dashed"',
    equation: 'shape=box, style="filled"',
    group: 'shape=box, style="filled,bold"',
    output: 'shape=plaintext, style=""',
  },
  mermaid: {
    input: ['([', '])'],
    equation: ['[', ']'],
    group: ['[[', ']]'],
    output: ['((', '))'],
  },
} as const

const quoted = (text: string): string =>
  `"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/[\r\n]+/g, ' ')}"`

const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Lines of a label; `\n` between them is Graphviz's own. */
const dotLabel = (lines: readonly string[]): string =>
  `"${lines.map((line) => quoted(line).slice(1, -1)).join('\\n')}"`

/**
 * Returns a diagram in Graphviz's language, DOT, with all labels and the legend.
 *
 * Laws  every text of the diagram is in it.
 */
export const toDot = ({ title, nodes, edges, legend }: Diagram): string => {
  const node = ({ id, kind, lines, fill }: DiagramNode): string => {
    const colours = kind === 'output' ? '' : `, fillcolor="${fill}", fontcolor="${inkOn(fill)}"`
    return `  ${quoted(id)} [label=${dotLabel(lines)}, ${shapes.dot[kind]}${colours}]`
  }
  const entries = legend.shades.map(
    ({ fill, means }) =>
      `<TR><TD BGCOLOR="${fill}" BORDER="1" WIDTH="24"></TD><TD ALIGN="LEFT">${html(means)}</TD></TR>`,
  )
  const heading = `<TR><TD COLSPAN="2" ALIGN="LEFT">${html(legend.title)}</TD></TR>`
  return [
    `digraph ${quoted(title)} {`,
    '  graph [rankdir=TB, nodesep=0.25, ranksep=0.3]',
    // Letters of one width need the same room in every reader's font.
    '  node [fontname="Courier", fontsize=10, margin="0.1,0.05"]',
    '  edge [arrowsize=0.7]',
    ...nodes.map(node),
    ...edges.map(({ from, to }) => `  ${quoted(from)} -> ${quoted(to)}`),
    ...(entries.length === 0
      ? []
      : [
          '  legend [shape=plaintext, label=<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="3">' +
            `${heading}${entries.join('')}</TABLE>>]`,
        ]),
    '}',
  ].join('\n')
}

/** Mermaid reads quotes, marks of HTML and `#` as its own; their codes stand for them. */
const coded = (text: string): string =>
  text
    .replaceAll('#', '#35;')
    .replaceAll('&', '#38;')
    .replaceAll('"', '#34;')
    .replaceAll('<', '#60;')
    .replaceAll('>', '#62;')
    .replaceAll(/[\r\n]+/g, ' ')

const mermaidLabel = (lines: readonly string[]): string => `"${lines.map(coded).join('<br/>')}"`

/**
 * Returns a diagram as a Mermaid flowchart, with all labels and the legend.
 *
 * Laws  every text of the diagram is in it.
 */
export const diagramToMermaid = ({ title, nodes, edges, legend }: Diagram): string => {
  const box = (id: string, kind: DiagramNode['kind'], lines: readonly string[]): string => {
    const [open, close] = shapes.mermaid[kind]
    return `  ${id}${open}${mermaidLabel(lines)}${close}`
  }
  const styled = (id: string, fill: string): string =>
    `  style ${id} fill:${fill},color:${inkOn(fill)},stroke:#666666`
  return [
    '---',
    `title: ${JSON.stringify(title)}`,
    '---',
    'flowchart TD',
    ...nodes.map(({ id, kind, lines }) => box(id, kind, lines)),
    ...edges.map(({ from, to }) => `  ${from} --> ${to}`),
    ...nodes.filter(({ kind }) => kind !== 'output').map(({ id, fill }) => styled(id, fill)),
    ...(legend.shades.length === 0
      ? []
      : [
          `  subgraph legend [${mermaidLabel([legend.title])}]`,
          ...legend.shades.map(({ means }, k) => `  ${box(`legend${k}`, 'equation', [means])}`),
          '  end',
          ...legend.shades.map(({ fill }, k) => styled(`legend${k}`, fill)),
        ]),
  ].join('\n')
}
