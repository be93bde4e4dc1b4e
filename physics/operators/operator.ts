/**
 * Operators on spins 1/2 as sums of Pauli strings: an algebra with zero and one.
 *
 * A configuration is an Int8Array of sigma_i = +1 (up) or -1 (down); sigma^z_i has eigenvalue
 * sigma_i and S = sigma/2. Every operator has exactly one form here (strings merged and sorted,
 * none with coefficient zero), so two equal operators are equal data, up to rounding.
 */
import type { monoid } from 'fp-ts'
import { fail } from '../../core/values/index.ts'

export interface Complex {
  readonly re: number
  readonly im: number
}

export type Axis = 'x' | 'y' | 'z'

/** coefficient · product of sigma^axis over different sites; no sites: a multiple of 1. */
export interface PauliString {
  /** Ascending. */
  readonly sites: readonly number[]
  readonly axes: readonly Axis[]
  readonly re: number
  readonly im: number
}

export interface Operator {
  readonly strings: readonly PauliString[]
}

const keyOf = (s: PauliString): string => s.sites.map((i, k) => s.axes[k]! + i).join(' ')

/** Short strings first, then by site, then by axis. */
const inOrder = (p: PauliString, q: PauliString): number => {
  if (p.sites.length !== q.sites.length) return p.sites.length - q.sites.length
  for (let k = 0; k < p.sites.length; k += 1) {
    if (p.sites[k] !== q.sites[k]) return p.sites[k]! - q.sites[k]!
  }
  for (let k = 0; k < p.axes.length; k += 1) {
    if (p.axes[k] !== q.axes[k]) return p.axes[k]! < q.axes[k]! ? -1 : 1
  }
  return 0
}

/** The one form of a sum of strings. */
const merged = (strings: readonly PauliString[]): Operator => {
  const sums = new Map<string, PauliString>()
  for (const s of strings) {
    const key = keyOf(s)
    const before = sums.get(key)
    sums.set(key, before === undefined ? s : { ...s, re: before.re + s.re, im: before.im + s.im })
  }
  const kept = [...sums.values()]
    .filter((s) => s.re !== 0 || s.im !== 0)
    .map((s) => ({ ...s, re: s.re + 0, im: s.im + 0 })) // no -0, so that equal is equal
  return { strings: kept.sort(inOrder) }
}

/** The operator 0, neutral for the sum. */
export const zeroOperator: Operator = { strings: [] }

/** The operator 1, neutral for the product. */
export const identityOperator: Operator = { strings: [{ sites: [], axes: [], re: 1, im: 0 }] }

/** A + B + C + ..., merged once: linear in the number of strings. */
export const sumOperators = (operators: readonly Operator[]): Operator =>
  merged(operators.flatMap((o) => o.strings))

/** A + B. */
export const addOperators = (a: Operator, b: Operator): Operator => sumOperators([a, b])

/**
 * The monoid of the sum: `concatAll(OperatorSum)(bonds.map(term))` needs no special case for none.
 *
 * Cost  merges at every step; for thousands of terms `sumOperators` does the same in one.
 */
export const OperatorSum: monoid.Monoid<Operator> = { concat: addOperators, empty: zeroOperator }

/**
 * c · A for a real or complex number.
 *
 * Errors  NonFinite for NaN or infinity.
 */
export const scaleOperator = (c: number | Complex, a: Operator): Operator => {
  const { re, im } = typeof c === 'number' ? { re: c, im: 0 } : c
  if (!Number.isFinite(re) || !Number.isFinite(im)) {
    fail({
      kind: 'NonFinite',
      where: 'scaleOperator',
      what: `the factor is ${re} + ${im}i.`,
      fix: 'give a finite number.',
    })
  }
  return merged(
    a.strings.map((s) => ({ ...s, re: re * s.re - im * s.im, im: re * s.im + im * s.re })),
  )
}

/** A - B. */
export const subtractOperators = (a: Operator, b: Operator): Operator =>
  addOperators(a, scaleOperator(-1, b))

/** Hermitian conjugate: Pauli strings are Hermitian, so only the coefficients change. */
export const adjoint = (a: Operator): Operator => ({
  strings: a.strings.map((s) => ({ ...s, im: 0 - s.im })),
})

/** i^quarterTurns · c, exactly. */
export const turned = (c: Complex, quarterTurns: number): Complex => {
  const turns = ((quarterTurns % 4) + 4) % 4
  if (turns === 0) return { re: c.re, im: c.im }
  if (turns === 1) return { re: 0 - c.im, im: c.re }
  if (turns === 2) return { re: 0 - c.re, im: 0 - c.im }
  return { re: c.im, im: 0 - c.re }
}

const nextAxis: Readonly<Record<Axis, Axis>> = { x: 'y', y: 'z', z: 'x' }

/** Site by site: sigma^a sigma^b = 1 for a = b, i sigma^c for a, b, c cyclic, else -i sigma^c. */
const multiplyStrings = (p: PauliString, q: PauliString): PauliString => {
  const sites: number[] = []
  const axes: Axis[] = []
  let quarterTurns = 0
  let a = 0
  let b = 0
  while (a < p.sites.length || b < q.sites.length) {
    const i = p.sites[a] ?? Number.POSITIVE_INFINITY
    const j = q.sites[b] ?? Number.POSITIVE_INFINITY
    if (i < j) {
      sites.push(i)
      axes.push(p.axes[a]!)
      a += 1
    } else if (j < i) {
      sites.push(j)
      axes.push(q.axes[b]!)
      b += 1
    } else {
      const left = p.axes[a]!
      const right = q.axes[b]!
      a += 1
      b += 1
      if (left === right) continue
      const cyclic = nextAxis[left] === right
      quarterTurns += cyclic ? 1 : 3
      sites.push(i)
      axes.push(cyclic ? nextAxis[right] : nextAxis[left])
    }
  }
  const product = { re: p.re * q.re - p.im * q.im, im: p.re * q.im + p.im * q.re }
  return { sites, axes, ...turned(product, quarterTurns) }
}

/** A · B, the operator that applies B first. Cost: strings of A times strings of B. */
export const multiplyOperators = (a: Operator, b: Operator): Operator =>
  merged(a.strings.flatMap((p) => b.strings.map((q) => multiplyStrings(p, q))))

/** [A, B] = AB - BA. */
export const commutator = (a: Operator, b: Operator): Operator =>
  subtractOperators(multiplyOperators(a, b), multiplyOperators(b, a))

/** One Pauli matrix, sigma^x, sigma^y or sigma^z of a site. Errors: LatticeError for no site. */
export const pauli = (axis: Axis, site: number): Operator => {
  if (!Number.isInteger(site) || site < 0) {
    fail({
      kind: 'LatticeError',
      where: `pauli('${axis}')`,
      what: `a site must be a whole number of at least 0, got ${site}.`,
    })
  }
  return { strings: [{ sites: [site], axes: [axis], re: 1, im: 0 }] }
}

/** S^x = sigma^x/2 of a site. */
export const spinX = (site: number): Operator => scaleOperator(0.5, pauli('x', site))
/** S^y = sigma^y/2 of a site. */
export const spinY = (site: number): Operator => scaleOperator(0.5, pauli('y', site))
/** S^z = sigma^z/2 of a site. */
export const spinZ = (site: number): Operator => scaleOperator(0.5, pauli('z', site))

/** S^+ = S^x + i S^y: turns down into up, <up|S^+|down> = 1. */
export const spinPlus = (site: number): Operator =>
  addOperators(spinX(site), scaleOperator({ re: 0, im: 1 }, spinY(site)))

/** S^- = S^x - i S^y: turns up into down, <down|S^-|up> = 1. */
export const spinMinus = (site: number): Operator => adjoint(spinPlus(site))

/** |r><c| on one site: bit 1 is up. */
const matrixUnit = (site: number, row: number, column: number): Operator => {
  if (row !== column) return row === 1 ? spinPlus(site) : spinMinus(site)
  return addOperators(
    scaleOperator(0.5, identityOperator),
    scaleOperator(row === 1 ? 0.5 : -0.5, pauli('z', site)),
  )
}

/**
 * The operator with any given matrix on a few sites.
 *
 * Shapes  matrix 2^k rows of 2^k for k sites; bit a of a row or column number is 1 where sites[a]
 *         is up, and matrix[row][column] = <row|A|column>.
 * Errors  ShapeError for a matrix of another size; LatticeError for a site named twice.
 */
export const localOperator = (
  sites: readonly number[],
  matrix: readonly (readonly (number | Complex)[])[],
): Operator => {
  const size = 2 ** sites.length
  if (matrix.length !== size || matrix.some((row) => row.length !== size)) {
    fail({
      kind: 'ShapeError',
      where: 'localOperator',
      what: `${matrix.length} rows of ${matrix.map((row) => row.length).join(', ')} elements.`,
      fix: `give ${size} rows of ${size} for ${sites.length} sites.`,
    })
  }
  if (new Set(sites).size !== sites.length) {
    fail({
      kind: 'LatticeError',
      where: 'localOperator',
      what: `a site occurs twice in ${sites.join(', ')}.`,
    })
  }
  return sumOperators(
    matrix.flatMap((elements, row) =>
      elements.map((element, column) =>
        scaleOperator(
          element,
          sites
            .map((site, a) => matrixUnit(site, (row >> a) & 1, (column >> a) & 1))
            .reduce(multiplyOperators, identityOperator),
        ),
      ),
    ),
  )
}

/** Smallest number of sites a configuration must have for this operator. */
export const sitesNeeded = (a: Operator): number =>
  a.strings.reduce((most, s) => Math.max(most, (s.sites.at(-1) ?? -1) + 1), 0)

/** The size of the largest coefficient; 0 for the operator 0. */
export const largestCoefficient = (a: Operator): number =>
  a.strings.reduce((most, s) => Math.max(most, Math.hypot(s.re, s.im)), 0)

/** Hermitian up to rounding: all coefficients of Pauli strings real. */
export const isHermitian = (a: Operator, tolerance = 1e-12): boolean =>
  a.strings.every((s) => Math.abs(s.im) <= tolerance * largestCoefficient(a))

/**
 * Whether the operator keeps the number of up spins: [A, sum_i sigma^z_i] = 0. A string commutes
 * with sigma^z_i but at its x and y sites, where s sigma^z_i - sigma^z_i s = 2 s sigma^z_i.
 */
export const conservesSz = (a: Operator, tolerance = 1e-12): boolean => {
  const limit = tolerance * largestCoefficient(a)
  const change = a.strings.flatMap((s) =>
    s.sites
      .filter((_, k) => s.axes[k] !== 'z')
      .map((i) => multiplyStrings(s, { sites: [i], axes: ['z'], re: 1, im: 0 })),
  )
  return merged(change).strings.every((s) => Math.hypot(s.re, s.im) <= limit)
}

const showNumber = (re: number, im: number): string =>
  im === 0 ? `${re}` : re === 0 ? `${im}i` : `(${re} ${im < 0 ? '-' : '+'} ${Math.abs(im)}i)`

/** The operator in words, such as `0.25 x0 x1 + 0.25 y0 y1 + 0.25 z0 z1`. */
export const showOperator = (a: Operator): string =>
  a.strings.length === 0
    ? '0'
    : a.strings.map((s) => `${showNumber(s.re, s.im)} ${keyOf(s)}`.trim()).join(' + ')
