import { SHORT_SUM } from '../values/index.ts'
import { type Dimension, type Locals, move, nest, type Tile } from './emit.ts'
import { type Code, code, constantVector, get, laneInstruction, set } from './encode.ts'

// Sums of many terms are split into short ones, so that rounding errors stay small.

/** The short sums that a long one is made of have so many terms. */
const BLOCK = 64

/**
 * Writes loops over the terms of some sums. In float32, long sums are made of short ones: each is
 * added to a total of twice as many digits, two numbers, whatever its length. `done` leaves it in
 * `sums`.
 *
 * Errors  a sum of n terms: at most BLOCK + 3 roundings of Σ|terms|, for any n > short.
 * Source  Knuth, The Art of Computer Programming 2, 4.2.2, theorem B: the error of t = h + s.
 */
export const sumNest = (
  t: Tile,
  locals: Locals,
  dims: readonly Dimension[],
  sums: readonly number[],
  body: Code,
  short = SHORT_SUM,
): { readonly loops: Code; readonly init: Code; readonly done: Code } => {
  const terms = dims.reduce((n, d) => n * d.size, 1)
  if (t.format === 'f64' || terms <= short)
    return { loops: nest(locals, dims, body), init: [], done: [] }
  const [add, sub] = [laneInstruction(t.format, 'add'), laneInstruction(t.format, 'sub')]
  const zero = constantVector(t.format, 0n)
  const totals = sums.map((s) => ({ s, high: locals.take('v128'), low: locals.take('v128') }))
  const [sum, part] = [locals.take('v128'), locals.take('v128')]
  const flush = code(
    totals.map(({ s, high, low }) =>
      code(
        code(get(high), get(s), add, set(sum), get(sum), get(high), sub, set(part)),
        code(get(high), get(sum), get(part), sub, sub, get(s), get(part), sub, add),
        code(get(low), add, set(low), get(sum), set(high), zero, set(s)),
      ),
    ),
  )
  let [k, inside] = [dims.length - 1, 1]
  for (; inside * dims[k]!.size <= BLOCK; k -= 1) inside *= dims[k]!.size
  const { size, steps } = dims[k]!
  const most = Math.floor(BLOCK / inside)
  const full = Math.floor(size / most)
  const block = (n: number): Code =>
    code(nest(locals, [{ size: n, steps }, ...dims.slice(k + 1)], body), flush)
  const blocks = { size: full, steps: steps.map(([p, bytes]) => [p, bytes * most] as const) }
  const rest = size - full * most
  return {
    init: code(totals.map(({ high, low }) => code(zero, set(high), zero, set(low)))),
    loops: nest(
      locals,
      dims.slice(0, k),
      code(
        nest(locals, [blocks], block(most)),
        rest === 0 ? [] : code(move(steps, full * most), block(rest), move(steps, -full * most)),
      ),
    ),
    // Where the total is infinite, its low part is NaN.
    done: code(
      totals.map(({ s, high, low }) =>
        code(
          code(get(low), zero, get(low), get(low), laneInstruction(t.format, 'eq')),
          code(laneInstruction(t.format, 'select'), get(high), add, set(s)),
        ),
      ),
    ),
  }
}
