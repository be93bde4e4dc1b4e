import { type Format, WIDTH } from '../../../core/lowering/lanes/index.ts'
import {
  bitsOf,
  code,
  constantVector,
  fusedMultiplyAdd,
  get,
  i32Const,
  i32Sub,
  joinVectors,
  laneInstruction,
  loop,
  set,
  storeVector,
  tee,
  wasmModule,
} from '../../../core/wasm/index.ts'

// This file measures the maximal rate of multiplications and additions in WebAssembly: a loop that
// touches no memory, with enough independent sums to hide the latency of one.

/**
 * This is enough for two units of latency four; with two factors the sums fit the 16 registers.
 * Where the engine joins neighbouring vectors they are pairs.
 */
const SUMS = 12
/** The rounds of all sums in one turn, so that counting costs nothing. */
const UNROLLED = 8
const TURNS = 40_000

const [COUNTER, A, B] = [0, 1, 2]
const VECTOR_BYTES = 16

export interface Ceiling {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The operations of one call on one thread: a multiply-add counts as two. */
  readonly flops: number
  /** True when multiply and add are one instruction. */
  readonly fused: boolean
  /** True when vectors have 256 bits. */
  readonly wide: boolean
}

/**
 * Returns a module whose `run` computes TURNS · UNROLLED · SUMS vectors, or pairs, of s ← a·b + s.
 */
export const ceilingModule = (format: Format): Ceiling => {
  const fused = fusedMultiplyAdd()
  const wide = joinVectors()
  const sums = Array.from({ length: wide ? 2 * SUMS : SUMS }, (_, i) => B + 1 + i)
  const step = (sum: number) =>
    fused
      ? code(get(A), get(B), get(sum), laneInstruction(format, 'addProduct'), set(sum))
      : code(
          code(get(sum), get(A), laneInstruction(format, 'mul')),
          code(get(B), laneInstruction(format, 'add'), set(sum)),
        )
  const body = code(
    code(i32Const(TURNS), set(COUNTER)),
    // The factors are small, so that nothing overflows; not 0, nor subnormal, which is slow on some
    // machines.
    [A, B].map((local) => code(constantVector(format, bitsOf(format, 1e-9)), set(local))),
    loop(
      code(
        Array.from({ length: UNROLLED }, () => code(sums.map(step))),
        code(get(COUNTER), i32Const(1), i32Sub, tee(COUNTER)),
      ),
    ),
    // The sums are stored once, so that no sum is optimised away.
    sums.map((sum, i) => code(i32Const(0), get(sum), storeVector(VECTOR_BYTES * i))),
  )
  const locals = ['i32', ...new Array(2 + sums.length).fill('v128')] as ('i32' | 'v128')[]
  const lanes = VECTOR_BYTES / WIDTH[format]
  return {
    bytes: wasmModule([], [{ locals, body }], { run: 0 }, 1),
    flops: 2 * lanes * TURNS * UNROLLED * sums.length,
    fused,
    wide,
  }
}
