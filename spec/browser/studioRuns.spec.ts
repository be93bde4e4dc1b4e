import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { unzipSync, zipSync } from 'fflate'
import { either as E } from 'fp-ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { train } from '../../examples/index.ts'
import { openRun } from '../../examples/run/index.ts'
import { planTraining } from '../../examples/session/index.ts'
import { serve } from '../../examples/studio/index.ts'
import { closeBrowsers, describeInBrowser, PATIENCE_MS } from './chromium.ts'
import { builtStudio, fragment, opened, sentence, trained } from './studioPage.ts'

// Folders of runs between the studio and the command line.
// Finds faults in examples/studio/page/runsTab.tsx, examples/studio/page/runFolders.ts,
// examples/studio/engine/folders.ts, examples/studio/host/memoryFiles.ts.

let url = ''
let files: ReadonlyMap<string, string> = new Map()
beforeAll(async () => {
  ;({ url, files } = await builtStudio())
}, PATIENCE_MS)
afterAll(closeBrowsers)

describeInBrowser('runs in the studio', () => {
  it('saves a run that the command line continues to the numbers of the page', {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await opened(url + fragment)
    await page.locator('.lattice').waitFor()
    await trained(page)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save run' }).click(),
    ])
    const folder = mkdtempSync(join(tmpdir(), 'psigrad-run-'))
    for (const [name, bytes] of Object.entries(unzipSync(readFileSync(await download.path()))))
      writeFileSync(join(folder, basename(name)), bytes)
    const saved = openRun(folder, (config) => planTraining({ ...config, threads: 1 }))
    if (E.isLeft(saved)) throw new Error(saved.left.message)
    const { training, progress } = saved.right
    expect(progress.records.length).toBe(6)
    const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))
    expect(training.measure(progress.state).energy / training.sites).toBeCloseTo(
      result.energyPerSite,
      9,
    )
    training.dispose()

    // Back in a page, the same folder is the same run, and damage is named.
    await page.getByRole('tab', { name: 'Runs' }).click()
    await page.getByLabel('Packed folders of runs').setInputFiles(
      await download.path().then((path) => ({
        name: 'run.zip',
        mimeType: 'application/zip',
        buffer: readFileSync(path),
      })),
    )
    const row = page.locator('.table tbody tr')
    await row.waitFor()
    expect(await row.textContent()).toContain('6 of 6')
    await row.getByRole('button', { name: 'take up' }).click()
    await sentence(page).filter({ hasText: 'Step 6 of 6, paused' }).waitFor()
    const broken = zipSync({
      'r/config.json': readFileSync(join(folder, 'config.json')),
      'r/log.json': new TextEncoder().encode('{'),
      'r/checkpoint.safetensors': readFileSync(join(folder, 'checkpoint.safetensors')),
    })
    await page.getByRole('tab', { name: 'Runs' }).click()
    await page.getByLabel('Packed folders of runs').setInputFiles({
      name: 'broken.zip',
      mimeType: 'application/zip',
      buffer: Buffer.from(broken),
    })
    await page.getByRole('alert').filter({ hasText: 'log.json' }).waitFor()
    expect(await row.count()).toBe(1)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('follows the runs of its server while they grow', { timeout: PATIENCE_MS }, async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'psigrad-followed-')), 'run')
    const run = (request: object) => train({ out: folder, ...request } as never)
    const small = {
      lattice: 'chain',
      size: [8],
      j2: 0,
      heads: 2,
      dim: 4,
      patch: 2,
      samples: 256,
      threads: 1,
    }
    const begun = await run({ settings: { ...small, steps: 2 } })
    if (E.isLeft(begun)) throw new Error(begun.left.message)
    const served = await serve({ page: files, runs: [folder], port: 0 })
    if (E.isLeft(served)) throw new Error(served.left)
    const { page: tab, complaints } = await opened(served.right.url)
    await tab.getByRole('tab', { name: 'Runs' }).click()
    await tab.getByText('2 of 2').waitFor()
    const more = await train({ resume: folder, settings: { steps: 4 } })
    if (E.isLeft(more)) throw new Error(more.left.message)
    await tab.getByText('4 of 4').waitFor()
    expect(complaints).toEqual([])
    await tab.close()
    await served.right.close()
  })
})
