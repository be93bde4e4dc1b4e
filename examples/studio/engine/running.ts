import { checkCandidates } from '../../check/index.ts'
import { lineIn, thrown } from '../../forms/index.ts'
import { cellsOf, lessonWith, runLesson, type ShownValue } from '../../lessons/index.ts'
import { provideSucrase } from '../host/index.ts'
import type { CellProblem, CodeReport, CodeTask, RanCells } from './runnerMessages.ts'

// The code of a reader runs here: a text to check, or the cells of a lesson.

/** The name of the program of a lesson, in its errors. */
const PATH = 'lesson.ts'

const FENCE = '```'

const LINE = / \(line (\d+)\)/

/** Returns what an error of the program says, with its cell and the line there. */
const problemOf = (lesson: string, error: unknown): CellProblem => {
  const says = thrown(PATH, error)
  const [, found] = LINE.exec(says) ?? LINE.exec(lineIn(PATH, error)) ?? []
  const cells = cellsOf(lesson)
  if (found === undefined) return { cell: cells.length - 1, says }
  const cell = cells.findLastIndex(({ line }) => line <= Number(found))
  const line = Number(found) - cells[cell]!.line + 1
  return { cell, line, says: says.replace(LINE, '') }
}

/** Runs cells as one program, and writes their values behind their expressions. */
export const ranCells = (cells: readonly string[]): RanCells => {
  const lesson = cells.map((code) => `${FENCE}ts\n${code.trimEnd()}\n${FENCE}\n`).join('')
  if (cellsOf(lesson).length !== cells.length || cells.some((code) => code.includes(FENCE)))
    return { cells, problem: { cell: cells.length - 1, says: `a cell cannot hold ${FENCE}` } }
  const values: ShownValue[] = []
  const written = (): readonly string[] =>
    cellsOf(lessonWith(lesson, values)).map(({ code }) => code.trimEnd())
  try {
    runLesson(PATH, lesson, (value) => values.push(value))
    return { cells: written() }
  } catch (error) {
    return { cells: written(), problem: problemOf(lesson, error) }
  }
}

/** Does a task. */
export const runCode = async (
  task: CodeTask,
  post: (report: CodeReport) => void,
): Promise<void> => {
  await provideSucrase()
  if (task.kind === 'check') return checkCandidates(task.task, post)
  post({ kind: 'running' })
  post({ kind: 'ran', ran: ranCells(task.cells) })
}
