import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import {
  type CellRequest,
  cellOf,
  evaluationCosts,
  finished,
  unlessStopped,
} from '../compare/index.ts'
import {
  type Failure,
  type FolderProblem,
  loadJson,
  save,
  showFolderProblem,
  unusable,
} from '../run/index.ts'
import { beforeTheyExisted, exitCodes } from '../settings/index.ts'
import { settingOf } from './bySeed.ts'
import {
  type CellData,
  type DimerData,
  type StudyData,
  studySchema,
  type TimingData,
} from './data.ts'
import { gathered } from './gather.ts'
import { cellsOfPlan, type StudyCell } from './studyCells.ts'
import { studyPage } from './studyPage.ts'
import { picturesOf } from './studyPictures.ts'
import type { Block } from './studyPlan.ts'

// This file runs the cells of the plan that are not done yet, and writes the data and the pages.

const DATA = 'data.json'

export interface StudyRequest extends CellRequest {
  readonly blocks: readonly Block[]
  /** The cells of the plan that are to be run now. */
  readonly cells: readonly StudyCell[]
  /** The folder of the page; data and pictures go into its folder `study`. */
  readonly pages: string
  /** Returns the numbers of the exact mapping, see `dimerChecks`. */
  readonly dimer: () => DimerData
  /**
   * Also trains the cells whose results are in the page's data; existing run folders are continued.
   */
  readonly again: boolean
  /** Returns the command that makes the page again, with some flags. */
  readonly command: (...flags: string[]) => string
}

type Written = E.Either<Failure, void>
type Pages = Pick<StudyRequest, 'blocks' | 'pages' | 'command'>

const orFailure = E.mapLeft(
  (problem: FolderProblem): Failure => unusable(showFolderProblem(problem)),
)

/** Returns the data of the committed page: their runs need not be trained again. */
export const known = (pages: string): E.Either<Failure, StudyData | undefined> =>
  orFailure(
    loadJson(
      join(pages, 'study'),
      DATA,
      studySchema,
      'put back a copy of it, or remove it: the study then repeats runs that have no folder.',
    ),
  )

const saved = (folder: string, name: string, content: string): Written => {
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    // `save` says what is wrong with the folder.
  }
  return orFailure(save(folder, name, content))
}

const inTurn = (writes: readonly (() => Written)[]): Written =>
  writes.reduce<Written>((before, write) => E.chain(write)(before), E.right(undefined))

/** Writes one entry per line, so that a change of one run is a change of one line. */
const lines = ({ planned, cells, timings, dimer }: StudyData): string => {
  const list = (entries: readonly unknown[]): string =>
    `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]`
  return `{"planned": ${planned},
"cells": ${list(cells)},
"timings": ${list(timings)},
"dimer": ${JSON.stringify(dimer)}}
`
}

/** Writes the page and its pictures from the data beside them. Left: there is no data. */
export const writePages = ({ blocks, pages, command }: Pages): Written => {
  const folder = join(pages, 'study')
  const found = known(pages)
  if (E.isLeft(found)) return found
  const data = found.right
  if (data === undefined)
    return E.left(
      unusable(`${join(folder, DATA)}: there is no such file; run the study without --pages first`),
    )
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

/**
 * Returns the stored data of a run if their settings are those of the plan; threads and memory do
 * not matter.
 */
const knownCell = (cell: StudyCell, data: StudyData | undefined): CellData | undefined =>
  data?.cells.find(
    ({ name, config }) =>
      name === cell.name &&
      cellOf({ ...cell.config, ...beforeTheyExisted, ...config }).folder === cell.folder,
  )

/** Returns the data of a cell: from its run folder, else from the data of the page. */
export const knownOf = (
  cell: StudyCell,
  out: string,
  data: StudyData | undefined,
): E.Either<Failure, CellData | undefined> =>
  E.map((found: CellData | undefined) => found ?? knownCell(cell, data))(
    orFailure(gathered(cell, out)),
  )

type Timed = Pick<TimingData, 'block' | 'heads' | 'layers' | 'model'>

const timedSizes = ({ name, settings, sizes }: Block): readonly Timed[] => {
  const { size, patch, dim, precision } = settings
  const model = { size, patch, dim, precision }
  return sizes.map(({ heads, layers }) => ({ block: name, heads, layers, model }))
}

const timingOf = (
  { block, heads, layers, model }: Timed,
  forms: readonly string[],
  data: StudyData | undefined,
): TimingData | undefined =>
  data?.timings.find(
    (t) =>
      JSON.stringify([t.block, t.heads, t.layers, t.model]) ===
        JSON.stringify([block, heads, layers, model]) && forms.every((f) => f in t.costs),
  )

/** Returns the data of the whole plan, whichever cells were requested now. */
const collected = (request: StudyRequest): E.Either<Failure, StudyData> => {
  const all = cellsOfPlan(request.blocks)
  const found = known(request.pages)
  if (E.isLeft(found)) return found
  const before = found.right
  return E.map((cells: readonly (CellData | undefined)[]) => ({
    planned: all.length,
    cells: cells.flatMap((cell) => cell ?? []),
    timings: request.blocks.flatMap((block) =>
      timedSizes(block).flatMap((size) => timingOf(size, block.forms, before) ?? []),
    ),
    dimer: before?.dimer ?? null,
  }))(E.traverseArray((cell: StudyCell) => knownOf(cell, request.out, before))(all))
}

const write = (request: StudyRequest, data: StudyData): Written =>
  inTurn([() => saved(join(request.pages, 'study'), DATA, lines(data)), () => writePages(request)])

/**
 * Times the forms whose cells are requested, and checks the dimer state once, which takes a minute.
 */
const measured = (request: StudyRequest, data: StudyData): StudyData => {
  const { blocks, cells, plan, note, dimer, again } = request
  const asked = blocks.filter(({ name }) => cells.some(({ block }) => block === name))
  const timings = blocks.flatMap((block) =>
    timedSizes(block).flatMap((timed): readonly TimingData[] => {
      const { settings, forms } = block
      const before = timingOf(timed, forms, data)
      if (!asked.includes(block) || (before !== undefined && !again)) return before ? [before] : []
      const { heads, layers } = timed
      note(`${settingOf(timed)}: time of one log psi, the forms in turn`)
      // The cost is that of one pass of the network; a sum over a group takes one pass for each
      // element.
      const alone = { ...settings, heads, layers, symmetry: 'none', seed: 1 }
      const configs = forms.map((attention) => ({ ...alone, attention }))
      return [{ ...timed, costs: evaluationCosts(plan, configs) }]
    }),
  )
  if (data.dimer !== null && !again) return { ...data, timings }
  note('checks of the dimer state')
  return { ...data, timings, dimer: dimer() }
}

/**
 * Runs the cells one after the other. A run that fails numerically is reported and skipped; a stop
 * ends the study. The data and the pages are written after every run.
 */
export const runStudy = async (request: StudyRequest): Promise<Written> => {
  const { cells, note, again } = request
  const failed: string[] = []
  const before = collected(request)
  if (E.isLeft(before)) return before
  const times = await unlessStopped(request, () => measured(request, before.right))
  if (E.isLeft(times)) return times
  const timed = write(request, times.right)
  if (E.isLeft(timed)) return timed
  for (const [k, cell] of cells.entries()) {
    const place = `${k + 1} of ${cells.length}: ${cell.name}`
    const found = E.chain((data: StudyData | undefined) => knownOf(cell, request.out, data))(
      known(request.pages),
    )
    if (E.isLeft(found)) return found
    if (!again && found.right !== undefined) {
      note(`${place}: done before`)
      continue
    }
    note(place)
    const done = await finished(cell, request)
    if (E.isLeft(done)) {
      if (done.left.code !== exitCodes.failed) return done
      note(done.left.message)
      failed.push(cell.name)
    }
    const written = E.chain((data: StudyData) => write(request, data))(collected(request))
    if (E.isLeft(written)) return written
  }
  return failed.length === 0
    ? E.right(undefined)
    : E.left({ code: exitCodes.failed, message: `no result of ${failed.join(', ')}` })
}
