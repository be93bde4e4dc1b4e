import { evaluatePrimitive, type Program, runEquations } from '../primitives/index.ts'
import { fromRows } from '../tiles/index.ts'
import {
  assign,
  type Concrete,
  type Data,
  dataOf,
  sameNumbers,
  sizeOf,
  stridesOf,
  toPrecision,
  wrap,
} from '../values/index.ts'
import type { Device, DeviceBuffer } from './device.ts'
import { type DeviceOutput, type DevicePlan, devicePlan, SUM_GROUP } from './kernelPlan.ts'
import { functions } from './sourceFunctions.ts'

// A plan runs on a device: a batch of samples is uploaded, kernels run, results are downloaded.

/**
 * The samples of one batch are a power of two, so that a thread finds its place by exact products.
 */
const LEAST_BATCH = 64
const MOST_BATCH = 16384
/** Places in a buffer are numbers in float32, which are exact up to here. */
const MOST_PLACES = 2 ** 24
/** All values of a batch together may have so many numbers, 1 GB: WebGPU keeps every result. */
const MOST_NUMBERS = 2 ** 28

export interface DeviceJob {
  readonly shared: readonly Concrete[]
  readonly rows: readonly Data[]
  /** The results are rows of every output, or one row if summed. */
  readonly out: readonly Data[]
  readonly samples: number
  /** This is called after every kernel, to report progress to a waiting thread. */
  readonly alive?: () => void
}

export interface DeviceProgram {
  readonly plan: DevicePlan
  /** One batch has at most so many samples. */
  readonly batch: number
  /** Rejects with whatever the device threw. */
  readonly run: (job: DeviceJob) => Promise<void>
  /** Releases kernels and parameters. */
  readonly drop: () => void
}

const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)))

/** Finds the largest batch whose values fit the limits. */
const batchOf = ({ largest, elements }: DevicePlan): number => {
  const room = Math.min(MOST_BATCH, MOST_PLACES / largest, MOST_NUMBERS / Math.max(1, elements))
  return Math.max(LEAST_BATCH, 2 ** Math.floor(Math.log2(room)))
}

/** Keeps the shared values, which are computed and uploaded again when they change. */
const sharedValues = (device: Device, program: Program, plan: DevicePlan, marks: Marks) => {
  const inputs = program.inputs.filter((_, i) => !marks[i])
  let given: readonly Data[] | undefined
  let values: readonly Concrete[] = []
  let arena: DeviceBuffer | undefined
  const of = async (shared: readonly Concrete[]) => {
    const single = shared.map((x) => toPrecision(x, 'float32'))
    const numbers = single.map(dataOf)
    if (arena !== undefined && given?.every((x, i) => sameNumbers(x, numbers[i]!)))
      return { values, arena }
    const env = runEquations(
      { inputs, equations: plan.once },
      single,
      ({ primitive, params, output }, xs) =>
        evaluatePrimitive(primitive, params, xs, output.shape, 'float32'),
    )
    const { length, values: placed, fixed } = plan.arena
    const all = new Float32Array(length)
    for (const { value, place } of placed) all.set(dataOf(env[value]!), place)
    for (const { numbers: list, place } of fixed) all.set(list, place)
    if (arena !== undefined) device.free(arena)
    arena = undefined
    arena = await device.upload(all)
    given = numbers.map((x) => x.slice())
    values = env
    return { values, arena }
  }
  const drop = (): void => {
    if (arena !== undefined) device.free(arena)
    arena = undefined
  }
  return { of, drop }
}
type Marks = readonly boolean[]

/** Writes parts of an output to rows of `out`, from row `start` on. */
const arrive = (
  { shape, parts, under }: DeviceOutput,
  out: Data,
  start: number,
  count: number,
  numbersOf: (value: number) => { readonly data: Data; readonly pitch: number },
): void => {
  const size = sizeOf(shape)
  const strides = stridesOf(shape)
  if (size === 0) return
  if (parts.length !== 1) out.fill(under, start * size, (start + count) * size)
  for (const { read, shape: part, from } of parts) {
    if (sizeOf(part) === 0) continue
    const first = from.reduce((n, f, d) => n + f * strides[d]!, start * size)
    // A pitch of 0: the same for every sample.
    const { data, pitch } = numbersOf(read.base)
    const step = Math.max(1, pitch)
    const to = wrap(out, [...part, count], [...strides, size], first)
    const steps = [...read.strides.map((s) => s * step), pitch === 0 ? 0 : 1]
    assign(to, wrap(data, [...part, count], steps, read.offset * step))
  }
}

/** Makes a program ready for a device; kernels compile when first launched. */
export const deviceProgram = (
  device: Device,
  program: Program,
  perSample: Marks,
  summed: boolean,
): DeviceProgram => {
  const plan = devicePlan(program, perSample, summed)
  const batch = batchOf(plan)
  const kernels = plan.kernels.map((kernel) =>
    device.kernel(
      kernel.source,
      kernel.functions.map((name) => functions[name].source),
    ),
  )
  const share = sharedValues(device, program, plan, perSample)
  const sampleInputs = program.inputs.filter((_, i) => perSample[i]).map((v) => v.id)
  const sums = new Set(plan.totals.values())

  /**
   * Runs all kernels for samples start … start + count − 1; gives the buffers that outputs read.
   */
  const compute = async (
    arena: DeviceBuffer,
    rows: readonly Data[],
    start: number,
    count: number,
    samples: number,
    alive: () => void,
  ): Promise<Map<number, DeviceBuffer>> => {
    const buffers = new Map<number, DeviceBuffer>()
    const free = (value: number): void => {
      const buffer = buffers.get(value)
      if (buffer !== undefined) device.free(buffer)
      buffers.delete(value)
    }
    for (const { value, size } of plan.inputs) {
      const numbers = new Float32Array(size * samples)
      fromRows(numbers, rows[sampleInputs.indexOf(value)]!, start, count, samples)
      buffers.set(value, await device.upload(numbers))
    }
    for (const [k, { shared, reads, write, size }] of plan.kernels.entries()) {
      const columns = sums.has(write) ? samples / SUM_GROUP : samples
      const args = [...(shared ? [arena] : []), ...reads.map((value) => buffers.get(value)!)]
      buffers.set(
        write,
        await kernels[k]!.launch(size * columns, [...args, columns, 1 / columns, count]),
      )
      plan.dying[k]!.forEach(free)
      alive()
    }
    return buffers
  }

  const run = async ({
    shared,
    rows,
    out,
    samples,
    alive = () => {},
  }: DeviceJob): Promise<void> => {
    const { values, arena } = await share.of(shared)
    if (summed) for (const x of out) x.fill(0)
    for (let start = 0; start < samples; start += batch) {
      const count = Math.min(batch, samples - start)
      const width = Math.min(batch, Math.max(LEAST_BATCH, powerOfTwo(count)))
      await device.watched(async () => {
        const buffers = await compute(arena, rows, start, count, width, alive)
        const numbers = new Map<number, Data>()
        for (const [value, buffer] of buffers) {
          numbers.set(value, await device.read(buffer))
          device.free(buffer)
        }
        const shared = (value: number, times: number) => ({
          data: dataOf(values[value]!).map((x) => x * times),
          pitch: 0,
        })
        plan.outputs.forEach((output, k) => {
          const place = (value: number) => {
            const data = numbers.get(value)
            return data === undefined ? shared(value, 1) : { data, pitch: width }
          }
          const totalOf = (value: number) => {
            const data = numbers.get(plan.totals.get(value) ?? -1)
            if (data === undefined) return shared(value, count)
            return { data: sumsOf(data, width / SUM_GROUP), pitch: 1 }
          }
          if (summed) {
            const sums = new Float64Array(sizeOf(output.shape))
            arrive({ ...output, under: output.under * count }, sums, 0, 1, totalOf)
            sums.forEach((x, i) => {
              out[k]![i]! += x
            })
          } else arrive(output, out[k]!, start, count, place)
        })
      })
    }
  }
  const drop = (): void => {
    for (const kernel of kernels) kernel.drop()
    share.drop()
  }
  return { plan, batch, run, drop }
}

/** Adds up each element's sums of groups. */
const sumsOf = (data: Data, groups: number): Float64Array => {
  const sums = new Float64Array(data.length / groups)
  data.forEach((x, i) => {
    sums[Math.floor(i / groups)]! += x
  })
  return sums
}
