// Finds faults in core/gpu/{building, gpujs, kernelPlan, runKernels}.ts and
// core/lowering/lanes/coefficients.ts.

import { either as E } from 'fp-ts'
import { afterAll, describe, expect, it } from 'vitest'
import { grad } from '../../../autodiff/index.ts'
import type { Device } from '../../../core/gpu/device.ts'
import {
  add,
  type Concrete,
  compile,
  compileOnDevice,
  concatenate,
  einsum,
  exp,
  leavesOf,
  max,
  mul,
  openDevice,
  power,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  toPrecision,
} from '../../../core/index.ts'
import { noise } from '../../arbitraries.ts'
import { expectClose } from '../../expectations.ts'
import { type Failure, failingAt, failures, openPlain, watchedDevice } from './failing.ts'

/** A few operations deep in float32. */
const ROUNDING = 2e-5

const opened = await openPlain()
const plain = (): Device => {
  if (E.isLeft(opened)) throw new Error(opened.left.what)
  return opened.right
}
afterAll(() => plain().close())

/** Attention in small: scores, softmax, LayerNorm, a dense layer. */
const attention = (w: Tensor, x: Tensor): Tensor => {
  const scores = einsum('i d, j d -> i j', x, x)
  const weights = exp(sub(scores, max(scores, 1, { keepDims: true })))
  const mixed = einsum(
    'i j, j d -> i d',
    mul(weights, power(sum(weights, 1, { keepDims: true }), -1)),
    x,
  )
  const centred = sub(mixed, mul(1 / 3, sum(mixed, 1, { keepDims: true })))
  const variance = mul(1 / 3, sum(square(centred), 1, { keepDims: true }))
  const unit = mul(centred, power(add(variance, 1e-5), -0.5))
  return tanh(einsum('i d, d e -> i e', unit, w))
}
const marks = ['shared', 'perSample'] as const
const [w, x] = [noise([3, 4], 1), noise([2, 3], 2)]
const slopes = (v: Tensor, y: Tensor): Tensor =>
  concatenate([reshape(grad((u: Tensor) => sum(attention(u, y)))(v), [-1]), reshape(y, [-1])])

const right = async <A>(
  task: () => Promise<E.Either<{ readonly what: string }, A>>,
): Promise<A> => {
  const result = await task()
  if (E.isLeft(result)) throw new Error(result.left.what)
  return result.right
}

describe('a function compiled for a device', () => {
  it.each([1, 64, 65, 300])('is what compile makes of it, of %i samples', async (samples) => {
    const many = noise([samples, 2, 3], 5)
    for (const f of [attention, slopes])
      for (const summed of [false, true]) {
        const here = compile(f, marks, { backend: 'reference', summed })(w, x)
        const there = await right(compileOnDevice(f, marks, { device: plain(), summed })(w, x))
        const got = await right(there.run(w, many))
        expect((got as Concrete).data).toBeInstanceOf(Float32Array)
        const scale = summed ? samples : 1
        expectClose(
          mul(toPrecision(got as Concrete, 'float64'), 1 / scale),
          mul(here.run(w, many), 1 / scale),
          ROUNDING,
        )
        there.close()
      }
  })

  it('uploads parameters when they change, and keeps nothing else', async () => {
    const { device, seen } = watchedDevice(plain())
    const { run, plan, close } = await right(compileOnDevice(attention, marks, { device })(w, x))
    const many = noise([100, 2, 3], 5)
    await right(run(w, many))
    const first = [...seen.uploads]
    expect(first).toEqual([plan.arena.length, 128 * 6])
    expect(seen.launches).toBe(plan.kernels.length)
    expect(seen.reads).toBe(1)
    expect(seen.held).toBe(1)
    await right(run(w, many))
    expect(seen.uploads).toEqual([...first, 128 * 6])
    const moved = await right(run(mul(w, 2) as Concrete, many))
    expect(seen.uploads).toEqual([...first, 128 * 6, plan.arena.length, 128 * 6])
    expect(seen.held).toBe(1)
    const wanted = compile(attention, marks)(w, x).run(mul(w, 2), many)
    expectClose(toPrecision(moved as Concrete, 'float64'), wanted, ROUNDING)
    close()
    expect(seen.held).toBe(0)
  })

  it('runs an elementwise chain as one kernel, and gathers outputs where they arrive', async () => {
    const chain = (v: Tensor, y: Tensor): Tensor => tanh(add(square(mul(v, y)), exp(y)))
    const one = await right(
      compileOnDevice(chain, marks, { device: plain() })(noise([6], 1), noise([6], 2)),
    )
    expect(one.plan.kernels.length).toBe(1)
    const both = (v: Tensor, y: Tensor): Tensor => concatenate([chain(v, y), y, exp(y)])
    const parts = await right(
      compileOnDevice(both, marks, { device: plain() })(noise([6], 1), noise([6], 2)),
    )
    expect(parts.plan.kernels.length).toBe(2)
  })

  const dense = (v: Tensor, y: Tensor): Tensor => tanh(add(einsum('d, d e -> e', y, v), 1))
  const two = (v: Tensor, y: Tensor): Tensor[] => {
    const z = einsum('d, d e -> e', y, v)
    return [exp(z), square(z)]
  }
  const plus = (v: Tensor, y: Tensor, ...others: readonly Tensor[]): Tensor =>
    others.reduce(add, einsum('d, d e -> e', y, v))
  it.each([
    ['one value comes of them', dense, 0, 1],
    ['not where two do', two, 0, 3],
    ['it reads few buffers', plus, 4, 1],
    ['not where it would read too many', plus, 5, 2],
  ] as const)('works on the sums of a contraction where %s', async (_, f, others, kernels) => {
    const example = [w, noise([3], 1), ...Array.from({ length: others }, (_, k) => noise([4], k))]
    const rows = example.map((y, k) => (k === 0 ? y : noise([7, ...y.shape], k)))
    const all = ['shared', ...rows.slice(1).map(() => 'perSample' as const)] as const
    const of = f as (...xs: Tensor[]) => Tensor | Tensor[]
    const there = await right(compileOnDevice(of, all, { device: plain() })(...example))
    const wanted = leavesOf(compile(of, all)(...example).run(...rows)) as Concrete[]
    const got = leavesOf(await right(there.run(...rows))) as Concrete[]
    got.forEach((y, k) => {
      expectClose(toPrecision(y, 'float64'), wanted[k]!, ROUNDING)
    })
    expect(there.plan.kernels.length).toBe(kernels)
  })

  it('has calls one after the other, whoever waits for them', async () => {
    const { run } = await right(compileOnDevice(attention, marks, { device: plain() })(w, x))
    const calls = [3, 200, 1].map((n) => noise([n, 2, 3], n))
    const together = await Promise.all(calls.map((y) => right(run(w, y))))
    const { run: here } = compile(attention, marks)(w, x)
    together.forEach((got, k) => {
      expectClose(toPrecision(got as Concrete, 'float64'), here(w, calls[k]!), ROUNDING)
    })
  })

  it('takes no samples, and refuses wrong shapes as compile does', async () => {
    const { run } = await right(compileOnDevice(attention, marks, { device: plain() })(w, x))
    expect((await right(run(w, tensor([], [0, 2, 3])))).shape).toEqual([0, 2, 4])
    expect(() => run(w, noise([4, 2, 2], 1))).toThrow('argument 2')
  })
})

describe('a device that fails', () => {
  it.each(Object.keys(failures) as Failure[])('is told as what it is: %s', async (failure) => {
    const device = failingAt(plain(), 4, failure)
    const { run } = await right(compileOnDevice(attention, marks, { device })(w, x))
    const result = await run(w, noise([5, 2, 3], 5))()
    expect(E.isLeft(result) && result.left).toMatchObject({
      kind: 'DeviceError',
      where: 'gpu.js mode cpu',
      data: { mode: 'cpu', fault: failure, detail: failures[failure] },
    })
  })

  it('that is not there is told with the reason, before anything runs', async () => {
    const result = await openDevice('headlessgl')()
    if (E.isRight(result)) return result.right.close()
    expect(result.left).toMatchObject({ kind: 'DeviceError', data: { fault: 'absent' } })
    expect(result.left.what).toContain('no package gl')
  })
})
