import {
  bodyOf,
  type Code,
  code,
  get,
  i32Add,
  i32Below,
  i32Const,
  laneInstruction,
  loadSplat,
  loadVector,
  loop,
  moduleOf,
  section,
  set,
  storeVector,
  text,
  typeByte,
  unsigned,
  VECTOR,
  vector,
  WIDTH,
} from '../compiler/encode.ts'

// A WebAssembly module with one function, the inner loop of all dense products, put together from
// instructions by name. JavaScript has no SIMD; WebAssembly's f64x2 does two float64 at a
// time, with the same roundings (a product, then a sum), so the results are equal to the last bit.
//
//   tile(a, b, end, out)   out[4i + j] = Σ_k a[4k + i] b[4k + j],   i, j < 4
//
// a, b, out are byte addresses in the module's memory; a runs up to end, 32 bytes for each k.

const EXPORTED_FUNCTION = 0x00
const EXPORTED_MEMORY = 0x02

const add = laneInstruction('f64', 'add')
const mul = laneInstruction('f64', 'mul')

// Locals: four parameters, eight sums (two to a row of the tile), one pair of a, two pairs of b.
const [A, B, END, OUT] = [0, 1, 2, 3]
const sum = (i: number, half: number): number => 4 + 2 * i + half
const [PAIR_A, PAIR_B] = [12, 13]

const FLOAT = WIDTH.f64
const STEP = 4 * FLOAT

const ROWS = [0, 1, 2, 3]
const HALVES = [0, 1]

/** sum[i] += a[i] · b for the four b of this k. */
const addRow = (i: number): Code =>
  code(
    code(get(A), loadSplat('f64', FLOAT * i), set(PAIR_A)),
    ...HALVES.map((half) =>
      code(
        code(get(sum(i, half)), get(PAIR_A), get(PAIR_B + half)),
        code(mul, add, set(sum(i, half))),
      ),
    ),
  )

const storeRow = (i: number): Code =>
  HALVES.map((half) => code(get(OUT), get(sum(i, half)), storeVector(STEP * i + VECTOR * half)))

/**
 * The sums start at zero, as all locals do. One k to a turn: unrolled twice, V8 11.3 runs short
 * of registers and the loop takes half as long again.
 */
const body = code(
  loop(
    code(
      ...HALVES.map((half) => code(get(B), loadVector(VECTOR * half), set(PAIR_B + half))),
      ...ROWS.map(addRow),
      code(get(B), i32Const(STEP), i32Add, set(B)),
      code(get(A), i32Const(STEP), i32Add, set(A)),
      code(get(A), get(END), i32Below),
    ),
  ),
  ...ROWS.map(storeRow),
)
const locals = new Array<'v128'>(11).fill('v128')
const addresses = new Array<Code>(4).fill([typeByte.i32])

/** The module, which exports its `memory` of at most `maximumPages` of 64 kB, and `tile`. */
export const tileModule = (maximumPages: number): Uint8Array<ArrayBuffer> =>
  moduleOf(
    section(1, [code([0x60], vector(addresses), [0])]), // type 0: 4 in, 0 out
    section(3, [[0]]), // function 0 is of type 0
    section(5, [code([1, 1], unsigned(maximumPages))]), // memory 0: bounded, one page at first
    section(7, [
      code(text('memory'), [EXPORTED_MEMORY, 0]),
      code(text('tile'), [EXPORTED_FUNCTION, 0]),
    ]),
    section(10, [bodyOf({ locals, body })]),
  )
