import type { Equation, EquationOf, Program, Variable } from '../program.ts'
import { axesOf, sizeOf } from '../shape.ts'
import { type Access, viewed, whole } from './access.ts'
import { laneRules } from './elementwise.ts'
import type { ContractKernel, Kernel, Label, MapKernel, Operand } from './kernels.ts'
import { type Format, type Lane, laneCode } from './lanes.ts'

// From the program of one sample to kernels: what no sample changes is set apart, views vanish
// into strides, elementwise equations of one shape fuse.

export interface Lowered {
  readonly format: Format
  /** Run in order for every tile of samples. */
  readonly kernels: readonly Kernel[]
  /** Computed once per call, by the reference backend. */
  readonly once: readonly Equation[]
  /** For each variable with memory of its own: how many elements. */
  readonly sizes: ReadonlyMap<number, number>
  readonly varies: readonly boolean[]
  /** Inputs of which every sample brings its own. */
  readonly inputs: readonly number[]
  readonly outputs: readonly Operand[]
}

/** Elementwise equations that run in one loop. */
interface Draft {
  readonly shape: readonly number[]
  readonly members: Equation[]
}
/** A kernel, or one still growing. */
type Slot = Kernel | Draft

/** More members would run short of registers. */
const MOST_MEMBERS = 48

const isDraft = (slot: Slot): slot is Draft => 'members' in slot
const sameSizes = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i])

/** The number that a constant repeats, if it does. */
const uniformOf = (eq: Equation): number | undefined =>
  eq.primitive === 'constant' && eq.params.data.every((x) => Object.is(x, eq.params.data[0]))
    ? eq.params.data[0]
    : undefined

export const lower = (program: Program, perSample: readonly boolean[], format: Format): Lowered => {
  const varies: boolean[] = [...perSample]
  const access: Access[] = program.inputs.map((v) => whole(v.id, v.shape))
  const sizes = new Map(program.inputs.map((v) => [v.id, sizeOf(v.shape)]))
  const uniform = new Map<number, number>()
  /** The slot that fills a variable's memory; −1 for what is there before. */
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
  const copyOf = (x: Operand, shape: readonly number[], to: Access): MapKernel => ({
    kind: 'map',
    shape,
    reads: [x],
    code: laneCode(format, (b) => [b.input(0)]),
    writes: [to],
  })
  const fill = (value: number, shape: readonly number[], to: Access): MapKernel => ({
    kind: 'map',
    shape,
    reads: [],
    code: laneCode(format, (b) => [b.constant(value)]),
    writes: [to],
  })

  const isWhole = (v: Variable): boolean => {
    const { base, offset, strides } = access[v.id]!
    return base === v.id && offset === 0 && sameSizes(strides, whole(base, v.shape).strides)
  }
  /** The first slot in which an elementwise equation could run, and joins one of its shape. */
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
      if (isDraft(slot) && slot.members.length < MOST_MEMBERS && sameSizes(slot.shape, shape))
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
    const [a, b] = [operand(eq.inputs[0]!), operand(eq.inputs[1]!)]
    const swap = a.varies && !b.varies
    const [x, y] = swap ? [b, a] : [a, b]
    const [xLabels, yLabels] = swap
      ? [eq.params.right, eq.params.left]
      : [eq.params.left, eq.params.right]
    const write = own(eq.output.id, eq.output.shape, slots.length)
    const { out } = eq.params
    const lengthOf = new Map([
      ...eq.params.left.map((l, i) => [l, eq.inputs[0]!.shape[i]!] as const),
      ...eq.params.right.map((l, i) => [l, eq.inputs[1]!.shape[i]!] as const),
    ])
    if ([...lengthOf.values()].includes(0)) {
      push(fill(0, eq.output.shape, write))
      return
    }
    const label = (l: string): Label => {
      const stride = (labels: readonly string[], s: readonly number[]): number => {
        const i = labels.indexOf(l)
        return i < 0 ? 0 : s[i]!
      }
      return {
        size: lengthOf.get(l)!,
        x: stride(xLabels, x.strides),
        y: stride(yLabels, y.strides),
        out: stride(out, write.strides),
      }
    }
    const pick = (test: (l: string) => boolean, from: readonly string[]): Label[] =>
      merged(from.filter(test).map(label))
    push({
      kind: 'contract',
      x,
      y,
      write,
      both: pick((l) => xLabels.includes(l) && yLabels.includes(l), out),
      xOnly: pick((l) => !yLabels.includes(l), out),
      yOnly: pick((l) => !xLabels.includes(l), out),
      summed: pick((l) => !out.includes(l), xLabels),
    } satisfies ContractKernel)
  }

  const inside = (to: Access, start: readonly number[]): Access => ({
    ...to,
    offset: to.offset + start.reduce((sum, s, k) => sum + s * to.strides[k]!, 0),
  })

  const perTile = (eq: Equation): void => {
    const { output, inputs } = eq
    if (eq.primitive in laneRules) {
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
        throw new Error(`the compiler knows no ${eq.primitive}: a program is inlined first`)
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
    else perTile(eq)
  }

  const outputs = program.outputs.map(operand)
  return {
    format,
    kernels: finished(slots, { program, access, varies, uniform, format, outputs }),
    once,
    sizes,
    varies,
    inputs: program.inputs.filter((v) => varies[v.id]).map((v) => v.id),
    outputs,
  }
}

interface Facts {
  readonly program: Program
  readonly access: readonly Access[]
  readonly varies: readonly boolean[]
  readonly uniform: ReadonlyMap<number, number>
  readonly format: Format
  readonly outputs: readonly Operand[]
}

/** Does it write nothing? */
const isEmpty = (kernel: Kernel): boolean =>
  (kernel.kind === 'map' && kernel.shape.includes(0)) ||
  (kernel.kind === 'table' && (kernel.table.length === 0 || kernel.shape.includes(0)))

/** Drafts become map kernels: only what others read is written to memory. */
const finished = (slots: readonly Slot[], facts: Facts): Kernel[] => {
  const { program, access, varies, uniform, format, outputs } = facts
  const slotOf = new Map<number, number>()
  slots.forEach((slot, k) => {
    if (isDraft(slot)) for (const eq of slot.members) slotOf.set(eq.output.id, k)
  })
  // A value is read from memory by other slots, through views, and as an output.
  const stored = new Set(outputs.map((o) => o.base))
  const readers = new Map<number, number>()
  slots.forEach((slot, k) => {
    if (isDraft(slot)) for (const eq of slot.members) readers.set(eq.output.id, k)
  })
  for (const eq of program.equations) {
    if (!varies[eq.output.id]) continue
    for (const v of eq.inputs) {
      const { base } = access[v.id]!
      const home = slotOf.get(base)
      const reader = readers.get(eq.output.id)
      if (home !== undefined && (reader !== home || v.id !== base)) stored.add(base)
    }
  }
  return slots.flatMap((slot, k): Kernel[] => {
    if (!isDraft(slot)) return isEmpty(slot) ? [] : [slot]
    const reads: Operand[] = []
    const kept = slot.members.filter((eq) => stored.has(eq.output.id))
    const code = laneCode(format, (b) => {
      const lanes = new Map<number, Lane>()
      const read = (v: Variable): Lane => {
        const here = lanes.get(v.id)
        if (here !== undefined && slotOf.get(v.id) === k) return here
        const from: Operand = { ...access[v.id]!, varies: varies[v.id]! }
        const value = uniform.get(from.base)
        if (value !== undefined) return b.constant(value)
        const known = reads.findIndex(
          (r) =>
            r.base === from.base && r.offset === from.offset && sameSizes(r.strides, from.strides),
        )
        return b.input(known >= 0 ? known : reads.push(from) - 1)
      }
      for (const eq of slot.members)
        lanes.set(eq.output.id, laneRules[eq.primitive]!(b, eq.inputs.map(read), eq))
      return kept.map((eq) => lanes.get(eq.output.id)!)
    })
    if (kept.length === 0 || sizeOf(slot.shape) === 0) return []
    const writes = kept.map((eq) => whole(eq.output.id, eq.output.shape))
    return [{ kind: 'map', shape: slot.shape, reads, code, writes }]
  })
}

/** Neighbouring labels that step evenly through x, y and the output become one. */
const merged = (labels: readonly Label[]): Label[] => {
  const done: Label[] = []
  for (const l of labels.filter(({ size }) => size > 1)) {
    const last = done.at(-1)
    const even = last?.x === l.x * l.size && last.y === l.y * l.size && last.out === l.out * l.size
    if (even) done[done.length - 1] = { ...l, size: last.size * l.size }
    else done.push(l)
  }
  return done
}
