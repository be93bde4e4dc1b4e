import type { ShownVariable } from '../../engine/index.ts'
import { barOf } from '../state/programView.ts'
import { minus } from '../state/words.ts'
import { colourOf } from './colours.ts'

// A value as a strip of colours with its range, a cotangent as a bar with its size.

type Summary = ShownVariable['value']

/** A number with a few digits. */
export const short = (x: number, digits = 3): string => {
  const size = Math.abs(x)
  if (size !== 0 && Number.isFinite(x) && (size < 1e-3 || size >= 1e5)) {
    const [factor, exponent] = x.toExponential(1).split('e')
    return minus(`${Number(factor)}e${Number(exponent)}`)
  }
  return minus(String(Number(x.toPrecision(digits))))
}

/** The range of a value, or its only number; what is not finite is counted. */
export const rangeOf = ({ nan, infinite, size, min, max }: Summary, digits = 3): string => {
  if (nan + infinite > 0)
    return [nan > 0 ? `${nan} NaN` : '', infinite > 0 ? `${infinite} ∞` : ''].join(' ').trim()
  if (size === 1 || min === max) return short(min)
  return `${short(min, digits)} … ${short(max, digits)}`
}

/** Draws entries side by side, blue where positive, orange where negative, on their own scale. */
export const Strip = ({ value, strip }: ShownVariable) => {
  const most = Math.max(Math.abs(value.min), Math.abs(value.max))
  const stops = strip.map((x, k) => {
    const share = (j: number): string => `${((100 * j) / strip.length).toFixed(2)}%`
    return `${colourOf(x, most)} ${share(k)} ${share(k + 1)}`
  })
  return (
    <span class="strip" style={{ background: `linear-gradient(90deg, ${stops.join(', ')})` }} />
  )
}

/** Draws the size of a cotangent on the logarithmic scale of all of them. */
export const CotangentBar = ({
  cotangent,
  decades,
}: {
  readonly cotangent: Summary | undefined
  readonly decades: readonly [number, number]
}) => {
  const finite = cotangent !== undefined && cotangent.nan + cotangent.infinite === 0
  const text = cotangent === undefined ? 'none' : finite ? short(cotangent.rms) : rangeOf(cotangent)
  return (
    <>
      <span class="bar-place">
        {finite ? (
          <span class="bar" style={{ width: `${100 * barOf(cotangent.rms, decades)}%` }} />
        ) : null}
      </span>
      <span class={finite ? 'amount' : 'amount none'}>{text}</span>
    </>
  )
}
