import { createHash } from 'node:crypto'

// What the studio's server answers: the built page, and the files of some run folders, read-only.
// All of it is a function of the request, so that every refusal can be tested without a socket.

/** A request, as far as the answer depends on it. */
export interface Asked {
  readonly method: string
  /** The path with its query, as sent. */
  readonly url: string
  /** The Host header. */
  readonly host: string | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** An offer holds everything that a server may give. */
export interface Offer {
  /** The page's files by their names. */
  readonly page: ReadonlyMap<string, string>
  /** The names of the runs, as they were given. */
  readonly runs: readonly string[]
  /** Returns the length of a file of a run; undefined where there is none. */
  readonly length: (run: number, name: string) => number | undefined
  /** Reads a file of a run; undefined where there is none. */
  readonly read: (run: number, name: string) => Uint8Array | undefined
  readonly port: number
}

/** The files of a run folder that the page may read. */
export const readable = [
  'config.json',
  'log.json',
  'result.json',
  'observables.json',
  'checkpoint.safetensors',
] as const

/**
 * The strictest policy that works. 'unsafe-eval' is for ndarray, which generates code, and for the
 * functions that a reader types, which run in a worker; editors and plots set styles.
 */
export const policy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "worker-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The policy of the single file: its own script, by its hash, and workers made of it. */
export const policyOfFile = (script: string): string =>
  [
    "default-src 'none'",
    `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}' 'unsafe-eval' blob:`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

/** A page with these headers has shared memory, and so threads. */
const headers: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  safetensors: 'application/octet-stream',
}

const typeOf = (name: string): string =>
  types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'

const answer = (status: number, type: string, body: Answer['body']): Answer => ({
  status,
  headers: { ...headers, 'Content-Type': type },
  body,
})

const refusal = (status: number, text: string): Answer =>
  answer(status, 'text/plain; charset=utf-8', `${text}\n`)

/** Names under which this machine knows itself: other names are another site's attempt to read. */
const isOwn = (host: string | undefined, port: number): boolean =>
  ['127.0.0.1', 'localhost', '[::1]'].some((name) => host === `${name}:${port}`)

/** Lists the runs, with the files that they have now and their lengths. */
const listOf = ({ runs, length }: Offer) =>
  runs.map((name, run) => ({
    name,
    files: Object.fromEntries(
      readable.flatMap((file) => {
        const bytes = length(run, file)
        return bytes === undefined ? [] : [[file, bytes]]
      }),
    ),
  }))

/** Returns the answer to a request. */
export const answerTo = (offer: Offer, { method, url, host }: Asked): Answer => {
  if (!isOwn(host, offer.port))
    return refusal(403, `This server answers to 127.0.0.1:${offer.port} only.`)
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'This server is read-only.')
  const [path = '/'] = url.split(/[?#]/)
  if (path === '/runs.json') return answer(200, types.json!, JSON.stringify(listOf(offer)))
  const [, run, file] = /^\/runs\/(\d{1,6})\/([a-z.]+)$/.exec(path) ?? []
  if (run !== undefined && file !== undefined) {
    const known = (readable as readonly string[]).includes(file) && offer.runs[Number(run)]
    const bytes = known ? offer.read(Number(run), file) : undefined
    return bytes === undefined
      ? refusal(404, 'There is no such file.')
      : answer(200, typeOf(file), bytes)
  }
  const name = path === '/' ? 'index.html' : path.slice(1)
  const text = offer.page.get(name)
  return text === undefined
    ? refusal(404, 'There is no such file.')
    : answer(200, typeOf(name), text)
}
