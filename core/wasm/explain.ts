import {
  type Access,
  type Kernel,
  type MapKernel,
  type Operand,
  readsOf,
  writesOf,
} from '../lowering/index.ts'
import { argsOf, type Format, type PlainCode, WIDTH } from '../lowering/lanes/index.ts'
import { programIn } from '../primitives/index.ts'
import { flopsOf, nameOf } from '../programs/index.ts'
import type { ProgramSpec, TileSpec } from '../tiles/index.ts'
import { showShape, sizeOf } from '../values/index.ts'
import { TOTAL } from './encode.ts'
import { fusedMultiplyAdd } from './engine.ts'
import { type Compiled, type Planned, planned } from './module.ts'
import { instructionsOf } from './wasmTarget.ts'

// A compiled program as text: it shows what is fused, what each loop does, and the memory.

const bufferName = (x: Access): string => nameOf({ id: x.base, shape: [] })
/** Names a value that lies inside another one by its first element there. */
const name = (x: Access): string => `${bufferName(x)}${x.offset === 0 ? '' : `[${x.offset}…]`}`
/** Names an operand. Shared ones carry a prime: they are the same for all samples. */
const operandName = (x: Operand): string => `${name(x)}${x.varies ? '' : '′'}`

const number = (x: number): string => String(Number(x.toPrecision(6)))

/** Shows plain code as nested applications. */
const expressions = (code: PlainCode, reads: readonly string[]): string[] => {
  const texts: string[] = []
  for (const node of code.nodes) {
    const args = argsOf(node).map((a) => texts[a]!)
    if (node.op === 'input') texts.push(reads[node.index]!)
    else if (node.op === 'constant') texts.push(number(node.value))
    else texts.push(`${node.op === 'call' ? node.name : node.op}(${args.join(', ')})`)
  }
  return code.outputs.map((o) => texts[o]!)
}

/** Shows code as it runs, an instruction a line; constants stand where they are read. */
const instructions = (code: PlainCode, reads: readonly Operand[], format: Format): string[] => {
  const short = instructionsOf(code, format, fusedMultiplyAdd())
  const names: string[] = []
  const lines: string[] = []
  for (const node of short.nodes) {
    const args = argsOf(node).map((a) => names[a]!)
    if (node.op === 'constant') names.push(number(node.value))
    else if (node.op === 'bits') names.push(`0x${node.value.toString(16)}`)
    else if (node.op === 'input') names.push(operandName(reads[node.index]!))
    else {
      const by = 'by' in node ? [String(node.by)] : []
      const name = `v${lines.length}`
      const op = node.op === 'call' ? `call ${node.name}` : node.op
      lines.push(`${name} = ${op} ${[...args, ...by].join(' ')}`)
      names.push(name)
    }
  }
  return lines
}

const assignments = (
  { code, writes }: Pick<MapKernel, 'code' | 'writes'>,
  reads: readonly string[],
): string => {
  const values = expressions(code, reads)
  return writes.map((w, k) => `${name(w)} = ${values[k]!}`).join('; ')
}

const describe = (kernel: Kernel): string => {
  switch (kernel.kind) {
    case 'map': {
      const lines = assignments(kernel, kernel.reads.map(operandName))
      return `map ${showShape(kernel.shape)}: ${lines}`
    }
    case 'reduce': {
      const from = `${showShape(kernel.reduced)} of ${operandName(kernel.read)}`
      return `${kernel.op} ${showShape(kernel.kept)}: ${name(kernel.write)} = ${kernel.op} over ${from}`
    }
    case 'contract': {
      const size = (labels: readonly { readonly size: number }[]): number =>
        sizeOf(labels.map((l) => l.size))
      const out = size([...kernel.both, ...kernel.xOnly, ...kernel.yOnly])
      const product = `Σ ${operandName(kernel.x)} · ${operandName(kernel.y)}`
      const { epilogue } = kernel
      const lines =
        epilogue === undefined
          ? `${name(kernel.write)} = ${product}`
          : assignments(
              epilogue,
              epilogue.reads.map((x, i) => (i === epilogue.sum ? product : operandName(x))),
            )
      return `contract ${out} × ${size(kernel.summed)}: ${lines}`
    }
    case 'table': {
      const [to, from] = [name(kernel.write), operandName(kernel.read)]
      return kernel.add
        ? `scatter ${kernel.table.length} × ${sizeOf(kernel.shape)}: ${to}[table] += ${from}`
        : `gather ${kernel.table.length} × ${sizeOf(kernel.shape)}: ${to} = ${from}[table]`
    }
  }
}

const place = (w: Access, { lowered, plan, tile, format }: Planned): string => {
  const isTotal = lowered.totals.has(w.base)
  const each = isTotal ? TOTAL : WIDTH[format] * tile
  const bytes = lowered.sizes.get(w.base)! * each
  const total = isTotal ? ', a total over samples' : ''
  return `${bufferName(w)} at ${plan.address.get(w.base)}, ${bytes} bytes${total}`
}

/**
 * Shows a compiled program: one line per loop with its operands and results (a prime marks numbers
 * that all samples share), then the addresses of its results. With `vectors` it also shows the
 * instructions of every elementwise loop, on vectors of samples.
 *
 * @example explain(compile((x: Tensor) => sum(x), ['perSample'])(zeros([2])).spec)
 *   .split('\n')[0] // → '(a: [2]) -> b'
 */
export const explain = (
  spec: ProgramSpec & Partial<Pick<TileSpec, 'compiled'>>,
  { vectors = false }: { readonly vectors?: boolean } = {},
): string => {
  const program = programIn('explain', spec?.program)
  const { perSample, precision } = spec
  const parts = (spec.compiled as Compiled | undefined) ?? planned(spec)
  const { lowered, plan, tile, format } = parts
  const inputs = program.inputs.map(
    (v, i) => `${nameOf(v)}${perSample[i] ? '' : '′'}: ${showShape(v.shape)}`,
  )
  const memory = [...new Set(lowered.kernels.flatMap(readsOf).map((x) => x.base))].length
  return [
    `(${inputs.join(', ')}) -> ${lowered.outputs.map(operandName).join(', ')}`,
    `${precision}, ${tile} samples a tile, ${plan.tileBytes} bytes of them; ` +
      `${flopsOf(program)} operations a sample`,
    `once a call: ${lowered.once.length} of ${program.equations.length} equations; ` +
      `${lowered.kernels.length} loops read ${memory} values from memory`,
    ...lowered.kernels.flatMap((kernel, k) => [
      `${String(k + 1).padStart(3)}  ${describe(kernel)}`,
      ...writesOf(kernel).map((w) => `       ${place(w, parts)}`),
      ...(vectors && kernel.kind === 'map'
        ? instructions(kernel.code, kernel.reads, format).map((line) => `       ${line}`)
        : []),
    ]),
  ].join('\n')
}
