/**
 * Operators on spins 1/2 are sums of Pauli strings: an algebra with zero and one.
 *
 * A configuration is an Int8Array of sigma_i = +1 (up) or -1 (down); sigma^z_i has eigenvalue
 * sigma_i and S = sigma/2. Every operator has exactly one form here (strings merged and sorted,
 * none with coefficient zero), so two equal operators are equal data, up to rounding.
 */
import type { monoid } from 'fp-ts'
import { fail, fewInRow } from '../../core/values/index.ts'

export interface Complex {
  readonly re: number
  readonly im: number
}

export type Axis = 'x' | 'y' | 'z'

/**
 * A Pauli string is coefficient · product of sigma^axis over different sites; without sites it is a
 * multiple of 1.
 */
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

/** Orders strings: short ones first, then by site, then by axis. */
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

/** Returns the unique form of a sum of strings. */
const merged = (strings: readonly PauliString[]): Operator => {
  const sums = new Map<string, PauliString>()
  for (const s of strings) {
    const key = keyOf(s)
    const before = sums.get(key)
    sums.set(key, before === undefined ? s : { ...s, re: before.re + s.re, im: before.im + s.im })
  }
  const kept = [...sums.values()]
    .filter((s) => s.re !== 0 || s.im !== 0)
    .map((s) => ({ ...s, re: s.re + 0, im: s.im + 0 })) // -0 becomes 0, so that equal is equal
  return { strings: kept.sort(inOrder) }
}

/** The operator 0, neutral for the sum. */
export const zeroOperator: Operator = { strings: [] }

/** The operator 1, neutral for the product. */
export const identityOperator: Operator = { strings: [{ sites: [], axes: [], re: 1, im: 0 }] }

/** Returns A + B + C + ..., merged once: the cost is linear in the number of strings. */
export const sumOperators = (operators: readonly Operator[]): Operator =>
  merged(operators.flatMap((o) => o.strings))

/** Returns A + B. */
export const addOperators = (a: Operator, b: Operator): Operator => sumOperators([a, b])

/**
 * The monoid of the sum: `concatAll(OperatorSum)(bonds.map(term))` also holds for no bonds at all.
 *
 * Cost  merges at every step; for thousands of terms `sumOperators` does the same in one.
 */
export const OperatorSum: monoid.Monoid<Operator> = { concat: addOperators, empty: zeroOperator }

/**
 * Returns c · A for a real or complex number c.
 *
 * Errors  NonFinite for NaN or infinity.
 */
export const scaleOperator = (c: number | Complex, a: Operator): Operator => {
  const { re, im } = typeof c === 'number' ? { re: c, im: 0 } : c
  if (!Number.isFinite(re) || !Number.isFinite(im)) {
    fail('NonFinite', 'scaleOperator', `the factor is ${re} + ${im}i.`, {
      fix: 'give a finite number.',
    })
  }
  return merged(
    a.strings.map((s) => ({ ...s, re: re * s.re - im * s.im, im: re * s.im + im * s.re })),
  )
}

/** Returns A - B. */
export const subtractOperators = (a: Operator, b: Operator): Operator =>
  addOperators(a, scaleOperator(-1, b))

/**
 * Returns the Hermitian conjugate. Pauli strings are Hermitian, so only the coefficients change.
 */
export const adjoint = (a: Operator): Operator => ({
  strings: a.strings.map((s) => ({ ...s, im: 0 - s.im })),
})

/** Returns i^quarterTurns · c, exactly. */
export const turned = (c: Complex, quarterTurns: number): Complex => {
  const turns = ((quarterTurns % 4) + 4) % 4
  if (turns === 0) return { re: c.re, im: c.im }
  if (turns === 1) return { re: 0 - c.im, im: c.re }
  if (turns === 2) return { re: 0 - c.re, im: 0 - c.im }
  return { re: c.im, im: 0 - c.re }
}

const nextAxis: Readonly<Record<Axis, Axis>> = { x: 'y', y: 'z', z: 'x' }

/**
 * Multiplies site by site: sigma^a sigma^b = 1 for a = b, i sigma^c for a, b, c cyclic, else -i
 * sigma^c.
 */
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

/** Returns A · B, the operator that applies B first. Cost: strings of A times strings of B. */
export const multiplyOperators = (a: Operator, b: Operator): Operator =>
  merged(a.strings.flatMap((p) => b.strings.map((q) => multiplyStrings(p, q))))

/** Returns [A, B] = AB - BA. */
export const commutator = (a: Operator, b: Operator): Operator =>
  subtractOperators(multiplyOperators(a, b), multiplyOperators(b, a))

/**
 * Returns sigma^x, sigma^y or sigma^z of a site. Errors: LatticeError unless the site is a whole
 * number from 0 on.
 */
export const pauli = (axis: Axis, site: number): Operator => {
  if (!Number.isInteger(site) || site < 0) {
    fail(
      'LatticeError',
      `pauli('${axis}')`,
      `a site must be a whole number of at least 0, got ${site}.`,
    )
  }
  return { strings: [{ sites: [site], axes: [axis], re: 1, im: 0 }] }
}

/** Returns S^x = sigma^x/2 of a site. */
export const spinX = (site: number): Operator => scaleOperator(0.5, pauli('x', site))
/** Returns S^y = sigma^y/2 of a site. */
export const spinY = (site: number): Operator => scaleOperator(0.5, pauli('y', site))
/** Returns S^z = sigma^z/2 of a site. */
export const spinZ = (site: number): Operator => scaleOperator(0.5, pauli('z', site))

/** Returns S^+ = S^x + i S^y, which turns down into up: <up|S^+|down> = 1. */
export const spinPlus = (site: number): Operator =>
  addOperators(spinX(site), scaleOperator({ re: 0, im: 1 }, spinY(site)))

/** Returns S^- = S^x - i S^y, which turns up into down: <down|S^-|up> = 1. */
export const spinMinus = (site: number): Operator => adjoint(spinPlus(site))

/** Returns |r><c| on one site; bit 1 is up. */
const matrixUnit = (site: number, row: number, column: number): Operator => {
  if (row !== column) return row === 1 ? spinPlus(site) : spinMinus(site)
  return addOperators(
    scaleOperator(0.5, identityOperator),
    scaleOperator(row === 1 ? 0.5 : -0.5, pauli('z', site)),
  )
}

/**
 * Returns the operator with a given matrix on a few sites.
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
    fail(
      'ShapeError',
      'localOperator',
      `${matrix.length} rows of ${fewInRow([...new Set(matrix.map((row) => `${row.length}`))])} elements.`,
      { fix: `give ${size} rows of ${size} for ${sites.length} sites.` },
    )
  }
  if (new Set(sites).size !== sites.length) {
    fail('LatticeError', 'localOperator', `a site occurs twice in ${fewInRow(sites.map(String))}.`)
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

/** Returns the smallest number of sites that a configuration must have for this operator. */
export const sitesNeeded = (a: Operator): number =>
  a.strings.reduce((most, s) => Math.max(most, (s.sites.at(-1) ?? -1) + 1), 0)

/** Returns the absolute value of the largest coefficient; 0 for the operator 0. */
export const largestCoefficient = (a: Operator): number =>
  a.strings.reduce((most, s) => Math.max(most, Math.hypot(s.re, s.im)), 0)

/**
 * Tests whether the operator is Hermitian up to rounding: all coefficients of Pauli strings are
 * real.
 */
export const isHermitian = (a: Operator, tolerance = 1e-12): boolean =>
  a.strings.every((s) => Math.abs(s.im) <= tolerance * largestCoefficient(a))

/**
 * Tests whether the operator keeps the number of up spins: [A, sum_i sigma^z_i] = 0. A string
 * commutes with sigma^z_i except at its x and y sites, where s sigma^z_i - sigma^z_i s = 2 s
 * sigma^z_i.
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

/** Returns the operator as text, such as `0.25 x0 x1 + 0.25 y0 y1 + 0.25 z0 z1`. */
export const showOperator = (a: Operator): string =>
  a.strings.length === 0
    ? '0'
    : a.strings.map((s) => `${showNumber(s.re, s.im)} ${keyOf(s)}`.trim()).join(' + ')
