import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { serve } from '../../../examples/studio/index.ts'
import { answerTo, type Offer } from '../../../examples/studio/serving/answers.ts'

// The studio's server gives its page and the files of the runs it was given, and nothing else.
// Finds faults in examples/studio/serving/answers.ts, examples/studio/serving/serve.ts.

const asked: [number, string][] = []
const offer: Offer = {
  page: new Map([
    ['index.html', '<p>studio</p>'],
    ['studio.js', 'go()'],
  ]),
  runs: ['runs/a', 'runs/b'],
  length: (_, name) => (name === 'config.json' ? 1 : undefined),
  read: (run, name) => {
    asked.push([run, name])
    return name === 'config.json' ? new Uint8Array([run]) : undefined
  },
  port: 4174,
}
const get = (url: string, host = '127.0.0.1:4174', method = 'GET') =>
  answerTo(offer, { method, url, host })

describe('the server of the studio', () => {
  it('gives the page, isolated and under its policy', () => {
    for (const url of ['/', '/index.html', '/?x#y'])
      expect(get(url)).toMatchObject({ status: 200, body: '<p>studio</p>' })
    const { headers } = get('/studio.js')
    expect(headers['Content-Type']).toMatch('text/javascript')
    expect(headers['Cross-Origin-Opener-Policy']).toBe('same-origin')
    expect(headers['Cross-Origin-Embedder-Policy']).toBe('require-corp')
    expect(headers['Content-Security-Policy']).toMatch("default-src 'none'")
  })

  it('gives the files of its runs, by number', () => {
    expect(JSON.parse(String(get('/runs.json').body))).toEqual([
      { name: 'runs/a', files: { 'config.json': 1 } },
      { name: 'runs/b', files: { 'config.json': 1 } },
    ])
    expect(get('/runs/1/config.json')).toMatchObject({ status: 200, body: new Uint8Array([1]) })
    expect(get('/runs/0/log.json').status).toBe(404)
    expect(get('/runs/2/config.json').status).toBe(404)
    expect(get('/runs/0/parameters.txt').status).toBe(404)
  })

  it('reads nothing but these, whatever is asked', () => {
    const piece = fc.constantFrom(
      '..',
      '%2e%2e',
      'runs',
      '0',
      'config.json',
      'etc',
      '\\',
      '',
      'a.b',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        asked.length = 0
        get(`/${pieces.join('/')}`)
        for (const [run, name] of asked) {
          expect([0, 1]).toContain(run)
          expect(name).toMatch(/^[a-z]+\.(json|safetensors)$/)
        }
      }),
    )
  })

  it('refuses other names and other methods', () => {
    for (const host of ['evil.example:4174', '127.0.0.1', '127.0.0.1:80', 'localhost.evil:4174'])
      expect(get('/', host).status).toBe(403)
    expect(answerTo(offer, { method: 'GET', url: '/', host: undefined }).status).toBe(403)
    expect(get('/', 'localhost:4174').status).toBe(200)
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect(get('/', undefined, method).status).toBe(405)
  })

  it('says what is wrong with a folder or a port', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'psigrad-'))
    const page = offer.page
    const left = async (runs: readonly string[], port = 0): Promise<string> => {
      const served = await serve({ page, runs, port })
      if (E.isRight(served)) throw new Error('it was served')
      return served.left
    }
    expect(await left([join(folder, 'none')])).toMatch('there is no such folder')
    expect(await left([folder])).toMatch('with its config.json')
    writeFileSync(join(folder, 'file'), '')
    expect(await left([join(folder, 'file')])).toMatch('not a file')
    mkdirSync(join(folder, 'run'))
    writeFileSync(join(folder, 'run/config.json'), '{}')
    const served = await serve({ page, runs: [join(folder, 'run')], port: 0 })
    if (E.isLeft(served)) throw new Error(served.left)
    const { url, close } = served.right
    expect(await (await fetch(`${url}runs/0/config.json`)).text()).toBe('{}')
    expect((await fetch(`${url}runs/0/log.json`)).status).toBe(404)
    expect(await left([], Number(new URL(url).port))).toMatch('another program uses this port')
    await close()
  })
})
