import {
  type Equation,
  type Program,
  primitives,
  programIn,
  type Variable,
} from '../primitives/index.ts'
import { rounded, type Shape, showShape } from '../values/index.ts'

// Programs are shown as text, or as Mermaid flowcharts.

/** Names variables a, b, …, z, a1, b1, …. */
export const nameOf = (v: Variable): string => {
  const letter = String.fromCharCode(97 + (v.id % 26))
  return v.id < 26 ? letter : `${letter}${Math.floor(v.id / 26)}`
}

/** A variable with its shape: `a: [2, 3]`. */
export const typed = (v: Variable): string => `${nameOf(v)}: ${showShape(v.shape)}`

/** The first numbers of a list: `1, 2, 3, 4, …`. */
export const firstOf = (data: ArrayLike<number>, most: number): string =>
  Array.from({ length: Math.min(data.length, most) }, (_, k) => rounded(data[k]!)).join(', ') +
  (data.length > most ? ', …' : '')

const showValues = (data: ArrayLike<number>, shape: Shape): string =>
  shape.length === 0 ? firstOf(data, 1) : `(${firstOf(data, 4)})`

/** The parameters of an equation, with a space before them. */
export const showParams = (eq: Equation): string => {
  switch (eq.primitive) {
    case 'contract':
      return ` '${eq.params.left.join(' ')}, ${eq.params.right.join(' ')} -> ${eq.params.out.join(' ')}'`
    case 'constant':
      return ` ${showValues(eq.params.data, eq.params.shape)}`
    case 'customVjp':
      return ` '${eq.params.name}' (own pullback)`
    case 'gather':
    case 'scatterAdd':
      return ` axis ${eq.params.axis} at ${showValues(eq.params.indices, [1])}`
    default:
      return Object.entries(eq.params)
        .map(([key, value]) => ` ${key} ${Array.isArray(value) ? showShape(value) : String(value)}`)
        .join('')
  }
}

/** `c: [2] = mul a b` */
export const showEquation = (eq: Equation): string =>
  `${typed(eq.output)} = ${eq.primitive}${showParams(eq)} ${eq.inputs.map(nameOf).join(' ')}`.trimEnd()

/**
 * Writes a program as one equation per line, with shapes.
 *
 * @example showProgram(programOf((x) => sum(square(x)))(tensor([1, 2]))) // →
 * // (a: [2]) -> c
 * //   b: [2] = mul a a
 * //   c: [] = sum axes [0] b
 */
export const showProgram = (program: Program): string =>
  [
    `(${programIn('showProgram', program).inputs.map(typed).join(', ')}) -> ${program.outputs.map(nameOf).join(', ')}`,
    ...program.equations.map((eq) => `  ${showEquation(eq)}`),
  ].join('\n')

/** Returns the program as a Mermaid flowchart. */
export const toMermaid = (program: Program): string =>
  [
    'flowchart TD',
    ...programIn('toMermaid', program).inputs.map(
      (v) => `  v${v.id}([${JSON.stringify(typed(v))}])`,
    ),
    ...program.equations.flatMap((eq) => [
      `  v${eq.output.id}[${JSON.stringify(`${eq.primitive} ${showShape(eq.output.shape)}`)}]`,
      ...eq.inputs.map((v) => `  v${v.id} --> v${eq.output.id}`),
    ]),
    ...program.outputs.map((v) => `  v${v.id} --> out${v.id}((result))`),
  ].join('\n')

/** Returns the floating-point operations of one run. */
export const flopsOf = (program: Program): number =>
  programIn('flopsOf', program).equations.reduce((total, eq) => {
    if (eq.primitive === 'customVjp') return total + flopsOf(eq.params.forward)
    const shapes = eq.inputs.map((v) => v.shape)
    return total + primitives[eq.primitive].flops(shapes, eq.output.shape, eq.params as never)
  }, 0)
