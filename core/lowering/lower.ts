import {
  type Equation,
  type EquationOf,
  isElementwise,
  type Program,
  type Variable,
} from '../primitives/index.ts'
import { axesOf, sizeOf, stridesOf } from '../values/index.ts'
import { type Access, viewed, whole } from './access.ts'
import { contraction } from './contractionLoops.ts'
import { withEpilogues } from './epilogue.ts'
import { type Draft, finished, isDraft, type Slot, sameSizes } from './fuse.ts'
import { inPlace } from './inPlace.ts'
import type { Kernel, MapKernel, Operand } from './kernels.ts'
import { plainCode } from './lanes/index.ts'
import type { Target } from './target.ts'

// The program of one sample becomes kernels. Equations that depend on no sample are computed once,
// views become strides, and elementwise equations of one shape fuse. The target describes itself.

/** A lowered program consists of loops. */
export interface Lowered {
  /** The kernels run in order, for every sample. */
  readonly kernels: readonly Kernel[]
  /** These equations depend on no sample: they are computed once per call. */
  readonly once: readonly Equation[]
  /** The number of elements of each variable that has memory. */
  readonly sizes: ReadonlyMap<number, number>
  /** Tells for each variable whether every sample has its own value. */
  readonly varies: readonly boolean[]
  /** The inputs for which every sample has its own numbers. */
  readonly inputs: readonly number[]
  readonly outputs: readonly Operand[]
  /** Totals: kernels add to these values, over all samples. */
  readonly totals: ReadonlySet<number>
}

/** Returns the number that fills a constant, if all its elements are equal. */
const uniformOf = (eq: Equation): number | undefined =>
  eq.primitive === 'constant' && eq.params.data.every((x) => Object.is(x, eq.params.data[0]))
    ? eq.params.data[0]
    : undefined

/** Copies a value's elements to another place. */
const copyOf = (x: Operand, shape: readonly number[], to: Access): MapKernel => ({
  kind: 'map',
  shape,
  reads: [x],
  code: plainCode((b) => [b.input(0)]),
  writes: [to],
})

/**
 * Makes loops of a program, with separate memory for every value. Only for concatenations, paddings
 * and scattered sums do several kernels write parts of one value.
 */
const loopsOf = (
  program: Program,
  perSample: readonly boolean[],
  { mostMembers }: Target,
): Omit<Lowered, 'totals'> => {
  const varies: boolean[] = [...perSample]
  const access: Access[] = program.inputs.map((v) => whole(v.id, v.shape))
  const sizes = new Map(program.inputs.map((v) => [v.id, sizeOf(v.shape)]))
  const uniform = new Map<number, number>()
  /** The slot that fills each variable's memory; −1 for values that exist before. */
  const madeBy = new Map<number, number>(program.inputs.map((v) => [v.id, -1]))
  const once: Equation[] = []
  const slots: Slot[] = []

  const operand = (v: Variable): Operand => ({ ...access[v.id]!, varies: varies[v.id]! })
  const own = (id: number, shape: readonly number[], slot: number): Access => {
    const mine = whole(id, shape)
    access[id] = mine
    sizes.set(id, sizeOf(shape))
    madeBy.set(id, slot)
    return mine
  }
  const push = (slot: Slot): number => slots.push(slot) - 1
  const fill = (value: number, shape: readonly number[], to: Access): MapKernel => ({
    kind: 'map',
    shape,
    reads: [],
    code: plainCode((b) => [b.constant(value)]),
    writes: [to],
  })

  const isWhole = (v: Variable): boolean => {
    const { base, offset, strides } = access[v.id]!
    return base === v.id && offset === 0 && sameSizes(strides, whole(base, v.shape).strides)
  }
  /**
   * Finds the first slot in which an elementwise equation can run, and joins a draft of its shape.
   */
  const place = (eq: Equation): number => {
    const shape = eq.output.shape
    const earliest = eq.inputs.reduce((slot, v) => {
      const made = madeBy.get(access[v.id]!.base)!
      const draft = slots[made]
      const inside = draft !== undefined && isDraft(draft) && isWhole(v)
      return Math.max(slot, inside && sameSizes(draft.shape, shape) ? made : made + 1)
    }, 0)
    for (let k = earliest; k < slots.length; k += 1) {
      const slot = slots[k]!
      if (isDraft(slot) && slot.members.length < mostMembers && sameSizes(slot.shape, shape))
        return k
    }
    return push({ shape, members: [] })
  }

  const reduce = (eq: EquationOf<'sum'> | EquationOf<'max'>): void => {
    const shape = eq.inputs[0]!.shape
    const write = own(eq.output.id, eq.output.shape, slots.length)
    if (sizeOf(shape) === 0) {
      push(fill(0, eq.output.shape, write))
      return
    }
    const kept = axesOf(shape.length).filter((i) => !eq.params.axes.includes(i))
    const read = operand(eq.inputs[0]!)
    push({
      kind: 'reduce',
      op: eq.primitive,
      kept: kept.map((i) => shape[i]!),
      reduced: eq.params.axes.map((i) => shape[i]!),
      read: { ...read, strides: [...kept, ...eq.params.axes].map((i) => read.strides[i]!) },
      write,
    })
  }

  const table = (eq: EquationOf<'gather'> | EquationOf<'scatterAdd'>): void => {
    const { axis, indices } = eq.params
    const add = eq.primitive === 'scatterAdd'
    const read = operand(eq.inputs[0]!)
    const write = own(eq.output.id, eq.output.shape, slots.length + (add ? 1 : 0))
    if (add) push(fill(0, eq.output.shape, write))
    const first = <A>(xs: readonly A[]): A[] => [xs[axis]!, ...xs.filter((_, i) => i !== axis)]
    push({
      kind: 'table',
      add,
      table: indices,
      shape: eq.output.shape.filter((_, i) => i !== axis),
      read: { ...read, strides: first(read.strides) },
      write: { ...write, strides: first(write.strides) },
    })
  }

  const contract = (eq: EquationOf<'contract'>): void => {
    const [x, y] = [operand(eq.inputs[0]!), operand(eq.inputs[1]!)]
    const write = own(eq.output.id, eq.output.shape, slots.length)
    push(contraction(eq, x, y, write) ?? fill(0, eq.output.shape, write))
  }

  const inside = (to: Access, start: readonly number[]): Access => ({
    ...to,
    offset: to.offset + start.reduce((sum, s, k) => sum + s * to.strides[k]!, 0),
  })

  const addLoop = (eq: Equation): void => {
    const { output, inputs } = eq
    if (isElementwise(eq.primitive)) {
      const slot = place(eq)
      ;(slots[slot] as Draft).members.push(eq)
      own(output.id, output.shape, slot)
      return
    }
    switch (eq.primitive) {
      case 'sum':
      case 'max':
        reduce(eq)
        return
      case 'contract':
        contract(eq)
        return
      case 'gather':
      case 'scatterAdd':
        table(eq)
        return
      case 'reshape': {
        // Not a view: the elements are put in order first.
        const shape = inputs[0]!.shape
        push(copyOf(operand(inputs[0]!), shape, whole(output.id, shape)))
        own(output.id, output.shape, slots.length - 1)
        return
      }
      case 'concatenate': {
        const { axis } = eq.params
        let at = 0
        const to = whole(output.id, output.shape)
        for (const x of inputs) {
          push(
            copyOf(
              operand(x),
              x.shape,
              inside(
                to,
                output.shape.map((_, i) => (i === axis ? at : 0)),
              ),
            ),
          )
          at += x.shape[axis]!
        }
        own(output.id, output.shape, slots.length - 1)
        return
      }
      case 'pad': {
        const to = whole(output.id, output.shape)
        push(fill(0, output.shape, to))
        push(copyOf(operand(inputs[0]!), inputs[0]!.shape, inside(to, eq.params.low)))
        own(output.id, output.shape, slots.length - 1)
        return
      }
      default:
        throw new Error(`the compiler has no ${eq.primitive}: a program is inlined first`)
    }
  }

  for (const eq of program.equations) {
    const { id } = eq.output
    varies[id] = eq.inputs.some((v) => varies[v.id])
    const view = eq.inputs[0] === undefined ? undefined : viewed(eq, access[eq.inputs[0].id]!)
    if (!varies[id]) {
      once.push(eq)
      const value = uniformOf(eq)
      if (value !== undefined) uniform.set(id, value)
      own(id, eq.output.shape, -1)
      if (view !== undefined) access[id] = view
    } else if (view !== undefined) access[id] = view
    else addLoop(eq)
  }

  const outputs = program.outputs.map(operand)
  return {
    kernels: finished(slots, { program, access, varies, uniform, outputs }),
    once,
    sizes,
    varies,
    inputs: program.inputs.filter((v) => varies[v.id]).map((v) => v.id),
    outputs,
  }
}

/**
 * Lowers the program of one sample to kernels for a target. With `summed`, outputs are totals: the
 * kernels that write them add them up over all samples.
 */
export const lower = (
  program: Program,
  perSample: readonly boolean[],
  target: Target,
  summed = false,
): Lowered => {
  const loops = loopsOf(program, perSample, target)
  const kernels = [...loops.kernels]
  const varies = [...loops.varies]
  const sizes = new Map(loops.sizes)
  /** Tells whether an output can be copied out directly from its place in memory. */
  const leavesAs = (x: Operand, shape: readonly number[]): boolean =>
    !summed && (sizeOf(shape) < target.rowsFrom || sameSizes(x.strides, stridesOf(shape)))
  const outputs = loops.outputs.map((x, i): Operand => {
    const { shape } = program.outputs[i]!
    if (!x.varies || leavesAs(x, shape)) return x
    const to = whole(varies.length, shape)
    varies.push(true)
    sizes.set(to.base, sizeOf(shape))
    if (sizeOf(shape) > 0) kernels.push(copyOf(x, shape, to))
    return { ...to, varies: true }
  })
  const left = new Set(outputs.map((x) => x.base))
  const fixed = new Set([...program.inputs.map((v) => v.id), ...left])
  const totals = new Set(summed ? outputs.filter((x) => x.varies).map((x) => x.base) : [])
  const made = target.writesParts ? inPlace(kernels, sizes, fixed, totals) : kernels
  return {
    ...loops,
    kernels: withEpilogues(made, left, totals, target),
    sizes,
    varies,
    outputs,
    totals,
  }
}
