import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeBundle } from '../../examples/bench/bundle.ts'
import { type Contender, own } from '../../examples/bench/contenders.ts'
import { batchOf, type Item, sizes } from '../../examples/bench/items.ts'
import { measureItem } from '../../examples/bench/measure.ts'
import { encodeNumbers } from '../../examples/bench/protocol.ts'

// Real processes, one turn each: who takes part is told, how fast is not.

const item: Item = { work: 'forward', size: 'S', precision: 'float32' }
const rules = { repeats: 1, turnSeconds: 0, budgetSeconds: 1 }

const folder = mkdtempSync(join(tmpdir(), 'psigrad-bench-spec-'))
const bundle = join(folder, 'S.safetensors')
beforeAll(() => writeBundle(bundle, sizes.S, batchOf(item)))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A contender in a line of JavaScript: `answer(ask)` gives its answers. */
const fake = (name: string, answer: string): Contender => ({
  name,
  kind: 'javascript',
  threads: 1,
  alone: false,
  does: () => true,
  command: {
    file: process.execPath,
    args: [
      '-e',
      `const answer = ${answer}
      require('readline').createInterface({ input: process.stdin }).on('line', (line) =>
        console.log(JSON.stringify(answer(JSON.parse(line).ask))))`,
    ],
  },
})

const ones = encodeNumbers(new Float64Array(3 * batchOf(item)).fill(1))
const crashing = fake('Crashing', `(ask) => { if (ask === 'run') throw 'boom'; return {} }`)
const lying = fake('Lying', `() => ({ version: 'x', seconds: 1, numbers: '${ones}' })`)
const silent = fake('Refusing', `() => ({ error: 'not today' })`)

test('who crashes, refuses or disagrees is dropped with the reason; the rest go on', async () => {
  const said: string[] = []
  const contenders = [own(1)[0]!, crashing, lying, silent]
  const { measured, dropped } = await measureItem(item, contenders, bundle, rules, (line) =>
    said.push(line),
  )
  expect(measured.map((m) => m.contender)).toEqual(['psigrad'])
  expect(measured[0]).toMatchObject({ batch: batchOf(item), difference: 0, kind: 'psigrad' })
  expect(measured[0]!.seconds).toHaveLength(1)
  expect(measured[0]!.flops).toBeGreaterThan(batchOf(item))
  expect(measured[0]!.peakBytes).toBeGreaterThan(1e6)
  expect(dropped.map(({ contender, why }) => [contender, why])).toEqual([
    ['Crashing', expect.stringContaining('ended (exit code 1)')],
    ['Lying', expect.stringMatching(/^disagrees by .* more than 0.0002 \(float32\)$/)],
    ['Refusing', 'not today'],
  ])
  expect(said).toContain('forward S float32: Refusing dropped: not today')
})
