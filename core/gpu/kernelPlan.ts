import { type Lowered, lower, type Operand } from '../lowering/index.ts'
import type { Equation, Program } from '../primitives/index.ts'
import { largest, type Shape, sizeOf } from '../values/index.ts'
import type { ArenaLayout } from './arena.ts'
import { type Building, makeReads, newBuilding, takesWhole } from './building.ts'
import { gpuTarget, isMove } from './gpuTarget.ts'
import type { DeviceKernel, Part } from './kernelSource.ts'

// The program of one sample becomes an ordered list of kernels with all that is needed to run them.
// The loops are those of the compiler. Outputs that are only joined from other values are joined
// after the download.

/** An output is joined from parts of values; `under` is the number where there is no part. */
export interface DeviceOutput {
  readonly shape: Shape
  readonly parts: readonly Part[]
  readonly under: number
}

export interface DevicePlan {
  readonly kernels: readonly DeviceKernel[]
  /** Nothing reads these values after the kernel of that number. */
  readonly dying: readonly (readonly number[])[]
  /**
   * Every sample brings its own numbers for these inputs, of so many elements; only those that are
   * read are here.
   */
  readonly inputs: readonly { readonly value: number; readonly size: number }[]
  readonly outputs: readonly DeviceOutput[]
  /** These are computed once for all samples, before the first kernel. */
  readonly once: readonly Equation[]
  readonly arena: ArenaLayout
  /** For a summed program each value has another one that holds its sums, a row for each group. */
  readonly totals: ReadonlyMap<number, number>
  /** The largest value has so many elements, and all together have `elements`. */
  readonly largest: number
  readonly elements: number
}

/** One thread adds up so many samples. */
export const SUM_GROUP = 32

/** Writes the kernels of all loops. */
const pushAll = (building: Building, loops: Lowered): void => {
  const { emit, push } = building
  for (const kernel of loops.kernels) {
    if (kernel.kind === 'map' && isMove(kernel)) {
      building.define(kernel)
      continue
    }
    makeReads(building, kernel)
    if (kernel.kind === 'map') {
      const map = building.packed(kernel)
      map.writes.forEach((_, k) => {
        push(emit.map(map, k))
      })
    } else if (kernel.kind === 'reduce') push(emit.reduce(kernel))
    else if (kernel.kind === 'contract') push(emit.contract(kernel))
    else if (!kernel.add) push(emit.gather(kernel))
    else {
      // The zeros below are the kernel's own.
      building.forget(kernel.write.base)
      const size = sizeOf(building.shapeOf(kernel.write.base))
      push(emit.scatter(kernel, size / sizeOf(kernel.shape)))
    }
  }
}

const outputsOf = (
  building: Building,
  shapes: readonly Shape[],
  operands: readonly Operand[],
): DeviceOutput[] => {
  const whole = (x: Operand, k: number): boolean =>
    takesWhole(x, shapes[k]!, building.shapeOf(x.base))
  operands.forEach((x, k) => {
    if (x.varies && !whole(x, k)) building.make(x.base)
  })
  return operands.map((read, k): DeviceOutput => {
    const shape = shapes[k]!
    const definition = read.varies ? building.definitionOf(read.base) : undefined
    if (definition === undefined)
      return { shape, parts: [{ read, shape, from: shape.map(() => 0) }], under: 0 }
    for (const part of definition.parts) building.make(part.read.base)
    // A reshaped view of the whole: its parts lie where they lie in the value.
    return definition
  })
}

/** Finds after which kernel each value is read no more; outputs keep theirs. */
const dyingOf = (
  kernels: readonly DeviceKernel[],
  inputs: readonly number[],
  kept: ReadonlySet<number>,
): number[][] => {
  const last = new Map<number, number>(inputs.map((value) => [value, 0]))
  kernels.forEach(({ reads, write }, k) => {
    for (const value of [...reads, write]) last.set(value, k)
  })
  const dying: number[][] = kernels.map(() => [])
  for (const [value, k] of last) if (!kept.has(value)) dying[k]?.push(value)
  return dying
}

/** Plans the kernels of a program, its results added up over the samples if `summed`. */
export const devicePlan = (
  program: Program,
  perSample: readonly boolean[],
  summed: boolean,
): DevicePlan => {
  const loops = lower(program, perSample, gpuTarget)
  const building = newBuilding(program, loops.varies.length)
  pushAll(building, loops)
  const outputs = outputsOf(
    building,
    program.outputs.map((v) => v.shape),
    loops.outputs,
  )
  const read = new Set(
    outputs.flatMap(({ parts }) => parts.filter((p) => p.read.varies).map((p) => p.read.base)),
  )
  const totals = new Map<number, number>()
  if (summed)
    for (const value of read) {
      const shape = building.shapeOf(value)
      const total = building.fresh(shape)
      totals.set(value, total)
      if (sizeOf(shape) > 0)
        building.push(building.emit.total(value, total, sizeOf(shape), SUM_GROUP))
    }
  const { kernels } = building
  const used = new Set([...kernels.flatMap((k) => k.reads), ...read])
  const inputs = loops.inputs
    .filter((value) => used.has(value) && sizeOf(building.shapeOf(value)) > 0)
    .map((value) => ({ value, size: sizeOf(building.shapeOf(value)) }))
  const sizes = [...inputs.map(({ size }) => size), ...kernels.map(({ size }) => size)]
  // Outputs that every sample shares come from the same place as what kernels read of it.
  return {
    kernels,
    dying: dyingOf(
      kernels,
      inputs.map(({ value }) => value),
      new Set(summed ? totals.values() : read),
    ),
    inputs,
    outputs,
    once: loops.once,
    arena: building.arena.layout(),
    totals,
    largest: Math.max(1, largest(sizes)),
    elements: sizes.reduce((a, b) => a + b, 0),
  }
}
