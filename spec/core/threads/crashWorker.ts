import { productTask } from '../../../core/linalg/gram.ts'
import { serve } from '../../../core/threads/serveWork.ts'

// A worker like any other that is unlucky once, in the middle of its first tile or item. How, says
// its pool: by workerData in Node, by the address of the script in a page.

export type Luck = 'throws' | 'exits' | 'runs out of memory' | 'hangs'

const scope = globalThis as unknown as {
  readonly location?: { readonly search: string }
  readonly process?: {
    readonly exit: (code: number) => never
    readonly getBuiltinModule: (name: string) => { readonly workerData: Luck }
  }
  WebAssembly: { Instance: new (module: object, imports?: object) => { exports: object } }
}
const luck =
  scope.process?.getBuiltinModule('node:worker_threads').workerData ??
  decodeURIComponent(scope.location?.search.slice(1) ?? '')

let lucky = true
const strike = (): void => {
  if (!lucky) return
  lucky = false
  if (luck === 'throws') throw new Error('struck by lightning')
  if (luck === 'exits') scope.process?.exit(3)
  const held: number[][] = []
  while (luck === 'runs out of memory') held.push(new Array<number>(1e6).fill(held.length))
  for (;;);
}

// A compiled program's `run` is what a tile calls.
const { Instance } = scope.WebAssembly
scope.WebAssembly.Instance = class {
  exports: object
  constructor(module: object, imports?: object) {
    const exports = new Instance(module, imports).exports as { readonly run?: () => void }
    const { run } = exports
    this.exports =
      run === undefined
        ? exports
        : {
            ...exports,
            run: () => {
              strike()
              run()
            },
          }
  }
}

serve([
  {
    ...productTask,
    start: (spec) => {
      const doItem = productTask.start(spec)
      return (phase, item) => {
        strike()
        doItem(phase, item)
      }
    },
  },
])
