// Finds faults in examples/check/{checkFile, checkCandidates, checkWorker, threadMessages}.ts and
// examples/cli/commands/checkCommand.ts.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CheckedFile } from '../../../examples/check/finding.ts'
import { checkCommand } from '../../../examples/cli/commands/checkCommand.ts'

// `psigrad check` as its users run it: files beside the checkout, without a build.

const launcher = join(import.meta.dirname, '../../../examples/cli/launch.mjs')
const folder = mkdtempSync(join(tmpdir(), 'psigrad-check-'))
const written = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}
const psigrad = (...args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [launcher, 'check', ...args], { cwd: folder })
    let [out, err] = ['', '']
    child.stdout.on('data', (data) => (out += data))
    child.stderr.on('data', (data) => (err += data))
    child.on('close', (code) => resolve({ code, out, err }))
  })
const outcomes = ({ findings }: CheckedFile): Record<string, string> =>
  Object.fromEntries(findings.map(({ name, outcome }) => [name, outcome]))

/** Six wrong rules, of tensors and of plain numbers, beside right ones. */
const six = written(
  'six.ts',
  `import { customVjp } from 'psigrad/autodiff'
import { add, cos, dot, exp, mul, sin, square, sub, sum, tanh, transpose, type Tensor } from 'psigrad/core'
import { dense } from 'psigrad/models'
type Rule = Parameters<typeof customVjp>[0]['pullback']
const rule = (name: string, forward: (...x: Tensor[]) => Tensor, pullback: Rule) =>
  customVjp({ name, forward, pullback })
export const hyperbolic = rule('hyperbolic', (x) => tanh(x), (_, y, bar) => [mul(bar, sub(1, square(y)))])
export const cosine = rule('cosine', (x) => cos(x), ([x], _, bar) => [mul(bar, sin(x!))])
export const cube = rule('cube', (x) => mul(x, square(x)), ([x], _, bar) => [mul(bar, mul(2, square(x!)))])
export const product = rule('product', (a, b) => dot(a, b!), ([a, b], _, bar) => [
  dot(bar, b!), dot(transpose(a!), bar)])
export const shift = rule('shift', (x, b) => add(x, b!), (_, __, bar) => [bar, bar])
export const exponential = { forward: (x: Tensor) => exp(x), pullback: ([x]: Tensor[], _: Tensor, bar: Tensor) => [mul(bar, x!)] }
export const squares = {
  forward: (x: number[]) => x.map((v) => v * v),
  pullback: ([x]: [number[]], _: number[], bar: number[]) => [x.map((v, i) => v * bar[i]!)],
}
export const halves = {
  forward: (x: number) => x / 2,
  pullback: (_: number[], __: number, bar: number) => [bar / 2],
}
export const loss = (x: Tensor) => sum(mul(x, sin(x)))
export const layer = dense({ in: 4, out: 3 })
export const makes = () => dense({ in: 4, out: 3 })
`,
)

/** What a file may do to whoever runs it. */
const hostile = written(
  'hostile.ts',
  `import { mul, sum, type Tensor } from 'psigrad/core'
console.log('hello')
export const forever = (x: Tensor) => { for (;;); return sum(x) }
export const throws = (x: Tensor): Tensor => { throw new Error('no luck') }
export const exits = (x: Tensor) => { process.exit(0); return sum(x) }
export const rejects = (x: Tensor) => { void Promise.reject(new Error('later')); return sum(x) }
export const doubled = (x: any) => sum(x * 2)
export const forgets = (x: Tensor) => { sum(x) }
export const good = (x: Tensor) => sum(mul(x, x))
`,
)

describe('psigrad check', () => {
  it('finds six wrong rules in a file, says which, and ends with 1', async () => {
    const junit = join(folder, 'six.xml')
    const [text, json] = await Promise.all([
      psigrad(six, '--junit', junit),
      psigrad(six, '--json', '--seed', '7'),
    ])
    expect(text).toMatchObject({ code: 1, err: '' })
    expect(text.out.split('\n').filter((line) => [...line].length > 80)).toEqual([])
    for (const name of ['cosine', 'cube', 'product', 'shift', 'exponential', 'squares'])
      expect(text.out).toMatch(new RegExp(`\\n  WRONG +${name} +rule +\\S`))
    expect(text.out).toMatch(/WRONG +shift .*its pullback fails at \[2, 3\] and \[1, 3\]/)
    expect(text.out).toContain('4 right, 6 wrong or failed')
    expect(text.out).toContain('blamed: the pullback of cube')
    const report = JSON.parse(json.out) as { files: CheckedFile[]; code: number }
    expect([json.code, report.code]).toEqual([1, 1])
    expect(outcomes(report.files[0]!)).toEqual({
      hyperbolic: 'right',
      cosine: 'wrong',
      cube: 'wrong',
      product: 'wrong',
      shift: 'wrong',
      exponential: 'wrong',
      squares: 'wrong',
      halves: 'right',
      loss: 'right',
      layer: 'right',
      makes: 'left out',
    })
    const xml = readFileSync(junit, 'utf8')
    expect(xml).toContain('tests="11" failures="6" errors="0" skipped="1"')
    expect(xml.match(/<failure /g)).toHaveLength(6)
  })

  it('goes on after what loops, throws, or ends the process, and ends with 2 for a file that cannot be read', async () => {
    const files = {
      syntax: written('syntax.ts', 'export const x = (\n'),
      exit: written('exit.ts', 'process.exit(0)\n'),
      loop: written('loop.ts', 'for (;;);\n'),
      top: written('top.ts', "\nthrow new Error('at the top')\n"),
      none: written('none.ts', 'export const a = 3\n'),
      typo: written(
        'typo.ts',
        'export const f = (x: unknown) => x\nexport const inputs = { g: 1 }\n',
      ),
      missing: join(folder, 'missing.ts'),
    }
    const paths = [hostile, ...Object.values(files)]
    const ran = await psigrad(...paths, '--json', '--time-limit', '3')
    expect(ran.code).toBe(2)
    expect(ran.err).toContain('hello')
    const checked = (JSON.parse(ran.out) as { files: CheckedFile[] }).files
    expect(outcomes(checked[0]!)).toEqual({
      forever: 'refused',
      throws: 'refused',
      exits: 'refused',
      rejects: 'refused',
      doubled: 'refused',
      forgets: 'refused',
      good: 'right',
    })
    const says = Object.fromEntries(checked[0]!.findings.map(({ name, says }) => [name, says]))
    expect(says).toMatchObject({
      forever: 'it did not end within 3 s',
      throws: 'it throws no luck (line 4)',
      exits: 'it ended the process, with code 0',
      rejects: 'it throws outside of its call: later',
      doubled: expect.stringContaining('x * 2, x > 0 or alike: it needs numbers'),
      forgets: expect.stringContaining('forgets, result: it is undefined'),
    })
    expect(checked.slice(1).map(({ problem }) => problem)).toEqual([
      expect.stringContaining('it is no TypeScript: Unexpected token (line 2)'),
      'it ended the process, with code 0',
      'it did not end within 3 s',
      'it throws at the top (line 2)',
      'it exports no function, layer or rule',
      'its inputs name g, which it does not export',
      'there is no such file',
    ])
  })

  it('prints what docs/checking.md shows of its first file', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/checking.md'), 'utf8')
    const code = /```ts\n(.*?)```/s.exec(page)![1]!
    const report = /<!-- report -->\n```text\n(.*?)```/s.exec(page)![1]!
    mkdirSync(join(folder, 'mine'))
    written('mine/rules.ts', code)
    const ran = await psigrad('mine/rules.ts')
    // The errors of differences are of one rounding, which Node's versions compute differently.
    const steady = (text: string): string => text.replaceAll(/± \S+/g, '±')
    expect(steady(ran.out)).toBe(steady(report))
  })

  it('is right with 0, and says what is wrong with its own options', async () => {
    const right = written(
      'right.ts',
      'export const f = (x: number) => x\nexport const inputs = { f: "skip" }\n',
    )
    const streams = () => {
      const texts = { out: '', err: '' }
      return {
        texts,
        stdout: { write: (text: string) => (texts.out += text) },
        stderr: { write: (text: string) => (texts.err += text) },
      }
    }
    const refused = async (more: object) => {
      const s = streams()
      const code = await checkCommand({ files: [right], json: false, ...more }, s)
      return [code, s.texts.err]
    }
    expect(await refused({ seed: '1.5' })).toEqual([2, expect.stringContaining('--seed 1.5')])
    expect(await refused({ timeLimit: '0' })).toEqual([
      2,
      expect.stringContaining('--time-limit 0'),
    ])
    const [ran, odd, help] = await Promise.all([
      psigrad(right),
      psigrad(right, '--junit', '/proc/none.xml'),
      psigrad('--help'),
    ])
    expect(ran).toEqual({ code: 0, out: `${right}\n\n0 right, 0 wrong or failed\n`, err: '' })
    expect([odd.code, odd.err]).toEqual([2, expect.stringContaining('--junit /proc/none.xml')])
    expect(help.out.split('\n').filter((line) => [...line].length > 80)).toEqual([])
  })
})
