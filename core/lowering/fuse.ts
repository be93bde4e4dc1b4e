import { type Equation, laneOf, type Program, type Variable } from '../primitives/index.ts'
import { sizeOf } from '../values/index.ts'
import { type Access, whole } from './access.ts'
import type { Kernel, Operand } from './kernels.ts'
import { type Lane, plainCode } from './lanes/index.ts'

// Elementwise equations of one shape run in one loop; values that only they read stay in registers.

/** A draft holds elementwise equations that run in one loop. */
export interface Draft {
  readonly shape: readonly number[]
  readonly members: Equation[]
}
/** A slot is a kernel, or a draft that still grows. */
export type Slot = Kernel | Draft

export const isDraft = (slot: Slot): slot is Draft => 'members' in slot
export const sameSizes = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i])

/** Properties of a program's variables. */
export interface Facts {
  readonly program: Program
  readonly access: readonly Access[]
  readonly varies: readonly boolean[]
  readonly uniform: ReadonlyMap<number, number>
  readonly outputs: readonly Operand[]
}

/** Tells whether the kernel writes nothing. */
const isEmpty = (kernel: Kernel): boolean =>
  (kernel.kind === 'map' && kernel.shape.includes(0)) ||
  (kernel.kind === 'table' && (kernel.table.length === 0 || kernel.shape.includes(0)))

/** Turns drafts into map kernels: only values that others read are written to memory. */
export const finished = (slots: readonly Slot[], facts: Facts): Kernel[] => {
  const { program, access, varies, uniform, outputs } = facts
  const slotOf = new Map<number, number>()
  slots.forEach((slot, k) => {
    if (isDraft(slot)) for (const eq of slot.members) slotOf.set(eq.output.id, k)
  })
  // A value is read from memory by other slots, through views, and as an output.
  const stored = new Set(outputs.map((o) => o.base))
  for (const eq of program.equations) {
    if (!varies[eq.output.id]) continue
    for (const v of eq.inputs) {
      const { base } = access[v.id]!
      const home = slotOf.get(base)
      const reader = slotOf.get(eq.output.id)
      if (home !== undefined && (reader !== home || v.id !== base)) stored.add(base)
    }
  }
  return slots.flatMap((slot): Kernel[] => {
    if (!isDraft(slot)) return isEmpty(slot) ? [] : [slot]
    const reads: Operand[] = []
    const kept = slot.members.filter((eq) => stored.has(eq.output.id))
    const code = plainCode((b) => {
      const lanes = new Map<number, Lane>()
      const read = (v: Variable): Lane => {
        const here = lanes.get(v.id)
        if (here !== undefined) return here
        const from: Operand = { ...access[v.id]!, varies: varies[v.id]! }
        const value = uniform.get(from.base)
        if (value !== undefined) return b.constant(value)
        const known = reads.findIndex(
          (r) =>
            r.base === from.base && r.offset === from.offset && sameSizes(r.strides, from.strides),
        )
        return b.input(known >= 0 ? known : reads.push(from) - 1)
      }
      for (const eq of slot.members) lanes.set(eq.output.id, laneOf(eq)(b, ...eq.inputs.map(read)))
      return kept.map((eq) => lanes.get(eq.output.id)!)
    })
    if (kept.length === 0 || sizeOf(slot.shape) === 0) return []
    const writes = kept.map((eq) => whole(eq.output.id, eq.output.shape))
    return [{ kind: 'map', shape: slot.shape, reads, code, writes }]
  })
}
