import { instance } from '@viz-js/viz'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Colouring,
  customVjp,
  type Diagram,
  diagram,
  diagramToMermaid,
  inkOn,
  inspect,
  toDot,
} from '../../../autodiff/index.ts'
import { colourings } from '../../../autodiff/inspect/colourings.ts'
import { log, mul, power, sin, sum, type Tensor, tensor } from '../../../core/index.ts'
import { expression } from '../../expressions.ts'

// Finds faults in autodiff/inspect/diagramText.ts.

const RUNS = { numRuns: 25 }
const quick = { lines: false }

const viz = await instance()
const anyColour = fc.constantFrom(undefined, ...colourings)
const options = (colour: Colouring | undefined) => ({
  most: 1000,
  ...(colour === undefined ? {} : { colour }),
})

/** The diagram of nasty labels, with every sign that a language reads as its own. */
const nasty: Diagram = {
  title: 'a "title" \\ of #1',
  nodes: [
    { id: 'n0', kind: 'input', lines: ['"', '\\', '\\n', '<b>', '&amp;'], fill: '#ffffff' },
    { id: 'n1', kind: 'equation', lines: ['ȳ · [x] {y} (z) | ; #'], fill: '#ffffff' },
  ],
  edges: [{ from: 'n0', to: 'n1' }],
  legend: { title: '<of> "what"', shades: [{ fill: '#d55e00', means: '> 1 & "<2"' }] },
}

describe('the diagram of a random program', () => {
  it('has a node for each equation, arrows forward, and inputs beside each user alone', () => {
    fc.assert(
      fc.property(expression, anyColour, ({ f, x }, colour) => {
        const inspection = inspect(f, quick)(x)
        const { nodes, edges } = diagram(inspection, options(colour))
        const place = new Map(nodes.map(({ id }, k) => [id, k]))
        expect(place.size).toBe(nodes.length)
        for (const { from, to } of edges) expect(place.get(from)).toBeLessThan(place.get(to)!)
        const drawn = inspection.equations.filter((e) => e.primitive !== 'constant')
        expect(nodes.filter((n) => n.kind === 'equation').length).toBe(drawn.length)
        for (const { id, kind } of nodes)
          if (kind === 'input') expect(edges.filter(({ from }) => from === id).length).toBe(1)
        for (const e of drawn)
          expect(nodes.filter((n) => n.lines[0]?.startsWith(`${e.name}: `)).length).toBe(
            1 + Number(inspection.inputs.some((v) => v.name === e.name)),
          )
      }),
      RUNS,
    )
  })

  it('is read by Graphviz without a complaint', () => {
    fc.assert(
      fc.property(expression, anyColour, ({ f, x }, colour) => {
        const result = viz.render(toDot(diagram(inspect(f, quick)(x), options(colour))), {
          format: 'dot',
        })
        // It warns of letters whose width it does not know; all have the same here.
        const errors = result.errors.filter(({ level }) => level !== 'warning')
        expect([result.status, errors]).toEqual(['success', []])
      }),
      RUNS,
    )
  })
})

describe('the texts of a diagram', () => {
  it('keep every sign of a label', () => {
    const { objects } = JSON.parse(viz.renderString(toDot(nasty), { format: 'json' })) as {
      objects: { name: string; label: string }[]
    }
    const labelOf = (name: string) => objects.find((o) => o.name === name)?.label
    expect(labelOf('n0')?.replaceAll('\\\\', '\\')).toBe('"\\n\\\\n\\n\\n<b>\\n&amp;')
    expect(labelOf('n1')).toBe('ȳ · [x] {y} (z) | ; #')
  })

  it('of Mermaid have their own codes for signs, and styles for all colours', () => {
    const text = diagramToMermaid(nasty)
    expect(text).toContain('n0(["#34;<br/>\\<br/>\\n<br/>#60;b#62;<br/>#38;amp;"])')
    expect(text).toContain('  n0 --> n1')
    expect(text).toContain('style legend0 fill:#d55e00,color:#111111')
    const body = text.split('\n').slice(4)
    const statement =
      /^\s+(\w+(\[\[|\[|\(\[|\(\()"[^"]*"(\]\]|\]|\]\)|\)\))|\w+ --> \w+|style .*|subgraph .*|end)$/
    expect(body.filter((line) => !statement.test(line))).toEqual([])
  })
})

describe('colours', () => {
  const shadesOf = (f: (x: Tensor) => Tensor, x: Tensor, colour: Colouring) => {
    const { nodes, legend } = diagram(inspect(f, { rules: true })(x), { colour })
    const means = (fill: string) => legend.shades.find((s) => s.fill === fill)?.means
    return nodes
      .filter(({ kind }) => kind === 'equation')
      .map(({ lines, fill }) => [lines[0]!.split(' = ')[1]!.split(' ')[0], means(fill)])
  }

  it('tell the rule that is wrong', () => {
    const wrong = customVjp({
      forward: (x) => sin(x),
      pullback: ([x], _, yBar) => [mul(yBar, x!)],
    })
    expect(shadesOf((x) => sum(mul(wrong(x), x)), tensor([1, 2]), 'rule')).toEqual([
      ['customVjp', '1e-3 or more: wrong'],
      ['mul', 'below 1e-9, or not measured'],
      ['sum', 'below 1e-9, or not measured'],
    ])
  })

  it('tell where an infinity arose from where it went', () => {
    expect(shadesOf((x) => sum(log(sin(x))), tensor([0, 1]), 'nan')).toEqual([
      ['sin', 'its cotangent is not finite'],
      ['log', 'values: it arose here'],
      ['sum', 'its value is not finite'],
    ])
  })

  it('tell vanishing and exploding cotangents', () => {
    const f = (x: Tensor): Tensor => sum(mul(1e-8, mul(1e4, power(x, 2))))
    expect(shadesOf(f, tensor([1]), 'cotangent')).toEqual([
      ['power', '1e-6 to 1e-3'],
      ['mul', 'below 1e-6: vanishing'],
      ['mul', '1e-3 to 1e3, or none'],
      ['sum', '1e-3 to 1e3, or none'],
    ])
    const large = (x: Tensor): Tensor => sum(mul(1e8, sin(sin(x))))
    expect(shadesOf(large, tensor([1]), 'cotangent')[0]).toEqual([
      'sin',
      'above 1e6, or not finite',
    ])
  })

  it('are readable: letters have a contrast of 4 at least on every fill', () => {
    const luminance = (colour: string): number => {
      const [r, g, b] = [1, 3, 5].map((k) => {
        const c = Number.parseInt(colour.slice(k, k + 2), 16) / 255
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
      }) as [number, number, number]
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    for (const colour of colourings)
      for (const { fill } of diagram(inspect(sin)(1), { colour }).legend.shades) {
        const [a, b] = [luminance(fill), luminance(inkOn(fill))]
        expect([fill, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) >= 4]).toEqual([fill, true])
      }
  })

  it('exist, or are refused', () => {
    expect(() => diagram(inspect(sin)(1), { colour: 'blue' as never })).toThrow('rule, nan')
  })
})
