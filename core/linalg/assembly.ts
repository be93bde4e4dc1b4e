import { type Format, WIDTH } from '../lowering/lanes/index.ts'
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
  promoteLow,
  section,
  set,
  shuffle,
  storeVector,
  tee,
  text,
  typeByte,
  unsigned,
  type ValueType,
  VECTOR,
  vector,
} from '../wasm/index.ts'
import { places, STRIP_ROWS, TILE, together } from './kernel.ts'

// A WebAssembly module with the inner loops of dense linear algebra, assembled from
// instructions by name. JavaScript has no SIMD; WebAssembly's f64x2 does two float64 at a time.
// All arguments are byte addresses in the module's memory, or lengths in bytes.
//
//   column(a, aEnd, b, c, strip, pitch, sign)   c[W I + i, j] += sign · Σ_k a_I[k, i] b[k, j]
//       for strips I from a to aEnd, i < W, j as far as one strip b goes, or two; rows of c are
//       `pitch` apart. W is 4
//   columnSingle, the same with strips of float32, and c in float64. W is 8
//   pack(x, rowStep, depthStep, to, end)        to[W k + i] = x[i·rowStep + k·depthStep], i < W
//   packSingle, the same in float32
//   substitute(x, xEnd, l, pitch)               x_j ← (x_j − Σ_{k<j} l_jk x_k) / l_jj
//       for sixteen x side by side; before the first x, and in the first column of l, stand zeros

const EXPORTED_FUNCTION = 0x00
const EXPORTED_MEMORY = 0x02

const FLOAT = WIDTH.f64
/** A strip has so many bytes for one k: two vectors. */
const STRIP_ROW = 2 * VECTOR
const SCRATCH = FLOAT * places.scratch
const op = (name: 'add' | 'sub' | 'mul' | 'div' | 'addProduct' | 'subProduct'): Code =>
  laneInstruction('f64', name)
const ZERO: Code = [0xfd, 12, ...new Array<number>(VECTOR).fill(0)]
const advance = (local: number, bytes: number): Code =>
  code(get(local), i32Const(bytes), i32Add, set(local))

const ROWS = [0, 1, 2, 3]
const HALVES = [0, 1]

/** Writes s ← s + x y. Engines with fused multiply-add take it, others multiply, then add. */
const addProduct = (format: Format, fused: boolean, s: number, x: number, y: number): Code => {
  const [mul, add, madd] = [
    laneInstruction(format, 'mul'),
    laneInstruction(format, 'add'),
    laneInstruction(format, 'addProduct'),
  ]
  return fused
    ? code(get(x), get(y), get(s), madd, set(s))
    : code(code(get(s), get(x), get(y)), code(mul, add, set(s)))
}

/** Turns float32 pairs of a vector, lower or upper, into float64. */
const widened = (value: Code, upper: boolean): Code =>
  upper
    ? code(
        value,
        value,
        shuffle(Array.from({ length: VECTOR }, (_, i) => (i + VECTOR / 2) % VECTOR)),
        promoteLow,
      )
    : code(value, promoteLow)

/**
 * Rows of a are taken four at a time, against one strip of b, or two where the engine joins pairs
 * of vectors: then eight sums of four vectors' width are kept in as many registers as else of two.
 */
const column = (format: Format, { fused, wide }: DenseMachine): Code => {
  const strips = together(wide)
  const [A, A_END, B, C, STRIP, PITCH, SIGN] = [0, 1, 2, 3, 4, 5, 6]
  const sum = (i: number, v: number): number => 7 + i * 2 * strips + v
  const vectors = Array.from({ length: 2 * strips }, (_, v) => v)
  const LEFT = sum(ROWS.length, 0)
  const SPLAT = LEFT + vectors.length
  const ROW = SPLAT + 1
  const [P, Q, END] = [ROW + 1, ROW + 2, ROW + 3]
  const pointers = [P, Q].slice(0, strips)
  const each = (f: (i: number, v: number) => Code): Code =>
    code(ROWS.flatMap((i) => vectors.map((v) => f(i, v))))
  // One k to a turn: unrolled twice, V8 11.3 runs short of registers and takes twice as long.
  const depth = loop(
    code(
      vectors.map((v) => code(get(pointers[v >> 1]!), loadVector(VECTOR * (v % 2)), set(LEFT + v))),
      ROWS.map((i) =>
        code(
          code(get(ROW), loadSplat(format, WIDTH[format] * i), set(SPLAT)),
          vectors.map((v) => addProduct(format, fused, sum(i, v), SPLAT, LEFT + v)),
        ),
      ),
      pointers.map((p) => advance(p, STRIP_ROW)),
      code(get(ROW), i32Const(STRIP_ROW), i32Add, tee(ROW), get(END), i32Below),
    ),
  )
  const scaled = code(get(SPLAT), op('mul'), op('add'))
  /** Writes c ← c + sign · sum; both vectors of a pair are made before the first is stored. */
  const addDoubles = (i: number): Code =>
    code(
      pointers.map((_, s) =>
        code(
          HALVES.map((h) => {
            const v = 2 * s + h
            return code(get(C), loadVector(VECTOR * v), get(sum(i, v)), scaled, set(sum(i, v)))
          }),
          HALVES.map((h) =>
            code(get(C), get(sum(i, 2 * s + h)), storeVector(VECTOR * (2 * s + h))),
          ),
        ),
      ),
      code(get(C), get(PITCH), i32Add, set(C)),
    )
  /**
   * Gives the place of sums of float32, which go through memory: engines join what is stored side
   * by side.
   */
  const place = (i: number, v: number): number => VECTOR * (i * vectors.length + v)
  const addSingles = (i: number): Code =>
    code(
      vectors.flatMap((v) =>
        [false, true].map((upper) => {
          const at = 2 * VECTOR * v + (upper ? VECTOR : 0)
          const value = code(i32Const(SCRATCH), loadVector(place(i, v)))
          return code(
            code(get(C), get(C), loadVector(at)),
            code(widened(value, upper), scaled, storeVector(at)),
          )
        }),
      ),
      code(get(C), get(PITCH), i32Add, set(C)),
    )
  const results =
    format === 'f64'
      ? code(get(SIGN), loadSplat('f64', 0), set(SPLAT), ROWS.map(addDoubles))
      : code(
          each((i, v) => code(i32Const(SCRATCH), get(sum(i, v)), storeVector(place(i, v)))),
          code(get(SIGN), loadSplat('f64', 0), set(SPLAT)),
          ROWS.map(addSingles),
        )
  /** Reads the four rows that begin at `first` of a strip. */
  const fourRows = (first: number): Code =>
    code(
      each((i, v) => code(ZERO, set(sum(i, v)))),
      code(get(B), set(P)),
      strips === 2 ? code(get(B), get(STRIP), i32Add, set(Q)) : [],
      code(get(A), i32Const(first * WIDTH[format]), i32Add, tee(ROW), get(STRIP), i32Add, set(END)),
      depth,
      results,
    )
  const starts = Array.from({ length: STRIP_ROWS[format] / TILE }, (_, g) => g * TILE)
  return loop(
    code(starts.map(fourRows), code(get(A), get(STRIP), i32Add, tee(A), get(A_END), i32Below)),
  )
}
const columnLocals = (wide: boolean): ValueType[] => [
  ...new Array<'v128'>(2 * together(wide) * (ROWS.length + 1) + 1).fill('v128'),
  ...new Array<'i32'>(4).fill('i32'),
]

const floatLoad = (format: Format): Code => (format === 'f64' ? [0x2b, 3, 0] : [0x2a, 2, 0])
const floatStore = (format: Format, offset: number): Code =>
  code(format === 'f64' ? [0x39, 3] : [0x38, 2], unsigned(offset))

const pack = (format: Format): Code => {
  const [X, ROW_STEP, DEPTH_STEP, TO, END, FROM] = [0, 1, 2, 3, 4, 5]
  const store = (i: number): Code => floatStore(format, WIDTH[format] * i)
  const number = (i: number): Code =>
    i === 0
      ? code(get(TO), get(X), tee(FROM), floatLoad(format), store(0))
      : code(
          get(TO),
          code(get(FROM), get(ROW_STEP), i32Add, tee(FROM)),
          code(floatLoad(format), store(i)),
        )
  return loop(
    code(
      Array.from({ length: STRIP_ROWS[format] }, (_, i) => number(i)),
      code(get(X), get(DEPTH_STEP), i32Add, set(X)),
      code(get(TO), i32Const(STRIP_ROW), i32Add, tee(TO), get(END), i32Below),
    ),
  )
}

const WIDE = 8

const substitute = (fused: boolean): Code => {
  const [X, X_END, L, PITCH, J, K, ENTRY] = [0, 1, 2, 3, 4, 5, 6]
  const sum = (v: number): number => 7 + v
  const FACTOR = 7 + WIDE
  const all = Array.from({ length: WIDE }, (_, v) => v)
  const row = WIDE * VECTOR
  const subtract = (v: number): Code =>
    fused
      ? code(
          get(FACTOR),
          code(get(K), loadVector(VECTOR * v)),
          code(get(sum(v)), op('subProduct'), set(sum(v))),
        )
      : code(
          get(sum(v)),
          code(get(FACTOR), get(K), loadVector(VECTOR * v)),
          code(op('mul'), op('sub'), set(sum(v))),
        )
  return code(
    code(get(X), set(J)),
    loop(
      code(
        all.map((v) => code(get(J), loadVector(VECTOR * v), set(sum(v)))),
        code(get(X), i32Const(-row), i32Add, set(K), get(L), set(ENTRY)),
        loop(
          code(
            code(get(ENTRY), loadSplat('f64', 0), set(FACTOR)),
            all.map(subtract),
            advance(ENTRY, FLOAT),
            code(get(K), i32Const(row), i32Add, tee(K), get(J), i32Below),
          ),
        ),
        code(get(ENTRY), loadSplat('f64', 0), set(FACTOR)),
        all.map((v) => code(get(J), get(sum(v)), get(FACTOR), op('div'), storeVector(VECTOR * v))),
        code(get(L), get(PITCH), i32Add, set(L)),
        code(get(J), i32Const(row), i32Add, tee(J), get(X_END), i32Below),
      ),
    ),
  )
}

const i32s = (n: number): Code[] => new Array<Code>(n).fill([typeByte.i32])
const takes = (parameters: number): Code => code([0x60], vector(i32s(parameters)), [0])

/** The loops are written for this machine. */
export interface DenseMachine {
  /** Whether the engine has multiply-add in one instruction. */
  readonly fused: boolean
  /** Whether it joins pairs of vectors. */
  readonly wide: boolean
}

/** Writes the module, which exports its `memory` of so many pages of 64 kB, and the loops. */
export const denseModule = (pages: number, machine: DenseMachine): Uint8Array<ArrayBuffer> =>
  moduleOf(
    section(1, [takes(7), takes(5), takes(4)]),
    section(3, [[0], [1], [2], [0], [1]]),
    section(5, [code([1], unsigned(pages), unsigned(pages))]),
    section(7, [
      code(text('memory'), [EXPORTED_MEMORY, 0]),
      code(text('column'), [EXPORTED_FUNCTION, 0]),
      code(text('pack'), [EXPORTED_FUNCTION, 1]),
      code(text('substitute'), [EXPORTED_FUNCTION, 2]),
      code(text('columnSingle'), [EXPORTED_FUNCTION, 3]),
      code(text('packSingle'), [EXPORTED_FUNCTION, 4]),
    ]),
    section(10, [
      bodyOf({ locals: columnLocals(machine.wide), body: column('f64', machine) }),
      bodyOf({ locals: ['i32'], body: pack('f64') }),
      bodyOf({
        locals: ['i32', 'i32', 'i32', ...new Array<'v128'>(WIDE + 1).fill('v128')],
        body: substitute(machine.fused),
      }),
      bodyOf({ locals: columnLocals(machine.wide), body: column('f32', machine) }),
      bodyOf({ locals: ['i32'], body: pack('f32') }),
    ]),
  )
