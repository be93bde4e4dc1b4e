// Finds faults in examples/session/{effort,suited,suitedTo,groundSector,possible}.ts.
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { groundSector, hasMarshallSector } from '../../../examples/session/groundSector.ts'
import { planTraining } from '../../../examples/session/planTraining.ts'
import { suited } from '../../../examples/session/suited.ts'
import { suitedTo } from '../../../examples/session/suitedTo.ts'
import { resolveConfig } from '../../../examples/settings/config.ts'
import { groupsOf } from '../../../examples/settings/groups.ts'
import { modelOf } from '../../../examples/settings/model.ts'
import type { TrainConfig } from '../../../examples/settings/settings.ts'
import { efforts } from '../../../examples/settings/wish.ts'
import * as physics from '../../../physics/index.ts'

// Settings of any lattice that follow from the problem and the effort: they fit together, what the
// user gave stays, and the sector is one that the ground state has.

type Texts = Readonly<Record<string, string | boolean>>

const resolved = (flags: Texts): TrainConfig => {
  const result = resolveConfig({ flags })
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

const chain18 = { lattice: 'chain', size: '18', j2: '0.2' }

describe('settings of large lattices', () => {
  it.each<[Texts, string, string]>([
    [{ ...chain18 }, 'full', 'auto'],
    // On few sites a sum over all is short even for a form that knows no translation.
    [{ ...chain18, attention: 'content + absolute', dim: '8' }, 'full', 'auto'],
    [{ size: '6x6' }, 'none:200,full', 'auto'],
    [{ size: '6x6', patch: '2' }, 'translations:200,full', 'auto'],
    [{ size: '6x6', attention: 'softmax(content + absolute)' }, 'none', 'auto'],
    [{ size: '6x6', j2: '0.8' }, 'none', 'auto'],
    [{ lattice: 'triangular', size: '6x6' }, 'none', 'auto'],
    [{ lattice: 'chain', size: '32', j2: '0.3' }, 'none:200,full', 'auto'],
    [{ size: '8x8' }, 'none', 'auto'],
  ])('%j: symmetry %s, sector %s', (flags, symmetry, sector) => {
    const { config, notes } = suited(resolved(flags), Object.keys(flags))
    expect([config.symmetry, config.sector, config.samplePower]).toEqual([symmetry, sector, 1])
    expect(notes.length).toBeGreaterThan(0)
  })

  it('fit together at every effort, can be planned, and keep what the user gave', () => {
    const lattices = fc.constantFrom<Texts>(
      chain18,
      { size: '6x6' },
      { size: '6x6', patch: '2', attention: 't5' },
      { size: '6x6', patch: '3', attention: 'decoupled' },
      { size: '8x8', patch: '2' },
      { lattice: 'triangular', size: '6x6', patch: '2' },
      { lattice: 'honeycomb', size: '4x4' },
      { lattice: 'kagome', size: '4x4', j2: '0' },
      { lattice: 'shastry-sutherland', size: '6x6', patch: '2' },
    )
    const chosen = fc.record(
      {
        dim: fc.constant('6'),
        heads: fc.constant('2'),
        samples: fc.constantFrom('100', '5000'),
        steps: fc.constantFrom('7', '333'),
        lr: fc.constant('0.01'),
        precision: fc.constant('float64'),
        symmetry: fc.constant('none:90,full'),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(lattices, chosen, fc.constantFrom(...efforts), (lattice, more, effort) => {
        const steps = 'symmetry' in more ? { steps: '333' } : {}
        const flags: Texts = { ...lattice, ...more, ...steps }
        const found = resolveConfig({ flags })
        if (E.isLeft(found)) return
        const given = Object.keys(flags)
        const suiting = suitedTo(found.right, given, { effort })
        if (E.isLeft(suiting)) return
        const { config } = suiting.right
        for (const key of given as (keyof TrainConfig)[])
          expect(config[key]).toEqual(found.right[key])
        const file = { name: 'config.json', values: JSON.parse(JSON.stringify(config)) }
        expect(resolveConfig({ flags: {}, file })).toEqual(E.right(config))
        const planned = planTraining({ ...config, threads: 1 })
        expect(E.isRight(planned)).toBe(true)
        if (E.isRight(planned)) planned.right.dispose()
      }),
      { numRuns: 12 },
    )
  })

  it('grow with the effort, which is refused where it has no effect', () => {
    for (const flags of [{}, chain18, { size: '6x6' }, { size: '8x8' }] as Texts[]) {
      const steps = efforts.map(
        (effort) => suited(resolved(flags), Object.keys(flags), { effort }).config.steps,
      )
      expect(steps).toEqual(steps.toSorted((a, b) => a - b))
      expect(new Set(steps).size).toBe(3)
    }
    const all = { symmetry: 'none', steps: '9', dim: '8', lr: '0.02', samples: '64' }
    const idle = suitedTo(resolved(all), Object.keys(all), { effort: 'long' })
    expect(E.isLeft(idle) && idle.left[0]?.where).toBe('--effort')
  })
})

describe('the sector of the ground state', () => {
  const modelFor = (flags: Texts) => modelOf(resolved({ marshall: false, ...flags }))

  it('is that of Marshall where the rule says so', () => {
    const lattices = fc.constantFrom<readonly [string, string]>(
      ['chain', '8'],
      ['chain', '10'],
      ['square', '4x4'],
      ['square', '6x2'],
      ['honeycomb', '2x2'],
      ['honeycomb', '3x2'],
      ['triangular', '2x4'],
    )
    let ruled = 0
    fc.assert(
      fc.property(lattices, fc.integer({ min: -20, max: 60 }), ([lattice, size], percent) => {
        // Two dimer states cross at exactly 1/2.
        const j2 = String(percent === 50 ? 0.49 : percent / 100)
        const flags = { lattice, size, j2, marshall: false }
        const found = resolveConfig({ flags })
        if (E.isLeft(found)) return
        const model = E.tryCatch(() => modelOf(found.right), E.toError)
        if (E.isLeft(model) || !hasMarshallSector(found.right, model.right)) return
        ruled += 1
        const { characters } = groundSector(found.right, model.right)
        const group = (of: physics.Characters | 'auto' | undefined) =>
          groupsOf(model.right, [], { characters: of!, marshall: false })('full')
        expect(JSON.stringify(group(characters))).toBe(JSON.stringify(group('auto')))
      }),
      { numRuns: 25 },
    )
    expect(ruled).toBeGreaterThan(5)
  })

  it('holds one of several ground states where there are several', () => {
    for (const flags of [
      { lattice: 'chain', size: '6', j2: '0.5' },
      { lattice: 'chain', size: '8', j2: '0.5' },
      { lattice: 'honeycomb', size: '3x2', j2: '2' },
    ]) {
      const model = modelFor(flags)
      const { lattice, operator } = model
      const { characters } = groundSector(resolved({ ...flags, marshall: false }), model)
      if (characters === undefined || characters === 'auto') continue
      const levels = physics.groundLevels(lattice, operator, physics.szSector(lattice.sites), {
        sectors: 'point',
        every: true,
      }).levels
      const energy = Math.min(...levels.map((level) => level.energy))
      const own = levels.find((l) => JSON.stringify(l.sector) === JSON.stringify(characters))
      expect(own?.energy).toBeCloseTo(energy, 8)
    }
  })
})
