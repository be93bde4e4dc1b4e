// This engine starts threads by worker_threads in Node and by web workers in a page. Node's module
// is imported at run time, so that a page can load this file.

/** The part of a worker that a pool uses, the same in Node and in a page. */
export interface WorkerLike {
  readonly postMessage: (message: unknown) => void
  readonly terminate: () => unknown
  /** Listens to an event, in Node. */
  readonly on?: (event: string, listener: (given: unknown) => void) => unknown
  /** Makes the process wait for this worker, in Node. */
  readonly ref?: () => void
  readonly unref?: () => void
  /** Listens to an event, in a page. */
  readonly addEventListener?: (event: string, listener: (given: unknown) => void) => void
}

/**
 * This is the first message to a worker, which sends it back. A page delivers messages at once
 * only when it knows that the script has run; before, they wait for the sender's event loop.
 */
export const READY = 'ready'

/** A worker receives messages from its pool through its port, and answers there. */
export interface Port {
  readonly postMessage: (message: unknown) => void
  readonly listen: (heard: (message: unknown) => void) => void
}

type NodeWorker = new (script: URL | string, options?: { readonly eval: boolean }) => WorkerLike
interface NodeThreads {
  readonly Worker: NodeWorker
  readonly parentPort: {
    readonly postMessage: (message: unknown) => void
    readonly on: (event: 'message', heard: (message: unknown) => void) => void
  } | null
}
interface Scope {
  readonly process?: { readonly getBuiltinModule?: (name: string) => unknown }
  readonly Worker?: unknown
  readonly document?: unknown
  readonly SharedArrayBuffer?: unknown
  readonly postMessage?: (message: unknown) => void
  readonly addEventListener?: (
    event: 'message',
    heard: (event: { readonly data: unknown }) => void,
  ) => void
}
const scope = globalThis as Scope

const nodeThreads = (): NodeThreads | undefined =>
  scope.process?.getBuiltinModule?.('node:worker_threads') as NodeThreads | undefined

/** Bundlers know this constructor by its name; TypeScript declares it only along with the DOM. */
declare const Worker: new (script: URL, options: { readonly type: 'module' }) => WorkerLike

/**
 * Starts a page's worker. Bundlers recognise this expression and make a separate file of worker.js.
 */
const pageWorker = (): WorkerLike =>
  new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })

/**
 * Starts a thread of Node from a module. In the checkout the sources run through tsx, whose loader
 * a worker does not inherit and has to register itself.
 */
const nodeWorker = (start: NodeWorker, module: string): WorkerLike => {
  const script = `import('tsx/esm/api').then(({ register }) => {
    register()
    return import(${JSON.stringify(module)})
  })`
  return module.endsWith('.ts') ? new start(script, { eval: true }) : new start(new URL(module))
}

/** Names the script: the built package starts worker.js, the checkout worker.ts. */
const ownScript = (): string => {
  const here = import.meta.url
  return new URL(here.endsWith('.ts') ? './worker.ts' : './worker.js', here).href
}

/** Starts a thread of Node that runs a module, named by its URL; elsewhere there is none. */
export const startModule = (module: string): WorkerLike | undefined => {
  const threads = nodeThreads()
  return threads === undefined ? undefined : nodeWorker(threads.Worker, module)
}

/** Tells whether threads can share memory; in a page only if it is cross-origin isolated. */
export const sharesMemory = (): boolean => scope.SharedArrayBuffer !== undefined

/**
 * Starts a worker of this engine. The result is undefined where the engine has no workers, or the
 * page may not start one.
 */
export const startWorker = (): WorkerLike | undefined => {
  const threads = nodeThreads()
  if (threads !== undefined) return nodeWorker(threads.Worker, ownScript())
  if (scope.Worker === undefined) return undefined
  try {
    return pageWorker()
  } catch {
    return undefined
  }
}

/** Gives the port of the thread that runs this, if it is a worker. */
export const ownPort = (): Port | undefined => {
  const threads = nodeThreads()
  if (threads !== undefined) {
    const port = threads.parentPort
    if (port === null) return undefined
    return {
      postMessage: (message) => port.postMessage(message),
      listen: (heard) => port.on('message', heard),
    }
  }
  const { addEventListener, postMessage, document } = scope
  if (document !== undefined) return undefined
  if (addEventListener === undefined || postMessage === undefined) return undefined
  return {
    postMessage: (message) => postMessage(message),
    listen: (heard) => addEventListener('message', ({ data }) => heard(data)),
  }
}
