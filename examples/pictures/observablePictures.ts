import * as Plot from '@observablehq/plot'
import { largestSize, vectorLength } from '../../core/values/index.ts'
import type { Correlation, Momentum, Observables } from '../../physics/estimates/index.ts'
import { typeset } from './report.ts'
import { colours, draw } from './svg.ts'

// This file draws the correlations and the structure factor of a state, over displacements and
// momenta.

interface Tile {
  readonly x: number
  readonly y: number
  readonly value: number
}

const signed = ['#c4472b', '#f4f1ec', '#2166ac']
const growing = ['#f4f1ec', '#2166ac']

/** Numbers are printed in tiles where there are few. */
const LABELLED = 100

const heatmap = (
  title: string,
  tiles: readonly Tile[],
  labels: readonly [x: string, y: string],
  tick: (x: number) => string,
  range: readonly string[],
): string => {
  const [xs, ys] = [new Set(tiles.map((t) => t.x)), new Set(tiles.map((t) => t.y))]
  const largest = Math.max(largestSize(tiles.map((t) => t.value)), Number.MIN_VALUE)
  const size = Math.min(64, Math.max(18, Math.floor(520 / xs.size)))
  const [width, height] = [96 + size * xs.size, 118 + size * ys.size]
  const options: Plot.PlotOptions = {
    width,
    height,
    marginLeft: 64,
    marginRight: 32,
    marginTop: 30,
    marginBottom: 88,
    x: { type: 'band', padding: 0, label: labels[0], labelOffset: 38, tickFormat: tick },
    y: { type: 'band', padding: 0, label: labels[1], tickFormat: tick, reverse: true },
    color: {
      type: 'linear',
      domain: range.length === 3 ? [-largest, 0, largest] : [0, largest],
      range: [...range],
    },
    marks: [
      Plot.cell(tiles, { x: 'x', y: 'y', fill: 'value', inset: 0.25 }),
      ...(tiles.length > LABELLED
        ? []
        : [
            Plot.text(tiles, {
              x: 'x',
              y: 'y',
              text: (t: Tile) => typeset(t.value.toFixed(2)),
              fill: (t: Tile) => (Math.abs(t.value) > 0.6 * largest ? '#fff' : '#1c2128'),
              fontSize: 11,
            }),
          ]),
    ],
  }
  const low = typeset(range.length === 3 ? (-largest).toPrecision(2) : '0')
  return draw(title, options, { x: 64, y: height - 28, range, low, high: largest.toPrecision(2) })
}

/** Coordinates that differ by rounding only belong to one column. */
const at = (r: readonly number[], axis: number): number => Math.round((r[axis] ?? 0) * 1e6) / 1e6

/**
 * Draws S_0 · S_r over the displacements, without r = 0, where it is 3/4 in any state; undefined
 * unless the sites form a grid.
 */
export const correlationMap = (correlations: readonly Correlation[]): string | undefined => {
  const tiles = correlations
    .filter(({ displacement: r }) => r.some((x) => x !== 0))
    .map(({ displacement: r, value }) => ({ x: at(r, 0), y: at(r, 1), value }))
  if (tiles.some(({ x, y }) => !Number.isInteger(x) || !Number.isInteger(y))) return undefined
  return heatmap('Spin-spin correlations', tiles, ['x →', '↑ y'], String, signed)
}

/** Returns angles as multiples of π, from above −π up to π. */
const inPi = (angle: number): number => {
  const turns = angle / (2 * Math.PI)
  const folded = turns - Math.ceil(turns - 0.5 - 1e-9)
  return Math.round(2 * folded * 1e6) / 1e6
}

const showPi = (x: number): string => {
  if (x === 0) return '0'
  for (const q of [1, 2, 3, 4, 5, 6, 8]) {
    const p = x * q
    if (Math.abs(p - Math.round(p)) > 1e-4) continue
    const head = Math.abs(Math.round(p)) === 1 ? 'π' : `${Math.abs(Math.round(p))}π`
    return `${x < 0 ? '−' : ''}${head}${q === 1 ? '' : `/${q}`}`
  }
  return `${typeset(x.toFixed(2))}π`
}

/**
 * Draws S(k) over the wave vectors of a lattice. A lattice with right angles has tiles, with (0, 0)
 * in the middle; any other has points at the wave vectors, because there k and k + 2π along an axis
 * differ.
 */
export const structureFactorMap = (momenta: readonly Momentum[]): string => {
  const tiles = momenta.map(({ k, value }) => ({ x: inPi(k[0]!), y: inPi(k[1] ?? 0), value }))
  const [xs, ys] = [new Set(tiles.map((t) => t.x)), new Set(tiles.map((t) => t.y))]
  const places = new Set(tiles.map((t) => `${t.x} ${t.y}`))
  return places.size === momenta.length && xs.size * ys.size === momenta.length
    ? heatmap('Structure factor', tiles, ['kx →', '↑ ky'], showPi, growing)
    : momentumPoints(momenta)
}

const momentumPoints = (momenta: readonly Momentum[]): string => {
  const points = momenta.map(({ k, value }) => ({ x: k[0]! / Math.PI, y: k[1]! / Math.PI, value }))
  const largest = Math.max(largestSize(points.map((t) => t.value)), Number.MIN_VALUE)
  const [width, height] = [616, 660]
  const options: Plot.PlotOptions = {
    width,
    height,
    marginLeft: 64,
    marginRight: 32,
    marginTop: 30,
    marginBottom: 88,
    x: { label: 'kx / π →', labelOffset: 38, inset: 14 },
    y: { label: '↑ ky / π', inset: 14 },
    color: { type: 'linear', domain: [0, largest], range: [...growing] },
    marks: [Plot.dot(points, { x: 'x', y: 'y', fill: 'value', stroke: colours.mark, r: 9 })],
  }
  const key = { x: 64, y: height - 28, range: growing, low: '0', high: largest.toPrecision(2) }
  return draw('Structure factor', options, key)
}

/**
 * Draws S_0 · S_r against the distance, with errors; crosses show the exact values where available.
 */
export const correlationCurve = (observables: Observables, exact: Observables | null): string => {
  const pointsOf = (all: readonly Correlation[]) =>
    all
      .map(({ displacement: r, value, error }) => ({
        distance: vectorLength(r),
        value,
        low: value - error,
        high: value + error,
      }))
      .filter(({ distance }) => distance > 0)
  const points = pointsOf(observables.correlations)
  return draw('Spin-spin correlations over the distance', {
    width: 800,
    height: 300,
    marginLeft: 72,
    marginRight: 24,
    marginTop: 34,
    marginBottom: 42,
    x: { label: 'distance (lattice constants) →', labelAnchor: 'right', zero: true },
    y: { label: '↑ S₀ · S_r', grid: true, nice: true },
    marks: [
      Plot.ruleY([0], { stroke: colours.mark }),
      ...(exact === null
        ? []
        : [
            Plot.dot(pointsOf(exact.correlations), {
              x: 'distance',
              y: 'value',
              symbol: 'plus',
              stroke: colours.exact,
              strokeWidth: 1.5,
              r: 7,
            }),
          ]),
      Plot.ruleX(points, { x: 'distance', y1: 'low', y2: 'high', stroke: colours.run }),
      Plot.dot(points, { x: 'distance', y: 'value', fill: colours.run, r: 3 }),
    ],
  })
}
