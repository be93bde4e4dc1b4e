import { describe, expect, it } from 'vitest'
import { memoise } from '../../../examples/session/memoise.ts'

describe('a remembered function', () => {
  it('is computed once for each argument, when it is first asked for', () => {
    const asked: number[] = []
    const square = memoise((k) => {
      asked.push(k)
      return k * k
    })
    expect(asked).toEqual([])
    expect([0, 3, 0, 3, 2].map(square)).toEqual([0, 9, 0, 9, 4])
    expect(asked).toEqual([0, 3, 2])
  })
})
