// The inner loops of dense linear algebra and the memory they work in: WebAssembly where it
// runs, plain loops elsewhere. One for each thread; nothing in it outlives the call that uses it.

/** Rows of a block: a power of two, at least 16. */
export const BLOCK = 256
/** The most k in a strip, 8 kB: two strips live in the first-level cache. */
export const DEPTH = 256
/** Rows (or columns) in a strip. */
export const TILE = 4
/** Runs of numbers that are copied in before they are packed. */
export const LINES = 32
/** Right sides that `substitute` takes together. */
export const WIDE = 16

/**
 * Rows of a block of sums stand a little further apart than a power of two, for the cache; and
 * four columns more are written where the last strip has no partner.
 */
export const GAP = 8

const panel = BLOCK * DEPTH
/** Where things stand in the memory of a kernel, in numbers. */
export const places = {
  plus: 0,
  minus: 2,
  left: WIDE,
  right: WIDE + panel,
  block: WIDE + 2 * panel,
  lines: WIDE + 2 * panel + BLOCK * (BLOCK + GAP),
  end: WIDE + 2 * panel + BLOCK * (BLOCK + GAP) + LINES * BLOCK,
} as const

/** Addresses and lengths count numbers, not bytes. */
export interface Kernel {
  readonly numbers: Float64Array
  /**
   * c[4I + i, j] += sign · Σ_k a_I[k, i] b[k, j] for the strips I from a to aEnd, i, j < 4. A strip
   * holds `strip` numbers, k-major; rows of c are `pitch` apart; sign is an address.
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
  /** to[4k + i] = x[i·rowStep + k·depthStep] for i < 4, as far as end. */
  readonly pack: (x: number, rowStep: number, depthStep: number, to: number, end: number) => void
  /**
   * The same two in single precision: strips hold float32, and what points into them counts these;
   * b and the strip after it give j < 8. Their sums are added to c in float64.
   */
  readonly columnSingle: Kernel['column']
  readonly packSingle: Kernel['pack']
  /**
   * x_j ← (x_j − Σ_{k<j} l_jk x_k) / l_jj for sixteen x side by side, j-major from x to xEnd. Rows
   * of l are `pitch` apart. Before x stand sixteen zeros, before each row of l one.
   */
  readonly substitute: (x: number, xEnd: number, l: number, pitch: number) => void
}

/** With the two signs that `column` takes in their places. */
export const withSigns = (kernel: Kernel): Kernel => {
  kernel.numbers.fill(1, places.plus, places.plus + 2)
  kernel.numbers.fill(-1, places.minus, places.minus + 2)
  return kernel
}
