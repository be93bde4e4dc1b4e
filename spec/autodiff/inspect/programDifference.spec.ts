import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  differenceDiagram,
  differenceText,
  type ProgramDifference,
  programDifference,
  show,
} from '../../../autodiff/index.ts'
import {
  add,
  axesOf,
  cos,
  mul,
  type Program,
  programOf,
  prune,
  reshape,
  sin,
  sum,
  type Tensor,
  tensor,
} from '../../../core/index.ts'
import { rewritten } from '../../../core/primitives/index.ts'
import { simplified } from '../../../core/programs/index.ts'
import { expression } from '../../expressions.ts'

// Finds faults in autodiff/inspect/differenceText.ts.

const RUNS = { numRuns: 25 }

const changesOf = ({ equations }: ProgramDifference): readonly string[] =>
  equations.map((e) => e.change)
const countOf = (difference: ProgramDifference, change: string): number =>
  changesOf(difference).filter((c) => c === change).length

/** Says that a difference names every equation of both programs once. */
const expectWhole = ({ before, after, equations }: ProgramDifference): void => {
  const side = (key: 'before' | 'after') =>
    equations.flatMap((e) => e[key] ?? []).toSorted((a, b) => a - b)
  expect(side('before')).toEqual(axesOf(before.equations.length))
  expect(side('after')).toEqual(axesOf(after.equations.length))
}

/** The program with each of its equations written twice, which changes no value. */
const doubled = (program: Program): Program =>
  rewritten(program, (eq, emit) => {
    emit(eq)
    return emit(eq)
  })

describe('the difference of two programs', () => {
  it('of a program to itself is nothing', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const [before, after] = [programOf(f)(x), programOf(f)(x)]
        const difference = programDifference(before, after)
        expect(new Set(changesOf(difference))).toEqual(new Set(['same']))
        expect(difference.sameOutputs).toBe(true)
        expectWhole(difference)
        expect(differenceText(difference).split('\n').length).toBe(2)
      }),
      RUNS,
    )
  })

  it('sees that simplified only removes, and what it removed', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const program = doubled(programOf(f)(x))
        const after = simplified(program)
        const difference = programDifference(program, after)
        expectWhole(difference)
        expect(countOf(difference, 'same')).toBe(after.equations.length)
        expect(countOf(difference, 'removed')).toBe(
          program.equations.length - after.equations.length,
        )
        expect(difference.sameOutputs).toBe(true)
      }),
      RUNS,
    )
  })

  it('is whole between any two programs, and the same from both sides', () => {
    fc.assert(
      fc.property(expression, expression, ({ f, x }, { f: g }) => {
        const [a, b] = [programOf(f)(x), programOf(g)(x)]
        const [there, back] = [programDifference(a, b), programDifference(b, a)]
        expectWhole(there)
        for (const [one, other] of [
          ['same', 'same'],
          ['changed', 'changed'],
          ['added', 'removed'],
        ] as const)
          expect(countOf(there, one)).toBe(countOf(back, other))
        for (const line of differenceText(there, { columns: 50 }).split('\n'))
          expect([...line].length).toBeLessThanOrEqual(50)
      }),
      RUNS,
    )
  })

  it('passes over views that change nothing, and order', () => {
    const x = tensor([1, 2])
    const one = programOf((y: Tensor) => add(sin(y), cos(y)))(x)
    const other = prune({
      ...one,
      equations: [one.equations[1]!, one.equations[0]!, one.equations[2]!].map((eq) => eq),
    })
    expect(new Set(changesOf(programDifference(one, other)))).toEqual(new Set(['same']))
    const view = programOf((y: Tensor) => sin(reshape(reshape(y, [1, 2]), [2])))(x)
    expect(changesOf(programDifference(view, programOf((y: Tensor) => sin(y))(x)))).toContain(
      'removed',
    )
  })

  it('names inputs by what they are called, where that is said', () => {
    const [x, y] = [tensor([1]), tensor([2])]
    const f = programOf((a: Tensor, b: Tensor) => mul(a, b))(x, y)
    const g = programOf((b: Tensor, a: Tensor) => mul(a, b))(y, x)
    expect(changesOf(programDifference(f, g))).toEqual(['changed'])
    const inputs = [
      ['a', 'b'],
      ['b', 'a'],
    ] as const
    expect(changesOf(programDifference(f, g, { inputs }))).toEqual(['same'])
  })
})

describe('its texts', () => {
  const x = tensor([1, 2])
  const before = programOf((y: Tensor) => sum(mul(sin(y), cos(y))))(x)
  const after = programOf((y: Tensor) => sum(mul(sin(y), sin(y))))(x)
  const difference = programDifference(before, after)

  it('have a sign for each change', () => {
    expect(differenceText(difference)).toBe(
      [
        '1 equal, 2 on other values, 1 removed, 1 added, other outputs',
        '  b: [2] = sin a',
        '- c: [2] = cos a',
        '+ c: [2] = sin a',
        '~ d: [2] = mul b c',
        '~ e: [] = sum axes [0] d',
      ].join('\n'),
    )
    expect(show(difference)).toContain('├── - c: [2] = cos a')
    expect(differenceText(difference, { context: 0 })).toContain('\n  … 1 equal equation\n')
    expect(() => differenceText(difference, { columns: 3 })).toThrow('3')
  })

  it('are in a diagram, grey where both are equal', () => {
    const { nodes, edges, legend } = differenceDiagram(difference)
    const fillOf = (text: string) => nodes.find(({ lines }) => lines[0] === text)?.fill
    const [same, changed, removed, added] = legend.shades.map(({ fill }) => fill)
    expect(new Set([same, changed, removed, added]).size).toBe(4)
    expect(fillOf('b: [2] = sin a')).toBe(same)
    expect(fillOf('- c: [2] = cos a')).toBe(removed)
    expect(fillOf('+ c: [2] = sin a')).toBe(added)
    expect(fillOf('~ d: [2] = mul b c')).toBe(changed)
    const ids = new Set(nodes.map(({ id }) => id))
    for (const { from, to } of edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true])
  })

  it('join what is no change where the whole is too much to draw', () => {
    fc.assert(
      fc.property(expression, expression, ({ f, x: at }, { f: g }) => {
        const two = programDifference(programOf(f)(at), programOf(g)(at))
        const nodes = (most: number) => differenceDiagram(two, most).nodes.length
        expect(nodes(1)).toBeLessThanOrEqual(nodes(1000))
      }),
      RUNS,
    )
  })
})
