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
  VECTOR,
  vector,
  WIDTH,
} from '../compiler/encode.ts'

// A WebAssembly module with the inner loops of dense linear algebra, put together from
// instructions by name. JavaScript has no SIMD; WebAssembly's f64x2 does two float64 at a time.
// All arguments are byte addresses in the module's memory, or lengths in bytes.
//
//   column(a, aEnd, b, c, strip, pitch, sign)   c[4I + i, j] += sign · Σ_k a_I[k, i] b[k, j]
//       for strips I from a to aEnd, i, j < 4; rows of c are `pitch` apart
//   columnSingle, the same with strips of float32, b two of them, j < 8, and c in float64
//   pack(x, rowStep, depthStep, to, end)        to[4k + i] = x[i·rowStep + k·depthStep], i < 4
//   substitute(x, xEnd, l, pitch)               x_j ← (x_j − Σ_{k<j} l_jk x_k) / l_jj
//       for sixteen x side by side; before the first x, and in the first column of l, stand zeros

const EXPORTED_FUNCTION = 0x00
const EXPORTED_MEMORY = 0x02

const FLOAT = WIDTH.f64
const STEP = 4 * FLOAT
const op = (name: 'add' | 'sub' | 'mul' | 'div' | 'madd' | 'nmadd'): Code =>
  laneInstruction('f64', name)
const ZERO: Code = [0xfd, 12, ...new Array<number>(VECTOR).fill(0)]
const advance = (local: number, bytes: number): Code =>
  code(get(local), i32Const(bytes), i32Add, set(local))

const numberLoad: Code = [0x2b, 3, 0]
const numberStore = (offset: number): Code => code([0x39, 3], unsigned(offset))

const ROWS = [0, 1, 2, 3]
const HALVES = [0, 1]

/** Engines with fused multiply-add take it; others multiply, then add. */
const column = (fused: boolean): Code => {
  const [A, A_END, B, C, STRIP, PITCH, SIGN] = [0, 1, 2, 3, 4, 5, 6]
  const sum = (i: number, half: number): number => 7 + 2 * i + half
  const [PAIR_A, PAIR_B] = [15, 16]
  const [P, END] = [18, 19]
  const product = (i: number, half: number): Code =>
    fused
      ? code(get(PAIR_A), get(PAIR_B + half), get(sum(i, half)), op('madd'), set(sum(i, half)))
      : code(
          get(sum(i, half)),
          code(get(PAIR_A), get(PAIR_B + half), op('mul')),
          code(op('add'), set(sum(i, half))),
        )
  const each = (f: (i: number, half: number) => Code): Code =>
    ROWS.map((i) => HALVES.map((half) => f(i, half)))
  // One k to a turn: unrolled twice, V8 11.3 runs short of registers and takes twice as long.
  const depth = loop(
    code(
      ...HALVES.map((half) => code(get(P), loadVector(VECTOR * half), set(PAIR_B + half))),
      ...ROWS.map((i) =>
        code(
          get(A),
          loadSplat('f64', FLOAT * i),
          set(PAIR_A),
          HALVES.map((h) => product(i, h)),
        ),
      ),
      advance(P, STEP),
      code(get(A), i32Const(STEP), i32Add, tee(A), get(END), i32Below),
    ),
  )
  const addRow = (i: number): Code =>
    code(
      HALVES.map((half) =>
        code(
          code(get(C), get(C), loadVector(VECTOR * half)),
          code(get(PAIR_A), get(sum(i, half)), op('mul'), op('add')),
          storeVector(VECTOR * half),
        ),
      ),
      code(get(C), get(PITCH), i32Add, set(C)),
    )
  return loop(
    code(
      each((i, half) => code(ZERO, set(sum(i, half)))),
      code(get(B), set(P), get(A), get(STRIP), i32Add, set(END)),
      depth,
      code(get(SIGN), loadSplat('f64', 0), set(PAIR_A)),
      ROWS.map(addRow),
      code(get(A), get(A_END), i32Below),
    ),
  )
}

/** float32 pairs of a vector, lower or upper, as float64. */
const widened = (vector: number, half: number): Code => {
  const upper = Array.from({ length: VECTOR }, (_, i) => (i + VECTOR / 2) % VECTOR)
  return code(get(vector), half === 0 ? [] : code(get(vector), shuffle(upper)), promoteLow)
}

const columnSingle = (fused: boolean): Code => {
  const [A, A_END, B, C, STRIP, PITCH, SIGN] = [0, 1, 2, 3, 4, 5, 6]
  const sum = (i: number, half: number): number => 7 + 2 * i + half
  const [SPLAT, LEFT] = [15, 16]
  const [P, Q, END] = [18, 19, 20]
  const single = (name: 'mul' | 'add' | 'madd'): Code => laneInstruction('f32', name)
  const product = (i: number, half: number): Code =>
    fused
      ? code(get(SPLAT), get(LEFT + half), get(sum(i, half)), single('madd'), set(sum(i, half)))
      : code(
          get(sum(i, half)),
          code(get(SPLAT), get(LEFT + half), single('mul')),
          code(single('add'), set(sum(i, half))),
        )
  const depth = loop(
    code(
      code(get(P), loadVector(0), set(LEFT), get(Q), loadVector(0), set(LEFT + 1)),
      ...ROWS.map((i) =>
        code(
          code(get(A), loadSplat('f32', WIDTH.f32 * i), set(SPLAT)),
          HALVES.map((h) => product(i, h)),
        ),
      ),
      code(advance(P, VECTOR), advance(Q, VECTOR)),
      code(get(A), i32Const(VECTOR), i32Add, tee(A), get(END), i32Below),
    ),
  )
  const addRow = (i: number): Code =>
    code(
      ...HALVES.flatMap((strip) =>
        HALVES.map((half) => {
          const at = 2 * VECTOR * strip + VECTOR * half
          return code(
            code(get(C), get(C), loadVector(at)),
            code(get(SPLAT), widened(sum(i, strip), half), op('mul'), op('add')),
            storeVector(at),
          )
        }),
      ),
      code(get(C), get(PITCH), i32Add, set(C)),
    )
  return loop(
    code(
      ...ROWS.flatMap((i) => HALVES.map((half) => code(ZERO, set(sum(i, half))))),
      code(get(B), tee(P), get(STRIP), i32Add, set(Q)),
      code(get(A), get(STRIP), i32Add, set(END)),
      depth,
      code(get(SIGN), loadSplat('f64', 0), set(SPLAT)),
      ROWS.map(addRow),
      code(get(A), get(A_END), i32Below),
    ),
  )
}

const pack = (single: boolean): Code => {
  const [X, ROW_STEP, DEPTH_STEP, TO, END, FROM] = [0, 1, 2, 3, 4, 5]
  const width = single ? WIDTH.f32 : FLOAT
  const store = (i: number): Code =>
    single ? code([0xb6], [0x38, 2], unsigned(width * i)) : numberStore(width * i)
  const first = code(get(TO), get(X), tee(FROM), numberLoad, store(0))
  const other = (i: number): Code =>
    code(get(TO), code(get(FROM), get(ROW_STEP), i32Add, tee(FROM)), code(numberLoad, store(i)))
  return loop(
    code(
      code(first, other(1), other(2), other(3)),
      code(get(X), get(DEPTH_STEP), i32Add, set(X)),
      code(get(TO), i32Const(4 * width), i32Add, tee(TO), get(END), i32Below),
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
          code(get(sum(v)), op('nmadd'), set(sum(v))),
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
        ...all.map((v) => code(get(J), loadVector(VECTOR * v), set(sum(v)))),
        code(get(X), i32Const(-row), i32Add, set(K), get(L), set(ENTRY)),
        loop(
          code(
            code(get(ENTRY), loadSplat('f64', 0), set(FACTOR)),
            ...all.map(subtract),
            advance(ENTRY, FLOAT),
            code(get(K), i32Const(row), i32Add, tee(K), get(J), i32Below),
          ),
        ),
        code(get(ENTRY), loadSplat('f64', 0), set(FACTOR)),
        ...all.map((v) =>
          code(get(J), get(sum(v)), get(FACTOR), op('div'), storeVector(VECTOR * v)),
        ),
        code(get(L), get(PITCH), i32Add, set(L)),
        code(get(J), i32Const(row), i32Add, tee(J), get(X_END), i32Below),
      ),
    ),
  )
}

const i32s = (n: number): Code[] => new Array<Code>(n).fill([typeByte.i32])
const takes = (parameters: number): Code => code([0x60], vector(i32s(parameters)), [0])

/** The module, which exports its `memory` of so many pages of 64 kB, and the loops. */
export const denseModule = (pages: number, fused: boolean): Uint8Array<ArrayBuffer> =>
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
      bodyOf({
        locals: [...new Array<'v128'>(11).fill('v128'), 'i32', 'i32'],
        body: column(fused),
      }),
      bodyOf({ locals: ['i32'], body: pack(false) }),
      bodyOf({
        locals: ['i32', 'i32', 'i32', ...new Array<'v128'>(WIDE + 1).fill('v128')],
        body: substitute(fused),
      }),
      bodyOf({
        locals: [...new Array<'v128'>(11).fill('v128'), 'i32', 'i32', 'i32'],
        body: columnSingle(fused),
      }),
      bodyOf({ locals: ['i32'], body: pack(true) }),
    ]),
  )
