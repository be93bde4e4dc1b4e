import fc from 'fast-check'
import { type Matrix, matrix, matrixFrom } from '../../../core/linalg/matrix.ts'
import { keyFrom, normals } from '../../../core/values/random.ts'

// Matrices for the specs, and the plain triple loops they are held against.

export const gaussian = (rows: number, cols: number, seed: number): Matrix =>
  matrix(rows, cols, normals(keyFrom(seed), rows * cols))

export const sizes = (max: number) => fc.nat({ max })
export const seeds = fc.nat()

export const multiply = (a: Matrix, b: Matrix): Matrix =>
  matrixFrom(a.rows, b.cols, (i, j) => {
    let sum = 0
    for (let k = 0; k < a.cols; k += 1) sum += a.data[i * a.cols + k]! * b.data[k * b.cols + j]!
    return sum
  })

export const symmetric = (n: number, seed: number): Matrix => {
  const g = gaussian(n, n, seed)
  return matrixFrom(n, n, (i, j) => (g.data[i * n + j]! + g.data[j * n + i]!) / 2)
}

export const largest = (x: Float64Array): number =>
  x.reduce((most, v) => Math.max(most, Math.abs(v)), 0)

export const distance = (a: Float64Array, b: Float64Array): number =>
  largest(a.map((x, i) => x - b[i]!))
