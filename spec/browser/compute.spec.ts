import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Precision } from '../../core/index.ts'
import { closeBrowsers, describeInBrowser } from './chromium.ts'
import * as here from './computeEntry.ts'
import { type OpenPage, openPage, type PageOptions } from './page.ts'

// What a page computes, on any number of threads, is what Node computes.

const { everyPrimitive, transformer, linearAlgebra, training } = here
type Answer = Awaited<ReturnType<typeof linearAlgebra>>
type Computation = 'everyPrimitive' | 'transformer' | 'linearAlgebra' | 'training'
const computations = { everyPrimitive, transformer, linearAlgebra, training } as Readonly<
  Record<Computation, (...args: readonly unknown[]) => Promise<Answer>>
>

const entry = 'spec/browser/computeEntry.ts'
const beside = { worker: 'core/threads/worker.ts' }
afterAll(closeBrowsers)

/** Several tiles of the Transformer, and a part of one. */
const SAMPLES = 75
/** Engines differ in the last bit of Math.exp and its like; sums of few numbers keep that small. */
const ULPS = 1e-14
/** Three steps multiply that by the condition number of their solves. */
const STEPS = 1e-8

/** Describes the first number of each array that differs by more than allowed. */
const differences = (got: here.Numbers, wanted: here.Numbers, allowed = 0): string[] =>
  Object.keys({ ...got, ...wanted }).flatMap((name) => {
    const [a, b] = [got[name], wanted[name]]
    if (a === undefined || a.length !== b?.length) return [`${name}: ${a?.length} ${b?.length}`]
    const at = a.findIndex(
      (x, i) => !Object.is(x, b[i]) && !(Math.abs(x - b[i]!) <= allowed * (1 + Math.abs(b[i]!))),
    )
    return at < 0 ? [] : [`${name} at ${at}: ${a[at]} in the page, ${b[at]} in Node`]
  })

/** Node's answer on one thread, once for all pages. */
const known = new Map<string, Promise<Answer>>()
const inNode = (name: Computation, args: readonly unknown[]): Promise<Answer> => {
  const key = JSON.stringify([name, args])
  const answer = known.get(key) ?? computations[name](...args, 0)
  known.set(key, answer)
  return answer
}

/** [what the page is, how many threads a pool is asked for, how many it then has] */
const pages: readonly (readonly [string, Omit<PageOptions, 'entry' | 'beside'>, number, number])[] =
  [
    ['isolated, on its main thread', { isolated: true }, 2, 2],
    ['isolated, from a worker', { isolated: true, thread: 'worker' }, 2, 2],
    ['not isolated, where a pool is one thread', {}, 3, 1],
  ]
const precisions: readonly Precision[] = ['float64', 'float32']

describeInBrowser('a page', () => {
  describe.each(pages)('%s', (_, options, asked, working) => {
    let page: OpenPage
    beforeAll(async () => {
      page = await openPage({ entry, beside, ...options })
    })
    afterAll(() => page.close())

    const run = (threads: number, name: Computation, ...args: readonly unknown[]) =>
      page.call<Answer>(name, ...args, threads)
    const compare = async (allowed: number, name: Computation, ...args: readonly unknown[]) => {
      const got = await run(asked, name, ...args)
      expect(got.threads).toBe(working)
      const { result } = await inNode(name, args)
      expect(Object.keys(result).length).toBeGreaterThan(1)
      expect(differences(got.result, result, allowed)).toEqual([])
    }

    it.each(precisions)('computes every primitive to the bits of Node: %s', (precision) =>
      compare(0, 'everyPrimitive', 'wasm', precision),
    )

    it('computes every primitive on the reference backend', () =>
      compare(ULPS, 'everyPrimitive', 'reference', 'float64'))

    it.each(precisions)('computes a Transformer and its derivatives, as well: %s', (precision) =>
      compare(0, 'transformer', 'wasm', precision, SAMPLES),
    )

    it('multiplies and factors matrices to the bits of Node', () => compare(0, 'linearAlgebra'))

    it('trains: to the bits of one thread here, and as Node to rounding', async () => {
      await compare(STEPS, 'training')
      const [many, one] = [await run(asked, 'training'), await run(0, 'training')]
      expect(differences(many.result, one.result)).toEqual([])
    })

    it('explains what it compiled in the same words', async () => {
      const text = here.explained('float32')
      expect(text).toContain('float32')
      expect(await page.call('explained', 'float32')).toBe(text)
    })

    it('has had nothing to complain about', () => expect(page.complaints).toEqual([]))
  })
})
