import { type CheckedFile, type CheckMessage, checkInThreads } from '../../check/index.ts'
import type { CodeReport, CodeTask, RanCells } from '../engine/index.ts'
import { startEngine } from './engineLink.ts'

// The page's end of the threads that run the code of its reader. Each task has a thread of its own,
// which is ended with it, or when it takes too long.

/** So many seconds a function, or a lesson, may take. */
export const LIMIT_S = 20

/** The name of the text that is checked, in its report. */
export const CHECKED = 'code.ts'

/** Starts a task; returns the function that ends its thread. */
const startTask = (
  task: CodeTask,
  heard: (report: CodeReport) => void,
  broke: (says: string) => void,
): (() => void) => {
  const worker = startEngine()
  worker.onmessage = ({ data }: MessageEvent<CodeReport>) => heard(data)
  worker.onerror = ({ message }) => broke(`it throws outside of its call: ${message}`)
  worker.postMessage(task)
  return () => worker.terminate()
}

/** Checks what a text exports, and tells the name of each export when it begins with it. */
export const checkCode = (text: string, began: (name: string) => void): Promise<CheckedFile> =>
  checkInThreads(
    (task, { message, broke }) =>
      startTask(
        { kind: 'check', task: { ...task, text } },
        (report) => {
          if (report.kind === 'started') began(report.name)
          message(report as CheckMessage)
        },
        broke,
      ),
    { path: CHECKED, seed: 0, timeLimit: LIMIT_S },
  )

/** Runs cells of a lesson as one program. */
export const runCells = (cells: readonly string[]): Promise<RanCells> =>
  new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = (ran: RanCells): void => {
      clearTimeout(timer)
      stop()
      resolve(ran)
    }
    const broke = (says: string): void => end({ cells, problem: { cell: cells.length - 1, says } })
    const stop = startTask(
      { kind: 'cells', cells },
      (report) => {
        if (report.kind === 'ran') end(report.ran)
        else timer = setTimeout(() => broke(`it did not end within ${LIMIT_S} s`), 1000 * LIMIT_S)
      },
      broke,
    )
  })
