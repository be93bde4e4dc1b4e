import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exactGround, keptGround } from '../../../examples/session/exactGround.ts'
import * as physics from '../../../physics/index.ts'

describe('exact ground states kept on disk', () => {
  const before = process.env.PSIGRAD_CACHE
  const clock = performance.now.bind(performance)
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'psigrad-exact-'))
    process.env.PSIGRAD_CACHE = folder
  })
  afterEach(() => {
    performance.now = clock
    rmSync(folder, { recursive: true })
    if (before === undefined) delete process.env.PSIGRAD_CACHE
    else process.env.PSIGRAD_CACHE = before
  })
  const request = (j2: number) => {
    const lattice = physics.chain(8)
    return { lattice, operator: physics.j1j2(lattice, { j2 }), sector: physics.szSector(8) }
  }
  /** Every look at the clock finds ten seconds gone. */
  const slowly = (): void => {
    let ms = 0
    performance.now = () => {
      ms += 10_000
      return ms
    }
  }

  it('are found again by the Hamiltonian, and by no other', () => {
    slowly()
    const first = exactGround(request(0.3))
    expect(readdirSync(folder)).toHaveLength(1)
    expect(exactGround(request(0.3))).toEqual(first)
    expect(keptGround(request(0.4))).toBeUndefined()
    expect(keptGround({ ...request(0.3), sector: physics.szSector(8, 1) })).toBeUndefined()
    expect(keptGround({ ...request(0.3), every: true })).toBeUndefined()
  })

  it('answer a question for less, are read only where they are whole, and can be off', () => {
    slowly()
    const every = exactGround({ ...request(0.3), every: true })
    expect(keptGround(request(0.3))).toEqual(every)
    const path = join(folder, readdirSync(folder)[0]!)
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 40))
    expect(keptGround(request(0.3))).toBeUndefined()
    process.env.PSIGRAD_CACHE = 'off'
    exactGround(request(0.5))
    expect(readdirSync(folder)).toHaveLength(1)
  })

  it('are not kept when they were quick', () => {
    performance.now = () => 0
    exactGround(request(0.3))
    expect(readdirSync(folder)).toEqual([])
  })
})
