import type {
  Access,
  ContractKernel,
  MapKernel,
  Operand,
  ReduceKernel,
  TableKernel,
} from '../lowering/index.ts'
import { type PlainCode, prunedCode } from '../lowering/lanes/index.ts'
import { largest } from '../values/index.ts'
import type { Arena } from './arena.ts'
import { laneStatements, type Names } from './laneSource.ts'
import { type Digit, digitsOf, fewAxes, nested, placeOf, rowMajor, summed } from './source.ts'
import { type FunctionName, withCallees } from './sourceFunctions.ts'

// From lowered loops to kernels: one thread for each element of the result and each sample. A value
// of E elements and B samples is a buffer of E·B numbers, samples next to each other, so that
// neighbouring threads read neighbouring numbers.

/** A kernel of gpu.js comes with what it reads and makes. */
export interface DeviceKernel {
  readonly source: string
  readonly functions: readonly FunctionName[]
  /** Whether it reads shared values, which are its first argument then. */
  readonly shared: boolean
  /** It reads these values of every sample, in the order of the arguments. */
  readonly reads: readonly number[]
  readonly write: number
  /** The result has so many elements. */
  readonly size: number
}

/** A part of a value: its elements of this shape, from `from` on, are a copy of `read`. */
export interface Part {
  readonly read: Operand
  readonly shape: readonly number[]
  readonly from: readonly number[]
}

export interface Emitter {
  /** Writes the kernel of one result of a map. */
  readonly map: (kernel: MapKernel, output: number) => DeviceKernel
  readonly reduce: (kernel: ReduceKernel) => DeviceKernel
  readonly contract: (kernel: ContractKernel) => DeviceKernel
  readonly gather: (kernel: TableKernel) => DeviceKernel
  /** Writes sums at looked-up places; `length` is that of the axis they are on. */
  readonly scatter: (kernel: TableKernel, length: number) => DeviceKernel
  /** Joins a value from parts, on top of another value or of a number. */
  readonly parts: (
    write: number,
    shape: readonly number[],
    parts: readonly Part[],
    under: Operand | number,
  ) => DeviceKernel
  /** Sums over samples: each thread adds up `group` of the first `count` ones. */
  readonly total: (read: number, write: number, size: number, group: number) => DeviceKernel
}

/** Keeps only the nodes that one output needs. */
const outputOf = ({ nodes, outputs }: PlainCode, k: number): PlainCode =>
  prunedCode({ nodes, outputs: [outputs[k]!] })

export const emitter = (arena: Arena, sizeOf: (value: number) => number): Emitter => {
  /** Collects what a kernel reads while its text is written. */
  const writing = () => {
    const reads: number[] = []
    const used = new Set<FunctionName>()
    let shared = false
    const fromShared = (place: string): string => {
      shared = true
      return `shared[${place}]`
    }
    const names: Names = {
      tabled: (value) => fromShared(String(arena.fixed([value]))),
      uses: (name) => used.add(name),
    }
    const argument = (value: number): string => {
      const known = reads.indexOf(value)
      return `x${known >= 0 ? known : reads.push(value) - 1}`
    }
    return {
      names,
      /** Names one of some fixed numbers, by its place along axes. */
      fixed: (
        numbers: readonly number[],
        strides: readonly number[],
        axes: readonly string[],
      ): string => fromShared(placeOf(arena.fixed(numbers), strides, axes)),
      /** Names the number of an operand at a place along its axes. */
      at: (x: Operand, axes: readonly string[]): string => {
        if (!x.varies) {
          const first = arena.placeOf(x.base, sizeOf(x.base))
          return fromShared(placeOf(first + x.offset, x.strides, axes))
        }
        const place = placeOf(x.offset, x.strides, axes)
        // The thread's own place in the buffer.
        if (place === 'e') return `${argument(x.base)}[this.thread.x]`
        return `${argument(x.base)}[(${place}) * samples + b]`
      },
      /** Names the number of a value at a place in its buffer. */
      in: (value: number, place: string): string => `${argument(value)}[${place}]`,
      done: (write: number, size: number, lines: readonly string[]): DeviceKernel => {
        const parameters = [...(shared ? ['shared'] : []), ...reads.map((_, k) => `x${k}`)]
        return {
          source: [
            `function (${[...parameters, 'samples', 'inverse', 'count'].join(', ')}) {`,
            'const e = Math.floor(this.thread.x * inverse);',
            'const b = this.thread.x - e * samples;',
            ...lines,
            '}',
          ].join('\n'),
          functions: withCallees(used),
          shared,
          reads,
          write,
          size,
        }
      },
    }
  }
  const product = (sizes: readonly number[]): number => sizes.reduce((n, d) => n * d, 1)

  const map: Emitter['map'] = (kernel, output) => {
    const w = writing()
    const code = outputOf(kernel.code, output)
    const axes = fewAxes(
      kernel.shape,
      kernel.reads.map((x) => x.strides),
    )
    const { statements, names } = digitsOf(rowMajor(axes.sizes))
    const lane = laneStatements(
      code,
      (k) => w.at({ ...kernel.reads[k]!, strides: axes.strides[k]! }, names),
      w.names,
    )
    return w.done(kernel.writes[output]!.base, product(kernel.shape), [
      ...statements,
      ...lane.statements,
      `return ${lane.outputs[0]};`,
    ])
  }

  const reduce: Emitter['reduce'] = (kernel) => {
    const w = writing()
    const { read, kept, reduced } = kernel
    const keptAxes = fewAxes(kept, [read.strides.slice(0, kept.length)])
    const axes = fewAxes(reduced, [read.strides.slice(kept.length)])
    const { statements, names } = digitsOf(rowMajor(keptAxes.sizes))
    const counters = axes.sizes.map((_, d) => `j${d}`)
    const strides = [...keptAxes.strides[0]!, ...axes.strides[0]!]
    const place = (inner: readonly string[]): string =>
      w.at({ ...read, strides }, [...names, ...inner])
    const first = place(counters.map(() => '0'))
    return w.done(kernel.write.base, product(kept), [
      ...statements,
      kernel.op === 'sum'
        ? summed(axes.sizes, counters, (to, inner) => `${to} += ${place(inner)};`)
        : `let acc = ${first};\n${nested(axes.sizes, counters, `acc = Math.max(acc, ${place(counters)});`)}`,
      'return acc;',
    ])
  }

  const contract: Emitter['contract'] = (kernel) => {
    const w = writing()
    const { x, y, write, epilogue } = kernel
    const labels = [...kernel.both, ...kernel.xOnly, ...kernel.yOnly]
    /** Gives the strides through what an epilogue reads or writes. */
    const beside = (k: number): number[] => labels.map((l) => l.beside![k]!)
    const outs = epilogue === undefined ? labels.map((l) => l.out) : beside(epilogue.reads.length)
    const { statements, names } = digitsOf(labels.map(({ size }, d) => ({ size, out: outs[d]! })))
    const counters = kernel.summed.map((_, d) => `j${d}`)
    const all = [...labels, ...kernel.summed]
    const sizes = kernel.summed.map((l) => l.size)
    const term = (inner: readonly string[]): string =>
      [
        w.at({ ...x, strides: all.map((l) => l.x) }, [...names, ...inner]),
        w.at({ ...y, strides: all.map((l) => l.y) }, [...names, ...inner]),
      ].join(' * ')
    const sum = summed(sizes, counters, (to, inner) => `${to} += ${term(inner)};`)
    const read = (k: number): string =>
      k === epilogue?.sum ? 'acc' : w.at({ ...epilogue!.reads[k]!, strides: beside(k) }, names)
    const end = epilogue === undefined ? undefined : laneStatements(epilogue.code, read, w.names)
    return w.done((epilogue?.writes[0] ?? write).base, product(labels.map((l) => l.size)), [
      ...statements,
      sum,
      ...(end?.statements ?? []),
      `return ${end?.outputs[0] ?? 'acc'};`,
    ])
  }

  /** Lists the axis that is looked up, then the others, as they lie in the result. */
  const tableDigits = (length: number, kernel: TableKernel): Digit[] =>
    [length, ...kernel.shape].map((size, d) => ({ size, out: kernel.write.strides[d]! }))

  const gather: Emitter['gather'] = (kernel) => {
    const w = writing()
    const digits = tableDigits(kernel.table.length, kernel)
    const { statements, names } = digitsOf(digits)
    const [first, ...others] = names
    return w.done(kernel.write.base, product(digits.map((d) => d.size)), [
      ...statements,
      `const t = ${w.fixed(kernel.table, [1], [first!])};`,
      `return ${w.at(kernel.read, ['t', ...others])};`,
    ])
  }

  const scatter: Emitter['scatter'] = (kernel, length) => {
    const w = writing()
    const digits = tableDigits(length, kernel)
    const { statements, names } = digitsOf(digits)
    const [first, ...others] = names
    // For each place those that are added there; −1 fills up to the most there are.
    const sources: number[][] = Array.from({ length }, () => [])
    kernel.table.forEach((place, k) => {
      sources[place]!.push(k)
    })
    const most = Math.max(1, largest(sources.map((s) => s.length)))
    const table = sources.flatMap((s) => Array.from({ length: most }, (_, q) => s[q] ?? -1))
    const add = (to: string, [q]: readonly string[]): string =>
      `const t = ${w.fixed(table, [most, 1], [first!, q!])};
      if (t > -0.5) { ${to} += ${w.at(kernel.read, ['t', ...others])}; }`
    return w.done(kernel.write.base, product(digits.map((d) => d.size)), [
      ...statements,
      summed([most], ['q'], add),
      'return acc;',
    ])
  }

  const parts: Emitter['parts'] = (write, shape, list, under) => {
    const w = writing()
    const { statements, names } = digitsOf(rowMajor(shape))
    const start = typeof under === 'number' ? String(under) : w.at(under, names)
    const choices = list.map((part) => {
      const tests = part.shape.flatMap((n, d) => [
        ...(part.from[d]! > 0 ? [`${names[d]} > ${part.from[d]! - 0.5}`] : []),
        ...(part.from[d]! + n < shape[d]! ? [`${names[d]} < ${part.from[d]! + n - 0.5}`] : []),
      ])
      const inner = names.map((name, d) =>
        part.from[d] === 0 ? name : `(${name} - ${part.from[d]})`,
      )
      const value = `v = ${w.at(part.read, inner)};`
      return tests.length === 0 ? value : `if (${tests.join(' && ')}) { ${value} }`
    })
    return w.done(write, product(shape), [
      ...statements,
      `let v = ${start};`,
      ...choices,
      'return v;',
    ])
  }

  const total: Emitter['total'] = (read, write, size, group) => {
    const w = writing()
    // Here e is an element and b a group of samples: `samples` counts groups.
    const sample = `(b * ${group} + j)`
    const value = w.in(read, `(e * samples + b) * ${group} + j`)
    return w.done(write, size, [
      'let acc = 0;',
      nested([group], ['j'], `if (${sample} < count) { acc += ${value}; }`),
      'return acc;',
    ])
  }
  return { map, reduce, contract, gather, scatter, parts, total }
}

/** Tells whether it is a whole value, with its elements in order. */
export const isWhole = (x: Access, shape: readonly number[]): boolean =>
  x.offset === 0 && rowMajor(shape).every(({ size, out }, d) => size === 1 || x.strides[d] === out)
