import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspect, inspectionTable, show } from '../../../autodiff/index.ts'
import { folded } from '../../../autodiff/inspect/folded.ts'
import {
  keyFrom,
  log,
  mul,
  programOf,
  scoped,
  sin,
  sqrt,
  sum,
  type Tensor,
  tensor,
} from '../../../core/index.ts'
import { factored, initialise, patchGrid, show as showModel, vit } from '../../../models/index.ts'
import { expression } from '../../expressions.ts'

// Finds faults in autodiff/inspect/showInspection.ts.

const RUNS = { numRuns: 25 }
const quick = { lines: false }

const columnsOf = (line: string): number => [...line.replaceAll(/\p{Mn}/gu, '')].length
const networkAt = () => {
  const wave = vit(factored, { patches: patchGrid([4, 4], 2), layers: 2, dim: 8, heads: 2 })
  const spins = tensor(Array.from({ length: 16 }, (_, i) => (i % 2) * 2 - 1))
  const logPsi = (params: Parameters<typeof wave.apply>[0], sigma: Tensor) =>
    wave.apply(params, sigma)
  return inspect(logPsi)(initialise(wave, keyFrom(1)), spins)
}

describe('the table of an inspection', () => {
  it('fits any width, with a line for each input and each equation that is no constant', () => {
    fc.assert(
      fc.property(expression, fc.integer({ min: 40, max: 140 }), ({ f, x }, columns) => {
        const inspection = inspect(f, quick)(x)
        const text = inspectionTable(inspection, { columns, most: 1000 })
        const lines = text.split('\n')
        expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(columns)
        for (const { name, primitive } of inspection.equations) {
          const rows = lines.filter((line) => new RegExp(`^[!? ]* ${name} |^${name} `).test(line))
          expect([name, rows.length]).toEqual([name, primitive === 'constant' ? 0 : 1])
        }
      }),
      RUNS,
    )
  })

  it('shows values, cotangents, operations and lines of code', () => {
    const f = (x: Tensor) => sum(mul(2, sin(x)))
    const text = inspectionTable(inspect(f)(tensor([0, 1])), { columns: 100 })
    const here = text.match(/inspectionTable\.spec\.ts:\d+/g)
    expect(new Set(here).size).toBe(1)
    expect(text.replaceAll(/ +inspectionTable\.spec\.ts:\d+| +line$/gm, '')).toBe(
      [
        'f: 4 equations of 1 input',
        '   shape      value  cotangent  equation',
        'a  [2]        0 … 1       1.61  argument 1',
        'b  [2]    0 … 0.841          2  sin a',
        'd  [2]     0 … 1.68          1  mul (2, 2) b',
        'e  []       1.68294          1  sum axes [0] d',
        'returns e',
      ].join('\n'),
    )
  })

  it('says in a sentence where NaN and infinity arose, and marks the places', () => {
    const f = (x: Tensor) => sum(log(sqrt(x)))
    const text = inspectionTable(inspect(f)(tensor([0, 1])))
    expect(text).toMatch(/^! forward: c = log made 1 infinite of 2 from finite b at$/m)
    expect(text).toMatch(/^\? backward: the pullback of log made 1 infinite of 2 for b/m)
    expect(text).toMatch(/^!\? {2}c .* log b/m)
  })

  it('refuses a width that holds no table', () => {
    const inspection = inspect(sin)(1)
    expect(() => inspectionTable(inspection, { columns: 39 })).toThrow('39 columns')
    expect(() => inspectionTable(inspection, { columns: Number.NaN })).toThrow('columns')
  })

  it('of a network has a line for each of its layers', () => {
    const text = inspectionTable(networkAt(), { columns: 100 })
    expect(text.split('\n').length).toBeLessThan(60)
    expect(text).toContain('argument 1, encoder[1]: 13 inputs')
    expect(text).toMatch(/^p2 .* …end\/norm\/layerNorm\(8\): 19 equations/m)
  })

  it('is what show prints, in every room', () => {
    const inspection = inspect(sin)(tensor([0, 1]))
    expect(show(inspection)).toContain('├── b')
    expect(showModel(inspection)).toBe(show(inspection))
    expect(show(programOf(sin)(tensor([0])))).toMatch(/^program of 1 equation/)
    for (const line of show(networkAt()).split('\n')) expect(columnsOf(line)).toBeLessThan(81)
  })
})

describe('folding', () => {
  const layered = (counts: readonly number[]) => (x: Tensor) =>
    counts.reduce<Tensor>(
      (y, n, k) =>
        scoped(`layer ${k}`, () => Array.from({ length: n }).reduce<Tensor>((z) => sin(z), y)),
      x,
    )

  it('puts every equation into one group, in program order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        (counts, most) => {
          const inspection = inspect(layered(counts), quick)(tensor(1))
          const groups = folded(inspection, most)
          expect(groups.flatMap((g) => g.equations)).toEqual(inspection.equations)
          const total = counts.reduce((a, b) => a + b, 0)
          expect(groups.length).toBe(total <= most ? total : counts.length)
          if (total > most)
            groups.forEach((group, k) => {
              const name = counts[k] === 1 ? undefined : `layer ${k}`
              expect([group.name, group.equations.length]).toEqual([name, counts[k]])
            })
        },
      ),
      RUNS,
    )
  })

  it('goes by lines of code where no layer is known', () => {
    const f = (x: Tensor): Tensor => {
      const y = sin(sin(sin(x)))
      return mul(mul(y, y), y)
    }
    const groups = folded(inspect(f)(tensor(1)), 2)
    expect(groups.map((g) => g.equations.length)).toEqual([3, 2])
    expect(groups[0]?.name).toMatch(/^inspectionTable\.spec\.ts:\d+$/)
  })
})
