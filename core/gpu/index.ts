export { type DeviceBridge, openBridge } from './bridge.ts'
export { compileOnDevice, type DeviceExecutable, type DeviceOptions } from './compileOnDevice.ts'
export {
  type Device,
  type DeviceFault,
  type GpuMode,
  isProcessor,
  modes,
  type WantedDevice,
} from './device.ts'
export { type DeviceKind, type FoundMode, findModes, openDevice } from './find.ts'
export { example, gigaflops, layers, measureDevice, operands } from './measureDevice.ts'
