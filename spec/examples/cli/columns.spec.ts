import { describe, expect, it } from 'vitest'
import { table } from '../../../examples/cli/parts/columns.ts'

describe('a table of a command', () => {
  it('has names at the left, values at the right, and units behind them', () => {
    expect(
      table([
        { name: 'E', value: '-1.25', unit: 'J' },
        { name: 'states', value: '7' },
      ]),
    ).toBe('  E       -1.25 J\n  states      7')
    expect(table([])).toBe('')
  })

  it('counts what is seen: colours take no room', () => {
    const bold = '\u001b[1m7\u001b[22m'
    expect(
      table([
        { name: 'a', value: bold },
        { name: 'bc', value: '8', unit: 'J' },
      ]),
    ).toBe(`  a   ${bold}\n  bc  8 J`)
  })
})
