// Finds faults in examples/forms/{forms, reasons}.ts, examples/run/keepForm.ts,
// examples/session/formFits.ts and models/attention/checkForm.ts.

import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { showProblem, Traced } from '../../core/index.ts'
import { attentionCommand } from '../../examples/cli/commands/attentionCommand.ts'
import { compareCommand } from '../../examples/cli/commands/compareCommand.ts'
import { trainCommand } from '../../examples/cli/commands/trainCommand.ts'
import { cellOf } from '../../examples/compare/cells.ts'
import { formReference, showReference } from '../../examples/forms/formReference.ts'
import { loadForm } from '../../examples/forms/load.ts'
import { loadModule } from '../../examples/forms/modules.ts'
import type { TrainResult } from '../../examples/run/result.ts'
import { planTraining } from '../../examples/session/planTraining.ts'
import { defaults } from '../../examples/settings/defaults.ts'

// A user's forms come from files.

const root = mkdtempSync(join(tmpdir(), 'psigrad-forms-'))
const written = (name: string, text: string): string => {
  const path = join(root, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}

/** p_{i−j} (1 + tanh(w · x_j)), its parts in two files; default and by name. */
const mine = written(
  'mine.ts',
  `import { add, einsum, mul, reshape, tanh, type Tensor } from 'psigrad/core'
import { attention, type FormOf, type FormParams, relative, xavierUniform } from 'psigrad/models'
import { ONE } from './lib/one'
interface Params { readonly where: FormParams; readonly w: Tensor }
export const loudness: FormOf<Params> = (sizes) => {
  const positional = attention(relative())(sizes)
  const { grid, heads, dim } = sizes
  return {
    name: 'loudness',
    init: { where: positional.init, w: xavierUniform([heads, dim], dim, 1) },
    weights: ({ where, w }, x) => {
      const loud = add(ONE, tanh(einsum('h d, j d -> h j', w, x)))
      return mul(positional.weights(where, x), reshape(loud, [heads, 1, grid.tokens]))
    },
  }
}
export default loudness
`,
)
written('lib/one.ts', 'export const ONE: number = 1\n')

/** A context that keeps what a command writes to its streams. */
const streams = () => {
  const texts = { out: '', err: '' }
  return {
    texts,
    plan: async () => planTraining,
    stdout: { write: (text: string) => (texts.out += text) },
    stderr: { write: (text: string) => (texts.err += text) },
    stopped: () => undefined,
  }
}
const small = { lattice: 'chain', size: '6', j2: '0', dim: '4', heads: '2', threads: '1' }
const flags = { ...small, samples: '64', steps: '2' }
const trained = async (attention: string, out: string, more: Record<string, string> = {}) => {
  const s = streams()
  const all = { flags: { ...flags, attention, ...more }, out: join(root, out), json: true }
  const code = await trainCommand(all, s)
  return { code, ...s.texts }
}
const resultOf = ({ out, err }: { out: string; err: string }): TrainResult => {
  expect([err, out.startsWith('{')]).toEqual([err, true])
  return JSON.parse(out) as TrainResult
}
const configIn = (run: string): { attention: string } =>
  JSON.parse(readFileSync(join(root, run, 'config.json'), 'utf8')) as { attention: string }

describe('a form of one’s own from a file', () => {
  it('is named by file, export and hash; formulas are something else', () => {
    for (const text of ['a.ts', './b/c.mjs#name', '/d e/f.js@0123456789ab', 'g.cts#h@0123456789ab'])
      expect(showReference(formReference(text)!)).toBe(text)
    for (const text of ['factored', 'relative + 0.1 * content', 'a.tsx', 'a.ts#', 'a.json'])
      expect([text, formReference(text)]).toEqual([text, undefined])
  })

  it('computes with the psigrad that runs, not another one', () => {
    const path = written('same.ts', `export { Traced } from 'psigrad/core'\nexport type A = 1\n`)
    expect(loadModule(path).exports.Traced).toBe(Traced)
    const root = written(
      'root.ts',
      `import { core } from 'psigrad'\nexport const { Traced } = core`,
    )
    expect(loadModule(root).exports.Traced).toBe(Traced)
    const js = written(
      'plain.mjs',
      `import { either as E } from 'fp-ts'\nexport const x = E.right(1)`,
    )
    expect(loadModule(js).exports.x).toEqual(E.right(1))
  })

  it('has a hash of all its sources, wherever they lie, and tells when one was edited', () => {
    const hashOf = (path: string): string => {
      const own = loadForm({ path })
      if (E.isLeft(own)) throw new Error(showProblem(own.left))
      return own.right.reference.hash
    }
    const copy = (folder: string, one: string): string => {
      written(`${folder}/lib/one.ts`, one)
      return written(`${folder}/mine.ts`, readFileSync(mine, 'utf8'))
    }
    const one = readFileSync(join(root, 'lib/one.ts'), 'utf8')
    expect(hashOf(copy('elsewhere', one))).toBe(hashOf(mine))
    const edited = copy('edited', 'export const ONE: number = 2\n')
    expect(hashOf(edited)).not.toBe(hashOf(mine))
    const refused = loadForm({ path: edited, hash: hashOf(mine) })
    expect(E.isLeft(refused) && showProblem(refused.left)).toContain('it was edited')
    const folder = (path: string): string =>
      cellOf({ ...defaults, attention: `${path}@${hashOf(path)}` }).folder
    expect(folder(copy('elsewhere', one))).toBe(folder(mine))
    expect(folder(edited)).not.toBe(folder(mine))
  })

  it('trains like a named one, and goes on from its own copy wherever the run is', async () => {
    const whole = resultOf(await trained(`${mine}#loudness`, 'whole', { steps: '4' }))
    resultOf(await trained(mine, 'part'))
    expect(configIn('part').attention).toMatch(/^form\/mine\.ts@[0-9a-f]{12}$/)
    expect(readFileSync(join(root, 'part/form/lib/one.ts'), 'utf8')).toContain('ONE')
    renameSync(join(root, 'part'), join(root, 'moved'))
    renameSync(mine, join(root, 'gone.ts'))
    const s = streams()
    const args = { flags: { steps: '4' }, resume: join(root, 'moved'), json: true }
    await trainCommand(args, s)
    expect(resultOf(s.texts)).toMatchObject({
      energyPerSite: whole.energyPerSite,
      variancePerSite: whole.variancePerSite,
      parameters: whole.parameters,
    })
    expect(configIn('moved').attention).toMatch(/^form\/mine\.ts@/)
    const context = streams()
    expect(await attentionCommand({ run: join(root, 'moved'), json: true }, context)).toBe(0)
    const { heads } = JSON.parse(context.texts.out) as { heads: { before: number }[] }
    for (const { before } of heads) expect(before).toBeGreaterThan(0)
    // The formula of the same form has the same numbers.
    const formula = await trained('relative * (1 + tanh(loudness))', 'formula', { steps: '4' })
    expect(resultOf(formula).energyPerSite).toBeCloseTo(whole.energyPerSite, 10)
    // An edited copy is another form: it does not go on.
    writeFileSync(join(root, 'moved/form/lib/one.ts'), 'export const ONE = 3')
    const edited = streams()
    expect(await trainCommand({ ...args, flags: { steps: '5' } }, edited)).toBe(2)
    expect(edited.texts.err).toContain('it was edited')
    renameSync(join(root, 'gone.ts'), mine)
  })

  it('is compared with others, each tried before the first trains', async () => {
    const run = async (forms: string, out: string) => {
      const s = streams()
      const { lattice, size, j2, dim, heads, threads } = small
      const code = await compareCommand(
        {
          flags: { lattice, size, j2, dim, heads, threads, samples: '64', steps: '1' },
          forms,
          seeds: '1',
          out: join(root, out),
          json: true,
        },
        s,
      )
      return { code, ...s.texts }
    }
    const flat = written(
      'flat.ts',
      `import { zeros } from 'psigrad/core'
export default () => ({ name: 'flat', init: {}, weights: () => zeros([6, 6]) })`,
    )
    const refused = await run(`factored,${flat}`, 'refused')
    expect([refused.code, refused.out]).toEqual([2, ''])
    expect(refused.err).toContain(`${flat}, export default: its weights are [6, 6], not [heads 2`)
    written('again/lib/one.ts', readFileSync(join(root, 'lib/one.ts'), 'utf8'))
    const copy = written('again/mine.ts', readFileSync(mine, 'utf8'))
    const twice = await run(`gate(content, relative), ${mine}, ${copy}`, 'twice')
    expect([twice.code, twice.out]).toEqual([2, ''])
    expect(twice.err).toContain(`${copy} is the same form as ${mine}`)
    const done = await run(`factored,${mine}#loudness`, 'compared')
    const { forms } = JSON.parse(done.out) as { forms: { form: string; parameters: number }[] }
    expect(forms[1]?.form).toContain('mine.ts#loudness')
    expect(forms[1]!.parameters - forms[0]!.parameters).toBe(2 * 4)
  })

  it('is refused with the file, its export and the reason, before anything runs', async () => {
    const form = (weights: string, init = '{}'): string =>
      `import { log, mul, ones, sum, toNumber, zeros, tensor } from 'psigrad/core'
export default ({ heads, grid: { tokens: n } }: any) =>
  ({ name: 'x', init: ${init}, weights: ${weights} })`
    const cases: readonly (readonly [text: string, says: string])[] = [
      ['export const a = (', 'Unexpected token'],
      ['export default 3', 'its export default is number, not a function'],
      ['export const x = 1', 'it exports no form'],
      ['export const a = () => 1\nexport const b = () => 2', 'it exports several functions, a, b'],
      [`\nthrow new Error('boom')`, 'it throws boom (line 2)'],
      [`import 'psigrad/nothing'`, "there is no 'psigrad/nothing'; psigrad, psigrad/core"],
      [`import './not-there.ts'`, 'there is no such file'],
      ['export default async () => ({})', 'it gives a promise (it is async'],
      ['export default () => 7', 'it gives number, not { name, init, weights }'],
      ['export default () => { throw new Error("inside") }', 'it throws inside'],
      [form('async () => zeros([heads, n, n])'), 'its weights are a promise (it is async'],
      [form('() => zeros([n, n])'), 'its weights are [6, 6], not [heads 2, patches 6, patches 6]'],
      [form('() => zeros([1, n, n])'), 'its weights are [1, 6, 6], not'],
      [form('() => log(zeros([heads, n, n]))'), 'its first weights are not all finite'],
      [form('() => [1]'), 'its weights are an array, not a tensor'],
      [form('() => mul(Math.random(), ones([heads, n, n]))'), 'such as Math.random()'],
      [form('(_: any, x: any) => mul(toNumber(sum(x)), ones([heads, n, n]))'), 'TraceError'],
      [form('() => zeros([heads, n, n])', '{ a: 3 }'), '3 says not how parameters are drawn'],
      [form('() => zeros([heads, n, n])', '{ a: tensor([NaN]) }'), 'are not all finite'],
    ]
    for (const [k, [text, says]] of cases.entries()) {
      const path = written(`bad/${k}.ts`, text)
      const { code, err } = await trained(path, `none-${k}`)
      expect([says, err.includes(says) ? says : err, code]).toEqual([says, says, 2])
      expect(err).toContain(path)
    }
    const missing = await trained(join(root, 'missing.ts'), 'none')
    expect(missing.err).toContain('missing.ts: expected a file with a form, but there is no such')
    const unnamed = await trained(`${mine}#nothing`, 'none')
    expect(unnamed.err).toContain('it has no export nothing; it exports loudness, default')
    const infinite = await trained('1 / mask(0)', 'none')
    expect(infinite.code).toBe(2)
    expect(infinite.err).toContain('its first weights are not all finite')
  })
})
