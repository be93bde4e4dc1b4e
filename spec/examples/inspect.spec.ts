import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { parseHTML } from 'linkedom'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Diagram, diagram, inspect } from '../../autodiff/index.ts'
import { sin, sum, type Tensor, tensor } from '../../core/index.ts'
import { command, inspectCommand } from '../../examples/cli/commands/inspectCommand.ts'
import { trainCommand } from '../../examples/cli/commands/trainCommand.ts'
import { program } from '../../examples/cli/grammar.ts'
import { columnPicture } from '../../examples/inspect/columnPicture.ts'
import { graphvizPicture } from '../../examples/inspect/graphviz.ts'
import { keepPicture } from '../../examples/inspect/keepPicture.ts'
import { planTraining } from '../../examples/session/planTraining.ts'
import { pagePictures } from './inspectPictures.ts'

// Finds faults in examples/inspect/{argumentsFor,inspectExport,inspectRun}.ts.

const root = mkdtempSync(join(tmpdir(), 'psigrad-inspect-'))
const file = join(root, 'own.ts')
const one = join(root, 'one.ts')
const [factored, softmaxed] = [join(root, 'factored'), join(root, 'softmaxed')]

const streams = () => {
  const texts = { out: '', err: '' }
  return {
    texts,
    plan: async () => planTraining,
    stdout: { write: (text: string) => (texts.out += text) },
    stderr: { write: (text: string) => (texts.err += text), columns: 100 },
    stopped: () => undefined,
  }
}
type Call = Partial<Parameters<typeof inspectCommand>[0]>
const look = async (what: string, call: Call = {}) => {
  const s = streams()
  const plain = { dot: false, mermaid: false, json: false, gradient: false }
  const code = await inspectCommand({ what, ...plain, ...call }, s)
  return { code, ...s.texts }
}

beforeAll(async () => {
  writeFileSync(
    file,
    `import { customVjp } from 'psigrad/autodiff'
import { cos, log, mul, sin, sum, type Tensor } from 'psigrad/core'
import { dense } from 'psigrad/models'
const wrong = customVjp({ name: 'wrong', forward: (x) => sin(x),
  pullback: ([x], _, yBar) => [mul(2, mul(yBar, cos(x!)))] })
export const f = (x: Tensor) => sum(mul(wrong(x), x))
export const pair = (a: Tensor, b: Tensor) => mul(a, b)
export const given = (a: Tensor, b: Tensor) => sum(log(mul(a, b)))
export const layer = dense({ in: 3, out: 2 })
export const matrix = (x: Tensor) => {
  if (x.shape.length !== 5) throw new Error('five axes')
  return x
}
export const number = 3
export const inputs = { given: [[1, 0], [2, 3]] }
`,
  )
  writeFileSync(one, "import { sin } from 'psigrad/core'\nexport default (x) => sin(x)\n")
  const small = { lattice: 'chain', size: '6', j2: '0', patch: '2', layers: '1', dim: '4' }
  for (const [out, attention] of [
    [factored, 'factored'],
    [softmaxed, 'softmax(content + relative)'],
  ] as const)
    await trainCommand(
      { out, flags: { ...small, heads: '2', sum: 'full', steps: '2', attention }, json: true },
      streams(),
    )
})

describe('psigrad inspect of a file', () => {
  it('prints a table at random numbers, and names them', async () => {
    const { code, out } = await look(`${file}#f`, { color: 'rule' })
    expect(code).toBe(0)
    expect(out).toMatch(/^f: 3 equations of 1 input\n/)
    expect(out).toMatch(/^b .* 0\.5 +customVjp 'wrong' a +own\.ts:6$/m)
    expect(out).toMatch(/at random numbers of shape \[3\], seed 1\n$/)
    expect((await look(`${file}#f`, { seed: '2' })).out).not.toBe((await look(`${file}#f`)).out)
  })

  it('takes arguments from the line, or from the file', async () => {
    const pair = await look(`${file}#pair`, { at: '[[1, 2], [3, 4]]' })
    expect(pair.out).toMatch(/^c +\[2\] +3 … 8 /m)
    const { out } = await look(`${file}#given`)
    expect(out).toContain('! forward: d = log made 1 infinite of 2 from finite c at own.ts:8')
    const single = await look(one, { at: '[0.5, 1]' })
    expect(single.out).toMatch(/^b +\[2\] +0\.479 … 0\.841 /m)
  })

  it('takes a layer, whose parameters it draws, and a gradient', async () => {
    const layer = await look(`${file}#layer`, { at: '[[1, 2, 3]]' })
    expect(layer.out).toContain('argument 1, kernel')
    const gradient = await look(`${file}#f`, { at: '[1, 2]', gradient: true })
    expect(gradient.out).toMatch(/^gradient of f: \d+ equations/)
  })

  it('prints JSON, DOT and Mermaid', async () => {
    const json = JSON.parse((await look(`${file}#given`, { json: true })).out)
    expect(Object.keys(json).toSorted()).toEqual(
      ['equations', 'inputs', 'name', 'nonFinite', 'note', 'outputs'].toSorted(),
    )
    expect(json.equations.map((e: { primitive: string }) => e.primitive)).toEqual([
      'mul',
      'log',
      'sum',
    ])
    expect((await look(`${file}#f`, { dot: true })).out).toMatch(/^digraph "f: 3 equations" \{/)
    const mermaid = await look(`${file}#f`, { mermaid: true, color: 'nan' })
    expect(mermaid.out).toContain('flowchart TD')
    expect(mermaid.out).toContain('subgraph legend')
  })

  it.each([
    [`#none`, {}, 'no function or layer none; it exports f, pair, given, layer, matrix'],
    ['', {}, 'name one behind #'],
    ['#number', {}, 'no function or layer number'],
    ['#matrix', {}, 'five axes. Give its arguments by --at, or export inputs = { matrix: [...] }'],
    ['#pair', { at: '[1, ' }, '--at: expected numbers, arrays or records in JSON'],
    ['#pair', { at: '[[1, 2], [1, 2, 3]]' }, 'ShapeError'],
    ['#f', { color: 'blue' }, '--color blue: expected one of rule, nan, cotangent'],
    ['#f', { color: 'nan' }, 'add --svg, --dot or --mermaid'],
    ['#f', { json: true, dot: true }, '--dot and --json: expected one of them'],
    ['#f', { seed: 'x' }, '--seed x'],
    ['#f', { most: '0' }, '--most 0'],
    ['#f', { svg: join(root, 'no/where.svg') }, 'there is no such file'],
  ])('refuses %s with %j, in words', async (name, call, message) => {
    const { code, err } = await look(`${file}${name}`, call)
    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(err).toMatch(/^psigrad: /)
  })

  it('refuses a file that is not there, and a folder without a run', async () => {
    expect((await look('nowhere.ts')).err).toBe('psigrad: nowhere.ts: there is no such file\n')
    expect((await look(root)).err).toContain('expected the folder of a run')
  })
})

describe('psigrad inspect of a run', () => {
  it('shows log psi at its last parameters, or its gradient', async () => {
    const { code, out } = await look(factored)
    expect(code).toBe(0)
    expect(out).toMatch(/^logPsi: \d+ equations of \d+ inputs\n/)
    expect(out).toMatch(/returns re = \w+, im = \w+\nstep 2, one configuration of 6 sites\n$/)
    const gradient = await look(factored, { gradient: true })
    expect(gradient.out).toMatch(/^gradientOfLogPsi: /)
  })

  it('shows what differs from another run, in text, in JSON and as a picture', async () => {
    const svg = join(root, 'difference.svg')
    const { out, err } = await look(factored, { against: softmaxed, svg })
    expect(out).toMatch(/\d+ equal, \d+ on other values, \d+ added, other outputs\n/)
    expect(out).toMatch(/^\+ \w+: .* = exp \w+$/m)
    expect(err).toBe(`Picture: ${svg}\n`)
    expect(readFileSync(svg, 'utf8')).toContain('only after')
    const same = JSON.parse((await look(factored, { against: factored, json: true })).out)
    expect(same.sameOutputs).toBe(true)
    expect(same.equations.every((e: { change: string }) => e.change === 'same')).toBe(true)
  })
})

describe('the help', () => {
  it('fits 80 columns and ends with examples', () => {
    const root = program('0', [command], async () => {})
    let text = ''
    root.commands[0]!.configureOutput({ writeOut: (more) => (text += more) }).outputHelp()
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(text).toContain('Examples:')
  })
})

describe('pictures', () => {
  const f = (x: Tensor): Tensor => sum(sin(x))
  const small = diagram(inspect(f)(tensor([1, 2])), { colour: 'cotangent' })

  /** The texts of a picture, which must be one SVG element for both colour schemes. */
  const textsIn = (svg: string): readonly string[] => {
    const { document } = parseHTML(`<html><body>${svg}</body></html>`)
    const elements = document.querySelectorAll('body > svg')
    expect(elements.length).toBe(1)
    expect(svg).toContain('prefers-color-scheme: dark')
    expect(svg).not.toContain('"black"')
    return [...document.querySelectorAll('text')].map((t) => t.textContent ?? '')
  }

  it.each([
    ['Graphviz', async (d: Diagram) => (await graphvizPicture(d)) ?? ''],
    ['a column', async (d: Diagram) => columnPicture(d)],
  ])('by %s have every label and the legend', async (_, draw) => {
    const texts = textsIn(await draw(small)).join('\n')
    for (const { lines, kind } of small.nodes)
      for (const line of kind === 'input' ? lines.slice(0, 1) : lines) expect(texts).toContain(line)
    for (const { means } of small.legend.shades) expect(texts).toContain(means)
  })

  it('of the page in docs are those that its commands draw', async () => {
    for (const [path, svg] of await pagePictures()) expect(readFileSync(path, 'utf8')).toBe(svg)
  })

  it('are a column where the layout takes too long, and say so', async () => {
    const svg = join(root, 'late.svg')
    const kept = await keepPicture(svg, small, 0)
    expect(kept).toEqual(E.right(`Picture: ${svg}, a column: the layout would have taken too long`))
    expect(readFileSync(svg, 'utf8').trim()).toBe(columnPicture(small))
    const nodes = Array.from({ length: 1000 }, (_, k) => ({ ...small.nodes[1]!, id: `x${k}` }))
    expect(await graphvizPicture({ ...small, nodes, edges: [] })).toBeUndefined()
  })
})
