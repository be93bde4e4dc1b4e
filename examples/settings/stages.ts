import { either as E, function as F } from 'fp-ts'
import type { Characters } from '../../physics/index.ts'

// The symmetries of a run as text: the stages that restore them, and their sector.

/** A run sums over nothing, the translations, or all symmetries of the Hamiltonian. */
export const symmetries = ['none', 'translations', 'full'] as const
export type Symmetry = (typeof symmetries)[number]

/** A stage is a part of a run. */
export interface Stage {
  readonly symmetry: Symmetry
  /** The number of steps before it. */
  readonly from: number
}

const stagesExpected =
  'none, translations or full, or stages such as none:60,translations:20,full, ' +
  'each with its number of steps except the last, which lasts to the end'

const isSymmetry = (text: string): text is Symmetry => symmetries.includes(text as Symmetry)

/** Reads stages from their text. Left: a description of the right texts. */
export const parseStages = (text: string): E.Either<string, readonly Stage[]> => {
  const parts = text.split(',').map((part) => part.trim().split(':'))
  const stages: Stage[] = []
  let from = 0
  for (const [k, [name = '', steps, ...more]] of parts.entries()) {
    const last = k === parts.length - 1
    const right = last ? steps === undefined : /^[1-9]\d{0,8}$/.test(steps ?? '')
    if (!isSymmetry(name) || !right || more.length > 0) return E.left(stagesExpected)
    stages.push({ symmetry: name, from })
    from += Number(steps)
  }
  return E.right(stages)
}

/** Returns the stage of the step that follows `done` steps. */
export const stageAfter = (stages: readonly Stage[], done: number): Stage =>
  stages.findLast(({ from }) => from <= done) ?? stages[0]!

const sectorExpected =
  'auto, or characters such as "k=0,0 rotation=1 mirror=-1 spin=1": k has whole numbers, the ' +
  'others are 1 or -1, and 1 if not given'

const signNames = { rotation: 'rotation', mirror: 'mirror', spin: 'inversion' } as const

const character = (text: string): E.Either<string, Characters> => {
  const [name = '', value = '', ...more] = text.split('=')
  if (more.length > 0) return E.left(sectorExpected)
  if (name === 'k' && /^-?\d{1,6}(,-?\d{1,6})?$/.test(value))
    return E.right({ momentum: value.split(',').map(Number) })
  const sign = { 1: 1, '+1': 1, '-1': -1 }[value] as 1 | -1 | undefined
  return Object.hasOwn(signNames, name) && sign !== undefined
    ? E.right({ [signNames[name as keyof typeof signNames]]: sign })
    : E.left(sectorExpected)
}

/** Writes characters as a text that `parseSector` reads back. */
export const showSector = ({ momentum, ...signs }: Characters): string =>
  [
    ...(momentum === undefined ? [] : [`k=${momentum.join(',')}`]),
    ...Object.entries(signNames).flatMap(([name, key]) =>
      signs[key] === undefined ? [] : [`${name}=${signs[key]}`],
    ),
  ].join(' ')

/**
 * Reads a sector from its text: the characters are those of the whole wave function, signs
 * included. `auto` is the sector of Marshall's signs where the lattice is bipartite, and has all
 * characters 1 elsewhere.
 */
export const parseSector = (text: string): E.Either<string, Characters | 'auto'> =>
  text.trim() === 'auto'
    ? E.right('auto')
    : F.pipe(
        text.trim().split(/\s+/),
        E.traverseArray(character),
        E.map((list): Characters => Object.fromEntries(list.flatMap((c) => Object.entries(c)))),
      )
