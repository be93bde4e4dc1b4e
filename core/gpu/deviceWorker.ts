import { openDevice } from './find.ts'
import { serveDevice } from './serveDevice.ts'

// The script of the thread with the device.

serveDevice(openDevice)
