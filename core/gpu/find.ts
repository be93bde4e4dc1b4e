import { function as F, taskEither as TE } from 'fp-ts'
import type { Problem } from '../values/index.ts'
import { type Device, deviceProblem, type GpuMode, modes, type WantedDevice } from './device.ts'
import { type GpuJs, gpuJsDevice, loadGpuJs } from './gpujs.ts'

// The modes of gpu.js that exist here, each on a graphics card, on a program that emulates one, or
// on the processor.

export type DeviceKind = 'card' | 'software' | 'processor' | 'absent'

export interface FoundMode {
  readonly mode: GpuMode
  readonly kind: DeviceKind
  /** `about` is the name that the device reports, or the reason why there is none. */
  readonly about: string
}

interface AdapterInfo {
  readonly vendor?: string
  readonly architecture?: string
  readonly device?: string
  readonly description?: string
}
interface WebGpu {
  readonly requestAdapter: () => Promise<{ readonly info?: AdapterInfo } | null>
}
interface Gl {
  readonly getExtension: (name: string) => { readonly UNMASKED_RENDERER_WEBGL: number } | null
  readonly getParameter: (name: number) => unknown
}
type Canvas = new (width: number, height: number) => { getContext: (kind: string) => Gl | null }

const global = globalThis as {
  navigator?: { readonly gpu?: WebGpu }
  readonly OffscreenCanvas?: Canvas
}

const software = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i

const present = (mode: GpuMode, about: string): FoundMode => ({
  mode,
  kind: software.test(about) ? 'software' : 'card',
  about: about === '' ? 'a graphics card without a name' : about,
})
const absent = (mode: GpuMode, about: string): FoundMode => ({ mode, kind: 'absent', about })

/** The object that Dawn makes has to stay reachable, or Node dies; so it stays here for good. */
let dawn: unknown

/** Node has no WebGPU; Dawn provides it where the package webgpu is installed. */
const withDawn = async (): Promise<string | undefined> => {
  if (global.navigator?.gpu !== undefined) return undefined
  const name = 'webgpu'
  try {
    const loaded = (await import(/* @vite-ignore */ name)) as {
      readonly create?: (options: readonly string[]) => WebGpu
      readonly globals?: object
    }
    if (loaded.create === undefined) return 'no WebGPU here; in Node the package webgpu brings it'
    dawn ??= loaded.create([])
    Object.assign(globalThis, loaded.globals)
    const navigator = Object.create(global.navigator ?? null, { gpu: { value: dawn } })
    // Node 21 and later have a navigator that can be redefined, but not assigned to.
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true })
    return undefined
  } catch (error) {
    return `no WebGPU here: ${error instanceof Error ? error.message.split('\n')[0] : error}`
  }
}

const findWebGpu = async (): Promise<FoundMode> => {
  const missing = await withDawn()
  if (missing !== undefined) return absent('webgpu', missing)
  const adapter = await global.navigator?.gpu?.requestAdapter().catch(() => null)
  if (adapter === null || adapter === undefined)
    return absent('webgpu', 'WebGPU is there, but has no adapter')
  const { vendor, architecture, device, description } = adapter.info ?? {}
  const words = [vendor, architecture, device, description].filter((word) => word)
  return present('webgpu', [...new Set(words)].join(', '))
}

const renderer = (kind: string): string => {
  const gl = global.OffscreenCanvas && new global.OffscreenCanvas(1, 1).getContext(kind)
  const info = gl?.getExtension('WEBGL_debug_renderer_info')
  return info && gl ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : ''
}

const mayEvaluate = (): boolean => {
  try {
    return new Function('return true')() === true
  } catch {
    return false
  }
}

const find: { readonly [M in GpuMode]: (GPU: GpuJs) => FoundMode | Promise<FoundMode> } = {
  webgpu: findWebGpu,
  headlessgl: (GPU) =>
    GPU.isHeadlessGLSupported
      ? present('headlessgl', 'OpenGL without a window')
      : absent('headlessgl', 'no package gl, or no X server for it'),
  webgl2: (GPU) =>
    GPU.isWebGL2Supported
      ? present('webgl2', renderer('webgl2'))
      : absent('webgl2', 'no WebGL2 here: browsers have it'),
  webgl: (GPU) =>
    GPU.isWebGLSupported
      ? present('webgl', renderer('webgl'))
      : absent('webgl', 'no WebGL here: browsers have it'),
  webasm: (GPU) =>
    GPU.isWebAssemblySupported
      ? { mode: 'webasm', kind: 'processor', about: 'WebAssembly on the processor' }
      : absent('webasm', 'no WebAssembly here, or a security policy forbids it'),
  cpu: () =>
    mayEvaluate()
      ? { mode: 'cpu', kind: 'processor', about: 'JavaScript on the processor' }
      : absent('cpu', 'a security policy forbids code made at run time'),
}

/**
 * Finds every mode of gpu.js, and its device here.
 *
 * Errors  DeviceError when gpu.js is not installed.
 */
export const findModes: TE.TaskEither<Problem, readonly FoundMode[]> = F.pipe(
  loadGpuJs,
  TE.chainW((GPU) =>
    TE.fromTask(async () => {
      const found: FoundMode[] = []
      for (const mode of modes) found.push(await find[mode](GPU))
      return found as readonly FoundMode[]
    }),
  ),
)

/**
 * Chooses the best: a card, else the processor, which is faster than software that emulates a card.
 */
export const bestOf = (found: readonly FoundMode[]): FoundMode | undefined =>
  (['card', 'processor', 'software'] as const)
    .map((kind) => found.find((f) => f.kind === kind))
    .find((f) => f !== undefined)

const reasonOf = (found: readonly FoundMode[]): string =>
  found
    .filter((f) => f.kind !== 'processor')
    .map(({ mode, about }) => `${mode}: ${about}`)
    .join('; ')

/**
 * Opens a device: the mode asked for, the best there is, or a graphics card and nothing else. No
 * other mode takes its place.
 *
 * Errors  DeviceError with the reason when it is not there.
 */
export const openDevice = (mode: WantedDevice = 'best'): TE.TaskEither<Problem, Device> =>
  F.pipe(
    findModes,
    TE.chain((found) => {
      const wanted =
        mode === 'best'
          ? bestOf(found)
          : found.find((f) => (mode === 'card' ? f.kind === 'card' : f.mode === mode))
      if (wanted === undefined || wanted.kind === 'absent')
        return TE.left(deviceProblem(mode, 'absent', wanted?.about ?? reasonOf(found)))
      return F.pipe(
        loadGpuJs,
        TE.chainEitherK((GPU) => gpuJsDevice(GPU, wanted.mode)),
      )
    }),
  )
