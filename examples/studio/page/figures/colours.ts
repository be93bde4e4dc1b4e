// Colours of numbers: blue, white and orange around zero, one hue from zero on.

type Rgb = readonly [number, number, number]

const negative: Rgb = [213, 94, 0]
const zero: Rgb = [247, 247, 244]
const positive: Rgb = [0, 114, 178]

const mixed = (a: Rgb, b: Rgb, t: number): string =>
  `rgb(${a.map((x, k) => Math.round(x + (b[k]! - x) * t)).join(' ')})`

/** Returns the colour of a number on a scale from −most over 0 to most. */
export const colourOf = (x: number, most: number): string => {
  if (!Number.isFinite(x)) return '#8a8f98'
  const t = most === 0 ? 0 : Math.min(1, Math.abs(x) / most)
  return mixed(zero, x < 0 ? negative : positive, t)
}
