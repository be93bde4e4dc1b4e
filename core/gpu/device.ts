import type { Problem } from '../values/index.ts'

// The interface of a device: buffers that stay there, and kernels that run on them.

/**
 * The modes of gpu.js, best first. The last two need no graphics card and use none:
 * WebAssembly, and plain JavaScript.
 */
export const modes = ['webgpu', 'headlessgl', 'webgl2', 'webgl', 'webasm', 'cpu'] as const
export type GpuMode = (typeof modes)[number]

/** The wanted device is a mode, the best there is, or a graphics card only. */
export type WantedDevice = GpuMode | 'best' | 'card'

/** Tells whether a mode uses no graphics card. */
export const isProcessor = (mode: GpuMode): boolean => mode === 'webasm' || mode === 'cpu'

/** A buffer holds numbers on a device. */
export interface DeviceBuffer {
  readonly handle: unknown
}

/** A ready kernel is compiled when first launched. */
export interface ReadyKernel {
  /** Starts so many threads; the result stays on the device. */
  readonly launch: (
    threads: number,
    args: readonly (DeviceBuffer | number)[],
  ) => Promise<DeviceBuffer>
  /** Releases the kernel and its memory. */
  readonly drop: () => void
}

export interface Device {
  readonly mode: GpuMode
  /** Makes a kernel from its source and those of the functions it calls. */
  readonly kernel: (source: string, functions: readonly string[]) => ReadyKernel
  readonly upload: (numbers: Float32Array) => Promise<DeviceBuffer>
  readonly read: (buffer: DeviceBuffer) => Promise<Float32Array>
  readonly free: (buffer: DeviceBuffer) => void
  /** Runs work, which also fails when the device reports a failure later than a call. */
  readonly watched: <A>(work: () => Promise<A>) => Promise<A>
  readonly close: () => void
}

/** The kinds of failures of a device. */
export type DeviceFault = 'absent' | 'lost' | 'memory' | 'compile' | 'failed'

const signs: readonly (readonly [DeviceFault, RegExp])[] = [
  ['lost', /\blost\b|context.?loss|CONTEXT_LOST/i],
  ['memory', /out.?of.?memory|\bmemory\b|allocat|maxBufferSize|bytes but this device|heap/i],
  ['compile', /compil|shader|WGSL|GLSL|falls? back|fallback|translat|link/i],
]

const sentences: Readonly<Record<DeviceFault, string>> = {
  absent: 'there is no such device',
  lost: 'the device was lost',
  memory: 'the device has too little memory',
  compile: 'the device refuses a kernel',
  failed: 'the device failed',
}
const fixes: Readonly<Record<DeviceFault, string>> = {
  absent: 'psigrad devices lists the devices; --backend wasm needs none.',
  lost: 'continue with --backend wasm, or again when the device is back.',
  memory: 'fewer samples in a call, or --backend wasm.',
  compile: 'another mode of psigrad devices, or --backend wasm.',
  failed: 'another mode of psigrad devices, or --backend wasm.',
}

const firstLine = (text: string): string => {
  const line = text.split('\n')[0] ?? ''
  return line.length > 200 ? `${line.slice(0, 197)}...` : line
}

/** Makes a problem of a failure of a device; `data.fault` tells its kind. */
export const deviceProblem = (mode: WantedDevice, fault: DeviceFault, detail: string): Problem => ({
  kind: 'DeviceError',
  where: mode === 'best' || mode === 'card' ? 'gpu.js' : `gpu.js mode ${mode}`,
  what: `${sentences[fault]}${detail === '' ? '' : `: ${firstLine(detail)}`}`,
  fix: fixes[fault],
  data: { mode, fault, detail },
})

/** Makes a problem of an error of gpu.js or the driver; the message decides its kind. */
export const problemOfDevice = (mode: GpuMode, error: unknown): Problem => {
  const text = error instanceof Error ? error.message : String(error)
  const fault = signs.find(([, sign]) => sign.test(text))?.[0] ?? 'failed'
  return deviceProblem(mode, fault, text)
}
