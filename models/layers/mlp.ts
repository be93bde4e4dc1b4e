import { dense } from './dense.ts'
import { gelu } from './gelu.ts'
import type { Drawn } from './init.ts'
import { activation, type Layer, sequential } from './layer.ts'

const mlpParts = ({ dim, hidden }: { readonly dim: number; readonly hidden: number }) => ({
  up: dense({ in: dim, out: hidden }),
  act: activation('gelu', gelu),
  down: dense({ in: hidden, out: dim }),
})

export type MlpParams = Drawn<ReturnType<typeof mlpParts>>

/** Returns the layer y = gelu(x W₁ + b₁) W₂ + b₂: the feed-forward half of an encoder block. */
export const mlp = (sizes: { readonly dim: number; readonly hidden: number }): Layer<MlpParams> =>
  sequential('mlp', mlpParts(sizes))
