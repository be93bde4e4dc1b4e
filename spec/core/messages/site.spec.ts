import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { customVjp, grad, vjp, vmap } from '../../../autodiff/index.ts'
import {
  type AnyFunction,
  type Equation,
  mul,
  programOf,
  type Site,
  sin,
  softmax,
  sum,
  type Tensor,
  tanh,
  tensor,
  traceFunction,
} from '../../../core/index.ts'
import { loadModule } from '../../../examples/forms/modules.ts'
import { read } from '../../meta/files.ts'

// An equation knows the line of the user's code that wrote it, if the trace was asked for it.

const own = 'spec/core/messages/site.spec.ts'
/** The line of this file that has the mark in it. */
const lineOf = (mark: string): number =>
  1 +
  read(own)
    .text.split('\n')
    .findIndex((line) => line.endsWith(`// ${mark}`))

const equationsOf = (f: AnyFunction, ...args: Tensor[]): readonly Equation[] =>
  traceFunction(f, args, 'f', undefined, { sites: true }).program.equations
const sitesOf = (f: AnyFunction, ...args: Tensor[]): readonly (Site | undefined)[] =>
  equationsOf(f, ...args).map(({ site }) => site)
const linesOf = (sites: readonly (Site | undefined)[]): readonly number[] => [
  ...new Set(sites.map((site) => site?.line ?? 0)),
]

const x = tensor([1, 2])
const wave = customVjp({
  forward: (t) => sin(t), // forward
  pullback: ([t], _, bar) => [
    mul(bar, t!), // pullback
  ],
})

describe('the site of an equation', () => {
  it('is the line of the user that wrote it, however many calls of psigrad lie between', () => {
    const f = (t: Tensor): Tensor => {
      const y = softmax(t) // softmax
      return sum(y) // sum
    }
    const sites = sitesOf(f, x)
    expect(linesOf(sites)).toEqual([lineOf('softmax'), lineOf('sum')])
    for (const site of sites) expect(basename(site!.file)).toBe('site.spec.ts')
    expect(sites[0]!.column).toBeGreaterThan(1)
  })

  it('is written only when it is asked for', () => {
    const f = (t: Tensor): Tensor => sum(wave(t))
    const silent = programOf(f)(x).equations
    expect(silent.length).toBe(2)
    expect(JSON.stringify(silent)).not.toContain('site')
    sitesOf(f, x)
    expect(JSON.stringify(programOf(f)(x))).not.toContain('site')
    const broken = (): Tensor => {
      throw new Error('on purpose')
    }
    expect(() => sitesOf(broken, x)).toThrow('on purpose')
    expect(JSON.stringify(programOf(f)(x))).not.toContain('site')
  })

  it('is that of the parts of a customVjp, inside and where it is called', () => {
    const [call] = equationsOf((t: Tensor) => wave(t), x) // call
    expect(call?.site?.line).toBe(lineOf('call'))
    if (call?.primitive !== 'customVjp') throw new Error('no customVjp')
    const linesIn = (part: 'forward' | 'pullback'): readonly number[] =>
      linesOf(call.params[part].equations.map(({ site }) => site))
    expect(linesIn('forward')).toEqual([lineOf('forward')])
    expect(linesIn('pullback')).toEqual([lineOf('pullback')])
  })

  it('is inherited by derivatives, by vmap, and by programs that run again', () => {
    const inner = (t: Tensor): Tensor =>
      sum(
        tanh(t), // tanh
      )
    const sites = sitesOf((t: Tensor) => grad(inner)(t), x)
    expect(linesOf(sites)).toContain(lineOf('tanh'))
    expect(linesOf(sites)).not.toContain(0)
    expect(linesOf(sites).every((line) => Math.abs(line - lineOf('tanh')) < 2)).toBe(true)
    const mapped = vmap((t: Tensor) => wave(t))
    expect(linesOf(sitesOf((t: Tensor) => vjp(mapped)(t).pullback(t)[0], x))).toContain(
      lineOf('pullback'),
    )
  })
})

describe('sites in a module that was stripped of its types in place', () => {
  const folder = mkdtempSync(join(tmpdir(), 'psi grad @'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('are lines of the file', () => {
    mkdirSync(join(folder, 'sub'))
    const path = join(folder, 'sub', 'mine.ts')
    const lines = [
      'import { type Tensor, mul,',
      "  sum } from 'psigrad/core'",
      'interface Unused { readonly a: number }',
      'export const f = (x: Tensor): Tensor => {',
      '  const y: Tensor = mul(x, x)',
      '',
      '  return sum(y)',
      '}',
    ]
    writeFileSync(path, lines.join('\n'))
    const { f } = loadModule(path).exports
    const sites = sitesOf(f as AnyFunction, x)
    expect(sites.map((site) => [site?.file, site?.line])).toEqual([
      [path, 5],
      [path, 7],
    ])
  })
})
