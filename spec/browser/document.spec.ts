import { afterAll, expect, it } from 'vitest'
import { type Block, blocksIn, prepared } from '../meta/blocks.ts'
import { read } from '../meta/files.ts'
import { closeBrowsers, describeInBrowser } from './chromium.ts'
import { type OpenPage, openPage } from './page.ts'
import { showSizes, sizes } from './size.ts'

// docs/browser.md, in a browser: its program under its headers, and what it says of others.

const document = read('docs/browser.md')
const blocks = blocksIn(document)
const blockOf = (language: string): Block => {
  const block = blocks.find((b) => b.language === language)
  if (block === undefined) throw new Error(`docs/browser.md has no ${language} block`)
  return block
}
const headers = new Map(
  blockOf('http')
    .code.trim()
    .split('\n')
    .map((line): [string, string] => {
      const [name = '', ...value] = line.split(': ')
      return [name, value.join(': ')]
    }),
)
const policy = headers.get('Content-Security-Policy') ?? ''
const program = prepared(blockOf('ts'))

/** The document's program as a module that keeps its values, tensors as nested arrays. */
const entry = {
  code: `import { isConcrete as __isTensor, toNested as __nested } from 'psigrad/core'
    const __values: [number, unknown][] = []
    const __seen = (k: number, x: any): void => {
      __values.push([k, __isTensor(x) ? __nested(x) : x])
    }
    export const values = () => __values
    ${program.code}`,
}
const beside = { worker: { code: "import 'psigrad/core/worker'" } }
afterAll(closeBrowsers)

const under = async (
  given: { readonly policy: string; readonly isolated?: boolean },
  check: (page: OpenPage) => Promise<void>,
): Promise<void> => {
  const page = await openPage({ entry, beside, isolated: true, ...given })
  try {
    await check(page)
  } finally {
    await page.close()
  }
}
const values = async ({ call }: OpenPage): Promise<ReadonlyMap<number, unknown>> =>
  new Map(await call<[number, unknown][]>('values'))

describeInBrowser('the program of docs/browser.md', () => {
  it('runs under its headers as it does in Node', async () => {
    expect(headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin')
    expect(headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp')
    await under({ policy }, async (page) => {
      expect(program.checked).toBeGreaterThan(3)
      expect(program.judge(await values(page))).toEqual([])
      expect(page.complaints).toEqual([])
    })
  })

  it('has one thread, and else the same values, without isolation or without workers', async () => {
    const alone = [{ policy, isolated: false }, { policy: `${policy}; worker-src 'none'` }]
    for (const given of alone)
      await under(given, async (page) => {
        const wrong = program.judge(await values(page))
        expect(wrong).toHaveLength(1)
        expect(wrong[0]).toContain('promises 2, gives 1')
      })
  })

  it("does not start without 'unsafe-eval', and says that it lacks it", async () => {
    await under({ policy: policy.replace('unsafe-eval', 'wasm-unsafe-eval') }, async (page) => {
      await expect(page.call('values')).rejects.toThrow(/EvalError: .*'unsafe-eval'/)
    })
  })
})

it('the library needs nothing of Node in a page, and is as small as docs/browser.md says', async () => {
  const all = await sizes()
  expect(all.flatMap(({ missing }) => missing)).toEqual([])
  const [core, , everything, worker] = all.map(({ gzipped }) => Math.round(gzipped / 1000))
  const said = /about (\d+) kB gzipped[\s\S]*?(\d+) kB\s+for everything[\s\S]*?(\d+) kB/.exec(
    document.text,
  )
  const written = said?.slice(1).map(Number) ?? []
  expect(written).toHaveLength(3)
  // Ten percent: a sentence need not follow every change.
  ;[core, everything, worker].forEach((kB, i) => {
    expect(Math.abs(kB! - written[i]!), showSizes(all)).toBeLessThanOrEqual(0.1 * written[i]!)
  })
})
