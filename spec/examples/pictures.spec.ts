import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attentionMatrices, attentionOnGrid } from '../../examples/pictures/attentionPictures.ts'
import { energyCurve } from '../../examples/pictures/curves.ts'
import { correlationMap, structureFactorMap } from '../../examples/pictures/observablePictures.ts'
import type { AttentionMap, StepRecord } from '../../examples/session/training.ts'

// What pictures show, read back from their elements: which number stands where.

/** The part of a picture that one mark has drawn. */
const markOf = (svg: string | undefined, label: string): string => {
  const start = svg?.indexOf(`aria-label="${label}"`) ?? -1
  if (svg === undefined || start < 0) throw new Error(`no ${label} in the picture`)
  const end = svg.indexOf('aria-label=', start + 1)
  return svg.slice(start, end < 0 ? undefined : end)
}
const attribute = (tag: string, name: string): string =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(tag)![1]!

interface Shown {
  readonly x: number
  readonly y: number
}
/** Row by row from the top, each from the left. */
const inOrder = <A extends Shown>(all: readonly A[]): readonly A[] =>
  [...all].sort((a, b) => a.y - b.y || a.x - b.x)

/** Tiles of a heatmap in reading order, each with the red of its colour. */
const tilesOf = (svg: string | undefined): readonly number[] =>
  inOrder(
    [...markOf(svg, 'cell').matchAll(/<rect [^>]*fill="rgb[^>]*>/g)].map(([tag]) => ({
      x: Number(attribute(tag, 'x')),
      y: Number(attribute(tag, 'y')),
      red: Number(/rgb\((\d+)/.exec(tag)![1]),
    })),
  ).map(({ red }) => red)

/** The numbers written on the tiles, in reading order. */
const labelsOf = (svg: string | undefined): readonly number[] =>
  inOrder(
    [...markOf(svg, 'text').matchAll(/translate\(([\d.]+),([\d.]+)\)" y="0.32em">([^<]*)</g)].map(
      ([, x, y, text]) => ({ x: Number(x), y: Number(y), value: Number(text!.replace('−', '-')) }),
    ),
  ).map(({ value }) => value)

/** From #f4f1ec at 0 to #2166ac at the largest. */
const redOf = (weight: number, largest: number): number =>
  Math.round(0xf4 + ((0x21 - 0xf4) * weight) / largest)

const mapOf = (weights: readonly (readonly number[])[]): AttentionMap => ({
  layer: 0,
  head: 0,
  weights,
  deviations: weights,
  inputDriven: 0,
})
const matrix = (n: number): fc.Arbitrary<number[][]> => {
  const row = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: n, maxLength: n })
  return fc.array(row, { minLength: n, maxLength: n })
}

describe('pictures of attention', () => {
  it('have patch i in row i and patch j in column j of the matrix', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }).chain(matrix), (weights) => {
        const flat = weights.flat()
        const largest = Math.max(...flat)
        expect(tilesOf(attentionMatrices([mapOf(weights)]))).toEqual(
          flat.map((w) => redOf(w, largest)),
        )
      }),
      { numRuns: 10 },
    )
  })

  it('have the patches of the middle one’s row where they lie on the grid', () => {
    const grids = fc.constantFrom([2, 3] as const, [3, 2] as const, [1, 4] as const)
    fc.assert(
      fc.property(
        grids.chain((grid) => matrix(grid[0] * grid[1]).map((weights) => ({ grid, weights }))),
        ({ grid, weights }) => {
          const [rows, columns] = grid
          const row = weights[Math.floor(rows / 2) * columns + Math.floor(columns / 2)]!
          const svg = attentionOnGrid([mapOf(weights)], grid)
          expect(tilesOf(svg)).toEqual(row.map((w) => redOf(w, Math.max(...row))))
          // Columns side by side, rows below each other.
          const tops = [...markOf(svg, 'cell').matchAll(/ y="([\d.]+)"/g)].map(([, y]) => y)
          expect(new Set(tops.slice(0, rows * columns)).size).toBe(rows)
        },
      ),
      { numRuns: 10 },
    )
  })
})

describe('pictures of correlations', () => {
  const quantity = (value: number) => ({ value, error: 0, autocorrelationTime: 1 })
  // 3 × 2 numbers, each its own; y grows upwards, so the largest y is read first.
  const values = new Map([
    ['0,1', 0.21],
    ['1,1', -0.34],
    ['2,1', 0.12],
    ['0,0', -0.07],
    ['1,0', 0.4],
    ['2,0', 0.05],
  ])
  const points = [...values].map(([at, value]) => ({ at: at.split(',').map(Number), value }))

  it('have x to the right and y upwards', () => {
    const shown = points.map(({ at: [x, y], value }) => ({
      displacement: [x! + 1, y!],
      pairs: 1,
      ...quantity(value),
    }))
    expect(labelsOf(correlationMap(shown))).toEqual([...values.values()])
  })

  it('have kx to the right and ky upwards', () => {
    const shown = points.map(({ at: [x, y], value }) => ({
      k: [(2 * Math.PI * (x! - 1)) / 3, Math.PI * y!],
      ...quantity(value),
    }))
    expect(labelsOf(structureFactorMap(shown))).toEqual([...values.values()])
  })
})

describe('the picture of the energy', () => {
  const record = (step: number, energy: number, energyError: number) =>
    ({ step, energy, energyError, vScore: 1 }) as StepRecord
  const pointsOf = (path: string): readonly Shown[] =>
    [...attribute(path, 'd').matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => ({
      x: Number(x),
      y: Number(y),
    }))
  const SITES = 10

  it('has energies per site, a band of one error on either side, and the exact one', () => {
    const energies = [-10, -12, -13]
    const records = energies.map((e, k) => record(k + 1, e, 0.5 + k / 4))
    const svg = energyCurve({ records, sites: SITES, exact: -15 })
    const line = pointsOf(markOf(svg, 'line'))
    // The line itself gives the scale.
    const perPixel = (energies[1]! - energies[0]!) / SITES / (line[1]!.y - line[0]!.y)
    const energyAt = (y: number): number => energies[0]! / SITES + (y - line[0]!.y) * perPixel
    expect(line.map(({ y }) => energyAt(y))).toEqual(
      energies.map((e) => expect.closeTo(e / SITES, 6)),
    )
    const band = pointsOf(markOf(svg, 'area')).map(({ y }) => energyAt(y))
    const edges = records.flatMap((r) => [r.energy - r.energyError, r.energy + r.energyError])
    expect([...band].sort((a, b) => a - b)).toEqual(
      edges.sort((a, b) => a - b).map((e) => expect.closeTo(e / SITES, 4)),
    )
    // Plot leaves y1 and y2 of the rule equal.
    expect(energyAt(Number(attribute(markOf(svg, 'rule'), 'y1')))).toBeCloseTo(-1.5, 4)
  })

  it('of a long run ends with its last step', () => {
    const steps = 2002
    const records = Array.from({ length: steps }, (_, k) => record(k + 1, -10, 0))
    const last = [...records.slice(0, -1), record(steps, -20, 0)]
    const line = pointsOf(markOf(energyCurve({ records: last, sites: SITES, exact: null }), 'line'))
    expect(line.at(-1)!.y).toBeGreaterThan(line.at(-2)!.y + 50)
  })
})
