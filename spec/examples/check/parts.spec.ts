// Finds faults in examples/check/{discover, points, judge, finding, reportLines, checkText,
// junit}.ts, examples/forms/asArgument.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { customVjp } from '../../../autodiff/index.ts'
import { log, mul, sin, square, sum, type Tensor, tensor } from '../../../core/index.ts'
import { checkText } from '../../../examples/check/checkText.ts'
import { discover } from '../../../examples/check/discover.ts'
import { type CheckedFile, checkCode, type Finding } from '../../../examples/check/finding.ts'
import { type Judgement, judge } from '../../../examples/check/judge.ts'
import { junitOf } from '../../../examples/check/junit.ts'
import { layerShapes, shapeLists } from '../../../examples/check/points.ts'
import { reportLines } from '../../../examples/check/reportLines.ts'
import { asArgument } from '../../../examples/forms/index.ts'
import { dense } from '../../../models/index.ts'

const layer = dense({ in: 4, out: 3 })
const rule = { forward: (x: number) => x, pullback: () => [1] }

describe('discover', () => {
  it('finds functions, layers and rules, in records too, each once', () => {
    class Other {}
    const f = (x: Tensor) => x
    const own = customVjp({ name: 'own', forward: sin, pullback: ([x]) => [x!] })
    const found = discover({
      f,
      default: f,
      layer,
      rule,
      own,
      all: { g: (x: Tensor) => x },
      Other,
      n: 3,
    })
    expect(found.candidates.map(({ name, kind }) => [name, kind])).toEqual([
      ['f', 'function'],
      ['layer', 'layer'],
      ['rule', 'rule'],
      ['own', 'rule'],
      ['all.g', 'function'],
    ])
  })

  it('reads inputs, leaves out what is skipped, and tells names that nothing has', () => {
    const f = (x: Tensor) => x
    const g = (x: Tensor) => mul(x, 2)
    const h = (x: Tensor) => mul(x, 3)
    const found = discover({ f, g, h, inputs: { f: [1, 2], g: 'skip', h: 4, k: [1] } })
    expect(found.candidates.map(({ name, inputs }) => [name, inputs])).toEqual([
      ['f', [1, 2]],
      ['h', [4]],
    ])
    expect([found.skipped, found.unknown]).toEqual([['g'], ['k']])
  })
})

describe('points', () => {
  it('have a single row beside a matrix, and at most some hundred lists', () => {
    expect(shapeLists(2)).toContainEqual([
      [2, 3],
      [1, 3],
    ])
    expect(shapeLists(2)).toContainEqual([
      [2, 3],
      [3, 2],
    ])
    for (const arity of [0, 1, 2, 3, 4, 9]) expect(shapeLists(arity).length).toBeLessThan(700)
    expect(shapeLists(0).map(({ length }) => length)).toEqual(expect.arrayContaining([1, 2, 3]))
  })

  it('of a layer have the lengths of its parameters', () => {
    const shapes = layerShapes({ w: tensor([[1, 2, 3, 4]]), b: tensor([1, 2, 3, 4, 5, 6, 7]) })
    for (const shape of [[4], [7], [28], [3, 4], [7, 4]]) expect(shapes).toContainEqual(shape)
    expect(new Set(shapes.map(String)).size).toBe(shapes.length)
  })

  it('that a file gives become tensors, in trees too; other values stay', () => {
    const given = asArgument({ w: [[1, 2]], n: 3, name: 'a', list: [Float64Array.of(1), 'b'] })
    expect(given).toMatchObject({
      w: { shape: [1, 2] },
      n: { shape: [] },
      name: 'a',
      list: [{ shape: [1] }, 'b'],
    })
  })
})

const judged = (value: unknown, inputs?: readonly unknown[]): Judgement => {
  const [candidate] = discover({ f: value }).candidates
  return judge({ ...candidate!, ...(inputs === undefined ? {} : { inputs }) }, 1)
}
const verdicts = (j: Judgement): readonly string[] =>
  'judged' in j ? j.judged.map(({ report }) => report.verdict) : [JSON.stringify(j)]

describe('judge', () => {
  it('finds shapes and numbers that a function accepts', () => {
    expect(new Set(verdicts(judged((x: Tensor) => sum(log(x)))))).toEqual(new Set(['right']))
    const matrices = (a: Tensor, b: Tensor): Tensor => {
      if (a.shape.length !== 2 || b.shape.length !== 1) throw new Error('no')
      return sum(mul(sum(a, 1), sum(b)))
    }
    expect(judged(matrices)).toMatchObject({
      judged: [{ at: '[2, 3] and [3]' }, { at: '[3, 3] and [2]' }],
    })
  })

  it('takes the arguments that a file gives, and differentiates tensors only', () => {
    const f = (w: { a: Tensor }, x: Tensor, how: string): Tensor => {
      if (how !== 'squared') throw new Error('no')
      return sum(mul(w.a, square(x)))
    }
    const inputs = [{ a: [1, 2] }, [3, 4], 'squared']
    expect(verdicts(judged(f, inputs))).toEqual(['right'])
    expect(judged(f)).toMatchObject({ refused: { message: 'no' } })
  })

  it('leaves out what is no function of tensors, and refuses what throws everywhere', () => {
    expect(judged((x: number) => x * 2)).toEqual({ leftOut: expect.stringContaining('plain') })
    expect(judged(() => layer)).toEqual({ leftOut: expect.stringContaining('makes') })
    expect(judged(() => 'text')).toEqual({ leftOut: expect.stringContaining('neither') })
    expect(judged((x: Tensor) => void sum(x))).toMatchObject({
      refused: { message: expect.stringContaining('it is undefined') },
    })
    const deep = (x: Tensor): Tensor => deep(x)
    expect(judged(deep)).toMatchObject({ refused: { name: 'RangeError' } })
  })

  it('checks both parameters and input of a layer, also one of the user', () => {
    expect(new Set(verdicts(judged(layer)))).toEqual(new Set(['right']))
    const wrong = customVjp({ name: 'wrong', forward: sin, pullback: ([x], _, b) => [mul(b, x!)] })
    const own = {
      init: () => ({ w: [0.3, 0.4] }),
      apply: ({ w }: { w: Tensor }, x: Tensor) => sum(wrong(mul(w, x))),
    }
    const found = judged(own)
    expect(new Set(verdicts(found))).toEqual(new Set(['wrong']))
    const report = 'judged' in found ? found.judged[0]!.report : undefined
    const lines = reportLines(report!, 'a.ts', 'layer').join('\n')
    expect(lines).toMatch(/^params, w\[0\]: {2}the pullback gives /)
    expect(lines).toContain('blamed: the pullback of wrong')
  })
})

const text = fc.string({ unit: 'binary', maxLength: 120 })
const outcome = fc.constantFrom<Finding['outcome']>(
  'right',
  'wrong',
  'refused',
  'left out',
  'cannot tell',
  'no dependence',
)
const finding: fc.Arbitrary<Finding> = fc.record({
  name: fc.stringMatching(/^[a-z]{1,12}$/),
  kind: fc.constantFrom('function', 'layer', 'rule'),
  outcome,
  brief: text,
  says: text,
  block: fc.array(text, { maxLength: 3 }),
  compared: fc.nat(),
  seconds: fc.double({ min: 0, max: 100, noNaN: true }),
  reports: fc.constant([]),
})
const file: fc.Arbitrary<CheckedFile> = fc
  .record({
    path: fc.constant('a/b.ts'),
    findings: fc.array(finding, { maxLength: 4 }),
    problem: fc.option(text, { nil: undefined }),
  })
  .map(({ problem, ...rest }) => (problem === undefined ? rest : { ...rest, problem }))

describe('reports', () => {
  it('count what is wrong: exit code, summary and JUnit say the same', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 3 }), (files) => {
        const all = files.flatMap(({ findings }) => findings)
        const bad = all.filter((f) => f.outcome === 'wrong' || f.outcome === 'refused').length
        const unread = files.filter((f) => f.problem !== undefined).length
        expect(checkCode(files)).toBe(unread > 0 ? 2 : bad > 0 ? 1 : 0)
        expect(checkText(files)).toContain(`${bad} wrong or failed`)
        const xml = junitOf(files)
        const count = (tag: string): number => xml.split(`<${tag} `).length - 1
        expect([count('failure'), count('error'), count('testcase')]).toEqual([
          bad,
          unread,
          all.length + unread,
        ])
      }),
    )
  })

  it('escape what XML does not allow', () => {
    const odd = 'a < b & "c" > \u0000\u001b[1m'
    const one = { name: 'f', kind: 'rule', outcome: 'wrong', brief: odd, says: odd } as const
    const xml = junitOf([
      { path: 'a.ts', findings: [{ ...one, block: [odd], compared: 0, seconds: 1, reports: [] }] },
    ])
    expect(xml).toContain('a &lt; b &amp; &quot;c&quot; &gt; ��[1m')
    expect([...xml].every((c) => c >= ' ' || c === '\n')).toBe(true)
  })

  it('fit a terminal of 80 columns, where words do', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,20}$/), { maxLength: 40 })
    fc.assert(
      fc.property(words, words, (says, line) => {
        const [a, b] = [says.join(' '), line.join(' ')]
        const one = { name: 'f', kind: 'rule', outcome: 'wrong', brief: a, says: a } as const
        const rest = { block: [b], compared: 1, seconds: 1, reports: [] }
        const shown = checkText([{ path: 'a.ts', findings: [{ ...one, ...rest }], problem: a }])
        expect(shown.split('\n').filter((l) => [...l].length > 80)).toEqual([])
      }),
    )
  })
})
