import type { Kernel } from './kernel.ts'

// The inner loops of dense linear algebra in plain JavaScript, for pages where WebAssembly is
// forbidden: products are rounded before they are added, else the arithmetic of assembly.ts.

/**
 * Multiplies two columns of a tile. They are not four: eight sums and six operands stay in V8's
 * sixteen registers.
 */
const multiplyHalf = (
  x: Float64Array,
  a: number,
  b: number,
  depth: number,
  c: number,
  pitch: number,
  sign: number,
): void => {
  let [c00, c01, c10, c11, c20, c21, c30, c31] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let k = 0, p = a, q = b; k < depth; k += 1, p += 4, q += 4) {
    const b0 = x[q]!
    const b1 = x[q + 1]!
    const a0 = x[p]!
    c00 += a0 * b0
    c01 += a0 * b1
    const a1 = x[p + 1]!
    c10 += a1 * b0
    c11 += a1 * b1
    const a2 = x[p + 2]!
    c20 += a2 * b0
    c21 += a2 * b1
    const a3 = x[p + 3]!
    c30 += a3 * b0
    c31 += a3 * b1
  }
  x[c]! += sign * c00
  x[c + 1]! += sign * c01
  x[c + pitch]! += sign * c10
  x[c + pitch + 1]! += sign * c11
  x[c + 2 * pitch]! += sign * c20
  x[c + 2 * pitch + 1]! += sign * c21
  x[c + 3 * pitch]! += sign * c30
  x[c + 3 * pitch + 1]! += sign * c31
}

/** Makes a kernel over ordinary memory. */
export const plainKernel = (numbers: Float64Array): Kernel => {
  const singles = new Float32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length)
  return {
    numbers,
    singles,
    strips: 1,
    column: (a, aEnd, b, c, strip, pitch, sign) => {
      for (let p = a, to = c; p < aEnd; p += strip, to += 4 * pitch) {
        multiplyHalf(numbers, p, b, strip / 4, to, pitch, numbers[sign]!)
        multiplyHalf(numbers, p, b + 2, strip / 4, to + 2, pitch, numbers[sign]!)
      }
    },
    columnSingle: (a, aEnd, b, c, strip, pitch, sign) => {
      for (let p = a, to = c; p < aEnd; p += strip, to += 8 * pitch)
        for (let i = 0; i < 8; i += 1)
          for (let j = 0; j < 8; j += 1) {
            let sum = 0
            for (let k = 0; k < strip; k += 8)
              sum = Math.fround(sum + Math.fround(singles[p + k + i]! * singles[b + k + j]!))
            numbers[to + i * pitch + j]! += numbers[sign]! * sum
          }
    },
    packSingle: (x, rowStep, depthStep, to, end) => {
      for (let p = x, q = to; q < end; p += depthStep, q += 8)
        for (let i = 0; i < 8; i += 1) singles[q + i] = singles[p + i * rowStep]!
    },
    pack: (x, rowStep, depthStep, to, end) => {
      for (let p = x, q = to; q < end; p += depthStep, q += 4) {
        numbers[q] = numbers[p]!
        numbers[q + 1] = numbers[p + rowStep]!
        numbers[q + 2] = numbers[p + 2 * rowStep]!
        numbers[q + 3] = numbers[p + 3 * rowStep]!
      }
    },
    substitute: (x, xEnd, l, pitch) => {
      for (let j = x, row = l; j < xEnd; j += 16, row += pitch) {
        const diagonal = numbers[row + 1 + (j - x) / 16]!
        for (let r = 0; r < 16; r += 1) {
          let sum = numbers[j + r]!
          for (let k = x, entry = row + 1; k < j; k += 16, entry += 1)
            sum -= numbers[entry]! * numbers[k + r]!
          numbers[j + r] = sum / diagonal
        }
      }
    },
  }
}
