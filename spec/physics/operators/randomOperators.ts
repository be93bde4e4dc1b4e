/** Random operators, each with its matrix built by Kronecker products. */
import fc from 'fast-check'
import {
  addOperators,
  type Complex,
  multiplyOperators,
  type Operator,
  scaleOperator,
  spinMinus,
  spinPlus,
  spinX,
  spinY,
  spinZ,
} from '../../../physics/operators/operator.ts'
import { oneSite, onSite, plus, product, type Square, scaled } from './kronecker.ts'

/** By name, as in `oneSite`. */
export const elementary = { spinX, spinY, spinZ, spinPlus, spinMinus }

/** An operator together with its independently built matrix. */
export interface Both {
  readonly operator: Operator
  readonly matrix: Square
}

export const eighths = fc.integer({ min: -16, max: 16 }).map((k) => k / 8)
const complex: fc.Arbitrary<Complex> = fc.record({ re: eighths, im: eighths })

/** Random expressions in the elementary operators, evaluated in both algebras. */
export const both = (sites: number): fc.Arbitrary<Both> =>
  fc.letrec<{ tree: Both; leaf: Both }>((tie) => ({
    leaf: fc
      .tuple(
        fc.constantFrom(...(Object.keys(elementary) as (keyof typeof elementary)[])),
        fc.nat(sites - 1),
      )
      .map(([name, site]) => ({
        operator: elementary[name](site),
        matrix: onSite(oneSite[name], site, sites),
      })),
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'medium' },
      tie('leaf'),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
        operator: addOperators(a.operator, b.operator),
        matrix: plus(a.matrix, b.matrix),
      })),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
        operator: multiplyOperators(a.operator, b.operator),
        matrix: product(a.matrix, b.matrix),
      })),
      fc.tuple(complex, tie('tree')).map(([c, a]) => ({
        operator: scaleOperator(c, a.operator),
        matrix: scaled([c.re, c.im], a.matrix),
      })),
    ),
  })).tree

/** Two operators on 2 to 4 sites and a number. */
export const anyPair = fc
  .integer({ min: 2, max: 4 })
  .chain((sites) =>
    fc.record({ sites: fc.constant(sites), a: both(sites), b: both(sites), c: complex }),
  )
