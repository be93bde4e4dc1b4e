import { describe, expect, it } from 'vitest'
import { command, studioCommand } from '../../../examples/cli/commands/studioCommand.ts'

// `psigrad studio` prints where the page is, serves it, and says what is wrong.
// Finds faults in examples/cli/commands/studioCommand.ts, examples/studio/serving/builtPage.ts.

const called = async (
  runs: readonly string[],
  port: string,
  visit: (url: string) => Promise<void> = async () => {},
) => {
  const [out, err]: [string[], string[]] = [[], []]
  let done = false
  const stdout = {
    write: (text: string) => {
      out.push(text)
      void visit(text.trim()).finally(() => {
        done = true
      })
    },
  }
  const stderr = { write: (text: string) => err.push(text) }
  const stopped = () => (done ? ('SIGINT' as const) : undefined)
  const code = await studioCommand({ runs, port }, { stdout, stderr, stopped })
  return { code, out: out.join(''), err: err.join('') }
}

describe('psigrad studio', () => {
  it('serves the built page until it is stopped', { timeout: 120_000 }, async () => {
    let page = ''
    const { code, out, err } = await called([], '0', async (url) => {
      page = await (await fetch(url)).text()
    })
    expect(code).toBe(0)
    expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/)
    expect(err).toMatch('this machine only')
    expect(page).toMatch('<script type="module" src="studio.js">')
  })

  it('refuses what it cannot serve', async () => {
    expect(await called([], '99999')).toMatchObject({
      code: 2,
      err: expect.stringMatching('--port'),
    })
    expect(await called([], 'x')).toMatchObject({ code: 2 })
    expect(command.help).toMatch('127.0.0.1')
  })
})
