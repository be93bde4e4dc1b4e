import {
  type Access,
  type ContractKernel,
  type Kernel,
  type Lowered,
  lower,
  type MapKernel,
  type Operand,
  type Target,
} from '../../../core/lowering/index.ts'
import {
  argsOf,
  hostFunctions,
  type PlainNode,
  type PlainOp,
} from '../../../core/lowering/lanes/index.ts'
import { evaluatePrimitive, type Program } from '../../../core/primitives/index.ts'
import { type Concrete, type Data, dataOf, sizeOf, wrap } from '../../../core/values/index.ts'

// A second emitter: plain JavaScript, one sample at a time, every value in an array of its own. It
// is written against core/lowering alone and imports nothing of core/wasm. core/lowering/README.md
// explains its steps; the numbers in comments are those of the README.

/** (1) JavaScript has no registers to run short of, and writes to any place in memory. */
export const scriptTarget: Target = {
  mostMembers: 1000,
  runsOnSums: () => true,
  writesParts: true,
  rowsFrom: 0,
}

/** (2) Every operation of plain code as text. */
const operations: Readonly<Record<PlainOp, (x: string, y: string, z: string) => string>> = {
  add: (x, y) => `${x} + ${y}`,
  sub: (x, y) => `${x} - ${y}`,
  mul: (x, y) => `${x} * ${y}`,
  div: (x, y) => `${x} / ${y}`,
  min: (x, y) => `Math.min(${x}, ${y})`,
  max: (x, y) => `Math.max(${x}, ${y})`,
  sqrt: (x) => `Math.sqrt(${x})`,
  neg: (x) => `-${x}`,
  abs: (x) => `Math.abs(${x})`,
  lt: (x, y) => `${x} < ${y}`,
  le: (x, y) => `${x} <= ${y}`,
  eq: (x, y) => `${x} === ${y}`,
  select: (mask, x, y) => `${mask} ? ${x} : ${y}`,
}

const textOf = (node: PlainNode, args: readonly string[], input: (k: number) => string): string => {
  if (node.op === 'input') return input(node.index)
  if (node.op === 'constant') return Object.is(node.value, -0) ? '-0' : `(${node.value})`
  if (node.op === 'call') return `call.${node.name}(${args.join(', ')})`
  return operations[node.op](...(args as [string, string, string]))
}

/** The element of a value in loops over i0, i1, …; the first counter may have another name. */
const at = (x: Access, strides: readonly number[] = x.strides, first = 'i0'): string => {
  const terms = strides.map((s, d) => `${s} * ${d === 0 ? first : `i${d}`}`)
  return `v${x.base}[${[x.offset, ...terms].join(' + ')}]`
}

const loops = (sizes: readonly number[], body: string, first = 0): string =>
  sizes.reduceRight((inner, size, d) => {
    const i = `i${d + first}`
    return `for (let ${i} = 0; ${i} < ${size}; ${i}++) {\n${inner}\n}`
  }, body)

/** (3) What a kernel stores, or adds where the value is a total over samples. */
type Store = (to: string, write: Access, value: string) => string

/** (4) A map: a constant for each node, then its results. `read` gives the text of an operand. */
const mapped = (
  { code, writes }: Pick<MapKernel, 'code' | 'writes'>,
  read: (k: number) => string,
  write: (k: number) => string,
  store: Store,
): string => {
  const nodes = code.nodes.map((node, n) => {
    const args = argsOf(node).map((a) => `n${a}`)
    return `const n${n} = ${textOf(node, args, read)};`
  })
  return [...nodes, ...code.outputs.map((n, k) => store(write(k), writes[k]!, `n${n}`))].join('\n')
}

/** (5) A contraction: loops over its outputs, a sum inside, then the epilogue or a store. */
const contracted = (kernel: ContractKernel, store: Store): string => {
  const { x, y, write, epilogue, summed } = kernel
  const outs = [...kernel.both, ...kernel.xOnly, ...kernel.yOnly]
  const all = [...outs, ...summed]
  const factor = (of: Operand, side: 'x' | 'y'): string =>
    at(
      of,
      all.map((l) => l[side]),
    )
  const term = `acc += ${factor(x, 'x')} * ${factor(y, 'y')};`
  const sum = `let acc = 0;\n${loops(
    summed.map((l) => l.size),
    term,
    outs.length,
  )}`
  const beside = (k: number): number[] => outs.map((l) => l.beside![k]!)
  const end =
    epilogue === undefined
      ? store(
          at(
            write,
            outs.map((l) => l.out),
          ),
          write,
          'acc',
        )
      : mapped(
          epilogue,
          (k) => (k === epilogue.sum ? 'acc' : at(epilogue.reads[k]!, beside(k))),
          (k) => at(epilogue.writes[k]!, beside(epilogue.reads.length + k)),
          store,
        )
  return loops(
    outs.map((l) => l.size),
    `${sum}\n${end}`,
  )
}

const emitted = (kernel: Kernel, store: Store): string => {
  switch (kernel.kind) {
    case 'map': {
      const { reads, writes, shape } = kernel
      return loops(
        shape,
        mapped(
          kernel,
          (k) => at(reads[k]!),
          (k) => at(writes[k]!),
          store,
        ),
      )
    }
    case 'contract':
      return contracted(kernel, store)
    case 'reduce': {
      // The strides of the operand follow the kept axes, then the reduced ones.
      const [start, step] = kernel.op === 'sum' ? ['0', 'acc + '] : ['-Infinity', 'Math.max(acc, ']
      const term = `acc = ${step}${at(kernel.read)}${kernel.op === 'sum' ? '' : ')'};`
      const inner = `let acc = ${start};\n${loops(kernel.reduced, term, kernel.kept.length)}`
      return loops(kernel.kept, `${inner}\n${store(at(kernel.write), kernel.write, 'acc')}`)
    }
    case 'table': {
      // The first axis of one side is looked up: there its counter is t.
      const { read, write, table, shape, add } = kernel
      const found = add ? write : read
      const place = at(found, found.strides, 't')
      const line = add ? `${place} += ${at(read)};` : store(at(write), write, place)
      return loops([table.length, ...shape], `const t = [${table.join(', ')}][i0];\n${line}`)
    }
  }
}

/** (6) The function of one sample. Its arguments are the values in memory and the functions. */
export const script = ({ kernels, totals }: Lowered): string => {
  const store: Store = (to, { base }, value) => `${to} ${totals.has(base) ? '+=' : '='} ${value};`
  return kernels.map((kernel) => `{\n${emitted(kernel, store)}\n}`).join('\n')
}

/** (7) Runs a program for some samples; `inputs` are shared values, or rows of all samples. */
export const runScript = (
  program: Program,
  perSample: readonly boolean[],
  inputs: readonly Data[],
  samples: number,
  summed: boolean,
): Data[] => {
  const lowered = lower(program, perSample, scriptTarget, summed)
  const { sizes, once, varies, outputs } = lowered
  // Values that no sample changes are computed before, by the primitives themselves.
  const shared: Concrete[] = []
  program.inputs.forEach((v, k) => {
    if (!perSample[k]) shared[v.id] = wrap(inputs[k]!, v.shape)
  })
  for (const { primitive, params, inputs: xs, output } of once) {
    const operands = xs.map((v) => shared[v.id]!)
    shared[output.id] = evaluatePrimitive(primitive, params, operands, output.shape, 'float64')
  }
  const memory = new Map(
    [...sizes].map(([id, size]) => [id, varies[id] ? new Float64Array(size) : dataOf(shared[id]!)]),
  )
  const run = new Function('call', ...[...memory.keys()].map((id) => `v${id}`), script(lowered))
  const rows = Array.from({ length: samples }, (_, sample) => {
    program.inputs.forEach(({ id, shape }, k) => {
      const size = sizeOf(shape)
      if (perSample[k]) memory.get(id)!.set(inputs[k]!.slice(sample * size, (sample + 1) * size))
    })
    run(hostFunctions, ...memory.values())
    return outputs.map(({ base, offset }, k): Data => {
      const { id, shape } = program.outputs[k]!
      if (!varies[base]) return dataOf(shared[id]!).map((x) => (summed ? x * samples : x))
      return memory.get(base)!.slice(offset, offset + sizeOf(shape))
    })
  })
  const used = summed ? rows.slice(-1) : rows
  return outputs.map((_, k) => Float64Array.from(used.flatMap((row) => [...row[k]!])))
}
