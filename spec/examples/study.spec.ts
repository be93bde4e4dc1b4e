import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import type { Screen } from '../../examples/run/train.ts'
import type { StopSignal } from '../../examples/run/unfold.ts'
import { planTraining } from '../../examples/session/planTraining.ts'
import { groupsOf } from '../../examples/study/bySeed.ts'
import { answers } from '../../examples/study/claims.ts'
import type { StudyData } from '../../examples/study/data.ts'
import { dimerChecks } from '../../examples/study/dimer.ts'
import { reachedBy } from '../../examples/study/gather.ts'
import { runStudy, type StudyRequest, writePages } from '../../examples/study/runStudy.ts'
import { cellsOfPlan, chosen } from '../../examples/study/studyCells.ts'
import { quickStudy, study } from '../../examples/study/studyPlan.ts'
import { madeUp, ring } from './madeUpStudy.ts'

const root = mkdtempSync(join(tmpdir(), 'psigrad-study-'))
const screen: Screen = { planned() {}, exact() {}, step() {}, note() {}, end() {} }

/** As the command line says it. */
const command = (...flags: string[]): string => ['npm run study', ...flags].join(' ')

/** Runs a study; gives how it ended and which runs it began. */
const run = async (
  name: string,
  only?: string,
  stopped: () => StopSignal | undefined = () => undefined,
  changes: Partial<StudyRequest> = {},
) => {
  const begun: string[] = []
  const blocks = changes.blocks ?? [ring]
  const request: StudyRequest = {
    blocks,
    cells: chosen(cellsOfPlan(blocks), only),
    again: false,
    out: join(root, name),
    pages: join(root, name, 'pages'),
    command,
    plan: planTraining,
    dimer: () => ({ mapped: [] }),
    note: () => {},
    contextOf: ({ config }) => {
      begun.push(`${config.attention} ${config.seed}`)
      return { screen, stopped }
    },
    ...changes,
  }
  return { ended: await runStudy(request), begun, request }
}

const dataOf = ({ pages }: StudyRequest): StudyData =>
  JSON.parse(readFileSync(join(pages, 'study', 'data.json'), 'utf8')) as StudyData

describe('a study', () => {
  it('runs what is asked for once, goes on after a stop or a kill, and ends with its page', async () => {
    const one = await run('ring', 't5/*/seed-1')
    expect([one.ended._tag, one.begun]).toEqual(['Right', ['t5 1']])
    expect(dataOf(one.request).cells.map((c) => c.name)).toEqual(['ring/t5/h2-l1/seed-1'])
    let steps = 0
    const stopped = await run('ring', undefined, () => {
      steps += 1
      return steps > 2 ? 'SIGINT' : undefined
    })
    expect(E.isLeft(stopped.ended) && stopped.ended.left.code).toBe(130)
    // A process killed before its first checkpoint leaves a folder with nothing to go on with.
    const killed = cellsOfPlan([ring]).find((c) => c.name === 'ring/spatial/h2-l1/seed-1')!
    mkdirSync(join(root, 'ring', killed.folder))
    writeFileSync(join(root, 'ring', killed.folder, 'config.json'), '{}')
    const rest = await run('ring')
    expect(rest.begun).toEqual(['factored 1', 'spatial 1'])
    expect(rest.ended._tag).toBe('Right')
    const whole = await run('whole')
    const strip = (data: StudyData) =>
      data.cells.map(({ seconds: _, reached: __, ...cell }) => cell)
    expect(strip(dataOf(rest.request))).toEqual(strip(dataOf(whole.request)))
    expect(dataOf(whole.request).planned).toBe(3)
    expect((await run('whole')).begun).toEqual([])
  })

  it('writes the page again from the data alone', () => {
    const pages = join(root, 'whole', 'pages')
    const page = join(pages, 'study.md')
    const [before, picture] = [page, join(pages, 'study', 'ring-curves.svg')].map((path) =>
      readFileSync(path, 'utf8'),
    )
    for (const text of [
      'A ring of six',
      '3 of 3 runs are done',
      'by `npm run study --pages`; `npm run study` runs',
      '### 4. Queries and keys',
    ])
      expect(before).toContain(text)
    rmSync(page)
    rmSync(join(pages, 'study', 'ring-curves.svg'))
    const request = { blocks: [ring], pages, command }
    expect(writePages(request)._tag).toBe('Right')
    expect(readFileSync(page, 'utf8')).toBe(before)
    expect(readFileSync(join(pages, 'study', 'ring-curves.svg'), 'utf8')).toBe(picture)
    const none = writePages({ ...request, pages: join(root, 'none') })
    expect(E.isLeft(none) && none.left.message).toContain('run the study without --pages first')
  })

  it('times the forms beside each other', async () => {
    const { request } = await run('whole')
    const [timing] = dataOf(request).timings
    expect(Object.keys(timing!.costs)).toEqual(['factored', 't5', 'spatial'])
    for (const { seconds } of Object.values(timing!.costs)) expect(seconds).toBeGreaterThan(0)
    expect(timing!.costs.factored!.flops).toBeLessThan(timing!.costs.t5!.flops)
  })

  it('takes runs from the data beside its page, unless told or set up otherwise', async () => {
    const { request: whole } = await run('whole')
    const before = readFileSync(join(whole.pages, 'study', 'data.json'), 'utf8')
    const { pages } = whole
    const there = await run('elsewhere', undefined, undefined, { pages })
    expect([there.ended._tag, there.begun]).toEqual(['Right', []])
    expect(readFileSync(join(pages, 'study', 'data.json'), 'utf8')).toBe(before)
    const again = await run('elsewhere', 't5', undefined, { pages, again: true })
    expect([again.ended._tag, again.begun]).toEqual(['Right', ['t5 1']])
    expect(dataOf(again.request).cells.length).toBe(3)
    const longer = { ...ring, settings: { ...ring.settings, steps: 4 } }
    const changed = await run('longer', 'spatial', undefined, { pages, blocks: [longer] })
    expect(changed.begun).toEqual(['spatial 1'])
    // The page's runs have other settings, so they are no part of this study.
    expect(dataOf(changed.request).cells.map((c) => c.name)).toEqual(['ring/spatial/h2-l1/seed-1'])
  })

  it('checks the dimer state, an eigenstate always and the lowest where J is small', () => {
    const { mapped } = dimerChecks([0.5, 3])
    expect(mapped.map((m) => Math.abs(m.energyPerSite + 3 / 8) < 1e-9)).toEqual([true, true])
    expect(mapped.every((m) => m.variance < 1e-9 && m.gradient < 1e-9)).toBe(true)
    expect(mapped[0]!.exactPerSite).toBeCloseTo(-3 / 8, 9)
    expect(mapped[1]!.exactPerSite).toBeLessThan(-0.5)
  })

  it('tells when an error was reached, and takes no single step for it', () => {
    const steps = (offs: readonly number[]) =>
      offs.map((off, k) => ({ energy: -10 * (1 - off), seconds: k + 1 }))
    const flat = Array<number>(60).fill(8e-3)
    expect(reachedBy(steps(flat), -10)).toEqual([[0.01, 20]])
    // One step so far below that a mean of twenty would be at the exact energy.
    const outlier = flat.map((off, k) => (k === 30 ? -19 * off : off))
    expect(reachedBy(steps(outlier), -10)).toEqual([[0.01, 20]])
    const better = flat.map((off, k) => (k < 30 ? off : 3e-3))
    expect(reachedBy(steps(better), -10)).toEqual([
      [0.01, 20],
      [0.005, 41],
    ])
    expect(reachedBy(steps(better), null)).toEqual([])
    expect(
      reachedBy(
        steps(flat).map((s) => ({ ...s, seconds: null })),
        -10,
      ),
    ).toEqual([])
  })

  it('has cells of the paper and names to choose them by', () => {
    const cells = cellsOfPlan(study)
    expect(new Set(cells.map((c) => c.folder)).size).toBe(cells.length)
    expect(new Set(cells.map((c) => c.name)).size).toBe(cells.length)
    expect(chosen(cells, '4x4/t5/*/seed-3').length).toBe(3)
    expect(chosen(cells, 'no such').length).toBe(0)
    expect(chosen(cells, '6x6/f*l1/seed-1,4x4/t5')).toEqual(
      cells.filter(({ name }) => /^6x6\/f.*l1\/seed-1$|^4x4\/t5/.test(name)),
    )
    expect(cellsOfPlan(quickStudy).length).toBeLessThan(10)
  })
})

describe('the claims', () => {
  const quick = { factored: 1e-6, t5: 2e-6, decoupled: 2e-6 }
  const verdicts = (data: StudyData): readonly string[] => answers(data).map((a) => a.verdict)

  it('are answered yes where the numbers agree', () => {
    const same = { factored: -0.499, t5: -0.499, decoupled: -0.49901 }
    const [energy, input, mapping, scaling] = verdicts(madeUp(same, 0.01, quick))
    expect(energy).toContain('In all 2 comparisons')
    expect(energy).toContain('over several seeds, all 2 differ by no more than seeds do')
    expect(energy).toContain('in all 2 it has fewer')
    expect(input).toContain('Of 12 trained heads of T5 and Decoupled, all 12')
    expect(mapping).toContain('no numbers')
    expect(scaling).toContain('In all 1 sections')
  })

  it('are answered no where they do not', () => {
    const worse = { factored: -0.48, t5: -0.499, decoupled: -0.47 }
    const slow = { ...quick, factored: 3e-6 }
    const [energy, input, , scaling] = verdicts(madeUp(worse, 0.9, slow))
    expect(energy).toContain('In 1 of 2 comparisons')
    expect(energy).toContain('over several seeds, none of 2 differ by no more')
    expect(energy).toContain('in none of 2 it has fewer')
    expect(input).toContain('none of 12 have weights')
    expect(input).toContain('in none of 12 the training lowers')
    expect(scaling).toContain('In none of 1 sections')
  })

  it('take no rounding for a difference', () => {
    const data = madeUp({ factored: -0.499, t5: -0.499 - 1e-8 }, 0.01, quick)
    const exactly = (precision: 'float64' | 'float32'): StudyData => ({
      ...data,
      cells: data.cells
        .filter(({ config }) => config.seed === 2)
        .map((c) => ({ ...c, error: 0, config: { ...c.config, precision } })),
    })
    for (const verdict of [0, 3]) {
      expect(verdicts(exactly('float32'))[verdict]).toContain('In all 1')
      expect(verdicts(exactly('float64'))[verdict]).toContain('In none of 1')
    }
  })

  it('have no answer without numbers', () => {
    const empty = { planned: 3, cells: [], timings: [], dimer: null }
    expect(new Set(verdicts(empty)).size).toBe(1)
  })

  it('rest on errors no smaller than the samples’ and the seeds’', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: -0.1, noNaN: true }), (e) => {
        const [group] = groupsOf(madeUp({ factored: e }, 0, quick))
        expect(group!.energy).toBeCloseTo(e, 12)
        // Three numbers 1e-4 apart: their mean is known to 1e-4/√3.
        expect(group!.error).toBeCloseTo(1e-4 / Math.sqrt(3), 8)
      }),
      { numRuns: 20 },
    )
  })
})
