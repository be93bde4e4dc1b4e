// This file computes means and spreads of a few numbers: energies of seeds, weights of a head.

export const mean = (x: ArrayLike<number>): number =>
  Array.from(x).reduce((sum, value) => sum + value, 0) / x.length

const squaresAround = (x: readonly number[]): readonly number[] => {
  const centre = mean(x)
  return x.map((value) => (value - centre) ** 2)
}

/** Returns the mean square distance from the mean. */
export const varianceOf = (x: readonly number[]): number => mean(squaresAround(x))

/** Returns the standard deviation estimated from a sample; null for one number. */
export const spreadOf = (x: readonly number[]): number | null =>
  x.length < 2
    ? null
    : Math.sqrt(squaresAround(x).reduce((sum, square) => sum + square, 0) / (x.length - 1))
