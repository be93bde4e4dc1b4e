import fc from 'fast-check'
import { jvpRules, vjpRules } from '../../../autodiff/index.ts'
import {
  bind,
  type Concrete,
  type PrimitiveName,
  primitives,
  type Tensor,
} from '../../../core/index.ts'
import { noiseLike } from '../../arbitraries.ts'
import { type Case, cases } from '../../cases.ts'
import { type Planted, planted, type Work } from './planted.ts'
import { between, derivativesOf, largestChange, namesAt, type Seen, type Trial } from './trials.ts'

// Mistakes in every rule of both tables. A table is made wrong while a trial runs, and put right
// again before anything else can see it.

type AnyRule = (...args: readonly unknown[]) => Tensor | null
type Entry = readonly AnyRule[] | { readonly operand: (k: number) => AnyRule }
type Table = Record<PrimitiveName, Entry | { readonly program: unknown }>
const tables = {
  vjp: vjpRules as unknown as Table,
  jvp: jvpRules as unknown as Table,
} as const

const ruleAt = (entry: Entry, k: number): AnyRule =>
  'operand' in entry ? entry.operand(k) : entry[k]!

/** Runs something while the rule of operand k has a mistake. */
const whileWrong = <A>(
  table: 'vjp' | 'jvp',
  name: PrimitiveName,
  k: number,
  { plant }: Planted,
  run: () => A,
): A => {
  const rules = tables[table]
  const right = rules[name] as Entry
  rules[name] = {
    operand: (i) => {
      if (i !== k) return ruleAt(right, i)
      return (bar, xs, y, params) => {
        const work = { bar, xs, y, k, right: rightRule(right, params) } as Work
        return plant(work) ?? null
      }
    },
  }
  try {
    return run()
  } finally {
    rules[name] = right
  }
}
const rightRule =
  (entry: Entry, params: unknown): Work['right'] =>
  (bar, xs, y, k) =>
    ruleAt(entry, k)(bar, xs, y, params)

/** Points at which a mistake can show: no axis of length 0, and three numbers at least. */
const telling = ({ primitive, params, operands }: Case): boolean => {
  const y = bind(primitive, params as never, operands) as Concrete
  return (
    operands.every((x) => x.size > 2 && x.shape[0]! > 1) &&
    y.size > 0 &&
    (primitive !== 'power' || (params as { exponent: number }).exponent > 1) &&
    (primitive !== 'concatenate' || operands.length > 1)
  )
}
const square = ({ operands }: Case): boolean =>
  operands.every(({ shape }) => shape.length === 2 && shape[0] === shape[1])

/** Some points of each primitive; one of them square where the primitive has such. */
const pointsOf = (name: PrimitiveName, count: number, seed: number): readonly Case[] => {
  const wide = fc.sample(cases[name].filter(telling), { seed, numRuns: count })
  const turned = fc
    .sample(cases[name], { seed, numRuns: 60 })
    .filter((c) => square(c) && telling(c))
  return [...wide, ...turned.slice(0, 1)]
}

/** A derivative that is stopped on purpose is not what differences see. */
const unchecked: readonly PrimitiveName[] = ['constant', 'stopGradient']

const trialsAt = (
  table: 'vjp' | 'jvp',
  { primitive, params, operands }: Case,
): readonly Trial[] => {
  const entry = tables[table][primitive]
  if ('program' in entry) return []
  const f: Seen = between((...xs) => bind(primitive, params as never, xs))
  const right = () => derivativesOf(f, operands, table)
  const y = bind(primitive, params as never, operands) as Concrete
  return operands.flatMap((x, k) => {
    const bar = table === 'vjp' ? noiseLike(y, 23) : noiseLike(x, 24)
    const work: Work = { bar, xs: operands, y, k, right: rightRule(entry, params) }
    return planted
      .filter(({ plant }) => plant(work) !== undefined)
      .map((mistake): Trial => {
        const during: Trial['during'] = (run) =>
          whileWrong(table, primitive, k, mistake, () => run(f))
        return {
          group: table === 'vjp' ? 'vjpRules' : 'jvpRules',
          where: `${primitive}, operand ${k + 1}`,
          mistake: mistake.mistake,
          kinds: () => namesAt(work, mistake),
          point: operands,
          change: () => {
            const without = right()
            return during((g) => largestChange(without, derivativesOf(g, operands, table)))
          },
          guilty: (b) => b.primitive === primitive && b.rule === table && b.operand === k,
          during,
        }
      })
  })
}

/** All mistakes in all rules, at so many points each. */
export const ruleTrials = (points: number, seed: number): readonly Trial[] =>
  (Object.keys(primitives) as PrimitiveName[])
    .filter((name) => !unchecked.includes(name))
    .flatMap((name) =>
      pointsOf(name, points, seed).flatMap((point) => [
        ...trialsAt('vjp', point),
        ...trialsAt('jvp', point),
      ]),
    )
