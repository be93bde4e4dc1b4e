import type { CheckMessage, CheckTask } from '../../check/index.ts'

// What the tabs with code ask of an engine, and what it answers. A reader's code may do anything to
// the thread that it runs in, so each of these tasks has an engine of its own, which then ends.

/** The tasks. */
export type CodeTask =
  /** Checks what a text exports. */
  | { readonly kind: 'check'; readonly task: CheckTask }
  /** Runs the first cells of a lesson. */
  | { readonly kind: 'cells'; readonly cells: readonly string[] }

/** A mistake of a cell, with its line from 1 where that is known. */
export interface CellProblem {
  readonly cell: number
  readonly line?: number
  readonly says: string
}

/** Cells with the values of a run behind their expressions, as far as it came. */
export interface RanCells {
  readonly cells: readonly string[]
  readonly problem?: CellProblem
}

export type CodeReport =
  | CheckMessage
  /** The cells begin; from here on the time limit counts. */
  | { readonly kind: 'running' }
  | { readonly kind: 'ran'; readonly ran: RanCells }

/** An exercise of the lessons. */
export interface ExerciseText {
  readonly name: string
  readonly title: string
  readonly text: string
}

/** A lesson: texts as HTML, and cells as code. */
export interface LessonText {
  readonly title: string
  readonly parts: readonly ({ readonly html: string } | { readonly code: string })[]
}
