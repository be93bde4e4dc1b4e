import type { Program } from '../primitives/index.ts'
import {
  axesOf,
  type Concrete,
  counted,
  dataOf,
  describe,
  fail,
  few,
  isConcrete,
  largest,
  outline,
  precisionOf,
  rounded,
  type Shown,
  showShape,
  sizeOf,
  smallest,
} from '../values/index.ts'
import { firstOf, flopsOf, nameOf, showEquation, typed } from './print.ts'
import { isTensor, type Tensor } from './trace.ts'

// Tensors and programs are shown as a line that sums them up and a tree of their parts.

const shownTensor = (x: Concrete): Shown => {
  const [data, leading, width] = [dataOf(x), x.shape.slice(0, -1), x.shape.at(-1) ?? 1]
  const finite = Float64Array.from(data).filter(Number.isFinite)
  const mean = finite.reduce((sum, v) => sum + v / finite.length, 0)
  const [least, most, middle] = [smallest(finite), largest(finite), mean].map(rounded)
  const rowAt = (r: number): string => {
    const index = axesOf(leading.length).map(
      (axis) => Math.floor(r / sizeOf(leading.slice(axis + 1))) % leading[axis]!,
    )
    const row = firstOf(data.subarray(r * width, (r + 1) * width), 5)
    return leading.length === 0 ? row : `${showShape(index)}: ${row}`
  }
  const others = data.length - finite.length
  const rows = few(data.length === 0 ? 0 : sizeOf(leading), rowAt, 6)
  return {
    line:
      `tensor ${showShape(x.shape)} of ${precisionOf(x)}` +
      `${others === 0 ? '' : `, ${others} not finite`}`,
    parts: finite.length < 2 ? rows : [`from ${least} to ${most}, mean ${middle}`, ...rows],
  }
}

/** Returns the count of numbers that one run holds: inputs, constants and all results. */
const valuesOf = ({ inputs, equations }: Program): number =>
  [...inputs, ...equations.map((eq) => eq.output)].reduce((sum, v) => sum + sizeOf(v.shape), 0)

const shownProgram = (program: Program): Shown => ({
  line:
    `program of ${counted(program.equations.length, 'equation')}: ` +
    `${counted(flopsOf(program), 'operation')}, ${counted(valuesOf(program), 'number')} in memory`,
  parts: [
    `inputs ${program.inputs.map(typed).join(', ')}`,
    ...few(program.equations.length, (k) => showEquation(program.equations[k]!)),
    `outputs ${program.outputs.map(nameOf).join(', ')}`,
  ],
})

/** `show` takes these values; `show` of `psigrad/models` and `psigrad/physics` takes more. */
export type Showable = Tensor | Program

/** Returns a tensor or a program as a line and its parts. */
export const shown = (x: Showable): Shown => {
  if (isConcrete(x)) return shownTensor(x)
  if (isTensor(x)) return `tensor ${showShape(x.shape)}, traced: it has no numbers yet`
  if (Array.isArray(Object(x).equations)) return shownProgram(x)
  return fail('TypeError', 'show', `${describe(x)} cannot be shown.`)
}

/**
 * Returns the text of a tensor or a program: a line that sums it up, and its parts as a tree.
 *
 * @example show(tensor([[1, 2], [3, 4]])) // →
 * // tensor [2, 2] of float64
 * // ├── from 1 to 4, mean 2.5
 * // ├── [0]: 1, 2
 * // └── [1]: 3, 4
 */
export const show = (x: Showable): string => outline(shown(x))
