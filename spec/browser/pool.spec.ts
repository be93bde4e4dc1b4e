import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeBrowsers, describeInBrowser } from './chromium.ts'
import { type OpenPage, openPage } from './page.ts'
import type { poolFrom, unlucky } from './poolEntry.ts'

// Pools of threads in a page: how they start, and how workers are lost.

const entry = 'spec/browser/poolEntry.ts'
const beside = { worker: 'core/threads/worker.ts', crash: 'spec/core/threads/crashWorker.ts' }
afterAll(closeBrowsers)

type Started = Awaited<ReturnType<typeof poolFrom>>
type Struck = Awaited<ReturnType<typeof unlucky>>

const PATIENCE_MS = 1000
/** The error comes soon, on a loaded machine, too. */
const SECONDS = 60

describeInBrowser('a pool in a page', () => {
  describe.each(['main', 'worker'] as const)('isolated, led by its %s thread', (thread) => {
    let page: OpenPage
    beforeAll(async () => {
      page = await openPage({ entry, beside, isolated: true, thread })
    })
    afterAll(() => page.close())

    it('has the threads that it is asked for, until it is closed', async () => {
      const started = { atOnce: 3, threads: 3, right: true, closed: 1 }
      expect(await page.call<Started>('poolFrom')).toEqual(started)
      expect(await page.call<Started>('poolFrom', './worker.js')).toEqual(started)
      expect(page.complaints).toEqual([])
    })

    it.each([
      ['throws', 'a job', 'struck by lightning', 2],
      ['throws', 'a task', 'struck by lightning', 2],
      ['hangs', 'a job', 'did not finish', 1],
      ['hangs', 'a task', 'did not finish', 1],
    ])('loses a worker that %s in the middle of %s: %s', async (luck, work, what, after) => {
      const { problem, seconds, ...rest } = await page.call<Struck>(
        'unlucky',
        luck,
        work,
        PATIENCE_MS,
      )
      expect(problem).toMatchObject({
        kind: 'WorkerError',
        where: 'threads',
        what: expect.stringContaining(what),
      })
      expect(seconds).toBeLessThan(SECONDS)
      expect(rest).toEqual({ before: 2, after, goesOn: true, anotherHas: 2, startsAgain: true })
    })

    it('is the calling thread where the script of its workers is not there', async () => {
      expect(await page.call<Started>('poolFrom', './nowhere.js')).toEqual({
        atOnce: 3,
        threads: 1,
        right: true,
        closed: 1,
      })
    })
  })

  it('is the calling thread where the page is not isolated', async () => {
    const page = await openPage({ entry, beside })
    expect(await page.call<Started>('poolFrom')).toEqual({
      atOnce: 1,
      threads: 1,
      right: true,
      closed: 1,
    })
    await page.close()
  })
})
