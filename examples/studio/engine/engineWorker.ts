import { availableParallelism } from 'node:os'
import type { Report, Request } from './messages.ts'
import type { CodeReport, CodeTask } from './runnerMessages.ts'
import { engine } from './stepping.ts'

// The script of the engine's thread: a worker of the page.

/** The part of a worker's global scope that is used; TypeScript declares it without the DOM. */
interface WorkerScope {
  readonly postMessage: (report: Report | CodeReport) => void
  readonly addEventListener: (
    kind: 'message',
    heard: (event: { readonly data: Request | CodeTask }) => void,
  ) => void
}
const scope = globalThis as unknown as WorkerScope

// A timer of zero waits for four milliseconds when it is nested; a message to oneself does not.
const { port1, port2 } = new MessageChannel()
const waiting: (() => void)[] = []
port1.addEventListener('message', () => waiting.shift()?.())
port1.start()
const breath = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve)
    port2.postMessage(null)
  })

const answer = engine({
  post: (report) => scope.postMessage(report),
  breath,
  now: () => performance.now() / 1000,
  threads: Math.min(4, availableParallelism()),
})

/** The part that runs code is loaded when there is some. */
const runCode = async (task: CodeTask): Promise<void> => {
  const running = await import('./running.ts')
  await running.runCode(task, (report) => scope.postMessage(report))
}
scope.addEventListener('message', ({ data }) => {
  void (data.kind === 'check' || data.kind === 'cells' ? runCode(data) : answer(data))
})
