// Finds faults in examples/cli/parts/withSavedRun.ts and examples/pictures/{observedReport,
// runPictures}.ts.

import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { attentionCommand } from '../../examples/cli/commands/attentionCommand.ts'
import { observeCommand } from '../../examples/cli/commands/observeCommand.ts'
import { trainCommand } from '../../examples/cli/commands/trainCommand.ts'
import type { Observed } from '../../examples/run/observed.ts'
import type { TrainResult } from '../../examples/run/result.ts'
import { planTraining } from '../../examples/session/planTraining.ts'

const root = mkdtempSync(join(tmpdir(), 'psigrad-observe-'))

/** A context that keeps what a command writes to its streams. */
const streams = () => {
  const texts = { out: '', err: '' }
  return {
    texts,
    plan: async () => planTraining,
    stdout: { write: (text: string) => (texts.out += text) },
    stderr: { write: (text: string) => (texts.err += text) },
    stopped: () => undefined,
  }
}

const trained = async (name: string, flags: Record<string, string>): Promise<TrainResult> => {
  const s = streams()
  const small = { lattice: 'chain', size: '6', j2: '0', dim: '4', heads: '2', threads: '1' }
  const code = await trainCommand(
    { flags: { ...small, steps: '6', ...flags }, out: join(root, name), json: true },
    s,
  )
  expect([s.texts.err, code]).toEqual([s.texts.err, 0])
  return JSON.parse(s.texts.out) as TrainResult
}

const observed = async (name: string, rounds?: string): Promise<Observed> => {
  const s = streams()
  const code = await observeCommand({ run: join(root, name), rounds, json: true }, s)
  expect([s.texts.err, code]).toEqual(['', 0])
  return JSON.parse(s.texts.out) as Observed
}

/** E/N of the Heisenberg ring: one bond a site. */
const bondEnergy = ({ observables }: Observed): number =>
  observables.correlations.find(({ displacement: [x] }) => x === 1)!.value

describe('psigrad observe', () => {
  it('finds the energy of the run in its correlations, and the exact one beside', async () => {
    const result = await trained('full', { sum: 'full' })
    const found = await observed('full')
    expect(Math.abs(bondEnergy(found) - result.energyPerSite)).toBeLessThan(1e-10)
    const exact = found.exact!.correlations.find(({ displacement: [x] }) => x === 1)!.value
    expect(Math.abs(exact - result.exactPerSite!)).toBeLessThan(1e-10)
    expect(found.observables.structureFactor.length).toBe(6)
    const report = readFileSync(join(root, 'full', 'report.html'), 'utf8')
    for (const title of ['Spin-spin correlations', 'Structure factor'])
      expect(report).toContain(`<h2>${title}</h2>`)
    expect(existsSync(join(root, 'full', 'structure-factor.svg'))).toBe(true)
  })

  it('has errors from samples that cover the energy, smaller with more rounds', async () => {
    const result = await trained('sampled', { samples: '512' })
    const [few, many] = [await observed('sampled', '1'), await observed('sampled', '16')]
    const errorOf = (o: Observed): number =>
      o.observables.correlations.find(({ displacement: [x] }) => x === 1)!.error
    expect(Math.abs(bondEnergy(many) - result.energyPerSite)).toBeLessThan(
      4.5 * Math.hypot(errorOf(many), result.energyError),
    )
    expect(errorOf(many)).toBeLessThan(0.6 * errorOf(few))
  })

  it('takes no rounds of full sums, whatever their number: they sample nothing', async () => {
    for (const rounds of ['1', '7']) {
      const s = streams()
      const code = await observeCommand({ run: join(root, 'full'), rounds, json: true }, s)
      expect([code, s.texts.out]).toEqual([2, ''])
      expect(s.texts.err).toContain(`--rounds ${rounds}: expected a run with --sum sampled`)
    }
  })

  it('prints a line for every quantity', async () => {
    const s = streams()
    await observeCommand({ run: join(root, 'full'), json: false }, s)
    for (const text of [
      'S_0.S_r, r = (1)',
      'S(k), k/pi = (1)',
      'staggered',
      'D^2 along x',
      'exact',
    ])
      expect(s.texts.out).toContain(text)
  })

  it('says what is wrong with a folder or a number', async () => {
    const s = streams()
    expect(await observeCommand({ run: join(root, 'none'), rounds: '1', json: false }, s)).toBe(2)
    expect(s.texts.err).toContain('expected the folder of a run')
    expect(await observeCommand({ run: join(root, 'full'), rounds: '0', json: false }, s)).toBe(2)
    expect(s.texts.err).toContain('--rounds 0: expected a whole number')
  })
})

describe('psigrad attention', () => {
  it('gives every head of a run its share before and after', async () => {
    const s = streams()
    const code = await attentionCommand({ run: join(root, 'full'), json: true }, s)
    const { heads } = JSON.parse(s.texts.out) as { heads: readonly object[] }
    expect([code, heads.length]).toEqual([0, 2])
    for (const head of heads) expect(head).toMatchObject({ before: 0, after: 0, spreadAfter: 0 })
  })
})
