import type { state as S } from 'fp-ts'
import {
  add,
  draw,
  einsum,
  fail,
  type Key,
  normals,
  reshape,
  shapeOf,
  showShape,
  type Tensor,
  tensor,
  uniforms,
  zeros,
} from '../../core/index.ts'
import type { Drawn } from './init.ts'
import { type Layer, layer } from './layer.ts'

/**
 * Returns an initialiser: uniform in ±√(6 / (fanIn + fanOut)). Source: Glorot and Bengio, AISTATS
 * 2010.
 */
export const xavierUniform = (
  shape: readonly number[],
  fanIn: number,
  fanOut: number,
): S.State<Key, Tensor> =>
  draw((key) => {
    const bound = Math.sqrt(6 / (fanIn + fanOut))
    const n = shape.reduce((a, b) => a * b, 1)
    return tensor(
      uniforms(key, n).map((u) => bound * (2 * u - 1)),
      shape,
    )
  })

/** Returns an initialiser: normal with standard deviation `scale`. */
export const scaledNormal = (shape: readonly number[], scale: number): S.State<Key, Tensor> =>
  draw((key) => {
    const n = shape.reduce((a, b) => a * b, 1)
    return tensor(
      normals(key, n).map((z) => scale * z),
      shape,
    )
  })

const denseParts = (sizes: { readonly in: number; readonly out: number }) => ({
  /** [in, out] */
  kernel: xavierUniform([sizes.in, sizes.out], sizes.in, sizes.out),
  /** [out] */
  bias: zeros([sizes.out]),
})

export type DenseParams = Drawn<ReturnType<typeof denseParts>>

/**
 * Returns the layer y = x W + b, on the last axis.
 *
 * Named axes  x [tokens, in] or [in]; W [in, out]; b [out]; y [tokens, out] or [out].
 * Init        W Xavier uniform (fan in, fan out), b zero.
 * Errors      ShapeError when x's features are not `in`.
 */
export const dense = (sizes: { readonly in: number; readonly out: number }): Layer<DenseParams> =>
  layer(`dense(${sizes.in} → ${sizes.out})`, denseParts(sizes), ({ kernel, bias }, x: Tensor) => {
    const shape = shapeOf(x)
    const features = shape.at(-1)
    if (shape.length < 1 || shape.length > 2 || features !== sizes.in)
      return fail('ShapeError', 'x·W', `features ${features} ≠ in ${sizes.in}.`, {
        operands: [`x ${showShape(shape)}`, `W [in ${sizes.in}, out ${sizes.out}]`],
        fix: `dense({ in: ${features}, … }) or emit ${sizes.in} features before it.`,
      })
    return shape.length === 1
      ? add(einsum('i, i o -> o', x, kernel), bias)
      : add(einsum('n i, i o -> n o', x, kernel), reshape(bias, [1, sizes.out]))
  })
