// A WebAssembly module with one function, the inner loop of all dense products, put together from
// the instructions named below. JavaScript has no SIMD; WebAssembly's f64x2 does two float64 at a
// time, with the same roundings (a product, then a sum), so the results are equal to the last bit.
//
//   tile(a, b, end, out)   out[4i + j] = Σ_k a[4k + i] b[4k + j],   i, j < 4
//
// a, b, out are byte addresses in the module's memory; a runs up to end, 32 bytes for each k.
// Format: WebAssembly Core Specification 2.0, chapter 5.

type Code = readonly number[]

/** LEB128: seven bits a byte, lowest first; the top bit says that more follow. */
const unsigned = (n: number): Code => (n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)])

const code = (...parts: readonly Code[]): Code => parts.flat()
const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()]
const sized = (part: Code): Code => [...unsigned(part.length), ...part]
const section = (id: number, items: readonly Code[]): Code => [id, ...sized(vector(items))]
const name = (ascii: string): Code => vector([...ascii].map((c) => [c.charCodeAt(0)]))

const I32 = 0x7f
const V128 = 0x7b
const EXPORTED_FUNCTION = 0x00
const EXPORTED_MEMORY = 0x02

// Instructions. They take operands from a stack and leave the result there.
const get = (local: number): Code => [0x20, local]
const set = (local: number): Code => [0x21, local]
const loop: Code = [0x03, 0x40]
const repeatIf: Code = [0x0d, 0]
const end: Code = [0x0b]
const i32Add: Code = [0x6a]
const i32Below: Code = [0x49]
/** n < 64, which signed LEB128 leaves as it is. */
const i32Const = (n: number): Code => [0x41, n]
const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)]
// Loads and stores name their alignment, as a power of two, and an offset < 128 to the address.
const loadPair = (offset: number): Code => [...simd(0), 4, offset]
/** One float64, twice. */
const loadTwice = (offset: number): Code => [...simd(10), 3, offset]
const storePair = (offset: number): Code => [...simd(11), 4, offset]
const f64x2Add = simd(0xf0)
const f64x2Mul = simd(0xf2)

// Locals: four parameters, eight sums (two to a row of the tile), one pair of a, two pairs of b.
const [A, B, END, OUT] = [0, 1, 2, 3]
const sum = (i: number, half: number): number => 4 + 2 * i + half
const [PAIR_A, PAIR_B] = [12, 13]

const FLOAT = 8
const PAIR = 2 * FLOAT
const STEP = 4 * FLOAT

const ROWS = [0, 1, 2, 3]
const HALVES = [0, 1]

/** sum[i] += a[i] · b for the four b of this k. */
const addRow = (i: number): Code => [
  ...code(get(A), loadTwice(FLOAT * i), set(PAIR_A)),
  ...HALVES.flatMap((half) =>
    code(
      code(get(sum(i, half)), get(PAIR_A), get(PAIR_B + half)),
      code(f64x2Mul, f64x2Add, set(sum(i, half))),
    ),
  ),
]

const storeRow = (i: number): Code =>
  HALVES.flatMap((half) => code(get(OUT), get(sum(i, half)), storePair(STEP * i + PAIR * half)))

/**
 * The sums start at zero, as all locals do. One k to a turn: unrolled twice, V8 11.3 runs short
 * of registers and the loop takes half as long again.
 */
const body = code(
  loop,
  HALVES.flatMap((half) => code(get(B), loadPair(PAIR * half), set(PAIR_B + half))),
  ROWS.flatMap(addRow),
  code(get(B), i32Const(STEP), i32Add, set(B)),
  code(get(A), i32Const(STEP), i32Add, set(A)),
  code(get(A), get(END), i32Below, repeatIf),
  end,
  ROWS.flatMap(storeRow),
  end,
)

/** The module, which exports its `memory` of at most `maximumPages` of 64 kB, and `tile`. */
export const tileModule = (maximumPages: number): Uint8Array =>
  Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...section(1, [[0x60, ...vector([[I32], [I32], [I32], [I32]]), 0]]), // type 0: 4 in, 0 out
    ...section(3, [[0]]), // function 0 is of type 0
    ...section(5, [[1, 1, ...unsigned(maximumPages)]]), // memory 0: bounded, one page at first
    ...section(7, [
      [...name('memory'), EXPORTED_MEMORY, 0],
      [...name('tile'), EXPORTED_FUNCTION, 0],
    ]),
    ...section(10, [sized([...vector([[11, V128]]), ...body])]), // 11 locals, then the code
  ])
