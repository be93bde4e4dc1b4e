import { either as E } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import { agreement, TOLERANCE } from '../../examples/bench/agreement.ts'
import { chart } from '../../examples/bench/chart.ts'
import { BEGIN, END, inserted } from '../../examples/bench/document.ts'
import type { Measurement } from '../../examples/bench/measure.ts'
import { parseOptions } from '../../examples/bench/program.ts'
import {
  added,
  type Report,
  reportSchema,
  rowsOf,
  summaries,
  thisMachine,
} from '../../examples/bench/report.ts'
import { showReport } from '../../examples/bench/table.ts'
import { readJson } from '../../examples/run/json.ts'
import { geometricMean, median, minimum } from '../../examples/session/timings.ts'

describe('statistics of repeated timings', () => {
  test('minimum, median and geometric mean', () => {
    expect(minimum([3, 1, 2])).toBe(1)
    expect(median([5, 1, 3])).toBe(3)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(geometricMean([0.5, 8])).toBeCloseTo(2, 12)
  })
})

describe('agreement', () => {
  const wanted = Float64Array.from([1, -4, 0])

  test('weighs differences against the largest number', () => {
    const close = Float64Array.from([1, -4 + 2 * TOLERANCE.float64, 0])
    expect(agreement(close, wanted, 'float64')).toEqual(E.right(expect.closeTo(5e-10, 12)))
  })

  test.each([
    ['another number', [1, -4.1, 0], 'disagrees by 2.5e-2'],
    ['no number', [1, Number.NaN, 0], 'disagrees by Infinity'],
    ['too few', [1, -4], 'gave 2 numbers instead of 3'],
  ])('refuses %s', (_, got, why) => {
    const refused = agreement(Float64Array.from(got), wanted, 'float32')
    expect(E.isLeft(refused) && refused.left).toContain(why)
  })
})

describe('the command line', () => {
  const parse = (...words: string[]) => parseOptions(words, 4)

  test('all of everything by default, size S when quick', () => {
    expect(parse()).toMatchObject({ sizes: ['S', 'M', 'X'], threads: 4, repeats: 15, python: [] })
    expect(parse('--quick')).toMatchObject({ sizes: ['S'], repeats: 3 })
    expect(parse('--quick', '--sizes', 'X,M')).toMatchObject({ sizes: ['M', 'X'] })
  })

  test('several Pythons', () => {
    expect(parse('--python', 'a', '--python', 'b').python).toEqual(['a', 'b'])
  })

  test.each([
    [['--sizes', 'S,Q'], 'Not known: Q; known: S, M, X.'],
    [['--work', 'sleep'], 'known: forward, gradient, perSample, vmc.'],
    [['--repeats', '0'], 'It must be a whole number from 1 to 1000.'],
    [['--threads', '5'], 'It must be a whole number from 1 to 4.'],
    [['--docs', '--quick', '--sizes', 'S'], 'only --out with it, not --sizes, --quick'],
    [['--nonsense'], "unknown option '--nonsense'"],
  ])('refuses %j', (words, why) => {
    const { write } = process.stderr
    process.stderr.write = () => true
    try {
      expect(() => parse(...words)).toThrow(why)
    } finally {
      process.stderr.write = write
    }
  })
})

const item = { work: 'forward', size: 'S', precision: 'float32' } as const
const measured = (over: Partial<Measurement>): Measurement => ({
  item,
  contender: 'psigrad',
  kind: 'psigrad',
  alone: false,
  version: 'psigrad',
  batch: 1000,
  seconds: [0.01, 0.02],
  minSeconds: 0.01,
  medianSeconds: 0.015,
  flops: 5e8,
  difference: 0,
  peakBytes: 1e8,
  firstSeconds: 1,
  evaluations: null,
  ...over,
})
const report: Report = {
  date: '2026-01-02T03:04:05.000Z',
  machine: thisMachine(),
  settings: {
    sizes: ['S'],
    work: ['forward'],
    precisions: ['float32'],
    repeats: 2,
    threads: 2,
    python: [],
    quick: true,
  },
  measured: [
    measured({}),
    measured({ contender: 'psigrad, 1 thread', alone: true, minSeconds: 0.018 }),
    measured({ contender: 'ceiling', kind: 'ceiling', flops: 1e9 }),
    measured({ contender: 'JAX', kind: 'python', minSeconds: 0.03, medianSeconds: 0.06 }),
  ],
  dropped: [{ item, contender: 'Slow', why: 'ended (exit code 3): boom' }],
}

describe('the report', () => {
  test('shares, gain of threads and ratios', () => {
    const [row] = rowsOf(report)
    expect(row!.share).toBeCloseTo(0.5, 12)
    expect(summaries(rowsOf(report))).toEqual([
      { peer: 'JAX', best: expect.closeTo(3), middle: expect.closeTo(4), least: 3, rows: 1 },
    ])
  })

  test('says evaluations per second, who was dropped and why', () => {
    const text = showReport(report)
    expect(text).toMatch(/\| forward \| S +\| float32 +\| +1000 \| +100,000 \| +50% \|/)
    expect(text).toMatch(/\| +1.80x \| +3.00x \|/)
    expect(text).toContain('forward S float32: Slow dropped: ended (exit code 3): boom')
  })

  test('is read back as it was written, and damaged ones are told', () => {
    const text = JSON.stringify(report)
    const read = readJson(reportSchema)
    expect(read(text)).toEqual(E.right(report))
    for (const [damaged, words] of [
      [text.slice(0, -9), 'cut off'],
      ['', 'it is empty'],
      ['[]', 'as a whole it is a list'],
      [text.replace('"medianSeconds":0.06', '"medianSeconds":"?"'), 'measured.3.medianSeconds'],
      [text.replace('"work":"forward"', '"work":"backward"'), 'work is "backward"'],
    ] as const)
      expect(E.swap(read(damaged))).toMatchObject({ right: expect.stringContaining(words) })
  })

  test('keeps the other items of an earlier one, in the usual order', () => {
    const other = { work: 'vmc', size: 'S', precision: 'float32' } as const
    const earlier = { ...report, measured: [measured({ item: other }), measured({ batch: 7 })] }
    const { measured: all } = added(report, earlier)
    expect(all.map((m) => m.item.work)).toEqual([...Array(4).fill('forward'), 'vmc'])
    expect(all.some((m) => m.batch === 7)).toBe(false)
  })

  test('draws a bar for every peer, and nothing for none', () => {
    expect(chart(report)).toMatch(/^<svg[\s\S]*3\.0 JAX/)
    expect(chart({ ...report, measured: report.measured.slice(0, 3) })).toBeUndefined()
  })

  test('takes the place of the last one in a document', () => {
    const page = `before\n${BEGIN}\nold\n${END}\nafter\n`
    expect(inserted(page, 'new\n')).toEqual(E.right(`before\n${BEGIN}\n\nnew\n\n${END}\nafter\n`))
    expect(E.isLeft(inserted('no markers', 'new'))).toBe(true)
  })
})
