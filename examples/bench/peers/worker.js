import { resolveObjectURL } from 'node:buffer'
import { Worker as Thread } from 'node:worker_threads'

// The browser's Worker on Node's threads, as much of it as jax-js needs to use several cores.

const PROLOGUE = `
  const { parentPort } = require('node:worker_threads')
  globalThis.self = globalThis
  globalThis.postMessage = (data) => parentPort.postMessage(data)
  parentPort.on('message', (data) => globalThis.onmessage({ data }))
`

class BlobWorker {
  onmessage = () => undefined
  onerror = () => undefined
  #thread

  constructor(url) {
    this.#thread = resolveObjectURL(url)
      .text()
      .then((source) => {
        const thread = new Thread(PROLOGUE + source, { eval: true })
        thread.on('message', (data) => this.onmessage({ data }))
        thread.on('error', (error) => this.onerror(error))
        thread.unref()
        return thread
      })
  }

  postMessage(data) {
    this.#thread.then((thread) => {
      thread.ref()
      thread.postMessage(data)
    })
  }
}

/** To be called before the library is loaded: it counts the cores then. */
export const offerWorkers = (threads) => {
  globalThis.Worker = BlobWorker
  Object.defineProperty(globalThis, 'navigator', {
    value: { hardwareConcurrency: threads },
    configurable: true,
  })
}
