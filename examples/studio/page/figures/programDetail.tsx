import {
  aroundOf,
  madeBy,
  type ProgramRow,
  reached,
  readBy,
  shownOf,
  type Walk,
} from '../state/programView.ts'
import { CotangentBar, rangeOf, Strip, short } from './programNumbers.tsx'
import { Formula } from './programRows.tsx'

// The current equation in full: its rule both ways, its numbers, where they come from and go.

export interface ProgramDetailProps {
  readonly rows: readonly ProgramRow[]
  readonly at: number
  readonly walk: Walk
  readonly decades: readonly [number, number]
  readonly lit: string | undefined
  readonly choose: (row: number) => void
}

const nameOf = (row: ProgramRow): string =>
  row.kind === 'fold'
    ? row.key === 'inputs'
      ? 'inputs'
      : row.title
    : row.kind === 'input'
      ? `${row.input.name} ${row.input.path}`
      : row.equation.name

/** Buttons that lead to other rows. */
const Ways = ({
  title,
  to,
  rows,
  choose,
}: {
  readonly title: string
  readonly to: readonly number[]
} & Pick<ProgramDetailProps, 'rows' | 'choose'>) =>
  to.length === 0 ? null : (
    <>
      <dt>{title}</dt>
      <dd class="ways">
        {to.map((k) => (
          <button key={k} type="button" class="chip" onClick={() => choose(k)}>
            {nameOf(rows[k]!)}
          </button>
        ))}
      </dd>
    </>
  )

/** The panel beside the list. */
export const ProgramDetail = (props: ProgramDetailProps) => {
  const { rows, at, walk, decades, lit, choose } = props
  const row = rows[at]
  if (row === undefined)
    return (
      <p class="empty">
        Choose an equation, or step through the passes. ↓ and ↑ step, → and ← unfold and fold.
      </p>
    )
  const others = (found: ReadonlySet<number>): readonly number[] =>
    [...found].filter((k) => k !== at)
  const from = others(aroundOf(rows, readBy(row)).makers)
  const to = others(aroundOf(rows, madeBy(row)).users)
  const shown = shownOf(row)
  const has = reached(rows, walk, at, at)
  const equation = row.kind === 'equation' ? row.equation : undefined
  const flops =
    row.kind === 'fold' ? row.equations.reduce((n, e) => n + e.flops, 0) : (equation?.flops ?? 0)
  return (
    <dl class="detail" aria-live="polite">
      <dt>{row.kind === 'fold' ? 'layer' : row.kind === 'input' ? 'input' : 'equation'}</dt>
      <dd class="large">
        {equation === undefined ? (
          nameOf(row)
        ) : (
          <>
            {`${equation.name} = `}
            <Formula equation={equation} lit={lit} />
          </>
        )}
      </dd>
      {equation === undefined ? null : (
        <>
          <dt>primitive</dt>
          <dd>{`${equation.primitive}: y = ${equation.rule[0]}`}</dd>
          <dt>backward</dt>
          <dd>{equation.rule[1]}</dd>
          <dt>forward tangent</dt>
          <dd>{equation.rule[2]}</dd>
          {equation.layers.length === 0 ? null : (
            <>
              <dt>layer</dt>
              <dd>{equation.layers.join(' / ')}</dd>
            </>
          )}
        </>
      )}
      {shown === undefined ? null : (
        <>
          <dt>{row.kind === 'fold' ? `value of ${shown.name}` : 'value'}</dt>
          <dd>
            <Strip {...shown} />
            {`${rangeOf(shown.value)}, mean ${short(shown.value.mean)}, rms ${short(shown.value.rms)}`}
            <small>{`${shown.value.size === 1 ? 'one entry' : `${shown.value.size} entries`}: ${shown.value.first.map((x) => short(x)).join(', ')}${shown.value.size > shown.value.first.length ? ', …' : ''}`}</small>
          </dd>
          <dt>cotangent (rms)</dt>
          <dd class="number-cell">
            {has.cotangent ? (
              <CotangentBar cotangent={shown.cotangent} decades={decades} />
            ) : (
              'not yet: the backward pass brings it'
            )}
          </dd>
        </>
      )}
      {flops === 0 ? null : (
        <>
          <dt>FLOPs</dt>
          <dd>{flops}</dd>
        </>
      )}
      <Ways title="reads" to={from} rows={rows} choose={choose} />
      <Ways title="used by" to={to} rows={rows} choose={choose} />
    </dl>
  )
}
