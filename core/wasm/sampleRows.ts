import { type Format, WIDTH } from '../lowering/lanes/index.ts'
import {
  type Code,
  code,
  type FunctionCode,
  get,
  i32Add,
  i32Const,
  i32Sub,
  loadVector,
  loop,
  set,
  shuffle,
  storeVector,
  tee,
  VECTOR,
} from './encode.ts'

// Samples side by side become one row for each sample: a tile's outputs are transposed, in square
// blocks of a vector's size, into a strip that stays in the cache.

/** The elements of a sample in a strip: with 16 samples they take 64 kB. */
export const STRIP = 1024

/** Picks the numbers `places` of vectors a and b together, counted through both. */
const picked = (format: Format, places: readonly number[]): Code => {
  const width = WIDTH[format]
  return shuffle(places.flatMap((p) => Array.from({ length: width }, (_, i) => p * width + i)))
}

/** The stages turn rows into columns, by pairs (local, local, numbers to pick). */
const stages = {
  f64: [
    [
      [0, 1, [0, 2]],
      [0, 1, [1, 3]],
    ],
  ],
  f32: [
    [
      [0, 1, [0, 4, 1, 5]],
      [2, 3, [0, 4, 1, 5]],
      [0, 1, [2, 6, 3, 7]],
      [2, 3, [2, 6, 3, 7]],
    ],
    [
      [0, 1, [0, 1, 4, 5]],
      [0, 1, [2, 3, 6, 7]],
      [2, 3, [0, 1, 4, 5]],
      [2, 3, [2, 3, 6, 7]],
    ],
  ],
} as const

/**
 * Emits rows(from, blocks, to): elements of a tile, `lanes` samples side by side, at address
 * `from`, become rows of STRIP numbers at `to`. Each block is as many elements as a vector has
 * numbers.
 */
export const emitRows = (format: Format, lanes: number): FunctionCode => {
  const width = WIDTH[format]
  const side = VECTOR / width
  const [from, blocks, to] = [0, 1, 2]
  const across = Array.from({ length: side }, (_, i) => i)
  const vectors = stages[format].map((_, stage) => across.map((i) => 3 + stage * side + i))
  const [first, last] = [vectors[0]!, stages[format].length]
  const results = across.map((i) => 3 + last * side + i)
  const square = (group: number): Code =>
    code(
      across.map((i) =>
        code(get(from), loadVector(i * lanes * width + group * VECTOR), set(first[i]!)),
      ),
      stages[format].map((stage, s) =>
        code(
          stage.map(([a, b, places], i) =>
            code(
              code(get(vectors[s]![a]!), get(vectors[s]![b]!)),
              code(picked(format, places), set((vectors[s + 1] ?? results)[i]!)),
            ),
          ),
        ),
      ),
      across.map((i) =>
        code(get(to), get(results[i]!), storeVector((group * side + i) * STRIP * width)),
      ),
    )
  const step = (pointer: number, bytes: number): Code =>
    code(get(pointer), i32Const(bytes), i32Add, set(pointer))
  return {
    parameters: 3,
    locals: new Array<'v128'>((last + 1) * side).fill('v128'),
    body: loop(
      code(
        Array.from({ length: lanes / side }, (_, group) => square(group)),
        code(step(from, side * lanes * width), step(to, VECTOR)),
        code(get(blocks), i32Const(1), i32Sub, tee(blocks)),
      ),
    ),
  }
}
