import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FoundMode, GpuMode, Problem } from '../../core/index.ts'
import { closeBrowsers, describeInBrowser } from './chromium.ts'
import type { Outcome } from './gpuEntry.ts'
import { type OpenPage, openPage } from './page.ts'

// The modes of gpu.js that browsers have, on software that behaves like a graphics card: the same
// random programs within the same bound as in Node.

/** Some ten operations deep in float32. */
const ROUNDING = 2e-5
const SEED = 20261125
const programs = [
  ['any', 8],
  ['views', 8],
  ['large', 1],
] as const

const software = ['--enable-unsafe-swiftshader']
const flags: readonly (readonly [GpuMode, readonly string[]])[] = [
  ['webgl2', software],
  ['webgpu', [...software, '--enable-unsafe-webgpu']],
]

afterAll(closeBrowsers)

describeInBrowser('gpu.js in a page', () => {
  describe.each(flags)('mode %s', (mode, args) => {
    let page: OpenPage
    let found: FoundMode | undefined
    beforeAll(async () => {
      page = await openPage({ entry: 'spec/browser/gpuEntry.ts', args })
      const modes = await page.call<readonly FoundMode[]>('modesHere')
      found = modes.find((f) => f.mode === mode)
    })
    afterAll(() => page.close())

    /** A mode that this Chromium has not is skipped where it is seen. */
    const where = (name: string, body: () => Promise<void>): void => {
      it(name, async (context) => {
        if (found === undefined || found.kind === 'absent') {
          console.warn(`SKIPPED ${mode}, ${name}: ${found?.about ?? 'not known to gpu.js'}`)
          context.skip(`${mode} is not here: ${found?.about}`)
        }
        await body()
      })
    }

    where('is known as what it is: a software renderer', async () => {
      expect(found).toMatchObject({ kind: 'software', about: /swiftshader/i })
    })

    for (const [kind, count] of programs)
      where(`gives random programs (${kind}) within the float32 bound`, async () => {
        const outcome = await page.call<Outcome>('randomPrograms', mode, kind, count, SEED)
        expect(outcome.faults).toEqual([])
        expect(outcome.promised).toBeGreaterThan(50 * count)
      })

    where('computes attention and its gradient for many samples', async () => {
      expect(await page.call<number>('attentionError', mode, 100)).toBeLessThan(ROUNDING)
    })

    if (mode === 'webgl2')
      where('tells of a lost context as of a lost device', async () => {
        const problem = await page.call<Problem | 'went on'>('afterLoss', mode)
        expect(problem).toMatchObject({ kind: 'DeviceError', data: { mode, fault: 'lost' } })
      })
  })
})
