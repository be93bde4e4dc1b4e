import { fail, smallest } from '../../core/values/index.ts'
import { type Estimate, keepSectors, lowestOf, recur, startRecurrence } from './recurrence.ts'
import type { SectorMatrix } from './sectorMatrix.ts'

// The lowest levels of some sectors, side by side, as far as they are wanted.

export interface SettleOptions {
  /** Bound on residuals, relative to the largest |energy| seen. */
  readonly tolerance: number
  readonly maxProducts: number
  /** No sector is left before its level has converged. */
  readonly every: boolean
  readonly progress: (share: number) => void
}

export interface Settled extends Estimate {
  readonly products: number
  /** false: left, since it was seen to lie above another sector. */
  readonly converged: boolean
}

/** Steps between looks at the small matrices. */
const LOOK_EVERY = 4
/**
 * A sector is left when its estimate lies this many residuals above the best bound. An eigenvalue
 * is within one residual; that it is the lowest is not proven, but Ritz values this far along have
 * not been seen to drop.
 */
const FAR = 4

const unconverged = ({ value, residual }: Estimate, products: number): never =>
  fail(
    'NotConverged',
    'lanczos',
    `the energy is ${value} with a residual of ${residual.toExponential(1)} ` +
      `after ${products} products.`,
    { fix: 'raise the tolerance or maxProducts.', data: { residual, applications: products } },
  )

/** Digits of the residual that are there, of those asked for: how far along the work is. */
const shareDone = ({ residual, size }: Estimate, tolerance: number): number =>
  Math.min(1, Math.max(0, Math.log(residual / size) / Math.log(tolerance)))

/**
 * Lanczos in lock step. `narrow(kept)` is the matrix of fewer of its sectors; `best` an energy that
 * some other state is known to have. Every Ritz value is a bound from above on the ground state's.
 *
 * Errors  NotConverged { residual, applications }.
 */
export const settle = (
  whole: SectorMatrix,
  narrow: (kept: readonly number[]) => SectorMatrix,
  best: number,
  { tolerance, maxProducts, every, progress }: SettleOptions,
): readonly Settled[] => {
  const done = new Map<number, Settled>()
  let active: readonly number[] = Array.from({ length: whole.sectors }, (_, s) => s)
  let h = whole
  let r = startRecurrence(h)
  let bound = best
  for (let products = 1; active.length > 0; products += 1) {
    r = recur(h, r)
    if (products % LOOK_EVERY !== 0) continue
    const estimates = r.small.map(lowestOf)
    bound = estimates.reduce((least, { value }) => Math.min(least, value), bound)
    progress(smallest(estimates.map((e) => shareDone(e, tolerance))))
    const going = estimates.map((estimate, k) => {
      const { value, residual, size } = estimate
      const converged = residual <= tolerance * size
      const far = !every && value - bound > FAR * residual
      if (converged || far) done.set(active[k]!, { ...estimate, products, converged })
      else if (products >= maxProducts) unconverged(estimate, products)
      return !converged && !far
    })
    const kept = [...going.keys()].filter((k) => going[k])
    if (kept.length === active.length) continue
    active = kept.map((k) => active[k]!)
    if (active.length === 0) break
    r = keepSectors(r, kept, h.parts)
    h = narrow(active)
  }
  return Array.from({ length: whole.sectors }, (_, s) => done.get(s)!)
}
