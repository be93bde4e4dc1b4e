import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad } from '../../../autodiff/index.ts'
import {
  dataOf,
  flopsOf,
  programOf,
  show,
  showProgram,
  showShape,
  sum,
  type Tensor,
  tensor,
  trace,
} from '../../../core/index.ts'
import { anyTensor, layouts } from '../../arbitraries.ts'
import { problemOf } from '../../expectations.ts'
import { expression } from '../../expressions.ts'
import { expectFits } from '../../shownTexts.ts'

describe('show of a tensor', () => {
  it('fits, and says its shape, its range and its mean', () => {
    fc.assert(
      fc.property(anyTensor, fc.constantFrom(1, 1e-30, 1e300), (x, scale) => {
        const data = Float64Array.from(dataOf(x), (v) => v * scale)
        const text = show(tensor(data, x.shape))
        expectFits(text)
        expect(text).toContain(`tensor ${showShape(x.shape)} of float64`)
        const [, low, high, mean] = /── from (\S+) to (\S+), mean (\S+)\n/.exec(text) ?? []
        expect(low === undefined).toBe(data.length < 2)
        if (low === undefined) return
        const near = (said: string | undefined, is: number): void =>
          expect(Math.abs(Number(said) - is)).toBeLessThanOrEqual(1e-5 * Math.abs(is))
        near(low, Math.min(...data))
        near(high, Math.max(...data))
        const exact = data.reduce((total, v) => total + v / data.length, 0)
        expect(Math.abs(Number(mean) - exact)).toBeLessThanOrEqual(1e-5 * Math.abs(exact))
      }),
    )
  })

  it('is the same whatever the layout of its memory', () => {
    for (const layout of ['transposed', 'sliced', 'backwards'])
      fc.assert(
        fc.property(anyTensor, (x) => {
          const other = layouts[layout]!(x)
          expect(show(other)).toBe(show(tensor(dataOf(other), x.shape)))
        }),
      )
  })

  it('lists rows by their index, the first few and the last', () => {
    expect(
      show(
        tensor([
          [1, 2],
          [3, 4.5],
        ]),
      ),
    ).toBe(
      [
        'tensor [2, 2] of float64',
        '├── from 1 to 4.5, mean 2.625',
        '├── [0]: 1, 2',
        '└── [1]: 3, 4.5',
      ].join('\n'),
    )
    const cube = show(
      tensor(
        Array.from({ length: 4 * 5 * 6 }, (_, k) => k),
        [4, 5, 6],
      ),
    )
    expect(cube).toContain('├── [0, 3]: 18, 19, 20, 21, 22, …\n├── … 15 more\n└── [3, 4]: 114')
    expect(show(tensor(2.5, [], 'float32'))).toBe('tensor [] of float32\n└── 2.5')
    expect(show(tensor([], [0, 3]))).toBe('tensor [0, 3] of float64')
  })

  it('counts what is not finite, and takes the range of the others', () => {
    expect(show(tensor([1, Number.NaN, 3, Number.POSITIVE_INFINITY]))).toBe(
      'tensor [4] of float64, 2 not finite\n├── from 1 to 3, mean 2\n└── 1, NaN, 3, Infinity',
    )
    expect(show(tensor([Number.NaN]))).toContain('tensor [1] of float64, 1 not finite')
  })

  it('says of a traced one that it has no numbers', () => {
    const texts: string[] = []
    trace(
      ([x]) => {
        texts.push(show(x!))
        return [x!]
      },
      [[2, 3]],
    )
    expect(texts).toEqual(['tensor [2, 3], traced: it has no numbers yet'])
  })
})

describe('show of a program', () => {
  it('fits, counts equations and operations, and lists the equations of the full listing', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const program = programOf(grad((y: Tensor) => sum(f(y))))(x)
        const text = show(program)
        expectFits(text)
        const [head, inputs, ...rest] = text.split('\n')
        const n = program.equations.length
        expect(head).toContain(`program of ${n.toLocaleString('en-US')} equation`)
        expect(head).toContain(` ${flopsOf(program).toLocaleString('en-US')} operation`)
        expect(inputs).toContain('├── inputs a: ')
        expect(rest.at(-1)).toMatch(/^└── outputs [a-z]/)
        const listed = showProgram(program)
          .split('\n')
          .slice(1)
          .map((line) => line.trim())
        const shown = rest.slice(0, -1).map((line) => line.slice(4))
        expect(shown.length).toBe(Math.min(n, 12))
        for (const line of shown)
          expect(line.startsWith('… ') || line.endsWith('…') || listed.includes(line)).toBe(true)
      }),
    )
  })
})

describe('show of anything else', () => {
  it.each([[undefined], [null], ['text'], [[1, 2]], [{}]])('refuses %j', (x) => {
    problemOf(() => show(x as never), 'TypeError in show', 'cannot be shown')
  })
})
