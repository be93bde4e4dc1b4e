import { type Concrete, dataOf, type Tensor, type Tree, tensor } from '../../core/index.ts'
import { singleThread, type Team } from '../../core/tiles/index.ts'
import type { Centred } from './centred.ts'
import type { SolveSpace } from './rowBudget.ts'
import { scaledColumns, timesVector } from './rows.ts'
import { force, solveSpace, srUpdate } from './sr.ts'

/** An optimizer maps centred samples to a direction δ; the caller applies θ ← θ − η δ. */
export interface Optimizer {
  /** The name is free: optimizers of users work too. */
  readonly name: string
  /** Returns the memory before the first step. */
  readonly init: (params: number) => Tree<Tensor>
  /**
   * Which matrix is solved for these numbers of rows and parameters; `none` if only the force is
   * needed.
   */
  readonly space: (rows: number, params: number) => SolveSpace | 'none'
  readonly update: (
    samples: Centred,
    memory: Tree<Tensor>,
  ) => { readonly delta: Float64Array; readonly memory: Tree<Tensor> }
}

/** The settings of all optimizers; each uses those that it needs. */
export interface OptimizerSettings {
  readonly diagShift: number
  readonly momentum?: number
  readonly team?: Team
  /** See srUpdate. */
  readonly single?: boolean
}

/**
 * Returns the natural gradient, see srUpdate; with momentum μ > 0 the previous update enters the
 * same solve (SPRING):
 *
 *   δ = argmin ‖X δ − f‖² + λ ‖δ − μ δ'‖² = μ δ' + (S + λ)⁻¹ Xᵀ (f − μ X δ')
 *
 * Memory  δ', the previous update; none for μ = 0.
 * Source  Goldshlager, Abrahamsen and Lin, J. Comput. Phys. 516, 113351 (2024).
 */
export const stochasticReconfiguration = ({
  diagShift,
  momentum = 0,
  team = singleThread,
  single = false,
}: OptimizerSettings): Optimizer => ({
  name: 'sr',
  space: solveSpace,
  init: (params) => (momentum === 0 ? {} : { previous: tensor(new Float64Array(params)) }),
  update: ({ x, f }, memory) => {
    const solve = srUpdate({ diagShift, team, single })
    if (momentum === 0) return { delta: solve({ x, f }), memory }
    const carried = dataOf((memory as { previous: Concrete }).previous).map((d) => momentum * d)
    const expected = timesVector(x, Float64Array.from(carried), { team })
    const correction = solve({ x, f: f.map((v, s) => v - expected[s]!) })
    const delta = correction.map((d, k) => d + carried[k]!)
    return { delta, memory: { previous: tensor(delta) } }
  },
})

/**
 * Smaller second moments are replaced by this number, so that their roots have inverses in float32.
 */
const LEAST_MOMENT = 2 ** -100

/**
 * Returns MARCH, moment-adaptive reconfiguration: SPRING with a metric for the step that depends,
 * for each parameter, on how much its updates have changed so far:
 *
 *   δ = argmin ‖X δ − f‖² + λ ‖v^¼ (δ − μ δ')‖²
 *     = μ δ' + v^−¼ u with u the plain update of X v^−¼ and f − μ X δ'
 *   v ← β v + (δ − δ')², v = 1 at first
 *
 * Memory         δ', the previous update, and v.
 * Special cases  v = 1, as in the first step, is SPRING. The published bound on the norm of a step
 *                is not applied, here and for SPRING; the learning rate takes its place.
 * Source         Gu et al., arXiv:2507.02644, eqs. S17-S23; μ = 0.95 and β = 0.995.
 */
export const march = ({
  diagShift,
  momentum = 0.95,
  beta = 0.995,
  team = singleThread,
  single = false,
}: OptimizerSettings & { readonly beta?: number }): Optimizer => ({
  name: 'march',
  space: solveSpace,
  init: (params) => ({
    previous: tensor(new Float64Array(params)),
    moments: tensor(new Float64Array(params).fill(1)),
  }),
  update: ({ x, f }, memory) => {
    const old = memory as { readonly previous: Concrete; readonly moments: Concrete }
    const [previous, moments] = [dataOf(old.previous), dataOf(old.moments)]
    const root = Float64Array.from(moments, (v) => Math.max(v, LEAST_MOMENT) ** 0.25)
    const scaled = scaledColumns(
      x,
      root.map((r) => 1 / r),
    )
    const carried = Float64Array.from(previous, (d) => momentum * d)
    // This is X μδ', computed with the scaled rows, which are already in memory.
    const ahead = timesVector(
      scaled,
      carried.map((d, k) => d * root[k]!),
      { team },
    )
    const rest = f.map((v, s) => v - ahead[s]!)
    const u = srUpdate({ diagShift, team, single })({ x: scaled, f: rest })
    const delta = u.map((d, k) => carried[k]! + d / root[k]!)
    const changed = delta.map((d, k) => beta * moments[k]! + (d - previous[k]!) ** 2)
    return { delta, memory: { previous: tensor(delta), moments: tensor(changed) } }
  },
})

/** Returns the plain gradient: δ = F. It has no memory. */
export const sgd = (options: { readonly team?: Team } = {}): Optimizer => ({
  name: 'sgd',
  space: () => 'none',
  init: () => ({}),
  update: (samples, memory) => ({ delta: force(samples, options), memory }),
})

interface AdamMemory {
  readonly [name: string]: Tensor
  readonly m: Tensor
  readonly v: Tensor
  readonly t: Tensor
}

export interface AdamOptions {
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
  readonly team?: Team
}

/**
 * Returns Adam: m ← β₁m + (1 − β₁)F, v ← β₂v + (1 − β₂)F², δ = m̂ / (√v̂ + ε), bias-corrected.
 *
 * Source  Kingma and Ba, arXiv:1412.6980; β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
 */
export const adam = ({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  team = singleThread,
}: AdamOptions = {}): Optimizer => ({
  name: 'adam',
  space: () => 'none',
  init: (params) => ({
    m: tensor(new Float64Array(params)),
    v: tensor(new Float64Array(params)),
    t: tensor(0),
  }),
  update: (samples, memory) => {
    const old = memory as AdamMemory
    const f = force(samples, { team })
    const [m0, v0] = [dataOf(old.m as Concrete), dataOf(old.v as Concrete)]
    const t = dataOf(old.t as Concrete)[0]! + 1
    const m = f.map((x, k) => beta1 * m0[k]! + (1 - beta1) * x)
    const v = f.map((x, k) => beta2 * v0[k]! + (1 - beta2) * x * x)
    const delta = m.map(
      (x, k) => x / (1 - beta1 ** t) / (Math.sqrt(v[k]! / (1 - beta2 ** t)) + epsilon),
    )
    return { delta, memory: { m: tensor(m), v: tensor(v), t: tensor(t) } }
  },
})

/** The table maps the names used in settings to optimizers. */
export const optimizers = {
  sr: stochasticReconfiguration,
  march,
  adam,
  sgd,
} as const satisfies Readonly<Record<string, (settings: OptimizerSettings) => Optimizer>>
