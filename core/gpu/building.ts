import {
  type Access,
  type Kernel,
  type MapKernel,
  type Operand,
  readsOf,
  whole,
} from '../lowering/index.ts'
import type { Program } from '../primitives/index.ts'
import { type Shape, sizeOf } from '../values/index.ts'
import { type Arena, newArena } from './arena.ts'
import { basesOf, MOST_READS } from './gpuTarget.ts'
import { type DeviceKernel, type Emitter, emitter, isWhole, type Part } from './kernelSource.ts'

// The list of kernels. A thread writes only one number, so a value of which several loops would
// write parts is first only recorded. When it is read, one kernel picks from all parts.

/**
 * A definition joins a value from parts; `under` is the number where there is no part.
 */
export interface Definition {
  readonly shape: Shape
  readonly parts: readonly Part[]
  readonly under: number
}

export interface Building {
  readonly emit: Emitter
  readonly arena: Arena
  readonly kernels: readonly DeviceKernel[]
  readonly shapeOf: (value: number) => Shape
  /** Makes a new value. */
  readonly fresh: (shape: Shape) => number
  readonly push: (kernel: DeviceKernel) => void
  /** Records a copy or a fill. */
  readonly define: (kernel: MapKernel) => void
  /** Returns the record of a value that is not made yet. */
  readonly definitionOf: (value: number) => Definition | undefined
  readonly forget: (value: number) => void
  /** Makes a value that is only recorded. */
  readonly make: (value: number) => void
  /** Rewrites a map so that it has few enough buffers to read. */
  readonly packed: (kernel: MapKernel) => MapKernel
}

/** Finds where a part begins, from the place of its first element in a row-major value. */
const startOf = (offset: number, shape: Shape): number[] => {
  let rest = offset
  return shape.map((_, d) => {
    const stride = sizeOf(shape.slice(d + 1))
    const at = stride === 0 ? 0 : Math.floor(rest / stride)
    rest -= at * stride
    return at
  })
}

export const newBuilding = (program: Program, variables: number): Building => {
  const shapes = new Map<number, Shape>(
    [...program.inputs, ...program.equations.map((eq) => eq.output)].map((v) => [v.id, v.shape]),
  )
  const shapeOf = (value: number): Shape => shapes.get(value)!
  const arena = newArena()
  const emit = emitter(arena, (value) => sizeOf(shapeOf(value)))
  const kernels: DeviceKernel[] = []
  const definitions = new Map<number, Definition>()
  let next = variables
  const fresh = (shape: Shape): number => {
    shapes.set(next, shape)
    next += 1
    return next - 1
  }

  /** Writes as many kernels as the number of buffers asks for, each on top of the one before. */
  const assemble = (value: number, { shape, parts, under }: Definition): void => {
    const groups: Part[][] = [[]]
    for (const part of parts) {
      const last = groups.at(-1)!
      if (basesOf([...last, part].map((p) => p.read)).length < MOST_READS) last.push(part)
      else groups.push([part])
    }
    let below: Operand | number = under
    groups.forEach((group, k) => {
      const write: number = k === groups.length - 1 ? value : fresh(shape)
      kernels.push(emit.parts(write, shape, group, below))
      below = { ...whole(write, shape), varies: true }
    })
  }
  const make = (value: number): void => {
    const definition = definitions.get(value)
    if (definition === undefined) return
    definitions.delete(value)
    for (const part of definition.parts) make(part.read.base)
    assemble(value, definition)
  }
  const define = (kernel: MapKernel): void => {
    const write = kernel.writes[0]!
    const own = shapeOf(write.base)
    // A reshape that copies has the axes of its operand.
    const shape = sizeOf(kernel.shape) === sizeOf(own) ? kernel.shape : own
    const old = definitions.get(write.base) ?? { shape, parts: [], under: 0 }
    const node = kernel.code.nodes[0]!
    definitions.set(
      write.base,
      node.op === 'constant'
        ? { ...old, under: node.value }
        : {
            ...old,
            parts: [
              ...old.parts,
              { read: kernel.reads[0]!, shape: kernel.shape, from: startOf(write.offset, shape) },
            ],
          },
    )
  }
  const packed = (kernel: MapKernel): MapKernel => {
    const bases = basesOf(kernel.reads)
    if (bases.length <= MOST_READS) return kernel
    const taken = bases.slice(0, MOST_READS - 1)
    const sizes = taken.map((base) => sizeOf(shapeOf(base)))
    const starts = sizes.map((_, k) => sizes.slice(0, k).reduce((a, b) => a + b, 0))
    const pack = fresh([sizes.reduce((a, b) => a + b, 0)])
    assemble(pack, {
      shape: shapeOf(pack),
      under: 0,
      parts: taken.map((base, k) => ({
        read: { base, offset: 0, strides: [1], varies: true },
        shape: [sizes[k]!],
        from: [starts[k]!],
      })),
    })
    const reads = kernel.reads.map((x): Operand => {
      const k = x.varies ? taken.indexOf(x.base) : -1
      return k < 0 ? x : { ...x, base: pack, offset: x.offset + starts[k]! }
    })
    return packed({ ...kernel, reads })
  }
  return {
    emit,
    arena,
    kernels,
    shapeOf,
    fresh,
    push: (kernel) => kernels.push(kernel),
    define,
    definitionOf: (value) => definitions.get(value),
    forget: (value) => definitions.delete(value),
    make,
    packed,
  }
}

/** Makes the values that a kernel reads. */
export const makeReads = (building: Building, kernel: Kernel): void => {
  for (const { base } of readsOf(kernel)) building.make(base)
}

/** Tells whether an operand is a value as a whole. */
export const takesWhole = (x: Access, shape: Shape, value: Shape): boolean =>
  sizeOf(shape) === sizeOf(value) && isWhole(x, shape)
