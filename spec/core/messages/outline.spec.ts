import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { counted, few, fewInRow, outline, rounded, type Shown } from '../../../core/values/index.ts'
import { expectFits } from '../../shownTexts.ts'

const text = fc.string({ maxLength: 120, unit: fc.constantFrom('a', 'ψ', '𝛙', ' ', '\n', '…') })
const trees: fc.Arbitrary<Shown> = fc.letrec<{ tree: Shown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    text,
    fc.record({ line: text, parts: fc.array(tie('tree'), { maxLength: 4 }) }),
  ),
})).tree
const sizeOf = (x: Shown): number =>
  typeof x === 'string' ? 1 : x.parts.reduce((n, part) => n + sizeOf(part), 1)
const depthOf = (x: Shown): number =>
  typeof x === 'string' ? 0 : 1 + Math.max(-1, ...x.parts.map(depthOf))

describe('outline', () => {
  it('has a line for every part, none beyond column 80', () => {
    fc.assert(
      fc.property(trees, (x) => {
        const lines = outline(x).split('\n')
        expect(lines).toHaveLength(sizeOf(x))
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80)
      }),
    )
  })

  it('indents by four columns a level, and ends every branch with its last part', () => {
    fc.assert(
      fc.property(trees, (x) => {
        const plain = (y: Shown): Shown =>
          typeof y === 'string' ? 'x' : { line: 'x', parts: y.parts.map(plain) }
        const columns = outline(plain(x))
          .split('\n')
          .map((line) => line.indexOf('x') / 4)
        expect(Math.max(...columns)).toBe(depthOf(x))
        expect(columns.every((c, k) => c === (k === 0 ? 0 : c) && c <= (columns[k - 1] ?? 0) + 1))
        const text = outline(plain(x))
        const groups = (y: Shown): number =>
          typeof y === 'string' || y.parts.length === 0
            ? 0
            : y.parts.reduce((n, part) => n + groups(part), 1)
        expect(text.split('└──').length - 1).toBe(groups(x))
      }),
    )
  })

  it('cuts what is longer with a mark, by letters and not by halves of them', () => {
    expect(outline('𝛙'.repeat(80))).toBe('𝛙'.repeat(80))
    expect(outline('𝛙'.repeat(81))).toBe(`${'𝛙'.repeat(79)}…`)
    expect(outline('two \n lines')).toBe('two lines')
  })
})

describe('few', () => {
  it('keeps the first parts and the last, and counts the others', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 3, max: 20 }), (n, most) => {
        const asked: number[] = []
        const parts = few(
          n,
          (k) => {
            asked.push(k)
            return `part ${k}`
          },
          most,
        )
        expect(parts).toHaveLength(Math.min(n, most))
        const left = n > most ? Number(/^… (\d+) more$/.exec(`${parts.at(-2)}`)![1]) : 0
        expect(asked.length + left).toBe(n)
        if (n > 0) expect([parts[0], parts.at(-1)]).toEqual(['part 0', `part ${n - 1}`])
      }),
    )
  })
})

describe('numbers', () => {
  it('have at most six digits, and are what they were up to half of the last one', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(Math.abs(Number(rounded(x)) - x)).toBeLessThanOrEqual(5.1e-6 * Math.abs(x))
        expectFits(rounded(x))
      }),
    )
  })

  it('are counted with their noun', () => {
    expect([0, 1, 2, 12_345].map((n) => counted(n, 'site'))).toEqual([
      '0 sites',
      '1 site',
      '2 sites',
      '12,345 sites',
    ])
    expect(counted(2, 'symmetry', 'symmetries')).toBe('2 symmetries')
  })
})

describe('fewInRow', () => {
  it('gives all texts, or the first ones, how many there are besides, and the last', () => {
    const texts = Array.from({ length: 2000 }, (_, k) => `p${k}`)
    expect(fewInRow(texts.slice(0, 3))).toBe('p0, p1, p2')
    expect(fewInRow(texts)).toBe('p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, … 1,989 more, p1999')
    expect(fewInRow([])).toBe('')
  })
})
