import type { Expression, Kind } from './expression.ts'

// This file computes the normal form of an expression: two expressions with equal normal forms are
// equal.
//
// Atoms with parameters are independent of each other: relative + relative is not 2 * relative, and
// relative * (content + slopes) is not relative * content + relative * slopes, which has two
// relative's. Parts without parameters (numbers, masks, slopes, and their combinations) obey all
// laws of polynomials. So an expression is P + Σ_t P_t f_t1 f_t2 ..., with polynomials P without
// parameters and factors f with them.

/** A factor without parameters; a product of masks is the mask with the smallest radius. */
interface Fixed {
  readonly key: string
  readonly symmetric: boolean
  readonly radius?: number
}

interface Monomial {
  readonly coefficient: number
  readonly factors: readonly Fixed[]
}

/** The monomials by their keys; no coefficient is 0. */
type Polynomial = ReadonlyMap<string, Monomial>

/** A factor with parameters. */
interface Learned {
  readonly key: string
  readonly symmetric: boolean
}

interface Term {
  readonly scale: Polynomial
  readonly factors: readonly Learned[]
}

interface Normal {
  readonly fixed: Polynomial
  readonly terms: readonly Term[]
}

const inOrder = <A extends { readonly key: string }>(list: readonly A[]): readonly A[] =>
  list.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))

const joined = (list: readonly { readonly key: string }[]): string =>
  list.map(({ key }) => key).join(' * ')

/** Numbers that agree in this many digits differ by rounding only. */
const DIGITS = 12
const number = (x: number): string => String(Number(x.toPrecision(DIGITS)) + 0)

/** Returns a sum of monomials; terms that cancel up to rounding are dropped. */
const sumOf = (monomials: readonly Monomial[]): Polynomial => {
  const found = new Map<string, Monomial & { readonly size: number }>()
  for (const { coefficient, factors } of monomials) {
    const key = joined(factors)
    const { coefficient: before = 0, size = 0 } = found.get(key) ?? {}
    const sum = before + coefficient
    found.set(key, { coefficient: sum, factors, size: size + Math.abs(coefficient) })
  }
  const kept = [...found].filter(([, m]) => !(Math.abs(m.coefficient) <= 10 ** -DIGITS * m.size))
  return new Map(kept.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const productOfFixed = (a: readonly Fixed[], b: readonly Fixed[]): readonly Fixed[] => {
  const all = [...a, ...b]
  const masks = all.filter(({ radius }) => radius !== undefined)
  const smallest = masks.toSorted((x, y) => x.radius! - y.radius!).slice(0, 1)
  return inOrder([...all.filter(({ radius }) => radius === undefined), ...smallest])
}

const added = (a: Polynomial, b: Polynomial): Polynomial => sumOf([...a.values(), ...b.values()])

const multiplied = (a: Polynomial, b: Polynomial): Polynomial =>
  sumOf(
    [...a.values()].flatMap((x) =>
      [...b.values()].map((y) => ({
        coefficient: x.coefficient * y.coefficient,
        factors: productOfFixed(x.factors, y.factors),
      })),
    ),
  )

const numeric = (coefficient: number): Polynomial => sumOf([{ coefficient, factors: [] }])
const one = numeric(1)

const fixedOf = (factor: Fixed): Normal => ({
  fixed: sumOf([{ coefficient: 1, factors: [factor] }]),
  terms: [],
})

const learnedOf = (factor: Learned): Normal => ({
  fixed: numeric(0),
  terms: [{ scale: one, factors: [factor] }],
})

const polynomialKey = (p: Polynomial): string =>
  [...p].map(([key, { coefficient }]) => `${number(coefficient)} ${key}`).join(' + ')

const termKey = ({ scale, factors }: Term): string => `[${polynomialKey(scale)}] ${joined(factors)}`

const keyOf = ({ fixed, terms }: Normal): string =>
  [polynomialKey(fixed), ...terms.map(termKey).toSorted()].join(' | ')

const scaledBy = (p: Polynomial, { fixed, terms }: Normal): Normal => ({
  fixed: multiplied(p, fixed),
  terms: terms.flatMap(({ scale, factors }) => {
    const product = multiplied(p, scale)
    return product.size === 0 ? [] : [{ scale: product, factors }]
  }),
})

/** Returns the factors that every monomial has. */
const common = (all: readonly Monomial[]): readonly Fixed[] =>
  all.slice(1).reduce<readonly Fixed[]>((shared, { factors }) => {
    const left = [...factors]
    return shared.filter(({ key }) => {
      const at = left.findIndex((f) => f.key === key)
      if (at >= 0) left.splice(at, 1)
      return at >= 0
    })
  }, all[0]?.factors ?? [])

const without = (p: Polynomial, shared: readonly Fixed[], coefficient: number): Polynomial =>
  sumOf(
    [...p.values()].map((m) => {
      const left = [...m.factors]
      for (const { key } of shared)
        left.splice(
          left.findIndex((f) => f.key === key),
          1,
        )
      return { coefficient: m.coefficient / coefficient, factors: left }
    }),
  )

/** Returns an expression with parameters as one term; common factors of its parts are taken out. */
const asTerm = (a: Normal): Term => {
  const [only] = a.terms
  if (a.terms.length === 1 && a.fixed.size === 0) return only!
  const parts = [
    a.fixed,
    ...a.terms
      .toSorted((x, y) => (joined(x.factors) < joined(y.factors) ? -1 : 1))
      .map(({ scale }) => scale),
  ]
  const all = parts.flatMap((p) => [...p.values()])
  const shared = common(all)
  const size = all.reduce((most, m) => Math.max(most, Math.abs(m.coefficient)), 0)
  const coefficient = all.find(
    (m) => Math.abs(m.coefficient) >= size * (1 - 10 ** -DIGITS),
  )!.coefficient
  const rest: Normal = {
    fixed: without(a.fixed, shared, coefficient),
    terms: a.terms.map((t) => ({ ...t, scale: without(t.scale, shared, coefficient) })),
  }
  return {
    scale: sumOf([{ coefficient, factors: shared }]),
    factors: [{ key: `(${keyOf(rest)})`, symmetric: false }],
  }
}

const product = (a: Normal, b: Normal): Normal => {
  if (a.terms.length === 0) return scaledBy(a.fixed, b)
  if (b.terms.length === 0) return scaledBy(b.fixed, a)
  const [x, y] = [asTerm(a), asTerm(b)]
  const factors = inOrder([...x.factors, ...y.factors])
  return scaledBy(multiplied(x.scale, y.scale), {
    fixed: numeric(0),
    terms: [{ scale: one, factors }],
  })
}

const plus = (a: Normal, b: Normal): Normal => ({
  fixed: added(a.fixed, b.fixed),
  terms: [...a.terms, ...b.terms],
})

/** A constant added to all scores does not change a softmax. */
const softmaxOf = ({ fixed, terms }: Normal): Normal => {
  const scores = sumOf([...fixed.values()].filter(({ factors }) => factors.length > 0))
  const key = `softmax(${keyOf({ fixed: scores, terms })})`
  return terms.length > 0
    ? learnedOf({ key, symmetric: false })
    : fixedOf({ key, symmetric: scores.size === 0 })
}

const symmetricMonomial = (m: Monomial): Monomial => {
  const [rest, alike] = [false, true].map((s) => m.factors.filter((f) => f.symmetric === s))
  const turned = { key: `symmetrised(${joined(rest!)})`, symmetric: true }
  return { ...m, factors: inOrder([...alike!, ...(rest!.length === 0 ? [] : [turned])]) }
}

/** Symmetrisation is linear, and symmetric factors are taken out of it. */
const symmetricTerm = (term: Term): Term => {
  const { scale, factors } = term
  const even = [...scale.values()].every((m) => m.factors.every(({ symmetric }) => symmetric))
  if (!even) {
    const key = `symmetrised(${termKey(term)})`
    return { scale: one, factors: [{ key, symmetric: true }] }
  }
  const rest = factors.filter(({ symmetric }) => !symmetric)
  const turned = { key: `symmetrised(${joined(rest)})`, symmetric: true }
  const alike = factors.filter(({ symmetric }) => symmetric)
  return { scale, factors: inOrder([...alike, ...(rest.length === 0 ? [] : [turned])]) }
}

const symmetrisedOf = ({ fixed, terms }: Normal): Normal => ({
  fixed: sumOf([...fixed.values()].map(symmetricMonomial)),
  terms: terms.map(symmetricTerm),
})

/** Returns the value of an expression that is a constant number; else undefined. */
const numberOf = ({ fixed, terms }: Normal): number | undefined => {
  const [only] = fixed.values()
  if (terms.length > 0 || fixed.size > 1) return undefined
  if (only === undefined) return 0
  return only.factors.length === 0 ? only.coefficient : undefined
}

const isExpression = (x: unknown): x is Expression =>
  typeof x === 'object' && x !== null && 'kind' in x

/** Atoms, and operators without a law in this file, are equal when their parts are equal. */
const opaque = ({ kind, ...parts }: { readonly kind: Kind }): Normal => {
  const shown = Object.entries(parts).map(
    ([name, part]) =>
      `${name}: ${isExpression(part) ? keyOf(normalOf(part)) : JSON.stringify(part)}`,
  )
  return learnedOf({ key: `${kind}{${shown.join(', ')}}`, symmetric: false })
}

/** For larger exponents e^x overflows or loses digits. */
const LARGEST_EXPONENT = 700

/** Returns a product with one factor for each term of the exponent. */
const exponential = ({ fixed, terms }: Normal): Normal => {
  const parts = [
    ...[...fixed].map(([key, { coefficient, factors }]) =>
      factors.length === 0 && Math.abs(coefficient) < LARGEST_EXPONENT
        ? { fixed: numeric(Math.exp(coefficient)), terms: [] }
        : fixedOf({ key: `exp(${number(coefficient)} ${key})`, symmetric: false }),
    ),
    ...terms.map((term) => learnedOf({ key: `exp(${termKey(term)})`, symmetric: false })),
  ]
  return parts.reduce(product, { fixed: one, terms: [] })
}

const normalOf = (e: Expression): Normal => {
  switch (e.kind) {
    case 'constant':
      return { fixed: numeric(e.value), terms: [] }
    case 'mask':
      return e.radius < 0
        ? { fixed: numeric(0), terms: [] }
        : fixedOf({ key: `mask(${number(e.radius)})`, symmetric: true, radius: e.radius })
    case 'slopes':
      return fixedOf({ key: 'slopes', symmetric: true })
    case 'plus':
      return plus(normalOf(e.left), normalOf(e.right))
    case 'times':
      return product(normalOf(e.left), normalOf(e.right))
    case 'over': {
      const divisor = numberOf(normalOf(e.right))
      return divisor === undefined || divisor === 0
        ? opaque(e)
        : scaledBy(numeric(1 / divisor), normalOf(e.left))
    }
    case 'power':
      return e.exponent === 1 ? normalOf(e.of) : opaque(e)
    case 'scaled':
      return scaledBy(numeric(e.factor), normalOf(e.of))
    case 'applied':
      return e.name === 'exp' ? exponential(normalOf(e.of)) : opaque(e)
    case 'softmaxed':
      return softmaxOf(normalOf(e.of))
    case 'symmetrised':
      return symmetrisedOf(normalOf(e.of))
    default:
      return opaque(e)
  }
}

/**
 * Returns a text that is equal for two expressions if the laws of the algebra transform one into
 * the other: order and brackets of sums and products, multiplied numbers, nested masks, exp of a
 * sum, softmax of a shifted score, repeated symmetrisation.
 *
 * Laws  equal texts mean equal weights, for corresponding parameters; a seed may draw them in
 *       another order. Unequal texts prove nothing: two forms may be equal on one lattice only.
 * @example normalForm(scaled(2, constant(3))) === normalForm(constant(6)) // → true
 */
export const normalForm = (e: Expression): string => keyOf(normalOf(e))
