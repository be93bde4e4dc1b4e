import { mergedLabels } from './contractionLoops.ts'
import {
  type ContractKernel,
  type Kernel,
  type Label,
  type MapKernel,
  readsOf,
  writesOf,
} from './kernels.ts'
import type { Target } from './target.ts'

// Where only an elementwise loop reads the result of a contraction, the loop's code runs on the
// sums before they are stored, and the result never reaches memory. Such loops are a bias, a
// residual connection or a factor of a derivative.

/** Splits the label into axes of the loop, whose strides through the sums are `steps`. */
const partsOf = (
  label: Label,
  { shape }: MapKernel,
  steps: readonly number[],
  beside: readonly (readonly number[])[],
): readonly Label[] | undefined => {
  const end = label.out * label.size
  const axes = shape
    .map((size, d) => ({ size, d, step: steps[d]! }))
    .filter(({ size, step }) => size > 1 && step >= label.out && step < end)
    .sort((a, b) => b.step - a.step)
  const reached = axes.reduceRight(
    (next, { size, step }) => (step === next ? next * size : Number.NaN),
    label.out,
  )
  if (label.size > 1 && reached !== end) return undefined
  return axes.map(({ size, d, step }) => ({
    size,
    // A whole number of the label's steps: x / out · step would not be, rounded twice.
    x: label.x * (step / label.out),
    y: label.y * (step / label.out),
    out: step,
    beside: beside.map((strides) => strides[d]!),
  }))
}

/** Joins the loop to the contraction; undefined where their elements do not match. */
const joined = (contract: ContractKernel, map: MapKernel): ContractKernel | undefined => {
  const sum = map.reads.findIndex(({ base }) => base === contract.write.base)
  const { offset, strides } = map.reads[sum]!
  const beside = [...map.reads, ...map.writes].map((x) => x.strides)
  const groups = [contract.both, contract.xOnly, contract.yOnly].map((labels) => {
    const parts = labels.map((label) => partsOf(label, map, strides, beside))
    return parts.every((p) => p !== undefined) ? mergedLabels(parts.flat()) : undefined
  })
  const [both, xOnly, yOnly] = groups
  const elements = [...contract.both, ...contract.xOnly, ...contract.yOnly]
  const same =
    elements.reduce((n, l) => n * l.size, 1) === map.shape.reduce((n, size) => n * size, 1)
  if (!both || !xOnly || !yOnly || !same || offset !== contract.write.offset) return undefined
  const { shape, reads, code, writes } = map
  return { ...contract, both, xOnly, yOnly, epilogue: { shape, reads, sum, code, writes } }
}

/**
 * Moves elementwise loops, where the target allows it, to the ends of the contractions that feed
 * them. The outputs in `fixed` have to be in memory; nothing is joined to what adds to `totals`.
 */
export const withEpilogues = (
  kernels: readonly Kernel[],
  fixed: ReadonlySet<number>,
  totals: ReadonlySet<number>,
  { runsOnSums }: Pick<Target, 'runsOnSums'>,
): Kernel[] => {
  const list: (Kernel | undefined)[] = [...kernels]
  const uses = new Map<number, { readers: number; writers: number[] }>()
  const usesOf = (base: number) => {
    const known = uses.get(base) ?? { readers: 0, writers: [] }
    uses.set(base, known)
    return known
  }
  kernels.forEach((kernel, k) => {
    for (const { base } of readsOf(kernel)) usesOf(base).readers += 1
    for (const { base } of writesOf(kernel)) usesOf(base).writers.push(k)
  })
  kernels.forEach((map, m) => {
    if (map.kind !== 'map' || map.writes.some((w) => totals.has(w.base)) || !runsOnSums(map)) return
    for (const { base } of map.reads) {
      const { readers, writers } = usesOf(base)
      const [k] = writers
      if (k === undefined || writers.length > 1 || readers > 1 || fixed.has(base)) continue
      const contract = list[k]
      if (contract?.kind !== 'contract' || contract.epilogue !== undefined) continue
      const both = joined(contract, map)
      if (both === undefined) continue
      list[k] = undefined
      list[m] = both
      return
    }
  })
  return list.filter((kernel) => kernel !== undefined)
}
