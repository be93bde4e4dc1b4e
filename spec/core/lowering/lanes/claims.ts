import { laneByLane } from '../../../../core/lowering/laneByLane.ts'
import { functions, power } from '../../../../core/lowering/lanes/functions.ts'
import {
  argsOf,
  type Format,
  type LaneCode,
  laneCode,
} from '../../../../core/lowering/lanes/lanes.ts'
import { erf } from '../../../../core/values/special.ts'
import { binaryOf } from './fixedPoint.ts'
import { precise, ulps } from './precise.ts'

// What each function promises, and how it is judged.

export const formats = ['f64', 'f32'] as const

export interface Claim {
  readonly name: Exclude<keyof typeof precise, 'power'>
  /** Largest error in ulp. */
  readonly error: Readonly<Record<Format, number>>
  /** Where the function is neither constant nor overflows. */
  readonly range: readonly [number, number]
  /** Where errors were large, or where the method changes. */
  readonly hard: readonly number[]
  readonly plain: (x: number, y: number) => number
}

const turns = Array.from({ length: 12 }, (_, n) => ((n + 1) * Math.PI) / 4)

export const claims: readonly Claim[] = [
  {
    name: 'exp',
    error: { f64: 1.02, f32: 1 },
    range: [-745, 709],
    hard: [12.150766898587344, 3.820756367664929, -5.8782153129577637, 709.78, -708.4, -745.13],
    plain: Math.exp,
  },
  {
    name: 'expm1',
    error: { f64: 1.25, f32: 1.2 },
    range: [-2, 3],
    hard: [37.159751068337229, 37.14, 17.044054, 0.4054651, -0.2876, 709.78, 2 ** -54, -0.94978],
    plain: Math.expm1,
  },
  {
    name: 'log',
    error: { f64: 0.85, f32: 0.85 },
    range: [0, 3],
    hard: [0.62993434685126715, 2 ** -1022, 5e-324, 1 + 2 ** -52, 1 - 2 ** -53, Math.SQRT1_2],
    plain: Math.log,
  },
  {
    name: 'log1p',
    error: { f64: 0.92, f32: 0.9 },
    range: [-1, 2],
    hard: [0.41850818639365023, 0.41421356, -0.29289, 2 ** -54, 1.7e308, 3.4e38, -1 + 2 ** -53],
    plain: Math.log1p,
  },
  {
    name: 'sin',
    error: { f64: 1.6, f32: 1.6 },
    range: [-200, 200],
    hard: [...turns, 103993, 131071.9, 131072.1, 127.99, 128.01, 1e22, 3e38, 1e300],
    plain: Math.sin,
  },
  {
    name: 'cos',
    error: { f64: 1.6, f32: 1.6 },
    range: [-200, 200],
    hard: [...turns, 103993, 131071.9, 131072.1, 127.99, 128.01, 1e22, 3e38, 1e300],
    plain: Math.cos,
  },
  {
    name: 'tanh',
    error: { f64: 2.6, f32: 2.5 },
    range: [-4, 4],
    hard: [6.0397435889351883, 3.6774535, 0.34657359, 0.69314724, 2 ** -1022, 19.06, 9.01, 1e300],
    plain: Math.tanh,
  },
  {
    name: 'erf',
    error: { f64: 1.8, f32: 1.8 },
    range: [-3, 3],
    hard: [0.92541074120807965, 0.9, 0.9 - 2 ** -53, 0.96625185, 5.86, 3.83, 5e-324, 1e300],
    plain: erf,
  },
  {
    name: 'atan2',
    error: { f64: 2, f32: 1.6 },
    range: [-2, 2],
    hard: [0.017189144925330576, 0.016946891272569747, 1, 1e-300, 1e300, 2 ** -140],
    plain: Math.atan2,
  },
]

/** Largest error of xᵖ: one rounding an operation, or the one of the logarithm's way. */
export const powerError = (p: number): number =>
  Math.abs(p) <= 8 && (2 * p) % 1 === 0 ? Math.abs(p) + 1 : 1.2

export const codeOf = (name: keyof typeof functions, format: Format): LaneCode =>
  laneCode(format, (b) => [
    name === 'select'
      ? functions.select(b, b.input(0), b.input(1), b.input(2))
      : name === 'atan2'
        ? functions.atan2(b, b.input(0), b.input(1))
        : functions[name](b, b.input(0)),
  ])

/** One output of lane code as a plain function. */
const first = (code: LaneCode): ((x: number, y: number, z?: number) => number) => {
  const run = laneByLane(code)
  return (x, y, z) => run(x, y, z ?? 0)[0]!
}
export const laneFunction = (name: keyof typeof functions, format: Format) =>
  first(codeOf(name, format))
export const lanePower = (p: number, format: Format) =>
  first(laneCode(format, (b) => [power(b, b.input(0), p)]))

export const inFormat = (x: number, format: Format): number =>
  format === 'f32' ? Math.fround(x) : x

/** Instructions: all nodes but inputs and constants; limiting a number to a side counts as one. */
export const instructions = ({ nodes }: LaneCode): number => {
  const uses = nodes.flatMap(argsOf)
  const limits = nodes.filter((node) => {
    if (node.op !== 'select') return false
    const [mask, x, y] = node.args
    const test = nodes[mask!]!
    const once = uses.filter((use) => use === mask).length === 1
    return once && test.op === 'lt' && new Set([...test.args, x, y]).size === 2
  })
  const free = nodes.filter(({ op }) => op === 'input' || op === 'constant' || op === 'bits')
  return nodes.length - free.length - limits.length
}

/** Error in ulp; where the plain value is 0, NaN or infinite, anything else is infinitely wrong. */
export const errorOf = (claim: Claim, format: Format, got: number, x: number, y = 0): number => {
  const plain = claim.plain(x, y)
  if (plain === 0 || !Number.isFinite(plain)) return Object.is(got, plain) ? 0 : Infinity
  const exact =
    claim.name === 'atan2'
      ? precise.atan2(binaryOf(x), binaryOf(y))
      : precise[claim.name](binaryOf(x))
  return ulps(got, exact, format)
}
export const powerErrorOf = (p: number, format: Format, got: number, x: number): number => {
  const plain = x ** p
  if (plain === 0 || !Number.isFinite(plain)) return Object.is(got, plain) ? 0 : Infinity
  return ulps(got, precise.power(binaryOf(x), p), format)
}
