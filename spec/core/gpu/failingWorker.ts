import { taskEither as TE } from 'fp-ts'
import { openDevice } from '../../../core/gpu/find.ts'
import { serveDevice } from '../../../core/gpu/serve.ts'
import { failingAt } from './failing.ts'

// The thread of a device that is lost in mid-run.

const LAUNCHES = 600

serveDevice(() =>
  TE.map((device: import('../../../core/gpu/device.ts').Device) =>
    failingAt(device, LAUNCHES, 'lost'),
  )(openDevice('cpu')),
)
