import {
  type Concrete,
  type Equation,
  type EquationOf,
  erfOf,
  otherAxes,
  type PrimitiveName,
  type Program,
  type Shape,
  sizeOf,
  tensor,
} from '../../../../core/index.ts'
import { evaluatePrimitive } from '../../../../core/primitives/evaluate.ts'
import {
  ANYTHING,
  elementwise,
  type Format,
  isPoint,
  largest,
  NOT_A_NUMBER,
  point,
  powerOf,
  type Range,
  rounded,
  unroundedProduct,
  ZERO,
} from './ranges.ts'

// A program on ranges: what any run may give in which every operation rounds as it promises, sums
// go in any order, and products are rounded before they are added or not.

export type Ranges = readonly Range[]
type Run = (inputs: readonly Ranges[]) => Ranges

/** The sum of a list of terms, in any order. */
interface Total {
  lo: number
  hi: number
  /** The sum of the largest sizes of the terms. */
  sizes: number
  terms: number
  whole: boolean
  nan: Range['nan']
}
const nothing = (): Total => ({ lo: 0, hi: 0, sizes: 0, terms: 0, whole: true, nan: 'never' })
const gain = (total: Total, x: Range): void => {
  if (x.nan === 'surely' || total.nan === 'surely') {
    total.nan = 'surely'
    return
  }
  const lo = total.lo + x.lo
  const hi = total.hi + x.hi
  const opposed =
    (total.lo === -Infinity && x.hi === Infinity) || (total.hi === Infinity && x.lo === -Infinity)
  if (x.nan === 'maybe' || opposed) total.nan = 'maybe'
  total.lo = Number.isNaN(lo) ? -Infinity : lo
  total.hi = Number.isNaN(hi) ? Infinity : hi
  const ends = [x.lo, x.hi].map(Math.abs)
  total.sizes += Math.max(0, ...ends.filter(Number.isFinite))
  total.terms += 1
  total.whole &&= isPoint(x) && (Number.isInteger(x.lo) || !Number.isFinite(x.lo))
}
/** `roundings` of every term itself come on top of those of the sum. */
const settled = (total: Total, roundings: number, f: Format): Range => {
  if (total.nan === 'surely') return NOT_A_NUMBER
  if (total.sizes > f.most) return ANYTHING
  // Terms that are both infinities for sure.
  if (total.lo === -Infinity && total.hi === Infinity && total.whole) return NOT_A_NUMBER
  const exact = total.sizes === 0 || (total.whole && total.sizes * f.ulp < 1)
  const units = exact ? 0 : total.terms + roundings
  const room = units * (total.sizes * f.ulp + f.tiny)
  return rounded(total.lo - room, total.hi + room, total.nan, 0, f)
}

/** Positions of the elements that an output's elements come from, from 1 on; 0 for a zero. */
const sources = (eq: Equation): number[] => {
  let next = 1
  const numbered = eq.inputs.map(({ shape }): Concrete => {
    const size = sizeOf(shape)
    next += size
    return tensor(
      Array.from({ length: size }, (_, i) => next - size + i),
      shape,
    )
  })
  return values(eq.primitive, eq.params, numbered, eq.output.shape)
}
const values = (
  name: PrimitiveName,
  params: Equation['params'],
  operands: readonly Concrete[],
  shape: Shape,
): number[] => {
  const y = evaluatePrimitive(name, params as never, operands, shape, 'float64')
  const out: number[] = []
  const walk = (axis: number, at: number): void => {
    if (axis === shape.length) out.push(y.data[at]!)
    else for (let i = 0; i < shape[axis]!; i += 1) walk(axis + 1, at + i * y.stride[axis]!)
  }
  walk(0, y.offset)
  return out
}

/** The element of the output that gains each element of the operand. */
const owners = (eq: EquationOf<'sum'> | EquationOf<'max'> | EquationOf<'scatterAdd'>): number[] => {
  const { shape } = eq.output
  const out = tensor(
    Array.from({ length: sizeOf(shape) }, (_, i) => i),
    shape,
  )
  const from = eq.inputs[0]!.shape
  if (eq.primitive === 'scatterAdd')
    return values('gather', { axis: eq.params.axis, indices: eq.params.indices }, [out], from)
  const axes = otherAxes(from.length, eq.params.axes)
  return values('broadcast', { shape: from, axes }, [out], from)
}

const contraction = (eq: EquationOf<'contract'>, f: Format): Run => {
  const { left, right, out } = eq.params
  const lengths = new Map([
    ...left.map((l, i) => [l, eq.inputs[0]!.shape[i]!] as const),
    ...right.map((l, i) => [l, eq.inputs[1]!.shape[i]!] as const),
  ])
  const labels = [...lengths.keys()]
  const strides = [left, right, out].map((own) =>
    labels.map((l) => {
      const at = own.indexOf(l)
      return at < 0 ? 0 : sizeOf(own.slice(at + 1).map((k) => lengths.get(k)!))
    }),
  )
  const triples: (readonly [number, number, number])[] = []
  const walk = (k: number, x: number, y: number, z: number): void => {
    if (k === labels.length) triples.push([x, y, z])
    else
      for (let i = 0; i < lengths.get(labels[k]!)!; i += 1)
        walk(k + 1, x + i * strides[0]![k]!, y + i * strides[1]![k]!, z + i * strides[2]![k]!)
  }
  walk(0, 0, 0, 0)
  const size = sizeOf(eq.output.shape)
  return ([x, y]) => {
    const totals = Array.from({ length: size }, nothing)
    for (const [i, j, k] of triples) gain(totals[k]!, unroundedProduct(x![i]!, y![j]!))
    return totals.map((total) => settled(total, 1, f))
  }
}

const runOf = (eq: Equation, f: Format): Run => {
  switch (eq.primitive) {
    case 'contract':
      return contraction(eq, f)
    case 'sum':
    case 'scatterAdd': {
      const owner = owners(eq)
      return ([x]) => {
        const totals = Array.from({ length: sizeOf(eq.output.shape) }, nothing)
        owner.forEach((k, i) => {
          gain(totals[k]!, x![i]!)
        })
        return totals.map((total) => settled(total, 0, f))
      }
    }
    case 'max': {
      const owner = owners(eq)
      return ([x]) => {
        const lists = Array.from({ length: sizeOf(eq.output.shape) }, (): Range[] => [])
        owner.forEach((k, i) => {
          lists[k]!.push(x![i]!)
        })
        return lists.map(largest)
      }
    }
    case 'constant': {
      const fixed = Array.from(eq.params.data, (v) => point(f.round(v)))
      return () => fixed
    }
    case 'power':
      return ([x]) => x!.map((r) => powerOf(r, eq.params.exponent, f))
    default: {
      const rule = elementwise[eq.primitive]
      if (rule !== undefined)
        return (xs) =>
          Array.from({ length: sizeOf(eq.output.shape) }, (_, i) =>
            rule(
              xs.map((x) => x[i]!),
              f,
              erfOf,
            ),
          )
      const from = sources(eq)
      return (xs) => {
        const all = [ZERO, ...xs.flat()]
        return from.map((at) => all[at]!)
      }
    }
  }
}

/**
 * Ranges of all outputs, sample by sample. Nothing may be left to inline. Values that no sample
 * changes are the same objects in every sample.
 */
export const enclose = (
  program: Program,
  perSample: readonly boolean[],
  inputs: readonly (readonly Ranges[])[],
  f: Format,
): Ranges[][] => {
  const varies = [...perSample]
  for (const eq of program.equations) varies[eq.output.id] = eq.inputs.some((v) => varies[v.id])
  const steps = program.equations.map((eq) => ({ eq, run: runOf(eq, f) }))
  const walk = (env: Ranges[], changing: boolean): Ranges[] => {
    for (const { eq, run } of steps)
      if (varies[eq.output.id] === changing)
        env[eq.output.id] = run(eq.inputs.map((v) => env[v.id]!))
    return env
  }
  const shared: Ranges[] = []
  program.inputs.forEach((v, i) => {
    if (!perSample[i]) shared[v.id] = inputs[0]![i]!
  })
  walk(shared, false)
  return inputs.map((sample) => {
    const env = [...shared]
    program.inputs.forEach((v, i) => {
      if (perSample[i]) env[v.id] = sample[i]!
    })
    walk(env, true)
    return program.outputs.map((v) => env[v.id]!)
  })
}

/** The sums of all outputs over the samples. */
export const summed = (samples: readonly Ranges[][], f: Format): Ranges[] =>
  samples[0]!.map((first, output) =>
    first.map((_, element) => {
      const total = nothing()
      for (const outputs of samples) gain(total, outputs[output]![element]!)
      return settled(total, 0, f)
    }),
  )
