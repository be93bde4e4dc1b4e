import fc from 'fast-check'
import * as models from '../../../models/index.ts'

// Random attention forms.

const numbers = fc
  .oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -2, max: 2, noNaN: true }))
  .map((x) => (x === 0 ? 0 : x))

/** Expressions of up to a dozen parts. */
export const expressions: fc.Arbitrary<models.Expression> = fc.letrec<{ e: models.Expression }>(
  (tie) => ({
    e: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constantFrom(...models.atomNames).map((kind): models.Expression => ({ kind })),
      numbers.map(models.constant),
      fc.constantFrom(0, 1, 1.5, 2).map(models.mask),
      fc.tuple(tie('e'), tie('e')).map(([a, b]) => models.plus(a, b)),
      fc.tuple(tie('e'), tie('e')).map(([a, b]) => models.times(a, b)),
      fc.tuple(numbers, tie('e')).map(([c, a]) => models.scaled(c, a)),
      tie('e').map(models.softmaxed),
      tie('e').map(models.symmetrised),
    ),
  }),
).e
