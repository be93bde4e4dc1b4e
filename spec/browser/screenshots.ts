import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { root } from '../meta/files.ts'
import { browserWith, closeBrowsers, PATIENCE_MS } from './chromium.ts'
import { builtStudio, trained } from './studioPage.ts'

// `npm run screenshots` photographs every tab of the studio: light, dark, and on a phone.

const folder = join(root, 'docs/images')

interface Shot {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly scheme: 'light' | 'dark'
}

const shots: readonly Shot[] = [
  { name: 'light', width: 1280, height: 960, scheme: 'light' },
  { name: 'dark', width: 1280, height: 960, scheme: 'dark' },
  { name: 'phone', width: 390, height: 844, scheme: 'light' },
]

/** Trains the default with few steps, so that the picture shows a run that is done. */
const train = async (browser: Browser, url: string, { name, width, height, scheme }: Shot) => {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme })
  page.setDefaultTimeout(10 * PATIENCE_MS)
  await page.goto(url)
  await page.locator('.lattice').waitFor()
  await trained(page)
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(folder, `studio-train-${name}.png`) })
  await page.close()
}

mkdirSync(folder, { recursive: true })
const { url } = await builtStudio()
const browser = await browserWith()
for (const shot of shots) await train(browser, url, shot)
await closeBrowsers()
