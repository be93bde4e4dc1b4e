import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { grad } from '../../autodiff/index.ts'
import {
  add,
  type Concrete,
  compile,
  compileOnDevice,
  concatenate,
  dataOf,
  einsum,
  exp,
  type FoundMode,
  findModes,
  type GpuMode,
  max,
  mul,
  openDevice,
  type Problem,
  power,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
} from '../../core/index.ts'
import { noise } from '../arbitraries.ts'
import { verdictOf } from '../core/gpu/onDevice.ts'
import { largeRecipes, recipes, viewRecipes } from '../core/wasm/differential/programs.ts'

// What gpu.spec.ts calls in a page.

const orThrow = <A>(result: E.Either<Problem, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

export const modesHere = async (): Promise<readonly FoundMode[]> => orThrow(await findModes())

const kinds = { any: recipes, views: viewRecipes, large: largeRecipes } as const

export interface Outcome {
  readonly programs: number
  /** Numbers that the bound speaks of. */
  readonly promised: number
  readonly faults: readonly string[]
}

/** Random programs on one device; the first that breaks the bound ends it. */
export const randomPrograms = async (
  mode: GpuMode,
  kind: keyof typeof kinds,
  count: number,
  seed: number,
): Promise<Outcome> => {
  const device = orThrow(await openDevice(mode)())
  let promised = 0
  const faults: string[] = []
  for (const recipe of fc.sample(kinds[kind], { numRuns: count, seed })) {
    const verdict = await verdictOf(device, recipe)
    promised += verdict.promised
    if (verdict.fault !== undefined) faults.push(verdict.fault)
  }
  device.close()
  return { programs: count, promised, faults }
}

/** Attention in small: scores, softmax, LayerNorm, a dense layer. */
const attention = (w: Tensor, x: Tensor): Tensor => {
  const scores = einsum('i d, j d -> i j', x, x)
  const weights = exp(sub(scores, max(scores, 1, { keepDims: true })))
  const shares = mul(weights, power(sum(weights, 1, { keepDims: true }), -1))
  const mixed = einsum('i j, j d -> i d', shares, x)
  const centred = sub(mixed, mul(1 / 3, sum(mixed, 1, { keepDims: true })))
  const variance = mul(1 / 3, sum(square(centred), 1, { keepDims: true }))
  const unit = mul(centred, power(add(variance, 1e-5), -0.5))
  return tanh(einsum('i d, d e -> i e', unit, w))
}
const slopes = (v: Tensor, y: Tensor): Tensor =>
  concatenate([reshape(grad((u: Tensor) => sum(attention(u, y)))(v), [-1]), reshape(y, [-1])])

/** The largest difference of a small attention and its gradient from float64, for many samples. */
export const attentionError = async (mode: GpuMode, samples: number): Promise<number> => {
  const device = orThrow(await openDevice(mode)())
  const marks = ['shared', 'perSample'] as const
  const [w, x, many] = [noise([3, 4], 1), noise([2, 3], 2), noise([samples, 2, 3], 5)]
  let worst = 0
  for (const f of [attention, slopes]) {
    const there = orThrow(await compileOnDevice(f, marks, { device })(w, x)())
    const wanted = dataOf(
      compile(f, marks, { backend: 'reference' })(w, x).run(w, many) as Concrete,
    )
    // Twice: parameters are there already the second time.
    orThrow(await there.run(w, many)())
    const got = dataOf(orThrow(await there.run(w, many)()) as Concrete)
    got.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - wanted[i]!))
    })
    there.close()
  }
  device.close()
  return worst
}

interface Loser {
  readonly getExtension: (name: string) => { readonly loseContext: () => void } | null
}

/** Returns the problem that is reported when a WebGL context is lost between two calls. */
export const afterLoss = async (mode: GpuMode): Promise<Problem | 'went on'> => {
  const contexts: Loser[] = []
  const scope = globalThis as unknown as {
    OffscreenCanvas: { readonly prototype: { getContext: (...args: unknown[]) => unknown } }
    HTMLCanvasElement: { readonly prototype: { getContext: (...args: unknown[]) => unknown } }
  }
  const kept = [scope.OffscreenCanvas.prototype, scope.HTMLCanvasElement.prototype].map(
    (canvas) => {
      const { getContext } = canvas
      canvas.getContext = function (this: unknown, ...args: unknown[]) {
        const context = getContext.apply(this, args)
        if (context !== null) contexts.push(context as Loser)
        return context
      }
      return () => {
        canvas.getContext = getContext
      }
    },
  )
  try {
    const there = orThrow(
      await compileOnDevice(attention, ['shared', 'perSample'], { mode })(
        noise([3, 4], 1),
        noise([2, 3], 2),
      )(),
    )
    const many = noise([70, 2, 3], 5)
    orThrow(await there.run(noise([3, 4], 1), many)())
    for (const context of contexts) context.getExtension('WEBGL_lose_context')?.loseContext()
    const result = await there.run(noise([3, 4], 1), many)()
    return E.isLeft(result) ? result.left : 'went on'
  } finally {
    for (const restore of kept) restore()
  }
}
