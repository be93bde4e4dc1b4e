import * as Plot from '@observablehq/plot'
import { largestSize } from '../../core/values/index.ts'
import type { AttentionMap } from '../session/index.ts'
import { typeset } from './report.ts'
import { colours, draw } from './svg.ts'

// This file draws learned attention weights as heatmaps: one small picture per head (across) and
// layer (down).

interface Cell {
  readonly head: string
  readonly layer: string
  readonly x: number
  readonly y: number
  readonly weight: number
}

/** Pictures with more cells would have megabytes. */
const maxCells = 20_000

const headName = ({ head }: AttentionMap): string => `head ${head + 1}`
const layerName = ({ layer }: AttentionMap): string => `layer ${layer + 1}`

const signed = ['#c4472b', '#f4f1ec', '#2166ac'] as const

interface Colours {
  readonly domain: readonly number[]
  readonly range: readonly string[]
}

/**
 * Colours weights of both signs symmetrically about white, and weights of one sign from white on.
 */
const coloursOf = (cells: readonly Cell[]): Colours => {
  const weights = cells.map((c) => c.weight).filter(Number.isFinite)
  const largest = Math.max(largestSize(weights), Number.MIN_VALUE)
  return weights.some((w) => w < 0)
    ? { domain: [-largest, 0, largest], range: signed }
    : { domain: [0, largest], range: signed.slice(1) }
}

const showWeight = (w: number): string => (w === 0 ? '0' : typeset(w.toPrecision(2)))

const panel = 118
const barSpace = 36

const heatmaps = (
  title: string,
  cells: readonly Cell[],
  columns: number,
  rows: number,
  more: readonly Plot.Markish[] = [],
): string => {
  const heads = new Set(cells.map((c) => c.head)).size
  const layers = new Set(cells.map((c) => c.layer)).size
  const tall = Math.max(24, Math.round((panel * rows) / columns))
  const { domain, range } = coloursOf(cells)
  // Small cells touch, because gaps between them would colour the whole matrix.
  const inset = columns > 10 ? -0.05 : 0.25
  const height = 34 + layers * (tall + 10) + barSpace
  const options: Plot.PlotOptions = {
    width: Math.max(84 + heads * (panel + 10), 220),
    height,
    marginLeft: 64,
    marginRight: 12,
    marginTop: 26,
    marginBottom: 8 + barSpace,
    x: { type: 'band', axis: null, padding: 0 },
    y: { type: 'band', axis: null, padding: 0 },
    fx: { label: null, padding: 0.08, axis: 'top' },
    fy: { label: null, padding: 0.08, axis: 'left' },
    color: { type: 'linear', domain, range, unknown: colours.mark },
    marks: [
      Plot.cell(cells, { x: 'x', y: 'y', fx: 'head', fy: 'layer', fill: 'weight', inset }),
      ...more,
    ],
  }
  const [low, high] = [showWeight(domain[0] ?? 0), showWeight(domain.at(-1) ?? 0)]
  return draw(title, options, { x: 68, y: height - barSpace, range, low, high })
}

/** Returns the patch whose row is shown: the middle one, so that near patches lie around it. */
const middle = ([rows, columns]: readonly [number, number]): number =>
  Math.floor(rows / 2) * columns + Math.floor(columns / 2)

/**
 * Draws alpha_ij of the middle patch i (marked), over the grid of patches j. For a relative form
 * this is complete: every other row is the same picture, shifted.
 */
export const attentionOnGrid = (
  maps: readonly AttentionMap[],
  grid: readonly [number, number],
  what: 'weights' | 'deviations' = 'weights',
): string | undefined => {
  const [, columns] = grid
  const i = middle(grid)
  const at = (j: number) => ({ x: j % columns, y: Math.floor(j / columns) })
  const cells = maps.flatMap((map) =>
    (map[what][i] ?? []).map((weight, j) => ({
      head: headName(map),
      layer: layerName(map),
      ...at(j),
      weight,
    })),
  )
  if (cells.length === 0 || cells.length > maxCells) return undefined
  const centres = maps.map((map) => ({ head: headName(map), layer: layerName(map), ...at(i) }))
  const title = {
    weights: 'Attention of one patch to all patches',
    deviations: 'Its standard deviation over the configurations',
  }[what]
  return heatmaps(title, cells, columns, grid[0], [
    Plot.dot(centres, {
      x: 'x',
      y: 'y',
      fx: 'head',
      fy: 'layer',
      r: 3,
      fill: 'white',
      stroke: '#1c2128',
      strokeWidth: 1.25,
    }),
  ])
}

/**
 * Draws the whole matrix alpha_ij, row i, column j; undefined when it has too many cells to draw.
 */
export const attentionMatrices = (maps: readonly AttentionMap[]): string | undefined => {
  const cells = maps.flatMap((map) =>
    map.weights.flatMap((row, y) =>
      row.map((weight, x) => ({ head: headName(map), layer: layerName(map), x, y, weight })),
    ),
  )
  if (cells.length === 0 || cells.length > maxCells) return undefined
  const n = maps[0]?.weights.length ?? 1
  return heatmaps('Attention matrices, patch i (down) to patch j (across)', cells, n, n)
}
