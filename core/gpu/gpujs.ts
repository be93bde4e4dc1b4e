import { either as E, taskEither as TE } from 'fp-ts'
import type { Problem } from '../values/index.ts'
import {
  type Device,
  deviceProblem,
  type GpuMode,
  isProcessor,
  type ReadyKernel,
} from './device.ts'

// gpu.js as a device. It is loaded at the first request. Only the parts in use are declared here,
// because its own types need those of a browser.

interface Kernel {
  (...args: readonly unknown[]): unknown
  readonly setOutput: (output: readonly number[]) => unknown
  readonly destroy: () => void
}

interface Gpu {
  readonly createKernel: (source: string, settings: object) => Kernel
  readonly destroy: () => unknown
  readonly context?: Context | null
}

/** The part of a WebGL context that is used. */
interface Context {
  readonly isContextLost?: () => boolean
  readonly getError?: () => number
}

/** The part of a buffer of WebGPU that is used. */
interface WebGpuDevice {
  readonly pushErrorScope: (filter: string) => void
  readonly popErrorScope: () => Promise<{ readonly message: string } | null>
}

interface Handle {
  readonly toArray?: () => Float32Array | Promise<Float32Array>
  readonly delete?: () => void
  readonly context?: { readonly device?: WebGpuDevice }
}

export interface GpuJs {
  new (settings: { readonly mode: GpuMode }): Gpu
  readonly isWebGPUSupported: boolean
  readonly isWebGPUAvailable: () => Promise<boolean>
  readonly isWebGL2Supported: boolean
  readonly isWebGLSupported: boolean
  readonly isHeadlessGLSupported: boolean
  readonly isWebAssemblySupported: boolean
}

const notInstalled: Problem = {
  kind: 'DeviceError',
  where: 'gpu.js',
  what: 'the package gpu.js is not installed: it is optional.',
  fix: 'npm install gpu.js@2.24.1, or --backend wasm.',
  data: { fault: 'absent' },
}

/** Loads the package, when it is there. */
export const loadGpuJs: TE.TaskEither<Problem, GpuJs> = TE.tryCatch(
  async () => {
    const loaded = (await import('gpu.js')) as unknown as {
      readonly GPU?: GpuJs
      readonly default?: { readonly GPU: GpuJs }
    }
    return (loaded.GPU ?? loaded.default?.GPU)!
  },
  () => notInstalled,
)

const OUT_OF_MEMORY = 0x0505

/** gpu.js falls back to JavaScript where it cannot compile; here that is an error. */
const refuse = (): never => {
  throw new Error('gpu.js cannot compile the kernel and would fall back to JavaScript')
}

const settings = {
  output: [1],
  pipeline: true,
  immutable: true,
  dynamicOutput: true,
  dynamicArguments: true,
  precision: 'single',
  tactic: 'precision',
  onRequestFallback: refuse,
} as const

/** Counts a function's parameters, from its text. */
const arityOf = (source: string): number => source.slice(0, source.indexOf(')')).split(',').length

const asFunction = (source: string): object => ({
  source,
  settings: {
    argumentTypes: new Array<string>(arityOf(source)).fill('Number'),
    returnType: 'Number',
  },
})

/** Opens a mode; the caller has checked that it exists. */
export const gpuJsDevice = (GPU: GpuJs, mode: GpuMode): E.Either<Problem, Device> =>
  E.tryCatch(
    () => deviceOf(new GPU({ mode }), mode),
    (error) => deviceProblem(mode, 'absent', error instanceof Error ? error.message : `${error}`),
  )

/** Does the first launch, which compiles; an error contains the source that was refused. */
const started = async (launch: () => unknown, source: string): Promise<Handle> => {
  try {
    return (await launch()) as Handle
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${source}`)
  }
}

const usesGl = (mode: GpuMode): boolean => /gl/.test(mode)

const deviceOf = (gpu: Gpu, mode: GpuMode): Device => {
  let webGpu: WebGpuDevice | undefined
  const create = (source: string, names: readonly string[]): ReadyKernel => {
    const kernel = gpu.createKernel(source, { ...settings, functions: names.map(asFunction) })
    let output = 1
    let built = false
    return {
      launch: async (threads, args) => {
        if (threads !== output) kernel.setOutput([threads])
        output = threads
        built = true
        const numbers = args.map((arg) => (typeof arg === 'number' ? arg : arg.handle))
        const handle = await started(() => kernel(...numbers), source)
        webGpu ??= handle.context?.device
        return { handle }
      },
      // In WebGL, destroying a kernel also destroys the vertices of all others.
      drop: () => {
        if (built && !usesGl(mode)) kernel.destroy()
      },
    }
  }
  // Results of a processor are plain arrays: there is nothing to upload to.
  const copy = isProcessor(mode)
    ? undefined
    : create('function (x) { return x[this.thread.x]; }', [])
  /** Queries WebGL, which reports a lost context or too little memory only then. */
  const ask = (): void => {
    const context = gpu.context
    if (context?.isContextLost?.() === true) throw new Error('the WebGL context was lost')
    if (context?.getError?.() === OUT_OF_MEMORY) throw new Error('WebGL is out of memory')
  }
  return {
    mode,
    kernel: create,
    upload: async (numbers) =>
      copy === undefined ? { handle: numbers } : copy.launch(numbers.length, [{ handle: numbers }]),
    read: async ({ handle }) => {
      const { toArray } = handle as Handle
      return toArray === undefined ? (handle as Float32Array) : await toArray.call(handle as Handle)
    },
    free: ({ handle }) => (handle as Handle).delete?.(),
    watched: async (work) => {
      const device = webGpu
      const filters = device === undefined ? [] : ['validation', 'out-of-memory']
      for (const filter of filters) device?.pushErrorScope(filter)
      try {
        const result = await work()
        ask()
        return result
      } finally {
        for (const _ of filters) {
          const error = await device?.popErrorScope()
          // biome-ignore lint/correctness/noUnsafeFinally: the device's own words come first
          if (error) throw new Error(error.message)
        }
      }
    },
    close: () => void gpu.destroy(),
  }
}
