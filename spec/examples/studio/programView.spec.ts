import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ShownEquation, ShownProgram } from '../../../examples/studio/engine/index.ts'
import {
  aroundOf,
  barOf,
  decadesOf,
  firstOpen,
  foldsOf,
  INPUTS,
  isStop,
  madeBy,
  reached,
  readBy,
  rowsOf,
  shownOf,
  stepFrom,
} from '../../../examples/studio/page/state/programView.ts'

// Programs as rows that fold.
// Finds faults in examples/studio/page/state/programView.ts.

const summary = (rms: number) => ({
  size: 1,
  nan: 0,
  infinite: 0,
  min: rms,
  max: rms,
  mean: rms,
  rms,
  first: [rms],
})

/** Programs whose equations read earlier values, in layers of any depth. */
const programs = fc
  .array(
    fc.record({
      layers: fc.array(fc.constantFrom('block', 'dense', 'norm'), { maxLength: 3 }),
      back: fc.array(fc.nat(6), { maxLength: 2 }),
      rms: fc.constantFrom(0, 1e-9, 1e-3, 1, 50),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((list): ShownProgram => {
    const equations = list.map(
      ({ layers, back, rms }, k): ShownEquation => ({
        name: `v${k}`,
        shape: [],
        value: summary(1),
        strip: [1],
        cotangent: summary(rms),
        primitive: 'add',
        formula: [],
        rule: ['', '', ''],
        layers: ['net', ...layers],
        operands: [...new Set(back.map((b) => (k - 1 - b < 0 ? 'x' : `v${k - 1 - b}`)))],
        flops: 1,
      }),
    )
    const { value, strip, shape } = equations[0]!
    return {
      of: 'value',
      pass: 'traced',
      at: '',
      inputs: [{ name: 'x', path: 'σ', value, strip, shape }],
      equations,
      constants: 0,
      counts: { traced: 0, inlined: 0, simplified: 0 },
      flops: 0,
    }
  })

const withRows = fc.tuple(programs, fc.infiniteStream(fc.boolean())).map(([program, coins]) => {
  const open = new Set([...foldsOf(program)].filter(() => coins.next().value))
  return { program, open, rows: rowsOf(program, open) }
})

describe('the rows of a program', () => {
  it('make each value once, in program order, whatever is folded', () => {
    fc.assert(
      fc.property(withRows, ({ program, rows }) => {
        const made = rows.filter(isStop).flatMap(madeBy)
        expect(made).toEqual([...program.inputs, ...program.equations].map(({ name }) => name))
        expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
      }),
    )
  })

  it('tell what a row reads and who uses it: readers come later', () => {
    fc.assert(
      fc.property(withRows, ({ program, rows }) => {
        rows.forEach((row, k) => {
          if (!isStop(row)) return
          const { makers } = aroundOf(rows, readBy(row))
          for (const maker of makers) expect(maker).toBeLessThan(k)
          const { users } = aroundOf(rows, madeBy(row))
          for (const user of users) {
            expect(user).toBeGreaterThan(k)
            expect(aroundOf(rows, readBy(rows[user]!)).makers).toContain(k)
          }
          const reads = program.equations
            .filter(({ name }) => madeBy(row).includes(name))
            .flatMap(({ operands }) => operands)
            .filter((v) => !madeBy(row).includes(v))
          expect(new Set(readBy(row))).toEqual(new Set(reads))
        })
      }),
    )
  })

  it('open at first as far as there is room, the whole of a small program', () => {
    fc.assert(
      fc.property(programs, fc.integer({ min: 8, max: 40 }), (program, most) => {
        const closed = rowsOf(program, new Set()).length
        const open = firstOpen(program, most)
        expect(rowsOf(program, open).length).toBeLessThanOrEqual(Math.max(most, closed))
        const all = new Set([...foldsOf(program)].filter((key) => key !== INPUTS))
        const most2 = rowsOf(program, all).length
        expect(rowsOf(program, firstOpen(program, most2)).length).toBe(most2)
      }),
    )
  })

  it('are walked one by one: a step down and a step up lead back, headings are passed', () => {
    fc.assert(
      fc.property(withRows, ({ rows }) => {
        const visited: number[] = []
        let at = stepFrom(rows, -1, true)
        while (visited.at(-1) !== at) {
          visited.push(at)
          at = stepFrom(rows, at, true)
        }
        expect(visited).toEqual(rows.flatMap((row, k) => (isStop(row) ? [k] : [])))
        expect(stepFrom(rows, -1, false)).toBe(visited.at(-1))
        expect(visited.slice(1).map((row) => stepFrom(rows, row, false))).toEqual(
          visited.slice(0, -1),
        )
      }),
    )
  })

  it('have a value when the forward walk has come to all of their equations', () => {
    fc.assert(
      fc.property(withRows, fc.nat(), ({ rows }, n) => {
        const at = n % rows.length
        const forward = new Set(
          rows.slice(0, at + 1).flatMap((row) => (isStop(row) ? madeBy(row) : [])),
        )
        const before = new Set(rows.slice(0, at).flatMap((row) => (isStop(row) ? madeBy(row) : [])))
        rows.forEach((row, k) => {
          const done = madeBy(row).every((v) => forward.has(v))
          expect(reached(rows, 'forward', at, k)).toEqual({ value: done, cotangent: false })
          const back = madeBy(row).some((v) => !before.has(v))
          expect(reached(rows, 'backward', at, k)).toEqual({ value: true, cotangent: back })
          expect(reached(rows, 'both', at, k)).toEqual({ value: true, cotangent: true })
        })
      }),
    )
  })

  it('draw cotangents on one logarithmic scale: larger ones are longer, zero has no bar', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const decades = decadesOf(program)
        const sizes = program.equations.map((e) => e.cotangent!.rms).toSorted((a, b) => a - b)
        const bars = sizes.map((rms) => barOf(rms, decades))
        expect(bars).toEqual(bars.toSorted((a, b) => a - b))
        bars.forEach((bar, k) => {
          expect(bar).toBeLessThanOrEqual(1)
          expect(bar === 0).toBe(sizes[k] === 0)
        })
      }),
    )
    expect(barOf(10, [0, 2])).toBe(0.5)
  })

  it('show of a layer the last value that has a cotangent', () => {
    fc.assert(
      fc.property(withRows, ({ rows }) => {
        for (const row of rows) {
          if (row.kind !== 'fold' || row.equations.length === 0) continue
          const sizes = row.equations.filter((e) => e.cotangent!.rms > 0)
          expect(shownOf(row)).toBe(sizes.at(-1) ?? row.equations.at(-1))
        }
      }),
    )
  })
})
