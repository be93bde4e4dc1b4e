import { useRef } from 'preact/hooks'
import { largest, smallest } from '../../../../core/values/index.ts'
import type { Drawing } from '../../engine/index.ts'
import { Figure } from './figure.tsx'

// Lattices, with bonds or with the spins of a configuration.

interface Box {
  readonly x: (site: number) => number
  readonly y: (site: number) => number
  readonly width: number
  readonly height: number
}

const UNIT = 24

const boxOf = ({ sites }: Drawing): Box => {
  const xs = sites.map((p) => p[0] ?? 0)
  const ys = sites.map((p) => p[1] ?? 0)
  const [left, top] = [smallest(xs), largest(ys)]
  return {
    x: (site) => (xs[site]! - left + 0.6) * UNIT,
    y: (site) => (top - ys[site]! + 0.6) * UNIT,
    width: (largest(xs) - left + 1.2) * UNIT,
    height: (top - smallest(ys) + 1.2) * UNIT,
  }
}

/** A lattice: sites in the tones of their patches, bonds J1 as lines, J2 dashed. */
export const LatticeDrawing = ({ drawing }: { readonly drawing: Drawing }) => {
  const box = boxOf(drawing)
  const patches = new Set(drawing.patchOf).size
  return (
    <svg
      class="lattice"
      viewBox={`0 0 ${box.width} ${box.height}`}
      role="img"
      aria-label={`A lattice of ${drawing.sites.length} sites in ${patches} patches`}
    >
      {drawing.bonds.map(({ from, to, shell }) => (
        <line
          key={`${from} ${to}`}
          x1={box.x(from)}
          y1={box.y(from)}
          x2={box.x(to)}
          y2={box.y(to)}
          class={shell === 1 ? 'bond' : 'bond second'}
        />
      ))}
      {drawing.sites.map((_, site) => (
        <circle
          key={site}
          cx={box.x(site)}
          cy={box.y(site)}
          r={4.5}
          class={
            patches === drawing.sites.length || drawing.patchOf[site]! % 2 === 0
              ? 'site'
              : 'site odd'
          }
        >
          <title>{`site ${site}, patch ${drawing.patchOf[site]! + 1}`}</title>
        </circle>
      ))}
    </svg>
  )
}

const Configuration = ({
  drawing,
  spins,
}: {
  readonly drawing: Drawing
  readonly spins: readonly number[]
}) => {
  const box = boxOf(drawing)
  return (
    <svg class="spins" viewBox={`0 0 ${box.width} ${box.height}`} aria-hidden="true">
      {spins.map((s, site) => (
        <circle
          key={site}
          cx={box.x(site)}
          cy={box.y(site)}
          r={9}
          class={s > 0 ? 'spin up' : 'spin down'}
        />
      ))}
    </svg>
  )
}

/** Some of the configurations that the chains hold now. */
export const SpinsFigure = ({
  drawing,
  spins,
}: {
  readonly drawing: Drawing
  readonly spins: readonly (readonly number[])[]
}) => {
  const place = useRef<HTMLDivElement>(null)
  return (
    <Figure
      title="Samples"
      hint="Configurations of some Markov chains: filled is spin up, open is spin down; all have as many up as down. An antiferromagnet shows chessboards, with faults."
      picture={() => place.current!.querySelector('svg')}
      rows={() => [
        ['chain', ...drawing.sites.map((_, i) => `site ${i}`)],
        ...spins.map((row, k) => [k + 1, ...row]),
      ]}
    >
      {spins.length === 0 ? (
        <p class="empty">The chains start with the first step. With full sums there are none.</p>
      ) : (
        <div
          ref={place}
          class="configurations"
          role="img"
          aria-label={`${spins.length} configurations of ${drawing.sites.length} spins`}
        >
          {spins.slice(0, drawing.sites.length > 40 ? 4 : 8).map((row, k) => (
            <Configuration key={k} drawing={drawing} spins={row} />
          ))}
        </div>
      )}
    </Figure>
  )
}
