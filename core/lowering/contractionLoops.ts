import type { EquationOf } from '../primitives/index.ts'
import { mergedAxes } from '../values/index.ts'
import type { Access } from './access.ts'
import type { ContractKernel, Label, Operand } from './kernels.ts'

// The loops of a contraction: its labels are sorted by the operands in which they occur.

/** Joins neighbouring labels that step evenly through all they step through. */
export const mergedLabels = (labels: readonly Label[]): Label[] => {
  const beside = labels[0]?.beside?.map((_, k) => labels.map((l) => l.beside![k]!))
  const { sizes, strides } = mergedAxes(
    labels.map((l) => l.size),
    [labels.map((l) => l.x), labels.map((l) => l.y), labels.map((l) => l.out), ...(beside ?? [])],
  )
  return sizes.map((size, i) => {
    const [x, y, out, ...rest] = strides.map((along) => along[i]!) as [number, number, number]
    return { size, x, y, out, ...(beside === undefined ? {} : { beside: rest }) }
  })
}

/**
 * Makes the kernel of a contraction, or none where the sum is empty because a label has length 0.
 */
export const contraction = (
  eq: EquationOf<'contract'>,
  a: Operand,
  b: Operand,
  write: Access,
): ContractKernel | undefined => {
  const { left, right, out } = eq.params
  const swap = a.varies && !b.varies
  const [x, y] = swap ? [b, a] : [a, b]
  const [xLabels, yLabels] = swap ? [right, left] : [left, right]
  const lengthOf = new Map([
    ...left.map((l, i) => [l, eq.inputs[0]!.shape[i]!] as const),
    ...right.map((l, i) => [l, eq.inputs[1]!.shape[i]!] as const),
  ])
  if ([...lengthOf.values()].includes(0)) return undefined
  const stride = (labels: readonly string[], strides: readonly number[], l: string): number => {
    const i = labels.indexOf(l)
    return i < 0 ? 0 : strides[i]!
  }
  const label = (l: string): Label => ({
    size: lengthOf.get(l)!,
    x: stride(xLabels, x.strides, l),
    y: stride(yLabels, y.strides, l),
    out: stride(out, write.strides, l),
  })
  const pick = (test: (l: string) => boolean, from: readonly string[]): Label[] =>
    mergedLabels(from.filter(test).map(label))
  return {
    kind: 'contract',
    x,
    y,
    write,
    both: pick((l) => xLabels.includes(l) && yLabels.includes(l), out),
    xOnly: pick((l) => !yLabels.includes(l), out),
    yOnly: pick((l) => !xLabels.includes(l), out),
    summed: pick((l) => !out.includes(l), xLabels),
  }
}
