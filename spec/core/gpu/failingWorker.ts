import { taskEither as TE } from 'fp-ts'
import type { Device } from '../../../core/gpu/device.ts'
import { openDevice } from '../../../core/gpu/find.ts'
import { serveDevice } from '../../../core/gpu/serveDevice.ts'
import { failingAt } from './failing.ts'

// The thread of a device that is lost during a run: after some steps of a small one.

const LAUNCHES = 1000

serveDevice(() =>
  TE.map((device: Device) => failingAt(device, LAUNCHES, 'lost'))(openDevice('cpu')),
)
