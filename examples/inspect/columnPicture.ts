import { type Diagram, type DiagramNode, inkOn } from '../../autodiff/index.ts'
import { escaped, pictureStyle } from '../pictures/index.ts'

// A diagram as a column in program order, where a layout would take too long: inputs stand at the
// left of their users, and arrows that skip a box go around at the right.

const line = 15
const space = 12
const gap = 22
const inputWidth = 190
const boxWidth = 430
const inputLetters = 30
const letters = 68

const cut = (text: string, most: number): string =>
  [...text].length > most ? `${[...text].slice(0, most - 1).join('')}…` : text

const textAt = (x: number, y: number, text: string, ink: string): string =>
  `<text x="${x}" y="${y}" fill="${ink}">${escaped(text)}</text>`

interface Placed {
  readonly node: DiagramNode
  readonly inputs: readonly DiagramNode[]
  readonly top: number
  readonly height: number
}

/** Puts every node below the one before it, with its inputs beside it. */
const placed = ({ nodes, edges }: Diagram, from: number): readonly Placed[] => {
  const inputs = new Map(nodes.filter((n) => n.kind === 'input').map((n) => [n.id, n]))
  let top = from
  return nodes
    .filter((n) => n.kind !== 'input')
    .map((node) => {
      const own = edges.flatMap((e) => (e.to === node.id ? (inputs.get(e.from) ?? []) : []))
      const height = space + line * Math.max(node.lines.length, own.length)
      const at = { node, inputs: own, top, height }
      top += height + gap
      return at
    })
}

const box = (x: number, width: number, { node, top, height }: Placed): string => {
  const ink = node.kind === 'output' ? 'currentColor' : inkOn(node.fill)
  const frame =
    node.kind === 'output'
      ? ''
      : `<rect x="${x}" y="${top}" width="${width}" height="${height}" rx="3" ` +
        `fill="${node.fill}" stroke="currentColor" stroke-width="${node.kind === 'group' ? 2 : 1}"/>`
  const texts = node.lines.map((text, k) =>
    textAt(x + 8, top + line * (k + 1), cut(text, letters), ink),
  )
  return frame + texts.join('')
}

const inputText = (v: DiagramNode): string => cut(v.lines.slice(0, 2).join(' '), inputLetters)

/** Returns the picture of a diagram as the text of an SVG element. */
export const columnPicture = (diagram: Diagram): string => {
  const { edges, legend, title } = diagram
  const header = 34 + (legend.shades.length === 0 ? 0 : line * (legend.shades.length + 2))
  const rows = placed(diagram, header)
  const rowOf = new Map(rows.map((row, k) => [row.node.id, k]))
  const left = inputWidth + 24
  const right = left + boxWidth
  const middle = ({ top, height }: Placed): number => top + height / 2
  const arrows = edges.flatMap(({ from, to }) => {
    const [a, b] = [rowOf.get(from), rowOf.get(to)]
    if (a === undefined || b === undefined) return []
    const [first, last] = [rows[a]!, rows[b]!]
    const x = left + 24
    if (b === a + 1) return [`M${x} ${first.top + first.height}V${last.top - 2}`]
    const bend = right + Math.min(150, 16 + 5 * Math.abs(b - a))
    const [y, z] = [middle(first), middle(last)]
    return [`M${right} ${y}C${bend} ${y} ${bend} ${z} ${right + 2} ${z}`]
  })
  const beside = rows.flatMap((row) =>
    row.inputs.flatMap((v, k) => {
      const y = row.top + line * (k + 1)
      return [
        textAt(4, y, inputText(v), 'currentColor'),
        `<path d="M${inputWidth + 6} ${y - 4}H${left - 2}" ${stroke} stroke-dasharray="3 2"/>`,
      ]
    }),
  )
  const shades = legend.shades.flatMap(({ fill, means }, k) => {
    const y = 34 + line * (k + 1)
    return [
      `<rect x="4" y="${y}" width="22" height="11" fill="${fill}" stroke="currentColor"/>`,
      textAt(34, y + 10, means, 'currentColor'),
    ]
  })
  const width = right + 130
  const end = rows.at(-1)
  const height = end === undefined ? header : end.top + end.height + 10
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="psigrad" role="img" width="${width}" ` +
    `height="${height}" viewBox="0 0 ${width} ${height}" style="max-width: 100%; height: auto">` +
    `<style>${pictureStyle}</style><title>${escaped(title)}</title>` +
    '<defs><marker id="end" orient="auto" markerWidth="8" markerHeight="8" refX="6" refY="4">' +
    '<path d="M0 1L7 4L0 7z" fill="currentColor"/></marker></defs>' +
    textAt(4, 18, title, 'currentColor') +
    (legend.title === '' ? '' : textAt(4, 38, legend.title, 'currentColor')) +
    shades.join('') +
    arrows.map((d) => `<path d="${d}" ${stroke} marker-end="url(#end)"/>`).join('') +
    beside.join('') +
    rows.map((row) => box(left, boxWidth, row)).join('') +
    '</svg>'
  )
}

const stroke = 'fill="none" stroke="currentColor"'
