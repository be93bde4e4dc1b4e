import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { customVjp } from '../../../autodiff/index.ts'
import {
  bind,
  cos,
  evaluate,
  exp,
  flopsOf,
  mul,
  type Program,
  programOf,
  sum,
  type Tensor,
  tensor,
} from '../../../core/index.ts'
import { elementwise } from '../../../core/primitives/index.ts'
import { inlined, nameOf } from '../../../core/programs/index.ts'
import { networkOf } from '../../../examples/session/index.ts'
import { constantText, formulaOf } from '../../../examples/studio/engine/formulas.ts'
import type { Pass, ProgramOf, ShownProgram } from '../../../examples/studio/engine/index.ts'
import { asTyped } from '../../../examples/studio/engine/planning.ts'
import { evenly, fatesOf, shownProgram } from '../../../examples/studio/engine/programs.ts'

// The program of the settings as plain data: what the page draws is what is computed.
// Finds faults in examples/studio/engine/programs.ts, examples/studio/engine/formulas.ts,
// examples/session/networkOf.ts.

const settings = { lattice: 'chain', size: '8', j2: '0', heads: '2', dim: '4', patch: '2' }
const config = (() => {
  const typed = asTyped(settings)
  if (E.isLeft(typed)) throw new Error('the settings above fit together')
  return typed.right
})()
const shown = (of: ProgramOf, pass: Pass, compiled = false): ShownProgram => {
  const found = shownProgram(config, undefined, { of, pass, compiled })
  if (E.isLeft(found)) throw new Error(found.left)
  return found.right
}
const text = (program: Program, k: number): string => {
  const eq = program.equations[k]!
  return formulaOf(
    eq,
    eq.inputs.map((v) => ({ variable: nameOf(v) })),
  )
    .map((piece) => (typeof piece === 'string' ? piece : piece.variable))
    .join('')
}

describe('the program that the studio shows', () => {
  it('has the same value and the same gradient after every pass', () => {
    const passes = ['traced', 'inlined', 'simplified'] as const
    const values = passes.map((pass) => shown('value', pass))
    const gradients = passes.map((pass) => shown('gradient', pass))
    const results = (program: ShownProgram) =>
      new Map(program.equations.flatMap((e) => (e.result ? [[e.result, e.value] as const] : [])))
    const [first, ...others] = values.map(results)
    expect([...first!.keys()]).toEqual(['log |ψ|', 'arg ψ'])
    for (const other of others)
      expect(other.get('log |ψ|')!.mean).toBeCloseTo(first!.get('log |ψ|')!.mean, 12)
    // Cotangents of log |ψ| are the gradient: two ways to the same numbers.
    const gradient = results(gradients[2]!)
    expect(gradient.size).toBeGreaterThan(15)
    for (const [name, value] of gradient) {
      const input = values[1]!.inputs.find(({ path }) => `∂ ${path}` === name)
      expect(input?.cotangent?.rms ?? 0).toBeCloseTo(value.rms, 9)
    }
    for (const { counts, equations, constants, pass } of [...values, ...gradients])
      expect(equations.length + constants).toBeGreaterThanOrEqual(counts[pass] - constants)
    expect(values[0]!.counts.inlined).toBeGreaterThan(values[0]!.counts.traced)
    expect(values[2]!.flops).toBeLessThanOrEqual(values[1]!.flops)
  })

  it('reads only what stands above, and gives each equation its FLOPs', () => {
    for (const of of ['value', 'gradient'] as const) {
      const { inputs, equations, flops } = shown(of, 'simplified')
      const known = new Set(inputs.map(({ name }) => name))
      for (const e of equations) {
        for (const operand of e.operands) expect(known).toContain(operand)
        known.add(e.name)
        expect(e.strip.length).toBe(Math.min(32, e.value.size))
      }
      expect(equations.reduce((n, e) => n + e.flops, 0)).toBe(flops)
      expect(inputs.at(-1)!.path).toBe('σ')
      expect(equations.at(0)!.layers[0]).toBe('vit')
    }
  })

  it('compiles only when it is asked to', () => {
    expect(shown('value', 'traced').compiled).toBeUndefined()
    expect(shown('value', 'traced', true).compiled!.join('\n')).toMatch(/loops read \d+ values/)
  })

  it('says why a form cannot be made', () => {
    const network = networkOf({ ...config, attention: 'softmax(' })
    expect(E.isLeft(network)).toBe(true)
    const program = shownProgram({ ...config, attention: 'softmax(' }, undefined, {
      of: 'value',
      pass: 'traced',
      compiled: false,
    })
    expect(E.isLeft(program) && program.left.length).toBeGreaterThan(0)
  })
})

describe('what a pass makes of an equation', () => {
  const double = customVjp({
    name: 'double',
    forward: (x) => mul(x, 2),
    pullback: (_, __, yBar) => [mul(yBar, 2)],
  })
  const f = (x: Tensor) => {
    exp(x)
    return sum(mul(double(bind('reshape', { shape: [2] }, [cos(x)])), cos(x)))
  }
  const program = programOf(f)(tensor([1, 2]))
  const fate = (of: Program, pass: Pass, primitive: string) =>
    of.equations.flatMap((eq, k) => (eq.primitive === primitive ? [fatesOf(of, pass)[k]] : []))

  it('is named by its cause', () => {
    expect(fate(program, 'traced', 'customVjp')).toEqual(['becomes 2 equations'])
    expect(fate(program, 'traced', 'mul')).toEqual([undefined])
    const flat = inlined(program)
    expect(fate(flat, 'inlined', 'cos')).toEqual([undefined, 'is computed above'])
    expect(fate(flat, 'inlined', 'reshape')).toEqual(['changes nothing'])
    expect(new Set(fatesOf(flat, 'simplified'))).toEqual(new Set([undefined]))
    expect(flopsOf(flat)).toBeGreaterThan(0)
    expect(evaluate(flat, [tensor([1, 2])])[0]!.shape).toEqual([])
  })
})

describe('equations in words', () => {
  it('have their operands in the place of the letters, for every primitive that is elementwise', () => {
    const program = programOf((x: Tensor) => sum(mul(exp(x), cos(x))))(tensor([1, 2]))
    expect(program.equations.map((_, k) => text(program, k))).toEqual([
      'exp a',
      'cos a',
      'b · c',
      'Σ d over axis 0',
    ])
    for (const [primitive, { arity }] of Object.entries(elementwise)) {
      if (primitive === 'power') continue
      const operands = Array.from({ length: arity }, (_, k) => ({ variable: `operand ${k}` }))
      const eq = { primitive, params: {}, inputs: [], output: { id: 0, shape: [] } }
      const pieces = formulaOf(eq as never, operands)
      for (const operand of operands) expect(pieces).toContain(operand)
      expect(pieces.filter((piece) => typeof piece === 'string').join('')).not.toMatch(/undefined/)
    }
  })

  it('show a constant of one number as that number', () => {
    const constant = (data: readonly number[]) =>
      constantText({
        primitive: 'constant',
        params: { data: Float64Array.from(data), shape: [data.length] },
        inputs: [],
        output: { id: 0, shape: [data.length] },
      })
    expect(constant([8, 8, 8])).toBe('8')
    expect(constant([-2, -2])).toBe('−2')
    expect(constant([1, 2])).toBe('(1, 2)')
  })

  it('have strips of entries that are evenly spaced', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true })), fc.nat(40), (data, most) => {
        const strip = evenly(data, most)
        expect(strip.length).toBe(Math.min(most, data.length))
        if (most >= data.length) expect(strip).toEqual(data)
        else expect(strip.every((x) => data.includes(x))).toBe(true)
      }),
    )
  })
})
