import { type Concrete, dataOf, type Tensor, type Tree, tensor } from '../../core/index.ts'
import { alone, type Team } from '../../core/tiles/index.ts'
import type { Centred } from './centred.ts'
import type { SolveSpace } from './rowBudget.ts'
import { timesVector } from './rows.ts'
import { force, solveSpace, srUpdate } from './sr.ts'

/** From centred samples to a direction δ; the caller applies θ ← θ − η δ. */
export interface Optimizer {
  /** Any name: optimizers of others go as well. */
  readonly name: string
  /** Memory before the first step. */
  readonly init: (params: number) => Tree<Tensor>
  /** Which matrix it makes of so many rows and parameters; `none`: it only needs the force. */
  readonly space: (rows: number, params: number) => SolveSpace | 'none'
  readonly update: (
    samples: Centred,
    memory: Tree<Tensor>,
  ) => { readonly delta: Float64Array; readonly memory: Tree<Tensor> }
}

/** What a run says of its optimizer; each takes what it has a use for. */
export interface OptimizerSettings {
  readonly diagShift: number
  readonly momentum?: number
  readonly team?: Team
  /** See srUpdate. */
  readonly single?: boolean
}

/**
 * Natural gradient, see srUpdate; with momentum μ > 0 the previous update enters the same solve
 * (SPRING):
 *
 *   δ = argmin ‖X δ − f‖² + λ ‖δ − μ δ'‖² = μ δ' + (S + λ)⁻¹ Xᵀ (f − μ X δ')
 *
 * Memory  δ', the previous update; none for μ = 0.
 * Source  Goldshlager, Abrahamsen and Lin, J. Comput. Phys. 516, 113351 (2024).
 */
export const stochasticReconfiguration = ({
  diagShift,
  momentum = 0,
  team = alone,
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

/** Plain gradient: δ = F. No memory. */
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
 * Adam: m ← β₁m + (1 − β₁)F, v ← β₂v + (1 − β₂)F², δ = m̂ / (√v̂ + ε), bias-corrected.
 *
 * Source  Kingma and Ba, arXiv:1412.6980; β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
 */
export const adam = ({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  team = alone,
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

/** The optimizers by the names that settings have for them. */
export const optimizers = {
  sr: stochasticReconfiguration,
  adam,
  sgd,
} as const satisfies Readonly<Record<string, (settings: OptimizerSettings) => Optimizer>>
