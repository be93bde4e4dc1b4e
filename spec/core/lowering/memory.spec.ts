import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad } from '../../../autodiff/index.ts'
import { programOf, sum, type Tensor } from '../../../core/index.ts'
import { readsOf, writesOf } from '../../../core/lowering/kernels.ts'
import { type Lowered, lower } from '../../../core/lowering/lower.ts'
import { type MemoryPlan, planMemory } from '../../../core/lowering/memory.ts'
import { inlined } from '../../../core/programs/inline.ts'
import { simplified } from '../../../core/programs/simplify.ts'
import { memoryUnits, wasmTarget } from '../../../core/wasm/wasmTarget.ts'
import { expression } from '../../expressions.ts'

const LANES = 8
const WIDTH = 8

/** A block of memory: first byte, and the byte after its last. */
type Range = readonly [number, number]
const overlap = ([a, b]: Range, [c, d]: Range): boolean => a < d && c < b

/** Runs the kernels on paper: whose numbers lie where. Gives what would be read after its end. */
const readTooLate = (lowered: Lowered, plan: MemoryPlan): readonly string[] => {
  const rangeOf = (id: number): Range => {
    const start = plan.address.get(id)!
    return [start, start + lowered.sizes.get(id)! * WIDTH * (lowered.varies[id] ? LANES : 1)]
  }
  const alive = new Map<number, Range>()
  const fill = (id: number): void => {
    for (const [other, range] of alive)
      if (other !== id && overlap(range, rangeOf(id))) alive.delete(other)
    alive.set(id, rangeOf(id))
  }
  const problems: string[] = []
  for (const id of plan.address.keys())
    if (!lowered.varies[id] || lowered.inputs.includes(id)) fill(id)
  lowered.kernels.forEach((kernel, k) => {
    for (const { base } of readsOf(kernel))
      if (!alive.has(base)) problems.push(`loop ${k} reads ${base}`)
    // Reads and writes of one loop alternate: a result must not lie where an operand does.
    for (const { base } of writesOf(kernel))
      for (const read of readsOf(kernel))
        if (read.base !== base && overlap(rangeOf(read.base), rangeOf(base)))
          problems.push(`loop ${k} overwrites ${read.base} while it reads it`)
    for (const { base } of writesOf(kernel)) fill(base)
  })
  for (const { base } of lowered.outputs)
    if (!alive.has(base)) problems.push(`output ${base} is gone`)
  return problems
}

const loweredOf = (f: (x: Tensor) => Tensor, x: Tensor): Lowered =>
  lower(simplified(inlined(programOf(f)(x))), [true], wasmTarget('f64'))

describe('the memory plan', () => {
  it('keeps every value until its last reader, and never more than all values need', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        for (const g of [f, grad((y: Tensor) => sum(f(y)))]) {
          const lowered = loweredOf(g, x)
          const plan = planMemory(lowered, LANES, memoryUnits('f64'))
          expect(readTooLate(lowered, plan)).toEqual([])
          const varying = [...plan.address.keys()].filter((id) => lowered.varies[id])
          const apart = varying.reduce((n, id) => n + lowered.sizes.get(id)! * WIDTH * LANES, 0)
          expect(plan.tileBytes).toBeLessThanOrEqual(apart)
          for (const at of plan.address.values()) expect(at % 16).toBe(0)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('is caught when two values that live together lie together', () => {
    fc.assert(
      fc.property(expression, ({ f, x }) => {
        const lowered = loweredOf((y) => grad((z: Tensor) => sum(f(z)))(y), x)
        const plan = planMemory(lowered, LANES, memoryUnits('f64'))
        const same = new Map([...plan.address.keys()].map((id) => [id, 16]))
        const busy = lowered.kernels.some((k) => readsOf(k).length > 0)
        if (busy) expect(readTooLate(lowered, { ...plan, address: same })).not.toEqual([])
      }),
      { numRuns: 20 },
    )
  })
})
