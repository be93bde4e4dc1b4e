import type { Agreement } from './verdict.ts'

// When do two numbers agree, each of which has an error?

export interface Pair {
  readonly claimed: number
  readonly claimedError: number
  readonly reference: number
  readonly referenceError: number
  /** A size below which the slope does not matter beside what it stands with. */
  readonly natural: number
}

export interface Compared {
  readonly agrees: Agreement
  /** The disagreement relative to the scale. */
  readonly error: number
  /** The size of the slope, or that of what both errors can hide. */
  readonly scale: number
}

/** A disagreement is clear when it exceeds the errors by this factor. */
const CLEAR = 4
/** A reference may be so much less certain than the tolerance and still confirm a claim. */
const LENIENT = 10

/**
 * Compares a claim with its reference. The scale is that of this very slope: the larger of the two,
 * or what the errors can hide, divided by the tolerance; so agreement means that the error is at
 * most the tolerance. Where the errors hide more than a negligible slope, there is no verdict.
 */
export const comparePair = (
  { claimed, claimedError, reference, referenceError, natural }: Pair,
  tolerance: number,
): Compared => {
  const apart = Math.abs(claimed - reference)
  const doubt = claimedError + referenceError
  const size = Math.max(Math.abs(claimed), Math.abs(reference))
  const scale = Math.max(size, doubt / tolerance)
  const error = apart === 0 ? 0 : apart / scale
  if (!Number.isFinite(claimed)) return { agrees: 'not finite', error, scale: size }
  if (!Number.isFinite(apart) || !Number.isFinite(doubt))
    return { agrees: 'unsure', error: Number.POSITIVE_INFINITY, scale: size }
  if (apart > tolerance * size && apart > CLEAR * doubt) return { agrees: 'disagree', error, scale }
  const certain = doubt <= LENIENT * tolerance * Math.max(size, natural)
  return { agrees: error <= tolerance && certain ? 'agree' : 'unsure', error, scale }
}
