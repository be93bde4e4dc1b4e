import { describe, expect, it } from 'vitest'
import { exactProgress } from '../../../examples/cli/parts/exactProgress.ts'

describe('the progress of a diagonalisation', () => {
  /** Writes at some milliseconds, with the stages reported then. */
  const lines = (reports: readonly (readonly [ms: number, name: string, share: number])[]) => {
    let clock = 0
    let text = ''
    const write = (more: string): true => {
      text += more
      return true
    }
    const report = exactProgress({ write }, () => clock)
    for (const [ms, name, share] of reports) {
      clock = ms
      report({ name, share })
    }
    return text
  }

  it('is silent for five seconds, then tells the share and the time left of the stage', () => {
    expect(lines([[4000, 'orbits', 0.5]])).toBe('')
    const stages = [
      [1000, 'orbits', 0],
      [11_000, 'orbits', 0.25],
      [12_000, 'orbits', 0.3],
      [20_000, 'matrix', 0],
      [420_000, 'matrix', 0.5],
    ] as const
    expect(lines(stages).split('\n')).toEqual([
      '  listing orbits of configurations: 25%, about 30 s left',
      '  building the matrix: 0%',
      '  building the matrix: 50%, about 7 min left',
      '',
    ])
  })
})
