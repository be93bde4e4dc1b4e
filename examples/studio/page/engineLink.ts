import type { Report, Request } from '../engine/index.ts'

// The page's ends of its two engines: one trains, the other finds the exact energy beside it.

/** The text of the engine's script where the page is a single file; else it is a file beside. */
declare const ENGINE: string | undefined

/** Starts a thread with the engine's script. */
export const startEngine = (): Worker => {
  if (ENGINE === undefined)
    return new Worker(new URL('engine.js', document.baseURI), { type: 'module' })
  return new Worker(URL.createObjectURL(new Blob([ENGINE], { type: 'text/javascript' })))
}

/** Starts an engine; returns the function that sends it requests. */
export const openEngine = (heard: (report: Report) => void): ((request: Request) => void) => {
  const worker = startEngine()
  worker.onmessage = ({ data }: MessageEvent<Report>) => heard(data)
  worker.onerror = (event) =>
    heard({ kind: 'failed', run: 0, message: `The engine ended: ${event.message}` })
  return (request) => worker.postMessage(request)
}
