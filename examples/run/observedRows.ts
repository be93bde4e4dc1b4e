import type { Observables, Quantity } from '../../physics/estimates/index.ts'
import { showFixed, showSmall } from '../settings/index.ts'
import { type Observed, sideOf } from './observed.ts'

// What was observed of a run as rows of a table.

const show = (v: readonly number[]): string =>
  `(${v.map((x) => String(Math.round(x * 1000) / 1000)).join(', ')})`

const named = (o: Observables): readonly (readonly [string, Quantity])[] => [
  ...o.correlations.map((c) => [`S_0.S_r, r = ${show(c.displacement)}`, c] as const),
  ...o.structureFactor.map(
    (m) => [`S(k), k/pi = ${show(m.k.map((x) => x / Math.PI))}`, m] as const,
  ),
  ...(o.staggeredMagnetisation === null
    ? []
    : [['staggered magnetisation m^2', o.staggeredMagnetisation] as const]),
  ...(o.dimerOrder ?? []).map((d) => [`dimer order D^2 along ${sideOf(d.direction)}`, d] as const),
]

/** Six decimals, without the sign of what rounds to 0. */
const sixDecimals = (x: number): string => (Number(x.toFixed(6)) + 0).toFixed(6)

/** A row for each quantity below a heading; exact values stand beside those that were measured. */
export const observedRows = ({ observables, exact }: Observed): readonly (readonly string[])[] => {
  const twins = exact === null ? undefined : named(exact)
  return [
    ['', 'value', '± error', 'tau', ...(twins === undefined ? [] : ['exact'])],
    ...named(observables).map(([name, { value, error, autocorrelationTime, reliable }], k) => [
      name,
      sixDecimals(value),
      // As on the screen of a run, ? marks an error that is not reliable.
      `${showSmall(error)}${reliable === false ? '?' : ''}`,
      showFixed(autocorrelationTime, 1),
      ...(twins === undefined ? [] : [sixDecimals(twins[k]![1].value)]),
    ]),
  ]
}
