import { describe, expect, it } from 'vitest'
import { listed, refuse, reportFailure } from '../../../examples/cli/parts/context.ts'

describe('a command that cannot do what it was asked', () => {
  it('says why under its own name, and ends with the code of the failure', () => {
    let said = ''
    const stderr = { write: (text: string) => (said += text), isTTY: false }
    expect(reportFailure(stderr, { code: 4, message: 'no such run.' })).toBe(4)
    expect(said).toBe('psigrad: no such run.\n')
    expect(refuse(stderr, listed(['--size is 0.', '--steps is -1.']))).toBe(2)
    expect(said.split('\n').slice(1)).toEqual([
      'psigrad: --size is 0.',
      '         --steps is -1.',
      '',
    ])
  })
})
