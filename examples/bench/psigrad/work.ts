import { grad } from '../../../autodiff/index.ts'
import {
  type CompileOptions,
  type Concrete,
  compile,
  dataOf,
  type Executable,
  keptMemory,
  leavesOf,
  mapTree,
  type Program,
  type Tensor,
  type TensorTree,
  tensor,
  toPrecision,
  zeros,
} from '../../../core/index.ts'
import { ravel } from '../../../physics/index.ts'
import { type Params, waveOf } from '../bundle.ts'
import type { Size, Work } from '../items.ts'
import { phases, rowsToCompare } from '../numbers.ts'

// This file is psigrad's way to do each kind of work: trace, compile, run.

/** Prepared work on a batch. */
export interface PreparedWork {
  /** The program of one sample; its operations are counted for every contender. */
  readonly program: Program
  /** Runs the work; the function that it returns gives the results as numbers. */
  readonly run: () => () => Float64Array
}

const marks = ['shared', 'perSample'] as const

/** Returns Re log psi of one configuration. */
const amplitude =
  (size: Size) =>
  (params: Params, sigma: Tensor): Tensor =>
    waveOf(size).apply(params, sigma).re

/** Returns its gradient as one vector. */
const gradientRow =
  (size: Size) =>
  (params: Params, sigma: Tensor): Tensor =>
    ravel(grad(amplitude(size))(params, sigma))

type Compiled = Executable<[Params, Tensor], unknown>

const compiledFor = (work: Work, size: Size, params: Params, options: CompileOptions): Compiled => {
  const f = work === 'forward' ? waveOf(size).apply : gradientRow(size)
  const summed = work === 'gradient'
  return compile<[Params, Tensor], unknown>(f, marks, { ...options, summed })(
    params,
    zeros([size.lattice[0] * size.lattice[1]]),
  )
}

const flat = (out: unknown): Float64Array => {
  const parts = leavesOf(out as TensorTree).map((leaf) => dataOf(leaf as Concrete))
  const all = new Float64Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Returns the numbers that all contenders return. */
const numbersOf = (work: Work, out: Float64Array, batch: number): Float64Array =>
  work === 'forward'
    ? phases(out.subarray(0, batch), out.subarray(batch))
    : rowsToCompare(work, [out], batch)

export const prepareWork = (
  work: Exclude<Work, 'vmc'>,
  size: Size,
  params: Params,
  configurations: Int8Array,
  options: CompileOptions & { readonly precision: 'float32' | 'float64' },
): PreparedWork => {
  const sites = size.lattice[0] * size.lattice[1]
  const own = mapTree(params as never, (x) =>
    toPrecision(x as Concrete, options.precision),
  ) as unknown as Params
  const batch = configurations.length / sites
  const rows = toPrecision(
    tensor(Float64Array.from(configurations), [batch, sites]),
    options.precision,
  )
  const executable = compiledFor(work, size, own, options)
  const { program } = executable
  // The numbers are read before the next call, as in training.
  const runOnce = executable.runInto(keptMemory())
  return {
    program,
    run: () => {
      const out = runOnce(own, rows)
      return () => numbersOf(work, flat(out), batch)
    },
  }
}
