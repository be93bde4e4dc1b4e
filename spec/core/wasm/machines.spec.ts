import fc from 'fast-check'
import { describe, it } from 'vitest'
import { grad } from '../../../autodiff/index.ts'
import {
  type Concrete,
  compile,
  dataOf,
  einsum,
  mul,
  reshape,
  sizeOf,
  stack,
  sum,
  type Tensor,
  tensor,
} from '../../../core/index.ts'
import { runSerially } from '../../../core/tiles/job.ts'
import { fusedMultiplyAdd } from '../../../core/wasm/engine.ts'
import { compiled } from '../../../core/wasm/module.ts'
import { wasmTiles } from '../../../core/wasm/wasm.ts'
import { noise, noiseLike } from '../../arbitraries.ts'
import { expectClose } from '../../expectations.ts'
import { expression } from '../../expressions.ts'
import { optimisedFromNowOn } from '../lowering/lanes/optimised.ts'

/** Products rounded or not before they are added. */
const ROUNDING = 1e-11

const machines = [false, true].flatMap((wide) =>
  (fusedMultiplyAdd() ? [false, true] : [false]).map((fused) => ({ wide, fused })),
)

optimisedFromNowOn()

describe.each(machines)('code for a machine with %o', (machine) => {
  it('means the same', () => {
    const samples = fc.constantFrom(1, 8, 21)
    fc.assert(
      fc.property(expression, samples, fc.boolean(), ({ f, x }, count, summed) => {
        const dense = noise([sizeOf(f(x).shape), 5], 3)
        const shared = (y: Tensor): Tensor => mul(dense, reshape(f(y), [-1, 1]))
        const products = (y: Tensor): Tensor => einsum('a b, a c -> b c', shared(y), shared(y))
        const mixed = (y: Tensor): Tensor => einsum('a b, a c -> b c', shared(y), dense)
        for (const g of [f, grad((y: Tensor) => sum(f(y))), products, mixed]) {
          const rows = stack(Array.from({ length: count }, (_, b) => noiseLike(x, b))) as Concrete
          const plain = compile(g, ['perSample'], { backend: 'reference', summed })(x)
          const { spec } = compile(g, ['perSample'], { backend: 'wasm', summed })(x)
          const shape = plain.program.outputs[0]!.shape
          const out = new Float64Array((summed ? 1 : count) * shape.reduce((a, b) => a * b, 1))
          const tiles = wasmTiles({ ...spec, compiled: compiled(spec, machine) })
          const job = { shared: [], rows: [dataOf(rows)], out: [out], samples: count }
          runSerially(tiles, job, spec.tile)
          const got = tensor(out, summed ? shape : [count, ...shape])
          expectClose(got, plain.run(rows), ROUNDING)
        }
      }),
      { numRuns: 30 },
    )
  })
})
