import { useRef } from 'preact/hooks'
import { largest, largestSize } from '../../../../core/values/index.ts'
import type { AttentionMap } from '../../../session/index.ts'
import { showSmall } from '../../../settings/index.ts'
import { minus } from '../state/words.ts'
import { colourOf } from './colours.ts'
import { Figure } from './figure.tsx'

// What each head attends to: one small map a head, one row a layer.

/** The width of a map, however many patches it has; and the room that its labels need. */
const WIDTH = 54
const GAP = 12

const cellOf = (columns: number): number => Math.min(26, WIDTH / columns)

interface MapProps {
  readonly map: AttentionMap
  readonly grid: readonly [number, number]
  readonly most: number
  readonly x: number
  readonly y: number
}

/** The patch whose row is shown: the middle one, so that near patches lie around it. */
const middle = ([rows, columns]: readonly [number, number]): number =>
  Math.floor(rows / 2) * columns + Math.floor(columns / 2)

const HeadMap = ({ map, grid, most, x, y }: MapProps) => {
  const [, columns] = grid
  const cell = cellOf(columns)
  const i = middle(grid)
  return (
    <g transform={`translate(${x} ${y})`}>
      {map.weights[i]!.map((weight, j) => (
        <rect
          key={j}
          x={(j % columns) * cell}
          y={Math.floor(j / columns) * cell}
          width={cell - 0.5}
          height={cell - 0.5}
          fill={colourOf(weight, most)}
        >
          <title>{`layer ${map.layer + 1}, head ${map.head + 1}: ${minus(weight.toPrecision(3))}`}</title>
        </rect>
      ))}
      <circle
        cx={((i % columns) + 0.5) * cell}
        cy={(Math.floor(i / columns) + 0.5) * cell}
        r={2}
        class="centre"
      />
    </g>
  )
}

/** Writes the share of a head's variance that the input causes; 0 only where it is exact. */
const share = (driven: number): string => {
  if (driven === 0) return '0'
  return driven < 0.01 ? minus(showSmall(driven)) : `${(100 * driven).toFixed(0)} %`
}

/** Draws the attention of the middle patch to all patches, for every head. */
export const HeadsFigure = ({
  maps,
  grid,
}: {
  readonly maps: readonly AttentionMap[]
  readonly grid: readonly [number, number]
}) => {
  const svg = useRef<SVGSVGElement>(null)
  const heads = 1 + largest([-1, ...maps.map((m) => m.head)])
  const layers = 1 + largest([-1, ...maps.map((m) => m.layer)])
  const [rows, columns] = grid
  const cell = cellOf(columns)
  const w = WIDTH + GAP
  const h = rows * cell + 30
  // Rows of equal length: 8 heads are 4 and 4.
  const across = Math.max(1, Math.ceil(heads / Math.ceil(heads / 6)))
  const lines = Math.ceil(heads / Math.max(1, across))
  const most = largestSize(maps.flatMap((m) => m.weights[middle(grid)]!))
  const at = (m: AttentionMap): readonly [number, number] => [
    (m.head % across) * w,
    (m.layer * lines + Math.floor(m.head / across)) * h + 16,
  ]
  const exactlyZero = maps.length > 0 && maps.every((m) => m.inputDriven === 0)
  return (
    <Figure
      title="What the heads attend to"
      hint="α_ij of the middle patch i (the dot) to every patch j, blue where positive, orange where negative, white at zero, all on one scale. Below each map: the share of the variance of the weights that the spins cause. A form of positions only has exactly 0."
      picture={() => svg.current}
      rows={() => [
        ['layer', 'head', 'i', 'j', 'weight'],
        ...maps.flatMap((m) =>
          m.weights.flatMap((row, i) => row.map((v, j) => [m.layer + 1, m.head + 1, i, j, v])),
        ),
      ]}
    >
      {maps.length === 0 ? (
        <p class="empty">The maps appear with the first step.</p>
      ) : (
        <>
          <svg
            ref={svg}
            class="heads"
            viewBox={`0 0 ${across * w - GAP} ${layers * lines * h}`}
            role="img"
            aria-label={`Attention maps of ${maps.length} heads, weights up to ${most.toPrecision(2)}. ${exactlyZero ? 'They depend on positions only.' : ''}`}
          >
            {maps.map((m) => {
              const [x, y] = at(m)
              return (
                <g key={`${m.layer} ${m.head}`}>
                  <text x={x} y={y - 4} class="label head">
                    {layers > 1 ? `${m.layer + 1}.${m.head + 1}` : `head ${m.head + 1}`}
                  </text>
                  <HeadMap map={m} grid={grid} most={most} x={x} y={y} />
                  {exactlyZero ? null : (
                    <text x={x} y={y + rows * cell + 9} class="label">
                      {`input ${share(m.inputDriven)}`}
                    </text>
                  )}
                </g>
              )
            })}
          </svg>
          <p class="scale">
            <span>{minus((-most).toPrecision(2))}</span>
            <span class="ramp" />
            <span>{most.toPrecision(2)}</span>
            <span class="right">
              {exactlyZero ? 'positions only: exactly 0 of the variance from the input' : ''}
            </span>
          </p>
        </>
      )}
    </Figure>
  )
}
