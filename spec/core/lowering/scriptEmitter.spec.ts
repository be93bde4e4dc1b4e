// Finds faults in core/lowering/lanes/hostFunctions.ts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exp, mul, programOf, type Tensor, zeros } from '../../../core/index.ts'
import { lower } from '../../../core/lowering/lower.ts'
import { read } from '../../meta/files.ts'
import { importsOf } from '../../meta/imports.ts'
import { largeRecipes, recipes, viewRecipes } from '../wasm/differential/programs.ts'
import { allows } from '../wasm/differential/ranges.ts'
import { programFor, rangesOf, type Trial, trialOf } from '../wasm/differential/trial.ts'
import { runScript, script, scriptTarget } from './scriptEmitter.ts'

// An emitter that was written against core/lowering alone gives what rounding allows.

/** Numbers of a trial's outputs that rounding does not allow. */
const wrong = (trial: Trial): readonly string[] => {
  const { perSample, data, recipe } = trial
  const got = runScript(programFor(trial), perSample, data, recipe.samples, recipe.summed)
  return rangesOf(trial).flatMap((outputs, sample) =>
    outputs.flatMap((elements, output) =>
      elements.flatMap((range, i) => {
        const y = got[output]![sample * elements.length + i]!
        return allows(range, y) ? [] : [`output ${output}, ${i}: ${y} in ${JSON.stringify(range)}`]
      }),
    ),
  )
}

describe('a second emitter', () => {
  it.each([
    ['a random program', recipes, 100],
    ['views of views', viewRecipes, 60],
    ['large values', largeRecipes, 3],
  ] as const)('gives for %s what rounding allows', (_, of, numRuns) => {
    fc.assert(
      fc.property(of, (recipe) => {
        const samples = Math.min(recipe.samples, 4)
        expect(wrong(trialOf({ ...recipe, samples, precision: 'float64' }))).toEqual([])
      }),
      { numRuns },
    )
  })

  it('meets every kind of kernel, epilogues, values made in place, and totals', () => {
    const seen = new Set<string>()
    for (const recipe of fc.sample(recipes, { numRuns: 100, seed: 1 })) {
      const trial = trialOf(recipe)
      const program = programFor(trial)
      const made = (writesParts: boolean) =>
        lower(program, trial.perSample, { ...scriptTarget, writesParts }, recipe.summed)
      const { kernels, totals } = made(true)
      if (totals.size > 0) seen.add('total')
      if (kernels.length < made(false).kernels.length) seen.add('in place')
      for (const kernel of kernels) {
        seen.add(kernel.kind)
        if (kernel.kind === 'contract' && kernel.epilogue !== undefined) seen.add('epilogue')
      }
    }
    const all = ['contract', 'epilogue', 'in place', 'map', 'reduce', 'table', 'total']
    expect([...seen].sort()).toEqual(all)
  })

  it('writes a function that reads like the program', () => {
    const program = programOf((x: Tensor) => mul(exp(x), 3))(zeros([2]))
    expect(script(lower(program, [true], scriptTarget))).toBe(
      [
        '{',
        'for (let i0 = 0; i0 < 2; i0++) {',
        'const n0 = v0[0 + 1 * i0];',
        'const n1 = call.exp(n0);',
        'const n2 = (3);',
        'const n3 = n1 * n2;',
        'v3[0 + 1 * i0] = n3;',
        '}',
        '}',
      ].join('\n'),
    )
  })

  it('imports the lowering and what lies below it, and no other target', () => {
    const path = 'spec/core/lowering/scriptEmitter.ts'
    const allowed = /core\/(lowering|lowering\/lanes|primitives|values)\/index\.ts$/
    expect(importsOf(read(path)).filter((name) => !allowed.test(name))).toEqual([])
  })
})
