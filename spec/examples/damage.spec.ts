import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { beforeAll, describe, expect, it } from 'vitest'
import { attentionCommand } from '../../examples/cli/commands/attentionCommand.ts'
import { compareCommand } from '../../examples/cli/commands/compareCommand.ts'
import { observeCommand } from '../../examples/cli/commands/observeCommand.ts'
import { studyCommand } from '../../examples/cli/commands/studyCommand.ts'
import { parseJson, repeatedName } from '../../examples/run/json.ts'
import { temporaryOf } from '../../examples/run/temporaries.ts'
import { runTrain } from './commands.ts'
import { fakePlan } from './fakeTraining.ts'

// Files that are not what they should be: an answer with path and reason, never a stack trace.

const root = mkdtempSync(join(tmpdir(), 'psigrad-damage-'))

const streams = () => {
  const texts = { out: '', err: '' }
  return {
    texts,
    plan: async () => fakePlan(),
    stdout: { write: (text: string) => (texts.out += text) },
    stderr: { write: (text: string) => (texts.err += text) },
    stopped: () => undefined,
  }
}

const compared = async (out: string) => {
  const s = streams()
  const flags = { steps: '2', samples: '64' }
  const code = await compareCommand({ flags, forms: 'factored', seeds: '1', out, json: true }, s)
  return { code, ...s.texts }
}
const observed = async (run: string) => {
  const s = streams()
  const code = await observeCommand({ run, rounds: '1', json: true }, s)
  return { code, ...s.texts }
}
const attended = async (run: string) => {
  const s = streams()
  const code = await attentionCommand({ run, json: true }, s)
  return { code, ...s.texts }
}

const whole = join(root, 'whole')
let cell = ''
beforeAll(async () => {
  expect(await compared(whole)).toMatchObject({ code: 0 })
  cell = readdirSync(whole).find((name) => statSync(join(whole, name)).isDirectory())!
  expect(await observed(join(whole, cell))).toMatchObject({ code: 0 })
})

/** Each way in which a text can be wrong, and what is then said. */
const damages: readonly (readonly [string, (text: string) => string, RegExp])[] = [
  ['empty', () => '', /it is empty/],
  [
    'cut in the middle',
    (text) => text.slice(0, text.length / 2),
    /it is not JSON, or it is cut off/,
  ],
  ['a list', () => '[]', /as a whole it is a list: expected an object/],
  ['null', () => 'null', /as a whole it is null: expected an object/],
  ['an object without anything', () => '{}', / is not there/],
  ['twice the same name', (text) => text.replace('{', '{"steps": 1, "steps": 2,'), /"steps" twice/],
]

let copies = 0
const damagedCopy = (name: string, damage: (text: string) => string) => {
  copies += 1
  const out = join(root, `copy-${copies}`)
  cpSync(whole, out, { recursive: true })
  const path = join(out, cell, name)
  writeFileSync(path, damage(readFileSync(path, 'utf8')))
  return { out, run: join(out, cell), path }
}

describe.each(damages)('a file that is %s', (_, damage, words) => {
  const answered = (
    { code, out, err }: { code: number; out: string; err: string },
    path: string,
  ) => {
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(path)
    expect(err).toMatch(words)
  }
  it.each(['result.json', 'analysis.json', 'log.json'])('is told by compare: %s', async (name) => {
    const { out, path } = damagedCopy(name, damage)
    answered(await compared(out), path)
  })

  it('is told by the commands that look at a run', async () => {
    const { run, path } = damagedCopy('log.json', damage)
    for (const look of [observed, attended]) answered(await look(run), path)
    const result = damagedCopy('result.json', damage)
    const { code, err, out } = await observed(result.run)
    // Its numbers are printed all the same.
    expect([code, JSON.parse(out).step]).toEqual([2, 2])
    expect(err).toContain(result.path)
    expect(err).toMatch(words)
    const resumed = damagedCopy('observables.json', damage)
    const again = await runTrain({ resume: resumed.run })
    expect([again.code, again.stderr.includes(resumed.path)]).toEqual([2, true])
    expect(again.stdout).toContain('energy per site')
  })

  it('is told by study', async () => {
    copies += 1
    const docs = join(root, `docs-${copies}`)
    cpSync(join(import.meta.dirname, '../../docs/study'), join(docs, 'study'), { recursive: true })
    const path = join(docs, 'study', 'data.json')
    writeFileSync(path, damage(readFileSync(path, 'utf8')))
    for (const what of [
      { pages: true, list: false },
      { pages: false, list: true },
    ]) {
      const s = streams()
      const code = await studyCommand({ quick: false, again: false, docs, ...what }, s)
      answered({ code, ...s.texts }, path)
    }
  })
})

it('a config.json that is none is told with its reason', async () => {
  for (const [text, words] of [
    ['', 'JSON'],
    ['{"lr": ', 'JSON'],
    ['[]', 'a JSON object'],
  ] as const) {
    const { run } = damagedCopy('config.json', () => text)
    for (const look of [observed, attended]) {
      const { code, err } = await look(run)
      expect(code).toBe(2)
      expect(err).toContain(run)
      expect(err).toContain(words)
    }
    expect(await runTrain({ resume: run })).toMatchObject({ code: 2, stdout: '' })
  }
})

describe('JSON', () => {
  it('of any value is read as it was written, and a name given twice is seen', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, indented) => {
        const text = JSON.stringify(value, null, indented ? 2 : 0)
        expect(parseJson(text)).toEqual(E.right(JSON.parse(text)))
        expect(repeatedName(`{"a": ${text}, "b": [${text}]}`)).toBeUndefined()
        expect(repeatedName(`{"a": ${text}, "b": {"\\u0061": 1}, "\\u0061": ${text}}`)).toBe('a')
      }),
    )
  })
})

describe('the commands that look at a run', () => {
  it('leave what a training is writing there', async () => {
    const { run } = damagedCopy('log.json', (text) => text)
    const names = [temporaryOf('checkpoint.safetensors'), `.log.json.${process.ppid}.tmp`]
    for (const name of names) writeFileSync(join(run, name), 'part')
    const before = readdirSync(run)
    for (const look of [observed, attended]) expect((await look(run)).code).toBe(0)
    expect(readdirSync(run)).toEqual(before)
  })
})
