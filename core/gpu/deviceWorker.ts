import { openDevice } from './find.ts'
import { serveDevice } from './serve.ts'

// The script of the thread with the device.

serveDevice(openDevice)
