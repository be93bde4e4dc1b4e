import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { type Suited, suited } from '../../examples/session/suited.ts'
import type { SuitedTo } from '../../examples/session/suitedTo.ts'
import { resolveConfig } from '../../examples/settings/config.ts'
import { groupsOf } from '../../examples/settings/groups.ts'
import { modelOf } from '../../examples/settings/model.ts'
import type { TrainConfig } from '../../examples/settings/settings.ts'
import { parseSector } from '../../examples/settings/stages.ts'
import * as physics from '../../physics/index.ts'
import { runTrain } from './commands.ts'

// Settings that follow from the problem: the sector that a run takes by itself is the ground
// state's.

type Texts = Readonly<Record<string, string | boolean>>

const resolved = (flags: Texts, values?: object): TrainConfig => {
  const file = values === undefined ? undefined : { name: 'config.json', values: { ...values } }
  const result = resolveConfig({ flags, file })
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}
const of = (flags: Texts): Suited => suited(resolved(flags), Object.keys(flags))

const chain = { lattice: 'chain', patch: '2', dim: '4', heads: '2' }

describe('settings that follow from the problem', () => {
  it.each<[Texts, string, string, number]>([
    [{ ...chain, size: '8', j2: '0.3' }, 'full', 'auto', 1],
    [{ ...chain, size: '8', j2: '0.3', sum: 'full' }, 'full', 'auto', 2],
    [{ ...chain, size: '10', j2: '0' }, 'full', 'auto', 1],
    [{ lattice: 'kagome', size: '2x2', j2: '0' }, 'full', 'k=0,0 rotation=-1 mirror=1 spin=1', 1],
    // Two ground states, as the dimers have two places at J2 = J1 / 2: one is in Marshall's sector.
    [{ ...chain, size: '6', j2: '0.5' }, 'full', 'auto', 1],
    // Weights that move along with the sites have momentum 0, and the state has 5.
    [{ ...chain, size: '10', j2: '0', patch: '1', marshall: false }, 'none', 'auto', 1],
    [{ ...chain, size: '8', symmetry: 'none' }, 'none', 'auto', 2],
    [{ ...chain, size: '8', samplePower: '2' }, 'none', 'auto', 2],
  ])('%j: symmetry %s, sector %s, samples of |ψ|^%d', (flags, symmetry, sector, samplePower) => {
    const { config, notes } = of(flags)
    const samples = symmetry === 'full' && samplePower === 1 ? { samples: 16_384 } : {}
    expect(config).toEqual({ ...resolved(flags), symmetry, sector, samplePower, ...samples })
    // What is written down makes the same run.
    expect(resolved({}, JSON.parse(JSON.stringify(config)))).toEqual(config)
    const silent = 'symmetry' in flags || 'samplePower' in flags
    if (!silent) expect(notes.join()).toMatch(symmetry === 'full' ? /^all symm/ : /^no symm/)
  })

  it('have the characters that the exact ground state has', () => {
    const lattices = fc.constantFrom<readonly [string, string]>(
      ['chain', '8'],
      ['chain', '6'],
      ['square', '2x4'],
      ['triangular', '2x4'],
      ['honeycomb', '2x2'],
    )
    const j2 = fc.integer({ min: -4, max: 4 }).map((n) => n / 4 + 0.05)
    let full = 0
    fc.assert(
      fc.property(lattices, j2, fc.boolean(), ([lattice, size], coupling, open) => {
        const boundary = open ? 'open' : 'periodic'
        const flags = { lattice, size, j2: String(coupling), boundary, attention: 'diet' }
        const found = resolveConfig({ flags })
        if (E.isLeft(found)) return
        const { config } = suited(found.right, Object.keys(flags))
        if (config.symmetry !== 'full') return
        full += 1
        const model = modelOf(config)
        const parsed = parseSector(config.sector)
        const characters = E.isRight(parsed) ? parsed.right : 'auto'
        // A network that is given no signs has the characters of the whole wave function.
        const group = groupsOf(model, [], { characters, marshall: false })('full')
        const sector = physics.szSector(model.lattice.sites)
        const [ground] = physics.exactStates(model.operator, sector).vectors
        for (const [k, { re, im }] of physics.charactersOf(ground!, sector, group).entries()) {
          expect(Math.abs(re - group[k]!.character.re)).toBeLessThan(1e-6)
          expect(Math.abs(im - group[k]!.character.im)).toBeLessThan(1e-6)
        }
      }),
      { numRuns: 25 },
    )
    expect(full).toBeGreaterThan(5)
  })
})

describe('psigrad train', () => {
  const suit = async (): Promise<SuitedTo> => (config) =>
    E.right({ config: { ...config, symmetry: 'full' }, notes: ['all symmetries are summed over.'] })
  const folder = (): string => join(mkdtempSync(join(tmpdir(), 'psigrad-suited-')), 'run')
  const written = (run: string): TrainConfig =>
    JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'))

  it('writes down and tells what follows from the problem, and takes files as they are', async () => {
    const run = folder()
    const first = await runTrain({ out: run, flags: { steps: '2' }, suit })
    expect([first.code, written(run).symmetry]).toEqual([0, 'full'])
    expect(first.stderr).toContain('  all symmetries are summed over.\n')
    const [copy, next] = [folder(), folder()]
    const config = { ...written(run), symmetry: 'none' }
    const calls = [
      { out: copy, config: join(run, 'config.json') },
      { resume: run },
      { out: next, from: run, flags: { symmetry: 'none' } },
    ]
    for (const call of calls) {
      const { code, stderr } = await runTrain({ ...call, suit })
      expect([code, stderr.includes('are summed over')]).toEqual([0, false])
    }
    expect(written(copy)).toEqual({ ...config, symmetry: 'full' })
    expect(written(next)).toEqual(config)
  })
})
