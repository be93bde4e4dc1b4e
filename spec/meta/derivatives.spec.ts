import { describe, expect, it } from 'vitest'
import { ruleWords } from '../../autodiff/index.ts'
import { primitives } from '../../core/index.ts'
import { anchored, listed, ruleLines } from './derivatives.ts'
import { read } from './files.ts'

const readme = read('autodiff/derivatives/README.md').text
const lines = {
  'vjpRules.ts': ruleLines(read('autodiff/derivatives/vjpRules.ts')),
  'jvpRules.ts': ruleLines(read('autodiff/derivatives/jvpRules.ts')),
}

describe('the table of derivatives in autodiff/derivatives/README.md', () => {
  it('has one row for every primitive', () => {
    expect([...listed(readme)].toSorted()).toEqual(Object.keys(primitives).toSorted())
  })

  it('says what ruleWords says, which stands in tables and pictures', () => {
    const wanted = Object.entries(ruleWords).map(([name, words]) => {
      const [y, pullback, pushforward] = words.map((text) => text.replaceAll('|', '\\|'))
      return `| ${name} | ${y} | ${pullback} [→] | ${pushforward} [→] |`
    })
    const rows = readme.split('\n').filter((row) => row.includes('[→](vjpRules.ts#L'))
    expect(rows.map((row) => row.replaceAll(/\]\(\w+\.ts#L\d+\)/g, ']'))).toEqual(wanted)
  })

  it('leads to the line of each rule (else run node --import tsx spec/meta/anchors.ts)', () => {
    expect(readme).toBe(anchored(readme, lines))
  })
})

describe('the check of the table sees', () => {
  const rules = (path: string, before: string) => ({
    path,
    text: `${before}export const ${path.replace('.ts', '')}: Rules = {\n  sin: [x],\n\n  cos: [\n    y,\n  ],\n}`,
  })
  const found = {
    'vjpRules.ts': ruleLines(rules('vjpRules.ts', '')),
    'jvpRules.ts': ruleLines(rules('jvpRules.ts', 'const other = { tan: 1 }\n')),
  }
  const row = (name: string, v: number, j: number) =>
    `| ${name} | x | [a](vjpRules.ts#L${v}) | [b](jvpRules.ts#L${j}) |`

  it('where rules stand', () => {
    expect([...found['vjpRules.ts']]).toEqual([
      ['sin', 2],
      ['cos', 4],
    ])
    expect([...found['jvpRules.ts']]).toEqual([
      ['sin', 3],
      ['cos', 5],
    ])
  })

  it('rows that are missing, and links to the wrong line', () => {
    const text = ['| other | table |', row('cos', 4, 5), row('sin', 2, 9)].join('\n')
    expect(listed(text)).toEqual(['cos', 'sin'])
    expect(anchored(text, found)).toBe(text.replace('#L9', '#L3'))
  })
})
