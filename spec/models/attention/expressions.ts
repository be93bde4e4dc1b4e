import fc from 'fast-check'
import * as models from '../../../models/index.ts'

// Random attention forms.

const numbers = fc
  .oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -2, max: 2, noNaN: true }))
  .map((x) => (x === 0 ? 0 : x))
const { applied, over, plus, constant, raised } = models
const names = fc.constantFrom(...models.functionNames)

/** Up to a dozen parts, put together from atoms by `operators`. */
const built = (
  operators: (e: fc.Arbitrary<models.Expression>) => readonly fc.Arbitrary<models.Expression>[],
): fc.Arbitrary<models.Expression> =>
  fc.letrec<{ e: models.Expression }>((tie) => {
    const e = tie('e')
    const two = fc.tuple(e, e)
    return {
      e: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        fc.constantFrom(...models.atomNames).map((kind): models.Expression => ({ kind })),
        numbers.map(models.constant),
        numbers.map(models.learned),
        fc.constantFrom(0, 1, 1.5, 2).map(models.mask),
        two.map(([a, b]) => models.plus(a, b)),
        two.map(([a, b]) => models.times(a, b)),
        two.map(([a, b]) => models.gated(a, b)),
        fc.tuple(numbers, e).map(([c, a]) => models.scaled(c, a)),
        e.map(models.softmaxed),
        e.map(models.symmetrised),
        ...operators(e),
      ),
    }
  }).e

/** Forms whose weights and derivatives are of order one: no division by nearly 0, no tall exp. */
export const expressions: fc.Arbitrary<models.Expression> = built((e) => [
  fc.tuple(e, e).map(([a, b]) => over(a, plus(constant(2), applied('sigmoid', b)))),
  fc
    .tuple(fc.constantFrom(-1, 0.5, 2), e)
    .map(([p, a]) => raised(p, plus(constant(2), applied('tanh', a)))),
  e.map((a) => applied('exp', applied('tanh', a))),
  fc.tuple(fc.constantFrom('tanh', 'sigmoid', 'relu'), e).map(([f, a]) => applied(f, a)),
])

/** Any expression at all, for what does not compute it. */
export const anyExpressions: fc.Arbitrary<models.Expression> = built((e) => [
  fc.tuple(e, e).map(([a, b]) => over(a, b)),
  fc.tuple(numbers, e).map(([p, a]) => raised(p, a)),
  fc.tuple(names, e).map(([f, a]) => applied(f, a)),
])
