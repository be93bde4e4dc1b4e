import type { ContractKernel, Epilogue, Label } from '../lowering/index.ts'
import {
  type Locals,
  laneBody,
  load,
  newConstants,
  pitch,
  pointerAt,
  put,
  putAll,
  type Steps,
  startOf,
  type Tile,
  writePitch,
  writeStart,
  writeStep,
} from './emit.ts'
import { type Code, code, get, set, VECTOR } from './encode.ts'
import { instructionsOf } from './wasmTarget.ts'

// At the end of a contraction its sums are stored, added to totals, or processed by an epilogue
// while they are in registers.

/**
 * An ending handles finished sums: it stores them, adds them to totals, or runs an epilogue first.
 */
export interface Ending {
  /**
   * Sets pointers and constants. It is called last, when all code that needs them is written.
   */
  readonly init: () => Code
  /** The bytes by which its pointers move along a label, and from one vector to the next. */
  readonly steps: (label: Label, times: number) => Steps
  readonly vectorSteps: (vectors: number) => Steps
  /**
   * Stores the sums of some elements, which are in locals; `at` gives an element's position along
   * its labels.
   */
  readonly store: (
    elements: readonly {
      readonly at: readonly (readonly [label: Label | undefined, index: number])[]
      readonly locals: readonly number[]
    }[],
  ) => Code
}

export const storing = (t: Tile, { write }: ContractKernel, locals: Locals): Ending => {
  const { pointer, init } = pointerAt(locals, writeStart(t, write))
  const scale = writePitch(t, write)
  return {
    init: () => init,
    steps: (label, times) => [[pointer, label.out * scale * times]],
    vectorSteps: (vectors) => [[pointer, vectors * writeStep(t, write)]],
    store: (elements) =>
      putAll(
        t,
        write,
        pointer,
        elements.map(({ at, locals: sums }) => ({
          offset: at.reduce((sum, [label, index]) => sum + index * (label?.out ?? 0) * scale, 0),
          locals: sums,
        })),
      ),
  }
}

/** Runs an epilogue on sums before they are stored. Stores come in pairs, which engines join. */
export const working = (t: Tile, epilogue: Epilogue, locals: Locals, pair: number): Ending => {
  const { reads, sum, writes } = epilogue
  const laneCode = instructionsOf(epilogue.code, t.format, t.fused)
  const constants = newConstants(t.format, locals)
  const sides = [
    ...reads.map((x) => ({ start: startOf(t, x), scale: pitch(t, x.varies), varies: x.varies })),
    ...writes.map((w) => ({ start: writeStart(t, w), scale: writePitch(t, w), varies: true })),
  ].map((side, k) => {
    // The sum is in registers and has no address.
    const where = k === sum ? { pointer: -1, init: code() } : pointerAt(locals, side.start)
    return { ...side, ...where, k }
  })
  const moving = sides.filter(({ k }) => k !== sum)
  const held = writes.map(() => Array.from({ length: pair }, () => locals.take('v128')))
  const ofElement = (
    at: readonly (readonly [Label | undefined, number])[],
    sums: readonly number[],
  ): Code => {
    const offset = (k: number, u: number): number =>
      at.reduce((n, [label, index]) => n + index * (label?.beside?.[k] ?? 0) * sides[k]!.scale, 0) +
      (sides[k]!.varies ? u * VECTOR : 0)
    const values = (u: number): Code =>
      laneBody(
        t,
        locals,
        laneCode,
        (i) => (i === sum ? get(sums[u]!) : load(t, reads[i]!, sides[i]!.pointer, offset(i, u))),
        (w, value) => code(value, set(held[w]![u % pair]!)),
        constants,
      )
    const stores = (u: number): Code =>
      code(
        writes.flatMap((write, w) =>
          held[w]!.map((local, p) => {
            const side = reads.length + w
            return put(t, write, sides[side]!.pointer, offset(side, u + p), get(local))
          }),
        ),
      )
    return code(
      sums.map((_, u) =>
        (u + 1) % pair === 0 ? code(values(u), stores(u + 1 - pair)) : values(u),
      ),
    )
  }
  return {
    init: () =>
      code(
        moving.map((side) => side.init),
        constants.init(),
      ),
    steps: (label, times) =>
      moving.map(({ pointer, scale, k }) => [pointer, (label.beside?.[k] ?? 0) * scale * times]),
    vectorSteps: (vectors) =>
      moving.map(({ pointer, varies }) => [pointer, varies ? vectors * VECTOR : 0]),
    store: (elements) => code(elements.map((e) => ofElement(e.at, e.locals))),
  }
}
