import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

// TensorFlow.js starts its threads from scripts in Blobs, which Node's threads cannot read: here
// they become files.

const folder = mkdtempSync(join(tmpdir(), 'psigrad-bench-tfjs-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** What the scripts take for granted since they were cut out of a bundle. */
const PROLOGUE = `
  var require$$0 = require('fs'), require$$1 = require('path')
  var require$$3 = require('perf_hooks'), require$$4 = require('os')
  var commonjsGlobal = globalThis
`

let files = 0
const fileOf = (source) => {
  files += 1
  const file = join(folder, `${files}.cjs`)
  writeFileSync(file, PROLOGUE + source)
  return file
}

/** To be called before the backend starts. */
export const scriptsAsFiles = () => {
  const Original = globalThis.Blob
  globalThis.Blob = class extends Original {
    constructor(parts, options) {
      super(parts, options)
      this.source = parts.join('')
    }
  }
  const { createObjectURL } = URL
  URL.createObjectURL = (blob) =>
    blob.source === undefined ? createObjectURL(blob) : fileOf(blob.source)
  const { postMessage } = Worker.prototype
  Worker.prototype.postMessage = function (message, ...rest) {
    const source = message?.urlOrBlob?.source
    const sent = source === undefined ? message : { ...message, urlOrBlob: fileOf(source) }
    return postMessage.call(this, sent, ...rest)
  }
}
