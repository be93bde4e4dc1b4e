import { type Format, type LaneOp, type ShiftOp, WIDTH } from '../lowering/lanes/index.ts'

// WebAssembly's binary format, as far as programs and dense products need it.
// Source: WebAssembly Core Specification 2.0, chapter 5.

/**
 * Bytes of instructions come in pieces: joining is free, and the bytes are laid out once, at the
 * end.
 */
export type Code = readonly (number | Code | Bytes)[]
type Bytes = Uint8Array<ArrayBuffer>

export const code = (...parts: readonly Code[]): Code => parts

const layOut = (code: Code): Bytes => {
  let out = new Uint8Array(4096)
  let length = 0
  const room = (more: number): void => {
    if (length + more <= out.length) return
    const larger = new Uint8Array(2 * (length + more))
    larger.set(out)
    out = larger
  }
  const put = (part: Code): void => {
    for (const piece of part)
      if (typeof piece === 'number') {
        room(1)
        out[length] = piece
        length += 1
      } else if (piece instanceof Uint8Array) {
        room(piece.length)
        out.set(piece, length)
        length += piece.length
      } else put(piece)
  }
  put(code)
  return out.slice(0, length)
}

/** LEB128 writes seven bits a byte, lowest first; the top bit says that more follow. */
export const unsigned = (n: number): Code =>
  n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)]

const signed = (n: number): Code => {
  const byte = n & 127
  const rest = n >> 7
  const done = (rest === 0 && (byte & 64) === 0) || (rest === -1 && (byte & 64) !== 0)
  return done ? [byte] : [byte | 128, ...signed(rest)]
}

export const vector = (items: readonly Code[]): Code => [unsigned(items.length), ...items]
const sized = (part: Code): Code => {
  const bytes = layOut(part)
  return [unsigned(bytes.length), bytes]
}
export const section = (id: number, items: readonly Code[]): Code =>
  items.length === 0 ? [] : [id, sized(vector(items))]
export const text = (ascii: string): Code => vector([...ascii].map((c) => [c.charCodeAt(0)]))

export type ValueType = 'i32' | 'f32' | 'f64' | 'v128'
export const typeByte = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const

// Instructions take operands from a stack and leave the result there.
export const get = (local: number): Code => [0x20, ...unsigned(local)]
export const set = (local: number): Code => [0x21, ...unsigned(local)]
export const tee = (local: number): Code => [0x22, ...unsigned(local)]
export const call = (f: number): Code => [0x10, ...unsigned(f)]
export const i32Const = (n: number): Code => [0x41, ...signed(n)]
export const i32Add: Code = [0x6a]
export const i32Sub: Code = [0x6b]
export const i32Below: Code = [0x49]
export const i32Load: Code = [0x28, 2, 0]
export const drop: Code = [0x1a]
const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)]

/** Repeats `body` while the i32 that it leaves is not 0. */
export const loop = (body: Code): Code => code([0x03, 0x40], body, [0x0d, 0], [0x0b])
/** Computes a v128 by one of two ways, chosen by the i32 on the stack. */
export const either = (yes: Code, no: Code): Code => code([0x04, 0x7b], yes, [0x05], no, [0x0b])

/** A vector has so many bytes. */
export const VECTOR = 16
/** A total over samples has so many bytes: it is a pair of vectors, for engines that join pairs. */
export const TOTAL = 2 * VECTOR

// Loads and stores name their alignment, as a power of two, and an offset to the address.
export const loadVector = (offset: number): Code => code(simd(0), [4], unsigned(offset))
export const storeVector = (offset: number): Code => code(simd(11), [4], unsigned(offset))
/** Loads one number into every lane. */
export const loadSplat = (format: Format, offset: number): Code =>
  code(simd(format === 'f64' ? 10 : 9), [format === 'f64' ? 3 : 2], unsigned(offset))

/** Picks bytes of two vectors on the stack: 0 to 15 of the first, 16 to 31 of the second. */
export const shuffle = (bytes: readonly number[]): Code => code(simd(13), bytes)

/** Turns the two lower float32 of a vector into float64. */
export const promoteLow: Code = simd(0x5f)

/** Writes a vector into the code, from the bits of one lane. */
export const constantVector = (format: Format, lane: bigint): Code => {
  const width = WIDTH[format]
  const bytes = Array.from({ length: width }, (_, i) => Number((lane >> BigInt(8 * i)) & 255n))
  return code(
    simd(12),
    Array.from({ length: VECTOR / width }, () => bytes),
  )
}

const view = new DataView(new ArrayBuffer(8))
/** Returns the bits of a number. */
export const bitsOf = (format: Format, x: number): bigint => {
  if (format === 'f64') {
    view.setFloat64(0, x)
    return view.getBigUint64(0)
  }
  view.setFloat32(0, x)
  return BigInt(view.getUint32(0))
}

const laneOps: Readonly<Record<LaneOp, { readonly f64: number; readonly f32: number }>> = {
  add: { f64: 0xf0, f32: 0xe4 },
  sub: { f64: 0xf1, f32: 0xe5 },
  mul: { f64: 0xf2, f32: 0xe6 },
  div: { f64: 0xf3, f32: 0xe7 },
  min: { f64: 0xf4, f32: 0xe8 },
  max: { f64: 0xf5, f32: 0xe9 },
  sqrt: { f64: 0xef, f32: 0xe3 },
  neg: { f64: 0xed, f32: 0xe1 },
  abs: { f64: 0xec, f32: 0xe0 },
  nearest: { f64: 0x94, f32: 0x6a },
  floor: { f64: 0x75, f32: 0x68 },
  eq: { f64: 0x47, f32: 0x41 },
  lt: { f64: 0x49, f32: 0x43 },
  le: { f64: 0x4b, f32: 0x45 },
  select: { f64: 0x52, f32: 0x52 }, // bitselect
  and: { f64: 0x4e, f32: 0x4e },
  andnot: { f64: 0x4f, f32: 0x4f },
  or: { f64: 0x50, f32: 0x50 },
  xor: { f64: 0x51, f32: 0x51 },
  iadd: { f64: 0xce, f32: 0xae },
  isub: { f64: 0xd1, f32: 0xb1 },
  atMost: { f64: 0xf6, f32: 0xea },
  atLeast: { f64: 0xf7, f32: 0xeb },
  addProduct: { f64: 0x107, f32: 0x105 }, // relaxed SIMD
  subProduct: { f64: 0x108, f32: 0x106 },
}
const shiftOps: Readonly<Record<ShiftOp, { readonly f64: number; readonly f32: number }>> = {
  shl: { f64: 0xcb, f32: 0xab },
  sar: { f64: 0xcc, f32: 0xac },
  shr: { f64: 0xcd, f32: 0xad },
}
export const laneInstruction = (format: Format, op: LaneOp): Code => simd(laneOps[op][format])
export const shiftInstruction = (format: Format, op: ShiftOp): Code => simd(shiftOps[op][format])
export const anyTrue: Code = simd(0x53)

/** Converts one lane to or from float64, the type that called functions take and return. */
export const extractLane = (format: Format, lane: number): Code =>
  format === 'f64' ? code(simd(0x21), [lane]) : code(simd(0x1f), [lane], [0xbb])
export const replaceLane = (format: Format, lane: number): Code =>
  format === 'f64' ? code(simd(0x22), [lane]) : code([0xb6], simd(0x20), [lane])

/** Lays out the bytes of a module of these sections. */
export const moduleOf = (...sections: readonly Code[]): Bytes =>
  layOut([[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], ...sections]) // "\0asm", version 1

export interface ImportedFunction {
  readonly name: string
  /** The number of its arguments, which are float64 as the result is. */
  readonly arity: number
}

export interface FunctionCode {
  /**
   * The first locals are parameters, all i32, which the caller fills; by default there are none.
   */
  readonly parameters?: number
  readonly locals: readonly ValueType[]
  readonly body: Code
}

/** Writes locals in runs of one type, then the instructions. */
export const bodyOf = ({ locals, body }: FunctionCode): Code => {
  const groups: Code[] = []
  for (let i = 0; i < locals.length; ) {
    let j = i
    while (j < locals.length && locals[j] === locals[i]) j += 1
    groups.push([...unsigned(j - i), typeByte[locals[i]!]])
    i = j
  }
  return sized(code(vector(groups), body, [0x0b]))
}

/**
 * Makes a module over an imported memory `m.memory` and imported functions `m.<name>`. Its
 * functions return nothing and are numbered after the imported ones; some are exported by name.
 */
export const wasmModule = (
  imports: readonly ImportedFunction[],
  functions: readonly FunctionCode[],
  exported: Readonly<Record<string, number>>,
  pages: number,
): Uint8Array<ArrayBuffer> => {
  const arities = [1, 2]
  const counts = [...new Set(functions.map((f) => f.parameters ?? 0))]
  const signature = (from: Code, n: number, to: readonly Code[]): Code => [
    0x60,
    ...vector(new Array<Code>(n).fill(from)),
    ...vector(to),
  ]
  const f64: Code = [typeByte.f64]
  return moduleOf(
    section(1, [
      ...arities.map((n) => signature(f64, n, [f64])),
      ...counts.map((n) => signature([typeByte.i32], n, [])),
    ]),
    section(2, [
      code(text('m'), text('memory'), [0x02, 0x00], unsigned(pages)),
      ...imports.map((f) => code(text('m'), text(f.name), [0x00, arities.indexOf(f.arity)])),
    ]),
    section(
      3,
      functions.map((f) => [arities.length + counts.indexOf(f.parameters ?? 0)]),
    ),
    section(
      7,
      Object.entries(exported).map(([name, f]) =>
        code(text(name), [0x00], unsigned(imports.length + f)),
      ),
    ),
    section(10, functions.map(bodyOf)),
  )
}
