import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { studioFiles } from '../../examples/studio/build.ts'
import { browserWith, PATIENCE_MS } from './chromium.ts'

// The studio in a browser, for specs that click it.

const file = join(tmpdir(), `psigrad-studio-${process.pid}.html`)
/** A run of a second. */
export const quickRun = {
  lattice: 'chain',
  size: '8',
  j2: '0',
  heads: '2',
  dim: '4',
  patch: '2',
  steps: '6',
  samples: '512',
}
/** The link to it. */
export const fragment = `#${new URLSearchParams(quickRun)}`

/** The studio as a file, once built; the first of these calls builds it. */
let built: Promise<ReadonlyMap<string, string>> | undefined

/** The files of the studio, and the address of the one that opens by itself. */
export const builtStudio = async () => {
  built ??= studioFiles()
  const files = await built
  writeFileSync(file, files.get('psigrad-studio.html')!)
  return { files, url: pathToFileURL(file).href }
}

/** A page is open, with its complaints: uncaught errors, and refusals of its policy. */
export interface Opened {
  readonly page: Page
  readonly complaints: readonly string[]
}

/** Opens a page, and notes its complaints. */
export const opened = async (url: string): Promise<Opened> => {
  const page = await (await browserWith()).newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(url)
  return { page, complaints }
}

/** The sentence above the figures. */
export const sentence = (page: Page) => page.locator('.sentence')
/** Presses Train and waits until the run is done. */
export const trained = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Train', exact: true }).click()
  await sentence(page).filter({ hasText: /^Done/ }).waitFor()
}
