import { useRef } from 'preact/hooks'
import { largestSize } from '../../../../core/values/index.ts'
import type { Observables } from '../../../../physics/estimates/index.ts'
import { minus } from '../state/words.ts'
import { colourOf } from './colours.ts'
import { Figure } from './figure.tsx'

// Correlations over displacements and the structure factor over momenta, as tiles.

interface Tile {
  readonly at: readonly number[]
  readonly value: number
  readonly error: number
  readonly name: string
}

const SIZE = 26

/** Coordinates that differ by rounding only belong to one column. */
const places = (tiles: readonly Tile[], axis: number): readonly number[] =>
  [...new Set(tiles.map((t) => Math.round((t.at[axis] ?? 0) * 1e6) / 1e6))].sort((a, b) => a - b)

const Tiles = ({ tiles, label }: { readonly tiles: readonly Tile[]; readonly label: string }) => {
  const [xs, ys] = [places(tiles, 0), places(tiles, 1)]
  const most = largestSize(tiles.map((t) => t.value))
  const index = (all: readonly number[], x: number): number =>
    all.indexOf(Math.round(x * 1e6) / 1e6)
  return (
    <svg
      class="tiles"
      viewBox={`0 0 ${xs.length * SIZE} ${ys.length * SIZE + 16}`}
      role="img"
      aria-label={`${label}: ${tiles.length} values up to ${most.toFixed(2)}`}
    >
      <text x={0} y={11} class="label">
        {label}
      </text>
      {tiles.map(({ at, value, error, name }) => {
        const x = index(xs, at[0] ?? 0) * SIZE
        const y = (ys.length - 1 - index(ys, at[1] ?? 0)) * SIZE + 16
        const dark = Math.abs(value) > 0.6 * most
        return (
          <g key={name}>
            <rect x={x} y={y} width={SIZE - 0.7} height={SIZE - 0.7} fill={colourOf(value, most)}>
              <title>{minus(`${name}: ${value.toFixed(4)} ± ${error.toExponential(1)}`)}</title>
            </rect>
            {tiles.length > 40 ? null : (
              <text
                x={x + SIZE / 2 - 0.3}
                y={y + SIZE / 2 + 3}
                class={dark ? 'value on-dark' : 'value'}
              >
                {minus(value.toFixed(Math.abs(value) < 10 ? 2 : 1))}
              </text>
            )}
          </g>
        )
      })}
    </svg>
  )
}

const vector = (r: readonly number[], digits: number): string =>
  `(${r.map((x) => Number(x.toFixed(digits))).join(', ')})`

/** Draws what `psigrad observe` measures: correlations and the structure factor. */
export const OrdersFigure = ({
  observables,
}: {
  readonly observables: Observables | undefined
}) => {
  const place = useRef<HTMLDivElement>(null)
  const correlations = (observables?.correlations ?? [])
    .filter(({ displacement }) => displacement.some((x) => x !== 0))
    .map(({ displacement, value, error }) => ({
      at: displacement,
      value,
      error,
      name: `r = ${vector(displacement, 3)}`,
    }))
  const factor = (observables?.structureFactor ?? []).map(({ k, value, error }) => ({
    at: k,
    value,
    error,
    name: `k = ${vector(
      k.map((x) => x / Math.PI),
      3,
    )} π`,
  }))
  return (
    <Figure
      title="Correlations and structure factor"
      hint="⟨S₀ · S_r⟩ over the displacements r, and its Fourier transform S(k). Néel order has a peak of S(k) at the corner (π, π), stripe order at (π, 0) and (0, π)."
      picture={() => place.current!.querySelector('svg')}
      rows={() => [
        ['what', 'at', 'value', 'standard error'],
        ...[...correlations, ...factor].map((t) => [
          t.name.startsWith('r') ? 'S0.Sr' : 'S(k)',
          t.name,
          t.value,
          t.error,
        ]),
      ]}
    >
      {observables === undefined ? (
        <p class="empty">They are measured at the end.</p>
      ) : (
        <div ref={place} class="orders">
          <Tiles tiles={correlations} label="⟨S₀ · S_r⟩" />
          <Tiles tiles={factor} label="S(k)" />
        </div>
      )}
    </Figure>
  )
}
