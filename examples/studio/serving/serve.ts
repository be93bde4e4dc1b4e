import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { answerTo } from './answers.ts'

// The server of the studio: this machine talks to itself, and nothing is written.

export interface ServeRequest {
  readonly page: ReadonlyMap<string, string>
  /** Folders of runs; also such that are being trained. */
  readonly runs: readonly string[]
  /** 0 takes a free port. */
  readonly port: number
}

export interface Served {
  readonly url: string
  readonly close: () => Promise<void>
}

const length =
  (runs: readonly string[]) =>
  (run: number, name: string): number | undefined =>
    statSync(join(runs[run]!, name), { throwIfNoEntry: false })?.size

const read =
  (runs: readonly string[]) =>
  (run: number, name: string): Uint8Array | undefined => {
    try {
      return readFileSync(join(runs[run]!, name))
    } catch {
      // A run that has just begun has not all files yet.
      return undefined
    }
  }

/** Returns what is wrong with a folder that should be one of a run. */
const unfitRun = (folder: string): string | undefined => {
  if (!existsSync(folder)) return `${folder}: there is no such folder; expected that of a run`
  if (!statSync(folder).isDirectory()) return `${folder}: expected the folder of a run, not a file`
  return existsSync(join(folder, 'config.json'))
    ? undefined
    : `${folder}: expected the folder of a run, with its config.json`
}

const reasonOf = (error: NodeJS.ErrnoException, port: number): string =>
  error.code === 'EADDRINUSE'
    ? `--port ${port}: another program uses this port; expected a free one, such as 0 for any`
    : error.code === 'EACCES'
      ? `--port ${port}: this user may not open it; expected one above 1023`
      : `--port ${port}: ${error.message}`

/**
 * Serves the page on 127.0.0.1, with the headers that give it threads, and beside it the folders of
 * runs, read-only.
 *
 * Left  a folder that holds no run, or a port that cannot be had.
 */
export const serve = ({ page, runs, port }: ServeRequest): Promise<E.Either<string, Served>> => {
  const unfit = runs.map(unfitRun).find((text) => text !== undefined)
  if (unfit !== undefined) return Promise.resolve(E.left(unfit))
  return new Promise((resolve) => {
    const server = createServer(({ method = 'GET', url = '/', headers }, response) => {
      const { port: own } = server.address() as AddressInfo
      const offer = { page, runs, length: length(runs), read: read(runs), port: own }
      const { status, headers: sent, body } = answerTo(offer, { method, url, host: headers.host })
      response.writeHead(status, sent)
      response.end(method === 'HEAD' ? undefined : body)
    })
    server.once('error', (error) => resolve(E.left(reasonOf(error, port))))
    server.listen(port, '127.0.0.1', () => {
      const { port: own } = server.address() as AddressInfo
      resolve(
        E.right({
          url: `http://127.0.0.1:${own}/`,
          close: () =>
            new Promise((closed) => {
              server.closeAllConnections()
              server.close(() => closed())
            }),
        }),
      )
    })
  })
}
