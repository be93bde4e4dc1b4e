import * as Plot from '@observablehq/plot'
import { largest, smallest } from '../../core/values/index.ts'
import { colours, draw } from '../pictures/index.ts'
import { type Report, type Row, ratio, rowsOf } from './report.ts'

// This file draws the ratios: one panel for each kind of work, one bar for each peer.

interface Bar {
  readonly work: string
  readonly row: string
  readonly peer: string
  readonly ratio: number
}

const workNames: Readonly<Record<string, string>> = {
  forward: 'forward',
  gradient: 'gradient',
  perSample: 'per-sample gradient',
  vmc: 'VMC step',
}

const barsOf = (rows: readonly Row[]): readonly Bar[] =>
  rows.flatMap(({ item, psigrad, peers }) =>
    peers.map((peer) => ({
      work: workNames[item.work]!,
      row: `${item.size} ${item.precision}`,
      peer: peer.contender,
      ratio: ratio(psigrad, peer).best,
    })),
  )

const TITLE = 'How many times as fast as its peers psigrad is'
const ROW_HEIGHT = 22
const palette = ['#3b82c4', '#d9603b', '#4a9d6f', '#9467bd', '#c79a2b', '#8a8f98']

/** Returns an SVG, or undefined where no peer was measured. */
export const chart = (report: Report): string | undefined => {
  const bars = barsOf(rowsOf(report))
  if (bars.length === 0) return undefined
  const peers = [...new Set(bars.map((b) => b.peer))]
  const lines = new Set(bars.map((b) => `${b.work} ${b.row}`)).size
  const [low, high] = [
    Math.min(1, smallest(bars.map((b) => b.ratio))),
    largest(bars.map((b) => b.ratio)),
  ]
  return draw(TITLE, {
    width: 800,
    height: 90 + lines * (8 + (ROW_HEIGHT * peers.length) / 2),
    marginLeft: 200,
    marginRight: 150,
    x: {
      type: 'log',
      domain: [low / 1.1, high * 1.3],
      label: 'times as fast (log) →',
      grid: true,
      tickFormat: (x: number) => `${x}`,
      ticks: [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200].filter(
        (t) => t > low / 1.1 && t < 1.3 * high,
      ),
    },
    y: { axis: null, domain: peers },
    fy: {
      label: null,
      domain: [...new Set(bars.map((b) => `${b.work}, ${b.row}`))],
      padding: 0.15,
    },
    marginTop: 30,
    color: { domain: peers, range: palette.slice(0, peers.length) },
    marks: [
      Plot.ruleX([1], { stroke: colours.mark, strokeWidth: 1.5 }),
      Plot.barX(bars, {
        x1: 1,
        x2: 'ratio',
        y: 'peer',
        fy: (b: Bar) => `${b.work}, ${b.row}`,
        fill: 'peer',
      }),
      Plot.text(bars, {
        x: (b: Bar) => Math.max(1, b.ratio),
        y: 'peer',
        fy: (b: Bar) => `${b.work}, ${b.row}`,
        text: (b: Bar) => `${b.ratio.toFixed(1)} ${b.peer}`,
        textAnchor: 'start',
        dx: 4,
      }),
    ],
  })
}
