import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { type Bundle, bundled, type Entry } from './bundle.ts'
import { browserWith, PATIENCE_MS } from './chromium.ts'

// Pages for specs: modules bundled for the browser, served by this machine to itself, and their
// exported functions called from here.

export interface PageOptions {
  /** The module whose exported functions are to be called. */
  readonly entry: Entry
  /** Modules that become files of their own beside it, such as workers, by the name of the file. */
  readonly beside?: Readonly<Record<string, Entry>>
  /** Cross-origin isolated, so that there is shared memory? Default: false. */
  readonly isolated?: boolean
  /** The page's Content-Security-Policy; default: none. */
  readonly policy?: string
  /** Where the functions run: on the page's main thread (the default), or in a worker. */
  readonly thread?: 'main' | 'worker'
  /** Further flags for the browser; pages with the same flags share a process. */
  readonly args?: readonly string[]
}

export interface OpenPage {
  /**
   * Calls an exported function. Arguments and results are plain data or typed arrays; in a page of
   * `thread: 'worker'` results pass through a message, too.
   */
  readonly call: <Result>(name: string, ...args: readonly unknown[]) => Promise<Result>
  /** What Playwright calls a page, for all else. */
  readonly page: Page
  /** Errors that nothing caught, and what the page wrote to its console as a warning or worse. */
  readonly complaints: readonly string[]
  readonly close: () => Promise<void>
}

/** Answers calls with the functions of the entry; without inline scripts, which policies forbid. */
const scripts: Readonly<Record<'main' | 'worker', Readonly<Record<string, string>>>> = {
  main: {
    // In a task of its own: what a debugger calls directly, no policy binds.
    '/page.js': `const functions = import('./entry.js')
      globalThis.callEntry = async (name, args) => {
        await new Promise((resolve) => setTimeout(resolve))
        return (await functions)[name](...args)
      }`,
  },
  worker: {
    '/page.js': `const worker = new Worker('./thread.js', { type: 'module' })
      const waiting = new Map()
      worker.onmessage = ({ data: { id, result, error } }) => {
        const { resolve, reject } = waiting.get(id)
        if (error === undefined) resolve(result)
        else reject(new Error(error))
      }
      worker.onerror = (event) => console.error('worker: ' + event.message)
      let calls = 0
      globalThis.callEntry = (name, args) =>
        new Promise((resolve, reject) => {
          waiting.set(calls, { resolve, reject })
          worker.postMessage({ id: calls, name, args })
          calls += 1
        })`,
    '/thread.js': `const functions = import('./entry.js')
      onmessage = async ({ data: { id, name, args } }) => {
        try {
          postMessage({ id, result: await (await functions)[name](...args) })
        } catch (error) {
          postMessage({ id, error: String(error?.stack ?? error) })
        }
      }`,
  },
}

const html = '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>'

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

const serving = (
  files: Bundle['files'],
  headers: Readonly<Record<string, string>>,
): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((asked, answer) => {
      const [url = '/'] = (asked.url ?? '/').split('?')
      const text = url === '/' ? html : files.get(url)
      const type = url === '/' ? 'text/html' : 'text/javascript'
      const status = text !== undefined ? 200 : url === '/favicon.ico' ? 204 : 404
      answer.writeHead(status, { 'Content-Type': type, ...headers })
      answer.end(text)
    })
    server.listen(0, '127.0.0.1', () => resolve(server))
  })

/**
 * A page of its own, ready to be called.
 *
 *   const page = await openPage({ entry: 'spec/browser/entry.ts', isolated: true })
 *   await page.call<number>('sum', [1, 2])
 */
export const openPage = async ({
  entry,
  beside = {},
  isolated = false,
  policy,
  thread = 'main',
  args = [],
}: PageOptions): Promise<OpenPage> => {
  const bundle = await bundled({ entry, ...beside })
  const files = new Map([...bundle.files, ...Object.entries(scripts[thread])])
  const server = await serving(files, {
    ...(isolated ? isolation : {}),
    ...(policy === undefined ? {} : { 'Content-Security-Policy': policy }),
  })
  const browser = await browserWith(args)
  const page = await browser.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) complaints.push(message.text())
  })
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const call = async <Result>(name: string, ...given: readonly unknown[]): Promise<Result> => {
    const [result, error] = await page.evaluate(
      async ([wanted, values]) => {
        const { callEntry } = globalThis as unknown as {
          readonly callEntry?: (name: string, args: readonly unknown[]) => unknown
        }
        if (callEntry === undefined) return [undefined, 'the page did not start']
        try {
          return [await callEntry(wanted, values), undefined]
        } catch (thrown) {
          return [undefined, thrown instanceof Error ? (thrown.stack ?? thrown.message) : thrown]
        }
      },
      [name, given] as const,
    )
    if (error !== undefined)
      throw new Error([`${name} in the page: ${String(error)}`, ...complaints].join('\n'))
    return result as Result
  }
  const close = async (): Promise<void> => {
    await page.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { call, page, complaints, close }
}
