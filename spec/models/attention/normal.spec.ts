import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { type Concrete, dataOf, keyFrom, tensor } from '../../../core/index.ts'
import * as models from '../../../models/index.ts'
import { expressions } from './expressions.ts'

const { constant, mask, normalForm, plus, scaled, softmaxed, symmetrised, times } = models

/** The same expression in other words: laws applied at random places. */
const inOtherWords = (e: models.Expression, coin: () => number): models.Expression => {
  const again = (x: models.Expression) => inOtherWords(x, coin)
  const words = (): models.Expression => {
    switch (e.kind) {
      case 'plus': {
        const [a, b] = [again(e.left), again(e.right)]
        if (coin() < 0.5) return plus(b, a)
        return b.kind === 'plus' ? plus(plus(a, b.left), b.right) : plus(a, b)
      }
      case 'times': {
        const [a, b] = [again(e.left), again(e.right)]
        if (coin() < 0.5) return times(b, a)
        return a.kind === 'times' ? times(a.left, times(a.right, b)) : times(a, b)
      }
      case 'scaled': {
        const of = again(e.of)
        if (coin() < 0.3) return times(of, constant(e.factor))
        if (coin() < 0.3) return scaled(2, scaled(e.factor / 2, of))
        return of.kind === 'plus'
          ? plus(scaled(e.factor, of.left), times(constant(e.factor), of.right))
          : scaled(e.factor, of)
      }
      case 'softmaxed':
        return coin() < 0.5
          ? softmaxed(plus(constant(coin()), again(e.of)))
          : softmaxed(again(e.of))
      case 'symmetrised':
        return coin() < 0.5 ? symmetrised(symmetrised(again(e.of))) : symmetrised(again(e.of))
      case 'mask':
        return coin() < 0.5 ? times(mask(e.radius + 1), e) : e
      default:
        return e
    }
  }
  const same = words()
  const choice = coin()
  if (choice < 0.1) return plus(same, constant(0))
  if (choice < 0.2) return times(constant(1), same)
  if (choice < 0.3) return plus(plus(constant(0.5), same), scaled(-1, constant(0.5)))
  return same
}

/** With numbers that sums and products do not round. */
const dyadic = (e: models.Expression): models.Expression =>
  JSON.parse(JSON.stringify(e), (_, x: unknown) =>
    typeof x === 'number' ? Math.round(8 * x) / 8 : x,
  ) as models.Expression

const coinOf = (seed: number) => {
  let state = seed
  return (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const read = (text: string): models.Expression => {
  const parsed = models.parseForm(text)
  if (E.isLeft(parsed)) throw new Error(parsed.left.what)
  return parsed.right
}

describe('the normal form of an attention form', () => {
  it('is that of every form that says the same in other words', () => {
    fc.assert(
      fc.property(expressions.map(dyadic), fc.integer({ min: 1, max: 2 ** 31 }), (e, seed) => {
        expect(normalForm(inOtherWords(e, coinOf(seed)))).toBe(normalForm(e))
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['factored', 'relative'],
    ['t5', 'softmax(relative + content)'],
    ['decoupled', '((relative)) + 1 * softmax(content)'],
    ['spatial', 'distanceDecay * relative()'],
    ['alibi', 'softmax(slopes - 3 + content)'],
    ['relative * mask(1)', 'mask(1) * (relative * mask(2))'],
    ['0.1 * softmax(content) + relative', 'relative - -0.1 * softmax(content + 1)'],
    ['2 * (relative + content)', 'content * 2 + 2 * relative'],
    ['(mask(1) + slopes) * relative', 'relative * (slopes + mask(1))'],
    ['mask(1) * slopes + slopes', 'slopes * (1 + mask(1))'],
    ['symmetrised(2 * relative + slopes)', 'slopes + 2 * symmetrised(symmetrised(relative))'],
    ['(2 * relative + 2 * content) * absolute', '2 * (absolute * (content + relative))'],
    ['softmax(2)', 'softmax(0)'],
    ['0 * content + relative', 'relative'],
    ['exp(content) * exp(relative)', 'exp(relative + content)'],
    ['exp(relative - 1) * slopes', 'slopes * exp(relative) * exp(-1)'],
    ['exp(exp(0) - 1)', '1'],
  ])('%s is %s', (one, other) => {
    expect(normalForm(read(one))).toBe(normalForm(read(other)))
  })

  // Atoms have parameters of their own wherever they stand, and start at their own size.
  it.each([
    ['relative + relative', '2 * relative'],
    ['relative - relative', '0'],
    ['relative * relative', 'relative'],
    ['relative * (content + slopes)', 'relative * content + relative * slopes'],
    ['2 * relative', 'relative'],
    ['relative + 1', 'relative'],
    ['softmax(softmax(content))', 'softmax(content)'],
    ['softmax(2 * content)', 'softmax(content)'],
    ['softmax(content * (1 + mask(1)))', 'softmax(content)'],
    ['symmetrised(relative)', 'relative'],
    ['symmetrised(relative * content)', 'symmetrised(relative) * symmetrised(content)'],
    ['mask(1)', 'mask(2)'],
    ['content', 'positioned'],
    ['softmax(content) + relative', 'softmax(content + relative)'],
    ['(relative + content) * absolute', 'relative + content * absolute'],
    ['slopes * slopes', 'slopes'],
    ['exp(2 * relative)', 'exp(relative)'],
    ['exp(800 + relative)', '0'],
    ['exp(relative) + exp(content)', 'exp(relative + content)'],
  ])('%s is not %s', (one, other) => {
    expect(normalForm(read(one))).not.toBe(normalForm(read(other)))
  })

  it('tells apart what has other weights, where these can be compared: without parameters', () => {
    const fixed = fc.letrec<{ e: models.Expression }>((tie) => ({
      e: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        fc.constantFrom(-1, 0, 1, 2).map(constant),
        fc.constantFrom(0, 1, 2).map(mask),
        fc.constant<models.Expression>({ kind: 'slopes' }),
        fc.tuple(tie('e'), tie('e')).map(([a, b]) => plus(a, b)),
        fc.tuple(tie('e'), tie('e')).map(([a, b]) => times(a, b)),
        fc.tuple(fc.constantFrom(-1, 2), tie('e')).map(([c, a]) => scaled(c, a)),
        tie('e').map(softmaxed),
        tie('e').map(symmetrised),
      ),
    })).e
    const grid = models.patchGrid([5], 1, 'open')
    const sizes = { grid: grid, heads: 2, dim: 2 }
    const x = tensor(new Float64Array(10), [5, 2])
    const weightsOf = (e: models.Expression): readonly number[] => {
      const form = models.attention(e)(sizes)
      const params = models.initialise({ ...form, name: '' } as never, keyFrom(1))
      return [...dataOf(form.weights(params as never, x) as Concrete)]
    }
    const known = new Map<string, readonly number[]>()
    let met = 0
    for (const e of fc.sample(fixed, { numRuns: 600, seed: 7 })) {
      const key = normalForm(e)
      const weights = weightsOf(e)
      const before = known.get(key)
      if (before === undefined) known.set(key, weights)
      else {
        met += 1
        weights.forEach((w, k) => {
          expect(Math.abs(w - before[k]!)).toBeLessThan(1e-9 * (1 + Math.abs(w)))
        })
      }
    }
    expect(met).toBeGreaterThan(120)
  })
})
