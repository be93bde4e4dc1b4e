import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { ShownEquation } from '../../engine/index.ts'
import {
  aroundOf,
  madeBy,
  type ProgramRow,
  reached,
  readBy,
  shownOf,
  type Walk,
} from '../state/programView.ts'
import { CotangentBar, rangeOf, Strip } from './programNumbers.tsx'

// The rows of a program: one an equation, or a layer that is folded.

export interface ProgramRowsProps {
  readonly rows: readonly ProgramRow[]
  readonly at: number
  readonly walk: Walk
  readonly decades: readonly [number, number]
  /** The variable under the pointer. */
  readonly lit: string | undefined
  readonly choose: (row: number) => void
  readonly fold: (key: string) => void
  readonly light: (variable: string | undefined) => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

/** A formula; its variables carry their names, so that the list lights them. */
export const Formula = ({
  equation,
  lit,
}: {
  readonly equation: ShownEquation
  readonly lit: string | undefined
}) => (
  <span class="formula-text">
    {equation.formula.map((piece, k) =>
      typeof piece === 'string' ? (
        piece
      ) : (
        <var key={k} data-variable={piece.variable} class={piece.variable === lit ? 'lit' : ''}>
          {piece.variable}
        </var>
      ),
    )}
  </span>
)

const shapeText = (shape: readonly number[]): string =>
  shape.length === 0 ? 'scalar' : shape.join('×')

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

type Fold = Extract<ProgramRow, { readonly kind: 'fold' }>

/** The name of a layer, with what it holds and the shape that it returns. */
const FoldName = ({ row }: { readonly row: Fold }) => {
  const shown = shownOf(row)
  const holds = counted(row.makes.length, row.equations.length === 0 ? 'input' : 'equation')
  return (
    <span class="layer-title" style={{ paddingLeft: `${12 * row.depth}px` }}>
      <span class="twist">{row.open ? '▾' : '▸'}</span>
      {row.title}
      <small>{shown === undefined ? holds : `${holds} → ${shapeText(shown.shape)}`}</small>
    </span>
  )
}

/** The words of a row, between its name and its numbers. */
const Words = ({
  row,
  lit,
}: { row: Exclude<ProgramRow, Fold> } & Pick<ProgramRowsProps, 'lit'>) => {
  if (row.kind === 'input') return <span class="formula-text">{row.input.path}</span>
  const { fate, result } = row.equation
  return (
    <span class="words">
      <Formula equation={row.equation} lit={lit} />
      {result === undefined ? null : (
        <small class="result" title={result}>{`returned: ${result}`}</small>
      )}
      {fate === undefined ? null : (
        <small class="fate" title={fate}>
          {fate}
        </small>
      )}
    </span>
  )
}

/** Each row has a sign for what it is to the current one, with words. */
const relations = {
  current: ['●', 'current'],
  operand: ['↘', 'its operand'],
  user: ['↗', 'its user'],
  other: ['', ''],
} as const

/** The list. */
export const ProgramRows = (props: ProgramRowsProps) => {
  const { rows, at, walk, decades, lit, choose, fold, light, onKeyDown } = props
  const list = useRef<HTMLDivElement>(null)
  const row = rows[at]
  const { makers, users } = useMemo(
    () => ({
      makers: aroundOf(rows, row === undefined ? [] : readBy(row)).makers,
      users: aroundOf(rows, row === undefined ? [] : madeBy(row)).users,
    }),
    [rows, row],
  )
  const around = useMemo(() => aroundOf(rows, lit === undefined ? [] : [lit]), [rows, lit])
  useEffect(() => {
    const place = list.current
    const element = place?.querySelector<HTMLElement>(`[data-row="${at}"]`)
    if (place == null || element == null) return
    // The list scrolls, not the page.
    const quiet = matchMedia('(prefers-reduced-motion: reduce)').matches
    const top = element.offsetTop - (place.clientHeight - element.offsetHeight) / 2
    place.scrollTo({ top, behavior: quiet ? 'auto' : 'smooth' })
  }, [at])
  return (
    <div
      ref={list}
      class="equations"
      role="tree"
      tabIndex={0}
      aria-label="Equations in program order"
      aria-activedescendant={row === undefined ? undefined : `row-${at}`}
      onKeyDown={onKeyDown}
      onPointerOver={(e) => {
        const over = (e.target as Element).closest<HTMLElement>('[data-variable]')
        light(over?.dataset.variable)
      }}
      onPointerLeave={() => light(undefined)}
    >
      {rows.map((r, k) => {
        const shown = shownOf(r)
        const has = reached(rows, walk, at, k)
        const given = r.kind === 'input' || r.key === 'inputs'
        const relation =
          k === at ? 'current' : makers.has(k) ? 'operand' : users.has(k) ? 'user' : 'other'
        const [sign, says] = relations[relation]
        const lights = around.makers.has(k) ? ' made' : around.users.has(k) ? ' used' : ''
        const gone = r.kind === 'equation' && r.equation.fate !== undefined ? ' going' : ''
        return (
          <div
            key={r.key}
            id={`row-${k}`}
            data-row={k}
            role="treeitem"
            tabIndex={-1}
            aria-level={r.depth + 1}
            aria-selected={k === at}
            aria-expanded={r.kind === 'fold' ? r.open : undefined}
            class={`equation ${r.kind} ${relation}${lights}${gone}`}
            onClick={() => {
              if (r.kind === 'fold') fold(r.key)
              choose(k)
            }}
            onKeyDown={() => {}}
          >
            <span class="sign" title={says}>
              {sign}
            </span>
            {r.kind === 'fold' ? (
              <FoldName row={r} />
            ) : (
              <>
                <span class="name" style={{ paddingLeft: `${12 * r.depth}px` }}>
                  <var data-variable={shown?.name} class={shown?.name === lit ? 'lit' : ''}>
                    {shown?.name}
                  </var>
                </span>
                <span class="shape">{shown === undefined ? '' : shapeText(shown.shape)}</span>
                <Words row={r} lit={lit} />
                <span class="rule">{r.kind === 'equation' ? r.equation.rule[1] : ''}</span>
              </>
            )}
            <span class="number-cell">
              {shown !== undefined && (given || has.value) ? (
                <>
                  <Strip {...shown} />
                  <span class="amount">{rangeOf(shown.value, 2)}</span>
                </>
              ) : null}
            </span>
            <span class="number-cell">
              {shown !== undefined && has.cotangent ? (
                <CotangentBar cotangent={shown.cotangent} decades={decades} />
              ) : null}
            </span>
          </div>
        )
      })}
    </div>
  )
}
