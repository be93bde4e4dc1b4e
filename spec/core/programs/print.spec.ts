import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { customVjp, grad } from '../../../autodiff/index.ts'
import {
  dot,
  flopsOf,
  gather,
  mul,
  type Program,
  primitives,
  programOf,
  showProgram,
  showShape,
  square,
  sum,
  type Tensor,
  tensor,
  toMermaid,
} from '../../../core/index.ts'
import { noise } from '../../arbitraries.ts'
import { expression } from '../../expressions.ts'

const someProgram: fc.Arbitrary<Program> = expression.map(({ f, x }) =>
  programOf(grad((y: Tensor) => sum(f(y))))(x),
)
/** A name: letters and a number. */
const NAME = '[a-z]\\d*'

describe('showProgram', () => {
  it('has one line per equation, and defines every name once, before it is read', () => {
    fc.assert(
      fc.property(someProgram, (program) => {
        const [head, ...lines] = showProgram(program).split('\n')
        expect(lines.length).toBe(program.equations.length)
        const known = new Set(
          [...head!.split(' -> ')[0]!.matchAll(new RegExp(`(${NAME}): \\[`, 'g'))].map((m) => m[1]),
        )
        expect(known.size).toBe(program.inputs.length)
        lines.forEach((line, i) => {
          const eq = program.equations[i]!
          const found = line.match(new RegExp(`^ {2}(${NAME}): (\\[.*?\\]) = (\\w+)(.*)$`))
          expect(found?.slice(2, 4)).toEqual([showShape(eq.output.shape), eq.primitive])
          const operands =
            eq.inputs.length === 0 ? [] : found![4]!.split(' ').slice(-eq.inputs.length)
          for (const name of operands) expect(known).toContain(name)
          expect(known).not.toContain(found![1])
          known.add(found![1]!)
        })
        for (const name of head!.split(' -> ')[1]!.split(', ')) expect(known).toContain(name)
      }),
    )
  })

  it('says the parameters that matter', () => {
    const f = (x: Tensor): Tensor =>
      sum(
        gather(
          dot(
            square(x),
            tensor([
              [1, 2, 3, 4, 5.5],
              [6, 7, 8, 9, 10],
            ]),
          ),
          [1, 0],
        ),
      )
    const text = showProgram(programOf(f)(noise([2, 2], 1)))
    expect(text).toContain("= contract 'i0 k, k j0 -> i0 j0' b c")
    expect(text).toContain('= constant (1, 2, 3, 4, …)')
    expect(text).toContain('= gather axis 0 at (1, 0) d')
    expect(text).toContain('= sum axes [0, 1] e')
    expect(text.split('\n')[0]).toBe('(a: [2, 2]) -> f')
    const own = customVjp({ forward: square, pullback: ([x], _, bar) => [mul(x!, bar)] })
    const custom = showProgram(programOf((x: Tensor) => own(x))(tensor(1)))
    expect(custom).toContain("= customVjp 'unnamed' (own pullback) a")
  })
})

describe('toMermaid', () => {
  it('has a box per variable and an arrow per operand', () => {
    fc.assert(
      fc.property(someProgram, (program) => {
        const [head, ...lines] = toMermaid(program).split('\n')
        expect(head).toBe('flowchart TD')
        const boxes = lines.flatMap((line) => line.match(/^ {2}v(\d+)[[(]/)?.[1] ?? [])
        const arrows = lines.flatMap(
          (line) => line.match(/^ {2}v(\d+) --> v(\d+)$/)?.slice(1) ?? [],
        )
        expect(boxes.map(Number)).toEqual(boxes.map((_, i) => i))
        expect(boxes.length).toBe(program.inputs.length + program.equations.length)
        expect(arrows.map(Number)).toEqual(
          program.equations.flatMap((eq) => eq.inputs.flatMap((v) => [v.id, eq.output.id])),
        )
        expect(lines.filter((line) => line.includes('((result))')).length).toBe(
          program.outputs.length,
        )
      }),
    )
  })
})

describe('costs', () => {
  it('count multiplications and additions of a product, and a customVjp as its forward', () => {
    const product = programOf(dot)(noise([2, 3], 1), noise([3, 4], 2))
    expect(flopsOf(product)).toBe(2 * 2 * 3 * 4)
    const own = customVjp({ forward: (x) => sum(square(x)), pullback: ([x]) => [x!] })
    const cost = (f: (x: Tensor) => Tensor): number => flopsOf(programOf(f)(noise([5], 1)))
    expect(cost(own)).toBe(cost((x) => sum(square(x))))
    expect(cost((x) => sum(square(x)))).toBe(10)
  })

  it('are whole numbers >= 0 for every program', () => {
    fc.assert(
      fc.property(someProgram, (program) => {
        const flops = flopsOf(program)
        expect(Number.isInteger(flops) && flops >= 0).toBe(true)
        expect(program.equations.every((eq) => eq.primitive in primitives)).toBe(true)
      }),
    )
  })
})
