// The inner loops of dense linear algebra and the memory they work in: WebAssembly where it
// runs, plain loops elsewhere. One for each thread; nothing in it outlives the call that uses it.

/** A block has so many rows: a power of two, at least 16. */
export const BLOCK = 256
/** A strip has at most so many k, 8 kB: two strips live in the first-level cache. */
export const DEPTH = 256
/** The loops take so many rows together. */
export const TILE = 4
/** A strip has so many rows (or columns): 32 bytes of them. */
export const STRIP_ROWS = { f64: 4, f32: 8 } as const
/** `column` takes so many strips of columns at once. */
export const together = (wide: boolean): 1 | 2 => (wide ? 2 : 1)
/** So many runs of numbers are copied in before they are packed. */
export const LINES = 32
/** `substitute` takes so many right sides together. */
export const WIDE = 16

/**
 * Rows of a block of sums are separated by a little more than a power of two, for the cache; and a
 * strip of columns more is written where the last one has no partner.
 */
export const GAP = 8

const panel = BLOCK * DEPTH
/** The scratch holds four rows of two strips of sums. */
const SCRATCH = 2 * TILE * 4
/** Things stand at these places in the memory of a kernel, in numbers. */
export const places = {
  plus: 0,
  minus: 2,
  left: WIDE,
  right: WIDE + panel,
  block: WIDE + 2 * panel,
  lines: WIDE + 2 * panel + BLOCK * (BLOCK + GAP),
  scratch: WIDE + 2 * panel + BLOCK * (BLOCK + GAP) + LINES * BLOCK,
  end: WIDE + 2 * panel + BLOCK * (BLOCK + GAP) + LINES * BLOCK + SCRATCH,
} as const

/** Addresses and lengths count numbers of float64; those of the loops in float32 count these. */
export interface Kernel {
  readonly numbers: Float64Array
  /** `singles` is the same memory in float32. */
  readonly singles: Float32Array
  /** So many strips b, which follow one another, are taken at once. */
  readonly strips: 1 | 2
  /**
   * Computes c[4I + i, j] += sign · Σ_k a_I[k, i] b[k, j] for the strips I from a to aEnd, i < 4,
   * and j < 4 for each strip b. A strip holds `strip` numbers, k-major; rows of c are separated by
   * `pitch` numbers; sign is an address.
   */
  readonly column: (
    a: number,
    aEnd: number,
    b: number,
    c: number,
    strip: number,
    pitch: number,
    sign: number,
  ) => void
  /** Packs to[4k + i] = x[i·rowStep + k·depthStep] for i < 4, as far as end. */
  readonly pack: (x: number, rowStep: number, depthStep: number, to: number, end: number) => void
  /**
   * These do the same in single precision, eight rows in a strip. a, b and x count float32; c and
   * sign float64, in which sums are added to c.
   */
  readonly columnSingle: Kernel['column']
  readonly packSingle: Kernel['pack']
  /**
   * Computes x_j ← (x_j − Σ_{k<j} l_jk x_k) / l_jj for sixteen x side by side, j-major from x to
   * xEnd. Rows of l are separated by `pitch` numbers. Before x stand sixteen zeros, before each row
   * of l one.
   */
  readonly substitute: (x: number, xEnd: number, l: number, pitch: number) => void
}

/** Puts the two signs that `column` takes in their places. */
export const withSigns = (kernel: Kernel): Kernel => {
  kernel.numbers.fill(1, places.plus, places.plus + 2)
  kernel.numbers.fill(-1, places.minus, places.minus + 2)
  return kernel
}
