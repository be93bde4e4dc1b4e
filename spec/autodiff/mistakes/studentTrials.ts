import { customVjp } from '../../../autodiff/index.ts'
import type { Concrete, Tensor } from '../../../core/index.ts'
import { noise, noiseLike } from '../../arbitraries.ts'
import { planted, type Work } from './planted.ts'
import { studentLayers } from './studentLayers.ts'
import { type Student, students } from './students.ts'
import { between, derivativesOf, largestChange, namesAt, type Seen, type Trial } from './trials.ts'

// Mistakes in functions with a pullback of their own.

const functionOf = ({ name, forward }: Student, pullback: Student['pullback']): Seen =>
  between((...xs) => customVjp({ name, forward, pullback })(...xs))

const trialOf = (
  student: Student,
  xs: readonly Concrete[],
  pullback: Student['pullback'],
  rest: Pick<Trial, 'where' | 'mistake' | 'kinds'>,
  operands: readonly number[],
): Trial => {
  const right = () => derivativesOf(functionOf(student, student.pullback), xs, 'vjp')
  const wrong = functionOf(student, pullback)
  return {
    ...rest,
    group: 'customVjp',
    point: xs,
    change: () => largestChange(right(), derivativesOf(wrong, xs, 'vjp')),
    guilty: (b) =>
      b.primitive === 'customVjp' &&
      b.name === student.name &&
      b.rule === 'vjp' &&
      operands.includes(b.operand),
    during: (run) => run(wrong),
  }
}

const trialsAt = (student: Student, seed: number): readonly Trial[] => {
  const xs = student.shapes.map((shape, i) => noise(shape, seed + i))
  const y = student.forward(...xs) as Concrete
  const right: Work['right'] = (bar, operands, value, k) =>
    student.pullback([...operands], value, bar)[k]!
  const slips = (student.slips ?? []).map(({ mistake, kinds, pullback }) =>
    trialOf(student, xs, pullback, { where: student.name, mistake, kinds: () => kinds }, [
      ...xs.keys(),
    ]),
  )
  const generic = xs.flatMap((_, k) => {
    const work: Work = { bar: noiseLike(y, seed + 9), xs, y, k, right }
    return planted
      .filter(({ plant }) => plant(work) !== undefined)
      .map((plant) => {
        const pullback = (x: Tensor[], value: Tensor, bar: Tensor): Tensor[] =>
          x.map((_, i) =>
            i === k ? plant.plant({ bar, xs: x, y: value, k, right })! : right(bar, x, value, i)!,
          )
        const where = `${student.name}, operand ${k + 1}`
        const kinds = () => namesAt(work, plant)
        return trialOf(student, xs, pullback, { where, mistake: plant.mistake, kinds }, [k])
      })
  })
  return [...slips, ...generic]
}

/** All mistakes in all functions of the students, at so many points each. */
export const studentTrials = (points: number, seed: number): readonly Trial[] =>
  [...students, ...studentLayers].flatMap((student) =>
    Array.from({ length: points }, (_, i) => trialsAt(student, seed + 100 * i)).flat(),
  )
