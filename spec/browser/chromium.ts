import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { describe } from 'vitest'

// The browser that specs open pages in: Debian's Chromium, without a window.

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** PSIGRAD_CHROMIUM names another one, and then no other is looked for. */
export const chromiumPath: string | undefined = (
  process.env.PSIGRAD_CHROMIUM === undefined ? places : [process.env.PSIGRAD_CHROMIUM]
).find((path) => existsSync(path))

/** No sandbox of its own in a container, no network in the background. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A browser starts in a second, and in minutes where many processes share two cores. */
export const PATIENCE_MS = 180_000

const browsers = new Map<string, Promise<Browser>>()

/** One browser process for all pages with the same flags. */
export const browserWith = (args: readonly string[] = []): Promise<Browser> => {
  const key = args.join(' ')
  const open = browsers.get(key)
  if (open !== undefined) return open
  const opening = chromium.launch({
    timeout: PATIENCE_MS,
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: [...quiet, ...args],
  })
  browsers.set(key, opening)
  return opening
}

export const closeBrowsers = async (): Promise<void> => {
  for (const opening of browsers.values()) await (await opening).close()
  browsers.clear()
}

const missing = 'no Chromium here: apt-get install chromium, or set PSIGRAD_CHROMIUM to its path'

/** `describe` where a Chromium is; elsewhere a skip that says so, in the report and beside it. */
export const describeInBrowser = (name: string, body: () => void): void => {
  if (chromiumPath !== undefined) {
    describe(name, body)
    return
  }
  console.warn(`SKIPPED ${name}: ${missing}`)
  describe.skip(`${name} (skipped, ${missing})`, body)
}
