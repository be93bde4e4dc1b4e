// Finds faults in core/gpu/{laneSource, sourceFunctions}.ts.

import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { afterAll, describe, expect, it } from 'vitest'
import { bestOf, findModes, openDevice } from '../../../core/gpu/find.ts'
import { largeRecipes, recipes, viewRecipes } from '../wasm/differential/programs.ts'
import { verdictOf } from './onDevice.ts'

// The modes of gpu.js that Node has; those of browsers are in spec/browser.

const RUNS = 40
const VIEW_RUNS = 30
const LARGE_RUNS = 4

const found = await findModes()
const known = E.isRight(found) ? found.right : []

describe.each(known)('gpu.js mode $mode ($about)', ({ mode, kind, about }) => {
  if (kind === 'absent') {
    it.skip(`is not here: ${about}`, () => {})
    return
  }
  const opened = openDevice(mode)()
  afterAll(async () => {
    const device = await opened
    if (E.isRight(device)) device.right.close()
  })
  it.each([
    ['', recipes, RUNS],
    [' of views of views', viewRecipes, VIEW_RUNS],
    [' on large values', largeRecipes, LARGE_RUNS],
  ] as const)('gives a random program%s within the float32 bound', async (_, of, numRuns) => {
    const device = await opened
    if (E.isLeft(device)) return expect.fail(device.left.what)
    let promised = 0
    await fc.assert(
      fc.asyncProperty(of, async (recipe) => {
        const verdict = await verdictOf(device.right, recipe)
        promised += verdict.promised
        if (verdict.fault !== undefined) expect.fail(verdict.fault)
      }),
      { numRuns },
    )
    expect(promised).toBeGreaterThan(100 * numRuns)
  })
})

describe('the best mode', () => {
  it('is a card, else the processor, never the software that plays a card', () => {
    const cpu = { mode: 'cpu', kind: 'processor', about: '' } as const
    const soft = { mode: 'webgl2', kind: 'software', about: 'SwiftShader' } as const
    const card = { mode: 'webgl', kind: 'card', about: 'a card' } as const
    expect(bestOf([soft, cpu, card])).toBe(card)
    expect(bestOf([soft, cpu])).toBe(cpu)
    expect(bestOf([soft])).toBe(soft)
    expect(bestOf([{ mode: 'webgpu', kind: 'absent', about: '' }])).toBeUndefined()
  })
})
