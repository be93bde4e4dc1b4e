import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { type CellRequest, finished } from '../compare/compare.ts'
import { evaluationCosts } from '../compare/timing.ts'
import { load, save, showFolderProblem } from '../run/folder.ts'
import { exitCodes, type Failure } from '../run/train.ts'
import { cellsOfPlan, type StudyCell } from './cells.ts'
import type { CellData, DimerData, StudyData, TimingData } from './data.ts'
import { gathered } from './gather.ts'
import { studyPage } from './page.ts'
import { picturesOf } from './pictures.ts'
import type { Block } from './plan.ts'

// Runs what the plan holds and nobody has run yet, and writes the data and the pages.

const DATA = 'data.json'
const TIMINGS = 'timings.json'

export interface StudyRequest extends CellRequest {
  readonly blocks: readonly Block[]
  /** Those of the plan's cells that are to be run now. */
  readonly cells: readonly StudyCell[]
  /** Folder of the page; data and pictures go into its folder `study`. */
  readonly pages: string
  /** Numbers of the exact mapping, see `dimerChecks`. */
  readonly dimer: () => DimerData
  /** How the page says it is made again. */
  readonly command: string
}

type Written = E.Either<Failure, void>
type Pages = Pick<StudyRequest, 'blocks' | 'pages' | 'command'>

const json = (folder: string, name: string): unknown => {
  const bytes = load(folder, name)
  return E.isRight(bytes) ? JSON.parse(new TextDecoder().decode(bytes.right)) : undefined
}

const saved = (folder: string, name: string, content: string): Written => {
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    // `save` says what is wrong with the folder.
  }
  return E.mapLeft((problem: Parameters<typeof showFolderProblem>[0]) => ({
    code: exitCodes.unusable,
    message: showFolderProblem(problem),
  }))(save(folder, name, content))
}

const inTurn = (writes: readonly (() => Written)[]): Written =>
  writes.reduce<Written>((before, write) => E.chain(write)(before), E.right(undefined))

/** One entry a line: a change of one run is a change of one line. */
const lines = ({ planned, cells, timings, dimer }: StudyData): string => {
  const list = (entries: readonly unknown[]): string =>
    `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]`
  return `{"planned": ${planned},
"cells": ${list(cells)},
"timings": ${list(timings)},
"dimer": ${JSON.stringify(dimer)}}
`
}

/** The page and its pictures from the data beside them. Left: there is no data. */
export const writePages = ({ blocks, pages, command }: Pages): Written => {
  const folder = join(pages, 'study')
  const data = json(folder, DATA) as StudyData | undefined
  if (data === undefined)
    return E.left({
      code: exitCodes.unusable,
      message: `${join(folder, DATA)}: there is no such file; run the study without --pages first`,
    })
  const pictures = picturesOf(data)
  for (const file of readdirSync(folder))
    if (file.endsWith('.svg') && !pictures.some((p) => p.file === file)) rmSync(join(folder, file))
  return inTurn([
    ...pictures.map(
      ({ file, svg }) =>
        () =>
          saved(folder, file, `${svg}\n`),
    ),
    () => saved(pages, 'study.md', studyPage(blocks, data, pictures, 'study', command)),
  ])
}

interface Measurements {
  /** The plan they belong to. */
  readonly plan: string
  readonly timings: readonly TimingData[]
  readonly dimer: DimerData
}

/** What was measured beside the runs; undefined when that was for another plan. */
const measurements = (blocks: readonly Block[], out: string): Measurements | undefined => {
  const known = json(out, TIMINGS) as Measurements | undefined
  return known?.plan === JSON.stringify(blocks) ? known : undefined
}

/** Everything known of the whole plan, whichever cells were asked for now. */
const collected = ({ blocks, out }: StudyRequest): StudyData => {
  const all = cellsOfPlan(blocks)
  const cells = all.flatMap((cell): readonly CellData[] => {
    const found = gathered(cell, out)
    return found === undefined ? [] : [found]
  })
  const known = measurements(blocks, out)
  return {
    planned: all.length,
    cells,
    timings: known?.timings ?? [],
    dimer: known?.dimer ?? null,
  }
}

const publish = (request: StudyRequest): Written =>
  inTurn([
    () => saved(join(request.pages, 'study'), DATA, lines(collected(request))),
    () => writePages(request),
  ])

/** Times of the forms and checks of the dimer state: a minute, once. */
const measured = ({ blocks, cells, out, plan, note, dimer }: StudyRequest): Written => {
  if (measurements(blocks, out) !== undefined) return E.right(undefined)
  const wanted = blocks.filter(({ name }) => cells.some(({ block }) => block === name))
  if (wanted.length < blocks.length) return E.right(undefined)
  note('time of one log psi, form beside form; checks of the dimer state')
  const timings = blocks.flatMap(({ name, settings, forms, sizes }) =>
    sizes.map((size) => {
      // One pass of the network: what sums over a group take is that, times its elements.
      const alone = { ...settings, ...size, symmetry: 'none', seed: 1 }
      const configs = forms.map((attention) => ({ ...alone, attention }))
      return { block: name, ...size, costs: evaluationCosts(plan, configs) }
    }),
  )
  const measured: Measurements = { plan: JSON.stringify(blocks), timings, dimer: dimer() }
  return saved(out, TIMINGS, JSON.stringify(measured))
}

/**
 * Runs the cells one after the other. A run that fails numerically is told and left; a stop ends
 * the study. The data and the pages are written after every run.
 */
export const runStudy = async (request: StudyRequest): Promise<Written> => {
  const { cells, note } = request
  const failed: string[] = []
  const timed = inTurn([() => measured(request), () => publish(request)])
  if (E.isLeft(timed)) return timed
  for (const [k, cell] of cells.entries()) {
    note(`${k + 1} of ${cells.length}: ${cell.name}`)
    const done = await finished(cell, request)
    if (E.isLeft(done)) {
      if (done.left.code !== exitCodes.failed) return done
      note(done.left.message)
      failed.push(cell.name)
    }
    const written = publish(request)
    if (E.isLeft(written)) return written
  }
  return failed.length === 0
    ? E.right(undefined)
    : E.left({ code: exitCodes.failed, message: `no result of ${failed.join(', ')}` })
}
